"""Reads the day of issue: behind a label, on the lines of the header, or alone on its line."""

from collections.abc import Iterator, Sequence
from datetime import date

from ua_tracker.importing import countries
from ua_tracker.importing.dates import Day, dates_in
from ua_tracker.importing.draft import Certainty, Draft
from ua_tracker.importing.header_places import INDEX, Header, in_brackets, label_before
from ua_tracker.importing.layouts import Layout
from ua_tracker.importing.text import Line
from ua_tracker.importing.words import Phrases, keys_of

_FOLLOWING = 3  # lines behind the index that may hold country and day
_WORDS_OF_A_PLACE = 3
_NEXT_DAY = 20  # characters between two days of earlier issues
_CLOSE = 10  # lines between the day that a page was posted on and that of the document
_LONGEST_LINE = 160  # characters of a line of the header


def read(first: Sequence[Line], rest: Sequence[Line], layout: Layout, draft: Draft, header: Header) -> None:
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
    own = _lines_of_the_header(first, header)
    dated = [
        (line, day)
        for line in first
        if layout.phrases("sentences", "deadline").first_in(line.text) is None or line in own
        for day in dates_in(line.text, layout)
        if day.day is not None and not in_brackets(line.text, day.start)
        if all(label_before(line.text, day.start, others) is None for others in _labels_of_other_days(layout))
    ]
    dated = [one for one in dated if not _is_of_an_earlier_issue(*one, layout, header)]
    labelled = [(line, day) for line, day in dated if _is_label_of_a_day(line, day, layout, own)]
    yield from ((line, day, True) for line, day in labelled if line in own)
    yield from ((line, day, True) for line, day in labelled)
    for line in rest:
        if INDEX.search(line.text[:2000]) and len(line.text) <= 2 * _LONGEST_LINE:
            yield from (
                (line, day, True)
                for day in dates_in(line.text, layout)
                if _is_label_of_a_day(line, day, layout, []) and day.day
            )
    short = [(line, day) for line, day in dated if line in own and len(line.text) <= _LONGEST_LINE]
    yield from ((line, day, False) for line, day in short if line in (header.index_line, header.number_line))
    alone = [(line, day) for line, day in dated if len(line.text.strip(" .,")) <= len(day.text) + 12]
    yield from ((line, day, False) for line, day in _nearest_first(alone, header))
    yield from ((line, day, False) for line, day in dated if _is_banner(line.text[: day.start], layout))
    yield from ((line, day, False) for line, day in short)
    yield from ((line, day, False) for line in rest for day in _of_a_dateline(line, layout))


def _nearest_first(alone: list[tuple[Line, Day]], header: Header) -> list[tuple[Line, Day]]:
    """The days that stand alone, that nearest to the number first: the day that a page was posted on stands above a
    copy. Without a number the second is that of the copy if it is the earlier one, has its line for itself, and stands
    close below.
    """
    number = header.number_line
    if number is not None:
        return sorted(alone, key=lambda one: abs(one[0].number - number.number))
    if len(alone) > 1:
        (line, posted), (below, own) = alone[:2]
        is_close = below.number - line.number <= _CLOSE and below.text.strip(" .,") == own.text
        if posted.day and own.day and own.day < posted.day and is_close:
            return [alone[1], alone[0], *alone[2:]]
    return alone


def _labels_of_other_days(layout: Layout) -> tuple[Phrases, Phrases]:
    """What stands before the last day for letters, and before that on which a page was changed or an action ended."""
    return layout.phrases("sentences", "deadline"), layout.phrases("header", "other_days")


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
    if line is number and _follows_a_day(day, header.taken[line.number], line.text, layout):
        header.take(line, day.start, day.end)
        return True
    start = label_before(line.text, day.start, layout.phrases("header", "days"))
    follows = 0 <= line.number - number.number <= _FOLLOWING and (line is not number)
    if start is None or not (follows or (line is number and start >= end)):
        return False
    label = line.text[start : day.start]
    if ":" in label or len(keys_of(label)[0]) <= 4:  # of, du, date
        return False
    header.take(line, start, day.end)
    return True


def _follows_a_day(day: Day, taken: Sequence[tuple[int, int]], text: str, layout: Layout) -> bool:
    """Whether this is the second day of `issued 5 May 2001 and re-issued 2 June 2001`."""
    return any(0 <= day.start - end <= _NEXT_DAY and bool(dates_in(text[start:end], layout)) for start, end in taken)


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


def _is_label_of_a_day(line: Line, day: Day, layout: Layout, own: Sequence[Line]) -> bool:
    start = label_before(line.text, day.start, layout.phrases("header", "days"))
    if start is None:
        return False
    label = line.text[start : day.start]
    if line in own and day.start <= _LONGEST_LINE:
        return True
    is_long = len(keys_of(label)) > 1
    is_first = start == 0 or countries.named(line.text[:start].strip(" ,-–|"), layout) is not None
    return (":" in label and is_long) or (is_first and (":" in label or is_long))
