"""Joins a line to the next one where a program wrapped it: behind a small word, in a bracket, before a date."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from ua_tracker.importing import layouts
from ua_tracker.importing.dates import dates_in
from ua_tracker.importing.labels import begins_with_label
from ua_tracker.importing.layouts import Layout
from ua_tracker.importing.text import Line
from ua_tracker.importing.words import words_of

_SHORTEST = 40  # characters of a line that a program wraps
_MOST_JOINED = 5  # lines
_SHORT_HEADING = 5  # words
_LONGEST_AND = 4  # letters
_LAST_WORD = re.compile(r"[^\W\d_]+\Z")
_FIRST_WORD = re.compile(r"[^\W\d_]+")
_END_OF_A_NUMBER = re.compile(r"(?<![\w/.-])[+(]?[0-9][0-9 ()./-]{4,30}\Z")
_REST_OF_A_NUMBER = re.compile(r"[0-9]{2,4}(?![0-9/])[.,;)]?(?:\s|\Z)")
_HEADINGS = ("demands", "targets", "copies", "letter", "background", "deadline", "rest", "opening", "steps")


@dataclass
class Joined:
    """The lines, and for the number of a line that goes on the numbers of those that were joined to it."""

    lines: list[Line] = field(default_factory=list)
    parts: dict[int, list[int]] = field(default_factory=dict)


def joined(lines: Sequence[Line], layout: Layout) -> Joined:
    """The lines, with those joined that clearly belong together. A heading, a bullet and a label begin a line anew."""
    found = Joined()
    taken = 1
    for line in lines:
        before = found.lines[-1] if found.lines else None
        if before is not None and taken < _MOST_JOINED and _goes_on(before, line, layout):
            found.lines[-1] = replace(before, text=f"{before.text} {line.text}", cells=())
            found.parts.setdefault(before.number, []).append(line.number)
            taken += 1
        else:
            found.lines.append(line)
            taken = 1
    return found


def _goes_on(line: Line, following: Line, layout: Layout) -> bool:
    if len(line.text) < _SHORTEST or following.blank or line.heading or following.heading or following.bullet:
        return False
    if line.column != following.column or line.page != following.page or line.cells or following.cells:
        return False
    is_open = _is_cut_in_a_bracket(line, following) or _is_cut_before_a_date(line, following, layout)
    if not (is_open or _ends_with_a_small_word(line, following) or _is_cut_in_a_number(line, following, layout)):
        return False
    return not (_is_a_heading(line, layout) or begins_with_label(following.text, layout))


def _ends_with_a_small_word(line: Line, following: Line) -> bool:
    """Whether `of` or `de` ends the line or begins the next one."""
    if len(line.text.rpartition("; ")[2]) <= _LONGEST_AND:  # `; and`, before the last of several demands
        return False
    small = layouts.small_words()
    last, first = _LAST_WORD.search(line.text), _FIRST_WORD.match(following.text)
    ends = last is not None and last[0].islower() and words_of(last[0])[0].key in small
    begins = first is not None and first[0].islower() and words_of(first[0])[0].key in small
    return ends or (begins and line.text[-1:].isalnum())


def _is_cut_in_a_bracket(line: Line, following: Line) -> bool:
    return line.text.rfind("(") > line.text.rfind(")") and ")" in following.text[:_SHORTEST]


def _is_cut_before_a_date(line: Line, following: Line, layout: Layout) -> bool:
    """Whether the sentence goes on with a date: `has been held since`, and below it `3 May 2014 in a cell`."""
    last = _LAST_WORD.search(line.text)
    if last is None or not last[0].islower() or not following.text[:1].isdigit():
        return False
    days = dates_in(following.text[:_SHORTEST], layout)
    return bool(days) and days[0].start == 0 and len(following.text) > len(days[0].text) + 1


def _is_cut_in_a_number(line: Line, following: Line, layout: Layout) -> bool:
    if any(day.start == 0 for day in dates_in(following.text[:_SHORTEST], layout)):
        return False
    return _END_OF_A_NUMBER.search(line.text[-36:]) is not None and _REST_OF_A_NUMBER.match(following.text) is not None


def _is_a_heading(line: Line, layout: Layout) -> bool:
    """Whether the line is a short heading, or one that ends with a colon: a sentence may be wrapped."""
    words = words_of(line.text)
    if len(words) > _SHORT_HEADING and not line.text.endswith(":"):
        return False
    return any(layout.phrases("headings", name).end_of_heading(words) == len(words) for name in _HEADINGS)
