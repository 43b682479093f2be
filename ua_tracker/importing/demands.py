"""Reads the demands: one for each bullet, or told apart by their ends where bullets were lost."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from ua_tracker.importing import draft as doubts
from ua_tracker.importing import evidence
from ua_tracker.importing.draft import Certainty, Draft, Value
from ua_tracker.importing.evidence import Context
from ua_tracker.importing.labels import begins_with_label
from ua_tracker.importing.layouts import Layout
from ua_tracker.importing.paragraphs import Paragraph, paragraphs, sentences_of
from ua_tracker.importing.text import Line
from ua_tracker.importing.words import Phrases

MOST_DEMANDS = 200
_ENDS = (".", ";", "!", "?")
_LOST_BULLETS = frozenset("nvoqlØ§ü·>»¤○●▪►➢✓?")
_LONGEST_ASKING = 400
_WRAPPED = 50  # characters of a line behind which a sentence can go on after a gap
_LETTERED = re.compile(r"(?:[ivx]{1,4}|[a-h]|\d{1,2})[.)]\s", re.IGNORECASE)
_GLUED = re.compile(r"[-–—][^\W\d_]")
_LEAST_MARKS = 2
_LONGEST_AND = 4  # letters of `and`, `und`, `y`
_LONGEST_OFFICE, _CERTAIN_OFFICE = 8, 5  # words, and how much speaks for an office
_LEAST_CAPITALS = 2  # bullets that begin in capitals, where the others go on


def read(lines: Sequence[Line], layout: Layout, draft: Draft) -> None:
    """Sets the demands from the lines of their section. Other lines become doubts."""
    lines = _without_addresses([line for line in lines if not _is_instruction(line, layout)], layout, draft)
    lines = _with_bullets(lines)
    if any(line.bullet for line in lines):
        found = _by_bullets(lines, layout, draft)
        certainty = Certainty.SURE
    else:
        found, certainty = _by_ends(lines), Certainty.LIKELY
    _set(found, certainty, draft)
    for place, one in enumerate(draft.demands):
        if certainty is Certainty.LIKELY and _runs_together(one):
            draft.doubt(doubts.DEMANDS_RUN_TOGETHER, found[place].numbers[0], Value("demands", place))


def read_letter(lines: Sequence[Line], layout: Layout, draft: Draft) -> None:
    """Sets the demands from a model letter: the bullets behind `I urge you to:`, or the sentences that ask."""
    bullets = [one for one in paragraphs(_with_bullets(lines)) if one.bullet]
    if bullets:
        _set(bullets, Certainty.LIKELY, draft)
        return
    listed = _behind_a_colon(lines, layout)
    if listed:
        _set(listed, Certainty.LIKELY, draft)
        return
    if layout.letter_demands != "sentences":
        return
    asks = layout.phrases("sentences", "asks")
    found = [
        Paragraph(sentence, paragraph.numbers)
        for paragraph in paragraphs(lines)
        for sentence in sentences_of(paragraph.text)
        if len(sentence) <= _LONGEST_ASKING and _asks(sentence, asks)
    ]
    _set(found, Certainty.DOUBTFUL, draft)
    for place, one in enumerate(found[:MOST_DEMANDS]):
        draft.doubt(doubts.FROM_THE_LETTER, one.numbers[0], Value("demands", place))


def _asks(sentence: str, asks: Phrases) -> bool:
    """Whether the sentence asks for something, at its beginning or behind a first comma."""
    behind = sentence.partition(", ")[2]
    return asks.begin(sentence) is not None or asks.begin(behind) is not None


def _behind_a_colon(lines: Sequence[Line], layout: Layout) -> list[Paragraph]:
    """The lines behind `I urge you to:`, until a gap: bullets that were lost."""
    asks = layout.phrases("sentences", "asks")
    for place, line in enumerate(lines):
        last = sentences_of(line.text)[-1:] if line.text.endswith(":") else []
        if last and asks.begin(last[0]) is not None:
            rest = lines[place + 1 :]
            while rest and rest[0].blank:
                rest = rest[1:]
            gap = next((number for number, one in enumerate(rest) if one.blank), len(rest))
            return _by_ends(rest[:gap])
    return []


def _set(found: Sequence[Paragraph], certainty: Certainty, draft: Draft) -> None:
    if len(found) > MOST_DEMANDS:
        draft.doubt(doubts.TOO_MANY, found[MOST_DEMANDS].numbers[0], most=MOST_DEMANDS)
    for place, one in enumerate(found[:MOST_DEMANDS]):
        draft.demands.append(one.text)
        for number in one.numbers:
            draft.note(number, "demands", one.text, place=place, certainty=certainty)


def _is_instruction(line: Line, layout: Layout) -> bool:
    return (
        not line.bullet and not line.blank and layout.phrases("sentences", "instructions").begin(line.text) is not None
    )


def _without_addresses(lines: Sequence[Line], layout: Layout, draft: Draft) -> list[Line]:
    """The lines without those between two gaps of which one has no bullet and begins with `Fax:` or `Email:`."""
    kept: list[Line] = []
    run: list[Line] = []
    for line in [*lines, Line(0, "")]:
        if not line.blank:
            run.append(line)
            continue
        if any(begins_with_label(one.text, layout) for one in run) and not any(one.bullet for one in run):
            draft.doubt(doubts.NOT_UNDERSTOOD, run[0].number, text=run[0].text[:80])
            run = []
        kept += [*run, line]
        run = []
    return kept[:-1]


def _with_bullets(lines: Sequence[Line]) -> list[Line]:
    """The lines, with bullets where a symbol's font was lost: the same single character begins several lines."""
    if any(line.bullet for line in lines):
        return list(lines)
    numbered = [_LETTERED.match(line.text[:12]) for line in lines]
    if sum(bool(one) for one in numbered) >= _LEAST_MARKS:
        return [
            replace(line, text=line.text[mark.end() :].lstrip(), bullet=True) if mark else line
            for line, mark in zip(lines, numbered, strict=True)
        ]
    glued = [_GLUED.match(line.text[:2]) is not None for line in lines]
    before = next((line for line, one in zip(lines, glued, strict=True) if not (one or line.blank)), None)
    if sum(glued) >= _LEAST_MARKS or (
        any(glued) and before is not None and any(one.text.endswith(":") for one in lines)
    ):
        return [
            replace(line, text=line.text[1:], bullet=True) if one else line
            for line, one in zip(lines, glued, strict=True)
        ]
    marks = Counter(line.text[0] for line in lines if line.text[1:2] == " " and line.text[0] in _LOST_BULLETS)
    mark, count = max(marks.items(), key=lambda one: one[1], default=("", 0))
    if count < _LEAST_MARKS:
        return list(lines)
    return [
        replace(line, text=line.text[2:].lstrip(), bullet=True) if line.text.startswith(f"{mark} ") else line
        for line in lines
    ]


def _by_bullets(lines: Sequence[Line], layout: Layout, draft: Draft) -> list[Paragraph]:
    """One demand for each bullet. Where every line has one, a line that goes on in small letters is no new demand."""
    found: list[Paragraph] = []
    runs = paragraphs(lines)
    full = [one for one in runs if one.bullet]
    capitals = sum(one.text[:1].isupper() for one in full)
    for run in runs:
        goes_on = bool(found) and run.text[:1].islower() and not found[-1].text.endswith(_ENDS)
        if run.bullet and goes_on and _LEAST_CAPITALS <= capitals < len(full) <= 2 * capitals:
            found[-1].text = f"{found[-1].text} {run.text}"
            found[-1].numbers += run.numbers
        elif run.bullet and _is_an_office(run.text, layout):
            draft.doubt(doubts.NOT_UNDERSTOOD, run.numbers[0], text=run.text[:80])
        elif run.bullet:
            found.append(run)
        elif goes_on:
            found[-1].text = f"{found[-1].text} {run.text}"
            found[-1].numbers += run.numbers
        elif found or not run.text.endswith(":"):  # else it belongs to the heading
            draft.doubt(doubts.NOT_UNDERSTOOD, run.numbers[0], text=run.text[:80])
    return found


def _is_an_office(text: str, layout: Layout) -> bool:
    """Whether the text is the first line of an address: old documents number those too, as `1) President of Nauru`."""
    is_short = len(text.split()) <= _LONGEST_OFFICE and not text.endswith(_ENDS)
    return is_short and text[:1].isupper() and evidence.weigh(text, Context(layout)).role >= _CERTAIN_OFFICE


def _by_ends(lines: Sequence[Line]) -> list[Paragraph]:
    """Demands without bullets: each ends with a semicolon, a full stop or a gap behind which no sentence goes on."""
    found: list[Paragraph] = []
    texts: list[str] = []
    numbers: list[int] = []
    full = [line for line in lines if not line.blank]
    goes_on = {one.number: len(one.text) >= _WRAPPED and two.text[:1].islower() for one, two in pairwise(full)}
    for line in [*lines, Line(0, "")]:
        if not line.blank:
            texts.append(line.text)
            numbers.append(line.number)
        is_over = line.blank and not (numbers and line.number and goes_on.get(numbers[-1]))
        if texts and (is_over or (not line.blank and _ends_a_demand(line.text))):
            found.append(Paragraph(" ".join(texts), numbers))
            texts, numbers = [], []
    return found


def _ends_a_demand(text: str) -> bool:
    """Whether the line ends with a full stop or a semicolon, or with the `; and` before the last demand."""
    before, semicolon, word = text.rpartition(";")
    return text.endswith(_ENDS) or bool(before and semicolon and len(word.strip()) <= _LONGEST_AND and word.strip())


def _runs_together(text: str) -> bool:
    """Whether the text could be several demands: a semicolon inside it, or several sentences."""
    return ";" in text[:-1] or len(sentences_of(text)) > 2 or len(text.split()) > 60
