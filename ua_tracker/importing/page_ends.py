"""Leaves out what a page has below its text: buttons, links to other documents, the address of the office."""

from collections.abc import Sequence

from ua_tracker.importing import layouts
from ua_tracker.importing.text import Line
from ua_tracker.importing.words import words_of

_LONG = 200  # characters of a line that is text
_LEAST = 0.3  # of all characters, that stand above
_MOST_OF_AN_ENTRY = 3  # words


def without(lines: Sequence[Line]) -> list[Line]:
    """The lines above the first one that only pages have, if no section begins below it and no text follows.

    A menu stands above sections and text: it ends nothing. A short line between two of its entries is one too.
    """
    lines = _without_entries(lines)
    last = max((place for place, line in enumerate(lines) if _is_text(line)), default=-1)
    total = sum(len(line.text) for line in lines)
    above = 0
    for place, line in enumerate(lines):
        if place > last and above >= _LEAST * total and layouts.is_of_a_page(line.text):
            return list(lines[:place])
        above += len(line.text)
    return list(lines)


def _is_text(line: Line) -> bool:
    """Whether the line is long, or a heading of a section that is no link of a page too."""
    if len(line.text) >= _LONG:
        return True
    is_heading = layouts.section_headings().end_of_heading(words_of(line.text)) is not None
    return is_heading and not layouts.is_of_a_page(line.text)


def _without_entries(lines: Sequence[Line]) -> list[Line]:
    """The lines without the short ones between two that only pages have: `Take action` between `News` and `Donate`."""
    full = [line for line in lines if not line.blank]
    entries = {
        id(line)
        for before, line, behind in zip(full, full[1:], full[2:], strict=False)
        if len(line.text.split()) <= _MOST_OF_AN_ENTRY
        and layouts.is_of_a_page(before.text)
        and layouts.is_of_a_page(behind.text)
    }
    return [line for line in lines if id(line) not in entries]
