"""Reads plain text and Markdown: plain text is Markdown without marks."""

import re
from collections.abc import Collection, Iterator
from dataclasses import replace

from ua_tracker.importing.files import encodings, quoted
from ua_tracker.importing.files.document import Document, composed, doubts_of, within_limits
from ua_tracker.importing.files.kinds import Kind
from ua_tracker.importing.files.printed import BULLET, cleaned, is_page_number
from ua_tracker.importing.text import Line
from ua_tracker.texts import one_line

_LINK = re.compile(r"\[([^\[\]]*)\]\((?:[^()\s]|\([^()\s]*\))*\)")
_ANGLED = re.compile(r"<((?:mailto:)?[^<>\s@]+@[^<>\s]+|https?://[^<>\s]+)>")
_EMPHASIS = re.compile(r"(?:\*{1,3}(?=[^\s*])([^*]+)(?<=\S)\*{1,3}|_{2,3}(?=[^\s_])([^_]+)(?<=\S)_{2,3})")
_LONE_UNDERSCORES = re.compile(r"(?<![\w@./])_(?=\S)([^_]+)(?<=\S)_(?![\w@])")
_ESCAPE = re.compile(r"\\([\\`*_{}\[\]()#+\-.!'\"])")
_CELL = re.compile(r"\S+(?: \S+)*")
_LONGEST_TABLE_LINE = 400
_HEADING = re.compile(r"\s{0,20}(#{1,6})\s")


def read_file(data: bytes) -> Document:
    """A text file, perhaps copied out of a mail that quotes it. Raises NotText, and what `read` raises."""
    found = encodings.decoded(data)
    plain = quoted.unquoted(found.text)
    lines = read(plain.text, plain.notes)
    if plain.was_quoted or quoted.is_forwarded(lines):
        lines = quoted.without_headers(lines)
    return Document(lines, Kind.TEXT, doubts=doubts_of(found))


def read(text: str, notes: Collection[int] = ()) -> list[Line]:
    """The lines of the text; `notes` are the numbers of those that are a note of whoever forwards it.

    Raises NothingToRead, TooManyLines or LineTooLong.
    """
    lines = within_limits(_lines(text))
    return [replace(line, is_note=True) if line.number in notes else line for line in lines] if notes else lines


def _lines(text: str) -> Iterator[Line]:
    for number, raw in enumerate(composed(text).splitlines(), start=1):
        line, cells = _line(number, cleaned(raw)), _cells(cleaned(raw))
        if line.bullet and cells and not line.text.startswith(cells[0][1]):  # the bullet is no column
            cells = cells[1:] if len(cells) > 2 else ()
        yield replace(line, cells=cells)


def _cells(text: str) -> tuple[tuple[int, str], ...]:
    """The parts of a line that two spaces or a tab separate, each with its place; () for one without."""
    text = text[:_LONGEST_TABLE_LINE].expandtabs()
    if "  " not in text.rstrip():
        return ()
    return tuple((part.start(), words) for part in _CELL.finditer(text) if (words := plain(part[0])))


def _line(number: int, text: str) -> Line:
    heading = _HEADING.match(text)
    if heading:
        words = text[heading.end() :].strip().rstrip("#").rstrip()
        return Line(number, plain(words), heading=len(heading[1]))
    if is_page_number(text):
        return Line(number, "")
    bullet = BULLET.match(text)
    if bullet and not text.lstrip().startswith("**"):
        return Line(number, plain(text[bullet.end() :]), bullet=True)
    return Line(number, plain(text))


def plain(text: str) -> str:
    """The text without Markdown markup; a link becomes its text, without the URL."""
    text = _LINK.sub(r"\1", text)
    text = _ANGLED.sub(lambda found: found[1].removeprefix("mailto:"), text)
    for _ in range(3):
        text = _EMPHASIS.sub(lambda found: found[1] or found[2], text)
    text = _LONE_UNDERSCORES.sub(r"\1", text)
    text = _ESCAPE.sub(r"\1", text)
    return one_line(text) or ""
