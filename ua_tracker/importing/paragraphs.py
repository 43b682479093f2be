"""Joins lines to paragraphs, and divides text into sentences."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from ua_tracker.importing.text import Line

_END = re.compile(r"[.!?]['\"”’)]{0,2}\s+(?=['\"“‘(]?[^\W\d_a-z]|\d)")
# Behind a letter, a title, or the day in `9. Januar 2014` no sentence ends.
_ABBREVIATION = re.compile(
    r"(?:\b[A-Za-z]|\b(?:Mr|Mrs|Ms|Dr|St|Mt|No|Nr|Prof|Hon|Gen|Col|Rev|Art|Sr|Sra)|(?<!\d)\d{1,2})\.$"
)
_MOST_CHARACTERS = 4000
_FEW, _NEARLY_ALL = 8, 0.85  # lines, and those before a gap
_WIDE, _LEAST_WIDE, _GAP = 2, 2, 1  # blank lines, such gaps, and what is left of one
_LONG_HEADING = 45  # characters
_WRAPPED = 60  # characters of a line behind which a program may have wrapped a sentence


@dataclass
class Paragraph:
    """Lines that belong together, as one text."""

    text: str
    numbers: list[int] = field(default_factory=list)
    bullet: bool = False


def paragraphs(lines: Iterable[Line]) -> list[Paragraph]:
    """Paragraphs with the numbers of all their lines. One ends at a blank line, a bullet or a heading."""
    found: list[Paragraph] = []
    parts: list[list[str]] = []
    before: Line | None = None
    for line in lines:
        if not line.blank:
            joined = before is not None and not before.blank and not line.bullet and before.heading == line.heading
            if not joined or not found:
                found.append(Paragraph("", [], line.bullet))
                parts.append([])
            found[-1].numbers.append(line.number)
            parts[-1].append(line.text)
        before = line
    for paragraph, texts in zip(found, parts, strict=True):
        paragraph.text = " ".join(texts)
    return found


def without_doubled_gaps(lines: Sequence[Line]) -> list[Line]:
    """The lines without the blank ones that stand behind every line: where those mean nothing, wider gaps tell."""
    runs = [len(list(run)) for is_blank, run in groupby(lines, key=lambda one: one.blank) if is_blank]
    full = sum(not line.blank for line in lines)
    wide = sum(run >= _WIDE for run in runs)
    if full < _FEW or len(runs) < _NEARLY_ALL * full or not _LEAST_WIDE <= wide < len(runs):
        return list(lines)
    found: list[Line] = []
    for is_blank, run in groupby(lines, key=lambda one: one.blank):
        these = list(run)
        found += these[1 : 1 + _GAP] if is_blank else these
    return found


def joined(lines: Sequence[Line]) -> Paragraph:
    """These lines as one paragraph."""
    return Paragraph(" ".join(line.text for line in lines), [line.number for line in lines])


def sentences_of(text: str) -> list[str]:
    """The sentences of the beginning of a text. A point behind an initial or a title ends none."""
    text = text[:_MOST_CHARACTERS]
    found, start = [], 0
    for end in _END.finditer(text):
        if _ABBREVIATION.search(text[max(start, end.start() - 6) : end.start() + 1]):
            continue
        found.append(text[start : end.end()].strip())
        start = end.end()
    found.append(text[start:].strip())
    return [one for one in found if one]


def goes_on(line: Line, following: Line) -> bool:
    """Whether a sentence of prose goes on in the following line, or a long heading in capitals does."""
    if line.text.isupper() and following.text.isupper() and len(line.text) >= _LONG_HEADING:
        return not line.text.endswith((".", ":", ";", "!", "?")) and not following.bullet
    is_open = len(line.text) >= _WRAPPED and not line.text.endswith((".", ":", ";", "!", "?"))
    return is_open and following.text[:1].islower() and not following.bullet
