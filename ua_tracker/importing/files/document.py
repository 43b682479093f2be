"""The Document: what every reader makes of its file, and the limits that hold for all of them."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field

from ua_tracker import refusals
from ua_tracker.importing.draft import Doubt
from ua_tracker.importing.files.encodings import Decoded
from ua_tracker.importing.text import Line
from ua_tracker.refusals import marked

MOST_LINES = 6_000
MOST_CHARACTERS = 20_000  # of one line: a paragraph that no line break divides

GUESSED_ENCODING = marked(
    "This file does not say how its letters are encoded. It was read as %(encoding)s: look at letters with accents."
)
READ_FROM_ATTACHMENT = marked("This was read from the attachment “%(name)s”. The text of the mail was left out.")


@dataclass(frozen=True)
class Document:
    """A file as lines. `kind` is a Kind, `pages` their number (1 where the file has none).

    `doubts` are those about reading the file; none of them has a line.
    """

    lines: list[Line]
    kind: str
    pages: int = 1
    doubts: list[Doubt] = field(default_factory=list)


def within_limits(lines: Iterable[Line]) -> list[Line]:
    """The lines, from a reader. Raises TooManyLines, LineTooLong, or NothingToRead where no line has text."""
    kept: list[Line] = []
    for line in lines:
        if len(kept) == MOST_LINES:
            raise refusals.TooManyLines(limit=MOST_LINES)
        if len(line.text) > MOST_CHARACTERS:
            raise refusals.LineTooLong(line=line.number, limit=MOST_CHARACTERS)
        kept.append(line)
    if all(line.blank for line in kept):
        raise refusals.NothingToRead()
    return kept


def composed(text: str) -> str:
    """The text with each accented letter as one character, as the layouts expect it.

    No letter keeps more than 30 accents (Unicode UAX 15, 13): composing sorts them, in a time that grows with the
    square of their number.
    """
    marks = "".join(re.escape(one) for one in set(text) if unicodedata.combining(one)) if not text.isascii() else ""
    if marks:
        text = re.sub(f"([{marks}]{{30}})[{marks}]+", r"\1", text)
    return unicodedata.normalize("NFC", text)


def doubts_of(found: Decoded) -> list[Doubt]:
    """The doubt about the encoding, where it was guessed."""
    return [Doubt(GUESSED_ENCODING, facts={"encoding": found.guessed})] if found.guessed else []
