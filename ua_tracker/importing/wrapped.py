"""Joins a line to the next one where a program wrapped it: behind a small word, in a bracket, before a date.

Where many sentences go on in the next line, their lengths tell how wide the program made its lines. A line was wrapped
if the first word of the next one had no space on it: then less must speak for joining them.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from ua_tracker.importing import layouts
from ua_tracker.importing.dates import dates_in
from ua_tracker.importing.labels import begins_with_label, parted
from ua_tracker.importing.layouts import Layout
from ua_tracker.importing.text import Line
from ua_tracker.importing.words import words_of

_SHORTEST = 40  # characters of a line that a program wraps
_MOST_JOINED = 5  # lines
_SHORT_HEADING = 5  # words
_LONGEST_AND = 4  # letters
_LAST_WORD = re.compile(r"(?<![^\W\d_])[^\W\d_]+\Z")
_FIRST_WORD = re.compile(r"[^\W\d_]+")
_END_OF_A_NUMBER = re.compile(r"(?<![\w/.-])[+(]?[0-9][0-9 ()./-]{4,30}\Z")
_REST_OF_A_NUMBER = re.compile(r"[0-9]{2,4}(?![0-9/])[.,;)]?(?:\s|\Z)")
_INDEX_OR_NUMBER = re.compile(r"\b(?:[A-Z]{3}\s?[0-9]{2}/|[A-Z]{2,5}:?\s[0-9]{1,4}/[0-9]{2}\b)")
_END_OF_AN_INDEX = re.compile(r"\b[A-Z]{3}\Z")
_REST_OF_AN_INDEX = re.compile(r"[0-9]{2}/[0-9]{1,5}/")
_SURE_PAIRS, _LEAST_WIDTH, _WIDEST, _STRAY = 3, 30, 120, 10  # sentences that go on; characters; one in so many
_HEADINGS = ("demands", "targets", "copies", "letter", "background", "deadline", "rest", "opening", "steps")


@dataclass
class Joined:
    """The lines, for the number of a line that goes on the numbers of those that were joined to it, and the numbers of
    lines of which little tells whether they belong together, each with the text at its edge.
    """

    lines: list[Line] = field(default_factory=list)
    parts: dict[int, list[int]] = field(default_factory=dict)
    unsure: dict[int, str] = field(default_factory=dict)


def joined(lines: Sequence[Line], layout: Layout) -> Joined:
    """The lines, with those joined that clearly belong together. A heading, a bullet and a label begin a line anew."""
    found = Joined()
    wrap = wrap_of(lines)
    taken = 1
    for place, line in enumerate(lines):
        before = found.lines[-1] if found.lines else None
        is_full = wrap is not None and place > 0 and wrap.is_full(lines[place - 1], line)
        if before is not None and taken < _MOST_JOINED and _goes_on(before, line, layout, is_full=is_full):
            found.lines[-1] = replace(before, text=f"{before.text} {line.text}", cells=())
            found.parts.setdefault(before.number, []).append(line.number)
            taken += 1
            continue
        if before is not None and is_full and _may_go_on(before, line, layout):
            found.unsure |= dict.fromkeys(
                (before.number, line.number), f"{before.text[-_SHORTEST:]} / {line.text[:_SHORTEST]}"
            )
        found.lines.append(line)
        taken = 1
    return found


def _begins_with_a_word(text: str) -> bool:
    """Whether no address begins here, as with `c/o`, `z.Hd.` or `name@example.org`."""
    first = text[:_WIDEST].split(" ", 1)[0].rstrip(".,;:!?)’'\"»”")
    return not any(sign in first for sign in "/.@")


def _may_go_on(line: Line, following: Line, layout: Layout) -> bool:
    """Whether nothing tells that the following line begins something else, where the line is full."""
    if line.blank or following.blank or following.bullet or line.heading or following.heading:
        return False
    is_over = line.text.endswith((".", ":", ";", "!", "?")) or begins_with_label(following.text, layout)
    is_over = is_over or not _begins_with_a_word(following.text)
    return not (is_over or _is_a_heading(line, layout) or _knows_heading(following.text, layout))


@dataclass(frozen=True)
class Wrap:
    """How a program made its lines: `needed` is how many characters a line and the first word of the next one have
    together, at least, where it began a new one; `longest` how many the longest such line has.
    """

    needed: int
    longest: int

    def is_full(self, line: Line, following: Line) -> bool:
        """Whether the first word of the following line had no space on this one. A longer one was not wrapped."""
        return _needed(line, following) >= self.needed and _length(line) <= self.longest


def wrap_of(lines: Sequence[Line]) -> Wrap | None:
    """How these lines were wrapped; None where no program wrapped them, or too few sentences go on to tell."""
    sure = [one for one in pairwise(lines) if _surely_goes_on(*one)]
    needed = sorted(_needed(*one) for one in sure)
    if len(sure) < _SURE_PAIRS or not _LEAST_WIDTH <= needed[len(needed) // _STRAY] <= _WIDEST:
        return None
    lengths = sorted(_length(line) for line, _ in sure)
    return Wrap(needed[len(needed) // _STRAY], lengths[-1 - len(lengths) // (2 * _STRAY)])


def _length(line: Line) -> int:
    return len(line.text) + 2 * line.bullet


def _needed(line: Line, following: Line) -> int:
    """How wide a line is that the first word of the next one is added to."""
    return _length(line) + 1 + len(following.text[:_WIDEST].split(" ", 1)[0])


def _surely_goes_on(line: Line, following: Line) -> bool:
    is_prose = len(line.text.split()) > _SHORT_HEADING and not line.text.endswith((".", ":", ";", "!", "?", ","))
    return is_prose and following.text[:1].islower() and not (following.bullet or following.heading or line.heading)


def _goes_on(line: Line, following: Line, layout: Layout, *, is_full: bool) -> bool:
    if following.blank or line.blank or line.heading or following.heading or following.bullet:
        return False
    if line.column != following.column or line.page != following.page or line.cells or following.cells:
        return False
    if not is_full and len(line.text) < _SHORTEST:
        return False
    is_open = _is_cut_in_a_bracket(line, following) or _is_cut_before_a_date(line, following, layout)
    is_open = is_open or _ends_with_a_small_word(line, following) or _is_cut_in_a_number(line, following, layout)
    is_open = is_open or _is_cut_behind_a_label(line, following, layout)
    if not is_open and not (is_full and _is_open_at_the_edge(line, following, layout)):
        return False
    return not (_is_a_heading(line, layout) or begins_with_label(following.text, layout))


def _is_open_at_the_edge(line: Line, following: Line, layout: Layout) -> bool:
    """Whether a line that ends where the program wraps goes on: in small letters, in capitals, in an index or a date,
    behind a banner, or in the header, which is one line.
    """
    if line.text.endswith((".", ":", ";", "!", "?")):
        return False
    if following.text[:1].islower() and _begins_with_a_word(following.text):
        return True
    if line.text.isupper() and following.text.isupper():
        return _knows_heading(f"{line.text} {following.text}", layout) or not _knows_heading(following.text, layout)
    if _END_OF_AN_INDEX.search(line.text) and _REST_OF_AN_INDEX.match(following.text):
        return True
    if _INDEX_OR_NUMBER.search(line.text) and any(one.isdigit() for one in following.text):
        return True
    return layout.phrases("header", "banners").begin(line.text) is not None


def _knows_heading(text: str, layout: Layout) -> bool:
    words = words_of(text)
    return any(layout.phrases("headings", name).end_of_heading(words) for name in _HEADINGS)


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


def _is_cut_behind_a_label(line: Line, following: Line, layout: Layout) -> bool:
    """Whether `Fax:` ends the line and its number begins the next one."""
    if not line.text.endswith(":") or not (following.text[:1] in "+(0123456789" or "@" in following.text[:_SHORTEST]):
        return False
    labelled = parted(line.text[-_SHORTEST:], layout)[1]
    return bool(labelled) and not labelled[-1].text


def _is_a_heading(line: Line, layout: Layout) -> bool:
    """Whether the line is a short heading, or one that ends with a colon: a sentence may be wrapped."""
    words = words_of(line.text)
    if len(words) > _SHORT_HEADING and not line.text.endswith(":"):
        return False
    return any(layout.phrases("headings", name).end_of_heading(words) == len(words) for name in _HEADINGS)
