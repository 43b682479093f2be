"""Finds the layout that fits a document best: the family whose marks most of its lines begin with."""

from collections.abc import Sequence
from dataclasses import dataclass

from ua_tracker.importing import layouts
from ua_tracker.importing.layouts import Layout
from ua_tracker.importing.paragraphs import sentences_of
from ua_tracker.importing.text import Line
from ua_tracker.importing.words import MOST_CHARACTERS, words_of

_ENOUGH = 2  # marks
_OF_LANGUAGE = 0.4  # what a line that the language understands counts beside a mark
_HEADINGS = ("demands", "targets", "copies", "background", "deadline")
_MOST_LINES = 2000


@dataclass(frozen=True)
class Fit:
    """The best layout, and whether so little speaks for it that the coordinator should know."""

    layout: Layout
    is_poor: bool


def best(lines: Sequence[Line]) -> Fit:
    """The family with most marks in these lines, and most lines that its language understands. Where no family has
    marks, the language that understands most.
    """
    full = [line for line in lines[:_MOST_LINES] if not line.blank]
    words = [words_of(line.text) for line in full]
    understood = {one.name: sum(_understands(one, line.text) for line in full) for one in layouts.languages()}
    marks = {one: len({one.known_marks.which(line) for line in words} - {None}) for one in layouts.families()}
    chosen = max(marks, key=lambda one: (marks[one] + _OF_LANGUAGE * understood[one.language], marks[one]))
    language = max(layouts.languages(), key=lambda one: understood[one.name])
    if marks[chosen] >= _ENOUGH or (marks[chosen] and understood[chosen.language] >= understood[language.name]):
        return Fit(chosen, marks[chosen] < _ENOUGH)
    return Fit(language, True)


def _understands(language: Layout, text: str) -> bool:
    """Whether the line is a heading of the language, or a sentence of it asks to write until a day."""
    words = words_of(text)
    if any(language.phrases("headings", name).end_of_heading(words) for name in _HEADINGS):
        return True
    until = language.phrases("sentences", "deadline")
    return any(until.begin(sentence) for sentence in sentences_of(text[:MOST_CHARACTERS]))
