"""Reads what identifies a document: UA number, which issue of its case it is, AI index and, with issue_day, its day."""

import re
from collections.abc import Iterator, Sequence
from functools import cache

from ua_tracker import case_numbers, refusals
from ua_tracker.importing import draft as doubts
from ua_tracker.importing import issue_day
from ua_tracker.importing.draft import Certainty, Draft, Value
from ua_tracker.importing.header_places import INDEX, Header, in_brackets, label_before
from ua_tracker.importing.layouts import Layout
from ua_tracker.importing.text import Line
from ua_tracker.importing.words import Phrases, keys_of
from ua_tracker.written import SEQUENCES, STOP_ACTION

FURTHER = "further information"
_FIRST_LINES = 40  # in which a number or an index needs no label
_NEXT = 3  # lines below the index
_OF_AN_ISSUE = re.compile(r"\s?[-‐-―]\s?[0-9]{1,2}\b")


def read(opening: Sequence[Line], others: Sequence[Line], layout: Layout, draft: Draft) -> Header:
    """Sets number, sequence, index and day of issue. `others` are the lines behind the opening: a number or an index
    may stand only there."""
    header = Header()
    first = [line for line in opening if not line.blank][:_FIRST_LINES]
    rest = [line for line in others if not line.blank]
    _read_index(first, rest, layout, draft, header)
    _read_number(first, rest, layout, draft, header)
    issue_day.read(first, rest, layout, draft, header)
    return header


def _read_number(first: Sequence[Line], rest: Sequence[Line], layout: Layout, draft: Draft, header: Header) -> None:
    found = [
        (in_brackets(line.text, match.start()), not _is_below_the_index(line, header), place, line, match)
        for place, (line, match) in enumerate(_numbers(first, layout))
    ]
    outside = len(found)
    behind = list(_numbers(rest, layout))
    if len({(match[1], match[2]) for _, match in behind}) == 1:  # several belong to other documents
        found += [(True, True, outside + place, line, match) for place, (line, match) in enumerate(behind)]
    for _, _, place, line, match in sorted(found, key=lambda one: one[:3]):
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


def _is_below_the_index(line: Line, header: Header) -> bool:
    """Whether the line is that of the index or one of the next: pages show the number above the document too."""
    return header.index_line is not None and 0 <= line.number - header.index_line.number <= _NEXT


def _numbers(lines: Sequence[Line], layout: Layout) -> Iterator[tuple[Line, re.Match[str]]]:
    previous = layout.phrases("header", "previous")
    further = [
        f"{phrase} {word}"
        for phrase in layout.written("header", "further")
        for word in layout.written("header", "joining")
    ]
    pattern = _number_pattern((*layout.written("header", "numbers"), *further))
    for line in lines:
        if previous.begin(line.text) is None:
            found = pattern.finditer(line.text[:2000])
            yield from (
                (line, match) for match in found if previous.begin(_of_bracket(line.text, match.start())) is None
            )


def _of_bracket(text: str, place: int) -> str:
    """The words of an open bracket before this place: `see` in `(see UA 92/99)`; none outside of one."""
    before = text[max(0, place - 200) : place]
    return before[before.rindex("(") + 1 :] if in_brackets(text, place) and "(" in before else ""


@cache
def _number_pattern(labels: tuple[str, ...]) -> re.Pattern[str]:
    words = "|".join(
        r"[\s-]{1,3}".join(map(re.escape, label.split())) for label in sorted(labels, key=len, reverse=True)
    )
    return re.compile(
        rf"(?<![\w/])(?:{words})(?:\s?(?:no|nr|n°|nº|#)\.?)?[\s:.\-‐-―]{{0,4}}(?:[^\W\d_]{{2,20}}\s)?([0-9]{{1,4}})\s?[/.]\s?((?:19|20)?[0-9]{{2}})(?![\w/])",
        re.IGNORECASE,
    )


def _read_sequence(line: Line, number: re.Match[str], layout: Layout, draft: Draft, *, is_header: bool) -> None:
    """Reads which issue it is before the number: `Second`, `2nd`, `Further information on`, `Stop action –`."""
    is_labelled_so = number[0] in layout.phrases("header", "further")
    before = line.text[: number.start(1) if is_labelled_so else number.start()][-200:]
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
        for match in INDEX.finditer(line.text[:2000])
        if not in_brackets(line.text, match.start())
    ]
    labelled = [one for one in found if _is_labelled(*one, layout)]
    numbered = [line.number for line, _ in _numbers(first, layout)]
    # Beside the number, or above it: pages show an index below the number too.
    labelled.sort(key=lambda one: next((far for far in range(_NEXT + 1) if one[0].number + far in numbered), _NEXT + 1))
    in_footer = [
        (line, match)
        for line in rest
        for match in INDEX.finditer(line.text[:2000])
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
