"""Finds the layout that fits a document best: the family whose marks most of its lines begin with."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from ua_tracker.importing import layouts
from ua_tracker.importing.layouts import Layout
from ua_tracker.importing.paragraphs import sentences_of
from ua_tracker.importing.text import Line
from ua_tracker.importing.words import MOST_CHARACTERS, Word, words_of

_ENOUGH = 2  # marks
_OF_LANGUAGE = 0.4  # what a line that the language understands counts beside a mark
_OF_TEXT = 1.5  # what the language of the text counts: a phrase can begin lines of a document in another language
_LEAST_WORDS, _FAR_MORE = 6, 1.5  # of the words that a language is full of, against the next language
_HEADINGS = ("demands", "targets", "copies", "background", "deadline")
_MOST_LINES = 2000


@dataclass(frozen=True)
class Fit:
    """The best layout, whether so little speaks for it that the coordinator should know, and whether a line is a mark
    of it or a banner: then the document is an Urgent Action of some kind.
    """

    layout: Layout
    is_poor: bool
    is_known: bool


def best(lines: Sequence[Line]) -> Fit:
    """The family with most marks in these lines, in the language of the text and with most lines that its language
    understands. Where no family has marks, the language that understands most.
    """
    full = [line for line in lines[:_MOST_LINES] if not line.blank]
    words = [words_of(line.text) for line in full]
    speaks = {
        one.name: _OF_LANGUAGE * sum(_understands(one, line.text) for line in full) for one in layouts.languages()
    }
    text = _language_of(words)
    if text is not None:
        speaks[text.name] += _OF_TEXT
    marks = {one: len({one.known_marks.which(line) for line in words} - {None}) for one in layouts.families()}
    chosen = max(marks, key=lambda one: (marks[one] + speaks[one.language], marks[one]))
    language = max(layouts.languages(), key=lambda one: speaks[one.name])
    if marks[chosen] >= _ENOUGH or (marks[chosen] and speaks[chosen.language] >= speaks[language.name]):
        return Fit(chosen, marks[chosen] < _ENOUGH, True)
    return Fit(language, True, any(layouts.banners().are_all_of(line.text) for line in full))


def _language_of(lines: Sequence[Sequence[Word]]) -> Layout | None:
    """The language of the text, by the words that it is full of; None where there is little text, or no language has
    far more of them than the others.
    """
    counts = Counter(word.key for line in lines for word in line)
    found = {one: sum(counts[key] for key in one.keys("text", "common")) for one in layouts.languages()}
    first, second = sorted(found, key=lambda one: found[one], reverse=True)[:2]
    return first if found[first] >= max(_LEAST_WORDS, _FAR_MORE * found[second]) else None


def _understands(language: Layout, text: str) -> bool:
    """Whether the line is a heading of the language, or a sentence of it asks to write until a day."""
    words = words_of(text)
    if any(language.phrases("headings", name).end_of_heading(words) for name in _HEADINGS):
        return True
    until = language.phrases("sentences", "deadline")
    return any(until.begin(sentence) for sentence in sentences_of(text[:MOST_CHARACTERS]))
