"""Reads what identifies a document: UA number, which issue of its case it is, AI index and day of issue."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache

from ua_tracker import case_numbers, refusals
from ua_tracker.importing import draft as doubts
from ua_tracker.importing.dates import Day, dates_in
from ua_tracker.importing.draft import Certainty, Draft, Value
from ua_tracker.importing.layouts import Layout
from ua_tracker.importing.text import Line
from ua_tracker.importing.words import Phrases, keys_of, words_of
from ua_tracker.written import SEQUENCES, STOP_ACTION

FURTHER = "further information"
_FIRST_LINES = 40  # in which a number or an index needs no label
_FOLLOWING = 3  # lines behind the index that may hold country and day
_WORDS_OF_A_PLACE = 3
_LONGEST_LINE = 160  # characters of a line of the header
_REGION = (
    r"(AFR|AMR|ASA|EUR|MDE|ACT|POL|IOR|ORG|NWS|DOC)\s?([0-9]{2})\s?/\s?([0-9]{1,5})\s?/\s?([0-9]{4}|[0-9]{2})(?![\w/])"
)
_INDEX = re.compile(rf"(?<![\w/]){_REGION}", re.IGNORECASE)
_OF_AN_ISSUE = re.compile(r"\s?[-‐-―]\s?[0-9]{1,2}\b")


@dataclass
class Header:
    """Where the values of the header stand: for each line number the places in its text that they take."""

    taken: dict[int, list[tuple[int, int]]] = field(default_factory=dict)
    number_line: Line | None = None
    index_line: Line | None = None
    index_end: int = 0
    number_end: int = 0

    def take(self, line: Line, start: int, end: int) -> None:
        """Notes that a value stands there."""
        self.taken.setdefault(line.number, []).append((start, end))

    @property
    def last(self) -> int:
        """The number of the last line of the header, 0 if there is none."""
        return max(self.taken, default=0)


def read(opening: Sequence[Line], others: Sequence[Line], layout: Layout, draft: Draft) -> Header:
    """Sets number, sequence, index and day of issue. `others` are the lines behind the opening: a number or an index
    may stand only there."""
    header = Header()
    first = [line for line in opening if not line.blank][:_FIRST_LINES]
    rest = [line for line in others if not line.blank]
    _read_index(first, rest, layout, draft, header)
    _read_number(first, rest, layout, draft, header)
    _read_day(first, rest, layout, draft, header)
    return header


def _read_number(first: Sequence[Line], rest: Sequence[Line], layout: Layout, draft: Draft, header: Header) -> None:
    found = [
        (in_brackets(line.text, match.start()), place, line, match)
        for place, (line, match) in enumerate(_numbers(first, layout))
    ]
    outside = len(found)
    found += [(True, outside + place, line, match) for place, (line, match) in enumerate(_numbers(rest, layout))]
    for _, place, line, match in sorted(found, key=lambda one: one[:2]):
        try:
            draft.ua_number = case_numbers.ua_number(f"{match[1]}/{match[2]}")
        except refusals.BadUaNumber:
            continue
        sure = Certainty.SURE if place < outside else Certainty.LIKELY
        draft.note(line.number, "ua_number", draft.ua_number, certainty=sure)
        if place < outside:
            header.number_line, header.number_end = line, match.end()
            header.take(line, match.start(), match.end())
        _read_sequence(line, match, layout, draft, is_header=place < outside)
        return


def _numbers(lines: Sequence[Line], layout: Layout) -> Iterator[tuple[Line, re.Match[str]]]:
    previous = layout.phrases("header", "previous")
    pattern = _number_pattern(tuple(layout.written("header", "numbers")))
    for line in lines:
        if previous.begin(line.text) is None:
            yield from ((line, match) for match in pattern.finditer(line.text[:2000]))


@cache
def _number_pattern(labels: tuple[str, ...]) -> re.Pattern[str]:
    words = "|".join(
        r"[\s-]{1,3}".join(map(re.escape, label.split())) for label in sorted(labels, key=len, reverse=True)
    )
    return re.compile(
        rf"(?<![\w/])(?:{words})(?:\s?(?:no|nr|n°|nº|#)\.?)?[\s:.\-‐-―]{{0,4}}([0-9]{{1,4}})\s?[/.]\s?((?:19|20)?[0-9]{{2}})(?![\w/])",
        re.IGNORECASE,
    )


def _read_sequence(line: Line, number: re.Match[str], layout: Layout, draft: Draft, *, is_header: bool) -> None:
    """Reads which issue it is before the number: `Second`, `2nd`, `Further information on`, `Stop action –`."""
    before = line.text[: number.start()][-200:]
    if number[0][:2].upper() == "FI" or _OF_AN_ISSUE.match(line.text, number.end()):
        before = f"{before} {layout.written('header', 'further')[0]}"
    sequence = _sequence_in(before, layout)
    if sequence is None and is_header and _says_another_issue(before, layout):
        draft.doubt(doubts.WHICH_ISSUE, line.number, Value("sequence"), text=before.strip(" -–:")[-60:])
    if sequence:
        draft.sequence = sequence
        draft.note(line.number, "sequence", sequence)


def _says_another_issue(before: str, layout: Layout) -> bool:
    """Whether the few words before the number could say which issue it is."""
    is_label = layout.phrases("header", "numbers").begin(before) is not None
    is_banner = layout.phrases("header", "banners").begin(before) is not None
    if is_label or is_banner or any(character.isdigit() for character in before):
        return False
    return 1 <= len(keys_of(before)) <= 3 and not before.rstrip().endswith(("(", ")"))


def _sequence_in(before: str, layout: Layout) -> str | None:
    if before in _stops(layout):
        return STOP_ACTION
    if before in layout.phrases("header", "further"):
        return FURTHER
    joining = layout.keys("header", "joining")
    keys = keys_of(before)
    while keys and keys[-1] in joining:
        keys.pop()
    place = _ordinals(layout).get(keys[-1]) if keys else None
    return SEQUENCES[place - 1] if place and place <= len(SEQUENCES) else None


def _stops(layout: Layout) -> Phrases:
    return layout.phrases("sentences", "stop")


@cache
def _ordinals(layout: Layout) -> dict[str, int]:
    """The number of the issue for each ordinal: `second`, `2nd`."""
    known = {keys_of(word)[0]: place for place, word in enumerate(layout.written("header", "ordinals"), start=1)}
    for place in range(1, len(SEQUENCES) + 1):
        known |= {f"{place}{ending}": place for ending in layout.written("header", "endings")}
    for written in layout.written("header", "also_ordinals"):
        word, number = written.split("=")
        known[keys_of(word)[0]] = int(number)
    return known


def _read_index(first: Sequence[Line], rest: Sequence[Line], layout: Layout, draft: Draft, header: Header) -> None:
    """The index behind a label; else the first one of the header. One in brackets belongs to an earlier issue."""
    found = [
        (line, match)
        for line in first
        for match in _INDEX.finditer(line.text[:2000])
        if not in_brackets(line.text, match.start())
    ]
    labelled = [one for one in found if _is_labelled(*one, layout)]
    in_footer = [
        (line, match)
        for line in rest
        for match in _INDEX.finditer(line.text[:2000])
        if not in_brackets(line.text, match.start()) and _is_labelled(line, match, layout)
    ]
    for line, match in [*labelled, *found, *in_footer]:
        draft.ai_index = case_numbers.ai_index(f"{match[1]}{match[2]}/{match[3]}/{match[4]}")
        is_sure = (line, match) not in found or (line, match) in labelled
        draft.note(line.number, "ai_index", draft.ai_index, certainty=Certainty.SURE if is_sure else Certainty.LIKELY)
        if (line, match) in found:
            header.index_line, header.index_end = line, match.end()
            header.take(line, match.start(), match.end())
        return


def _is_labelled(line: Line, match: re.Match[str], layout: Layout) -> bool:
    return label_before(line.text, match.start(), layout.phrases("header", "indexes")) is not None


def label_before(text: str, end: int, labels: Phrases) -> int | None:
    """Where the label begins that stands directly before this place; None if none does."""
    words = [word for word in words_of(text[max(0, end - 60) : end]) if word.key != ":"]
    for length in range(min(5, len(words)), 0, -1):
        run = words[-length:]
        if length in labels.ends(run):
            return max(0, end - 60) + run[0].start
    return None


def in_brackets(text: str, place: int) -> bool:
    """Whether a bracket is open at this place of the text."""
    before = text[max(0, place - 400) : place]
    return before.count("(") > before.count(")") or before.count("[") > before.count("]")


def _read_day(first: Sequence[Line], rest: Sequence[Line], layout: Layout, draft: Draft, header: Header) -> None:
    """The day behind a label; else one on the lines of the header; else one that stands alone on its line."""
    for line, day, sure in _days(first, rest, layout, header):
        draft.issued = day.day
        draft.note(line.number, "issued", _iso(day), certainty=Certainty.SURE if sure else Certainty.LIKELY)
        if line in first:
            start = label_before(line.text, day.start, layout.phrases("header", "days"))
            header.take(line, day.start if start is None else start, day.end)
        return


def _iso(day: Day) -> str:
    return day.day.isoformat() if isinstance(day.day, date) else day.text


def _days(
    first: Sequence[Line], rest: Sequence[Line], layout: Layout, header: Header
) -> Iterator[tuple[Line, Day, bool]]:
    """The days that can be that of the issue, the surest first."""
    labels = layout.phrases("header", "days")
    own = _lines_of_the_header(first, header)
    dated = [
        (line, day)
        for line in first
        if layout.phrases("sentences", "deadline").first_in(line.text) is None or line in own
        for day in dates_in(line.text, layout)
        if day.day is not None and not in_brackets(line.text, day.start)
        if label_before(line.text, day.start, layout.phrases("sentences", "deadline")) is None
    ]
    dated = [one for one in dated if not _is_of_an_earlier_issue(*one, layout, header)]
    labelled = [(line, day) for line, day in dated if _is_label_of_a_day(line, day, labels, own)]
    yield from ((line, day, True) for line, day in labelled if line in own)
    yield from ((line, day, True) for line, day in labelled)
    short = [(line, day) for line, day in dated if line in own and len(line.text) <= _LONGEST_LINE]
    yield from ((line, day, False) for line, day in short if line in (header.index_line, header.number_line))
    yield from ((line, day, False) for line, day in dated if len(line.text.strip(" .,")) <= len(day.text) + 12)
    yield from ((line, day, False) for line, day in dated if _is_banner(line.text[: day.start], layout))
    yield from ((line, day, False) for line, day in short)
    for line in rest:
        if _INDEX.search(line.text[:2000]) and len(line.text) <= 2 * _LONGEST_LINE:
            yield from (
                (line, day, True)
                for day in dates_in(line.text, layout)
                if _is_label_of_a_day(line, day, labels, []) and day.day
            )
    yield from ((line, day, False) for line in rest for day in _of_a_dateline(line, layout))


def _is_banner(text: str, layout: Layout) -> bool:
    """Whether the words before a day are a banner: `Urgent appeal – 3 May 2021`."""
    text = text.rstrip(" ,|-–—")
    banner = layout.phrases("header", "banners").are_all_of(text)
    return banner or layout.phrases("sentences", "furniture").are_all_of(text)


def _of_a_dateline(line: Line, layout: Layout) -> list[Day]:
    """The day of `Paris-Geneva, 12 March 2013`: a line with a place and a day, and nothing else."""
    place, _, rest = line.text[:_LONGEST_LINE].partition(",")
    if not rest or not 0 < len(keys_of(place)) <= _WORDS_OF_A_PLACE or any(one.isdigit() for one in place):
        return []
    days = dates_in(rest, layout)
    return [one for one in days if one.day and not rest[: one.start].strip() and not rest[one.end :].strip(" .")]


def _is_of_an_earlier_issue(line: Line, day: Day, layout: Layout, header: Header) -> bool:
    """`Further information on UA 187/02 issued on 20 June 2002`: that is the day of the first issue, and no title."""
    number, end = header.number_line, header.number_end
    if number is None or number.text[:end] not in layout.phrases("header", "further"):
        return False
    start = label_before(line.text, day.start, layout.phrases("header", "days"))
    follows = 0 <= line.number - number.number <= _FOLLOWING and (line is not number)
    if start is None or not (follows or (line is number and start >= end)):
        return False
    label = line.text[start : day.start]
    if ":" in label or len(keys_of(label)[0]) <= 4:  # of, du, date
        return False
    header.take(line, start, day.end)
    return True


def _lines_of_the_header(first: Sequence[Line], header: Header) -> list[Line]:
    """The lines with number and index, and the short ones directly behind."""
    own: list[Line] = []
    for line in (header.index_line, header.number_line):
        if line is None or line not in first:
            continue
        place = first.index(line)
        own.append(line)
        for following in first[place + 1 : place + 1 + _FOLLOWING]:
            if following.heading or len(following.text) > _LONGEST_LINE / 2 or following.text.endswith("."):
                break
            own.append(following)
    return own


def _is_label_of_a_day(line: Line, day: Day, labels: Phrases, own: Sequence[Line]) -> bool:
    start = label_before(line.text, day.start, labels)
    if start is None:
        return False
    label = line.text[start : day.start]
    if line in own:
        return True
    return (":" in label and len(keys_of(label)) > 1) or (start == 0 and (":" in label or len(keys_of(label)) > 1))
