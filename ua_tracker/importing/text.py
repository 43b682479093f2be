"""Decodes a document and splits it into plain lines without Markdown markup and page numbers."""

import re
import unicodedata
from dataclasses import dataclass

from ua_tracker import refusals
from ua_tracker.texts import one_line

MOST_BYTES = 512 * 1024

_BULLET = re.compile(r"^\s*(?:[-*+•●◦■◼▪–—\uf06e\uf0b7\uf0a7]|\d{1,2}[.)])\s+(?=\S)")
_HEADING = re.compile(r"^\s{0,3}(#{1,6})\s+(.*?)\s*#*$")
_LINK = re.compile(r"\[([^\[\]]*)\]\((?:[^()\s]|\([^()\s]*\))*\)")
_ANGLED = re.compile(r"<((?:mailto:)?[^<>\s@]+@[^<>\s]+|https?://[^<>\s]+)>")
_EMPHASIS = re.compile(r"(?:\*{1,3}(?=[^\s*])([^*]+)(?<=\S)\*{1,3}|_{2,3}(?=[^\s_])([^_]+)(?<=\S)_{2,3})")
_LONE_UNDERSCORES = re.compile(r"(?<![\w@./])_(?=\S)([^_]+)(?<=\S)_(?![\w@])")
_ESCAPE = re.compile(r"\\([\\`*_{}\[\]()#+\-.!'\"])")
_PAGE_NUMBER = re.compile(r"^\s*(?:page\s+)?\d{1,2}(?:\s*/\s*\d{1,2})?\s*$", re.IGNORECASE)


@dataclass(frozen=True)
class Line:
    """A line without markup. `number` is its number in the file, from 1; `heading` is the Markdown level or 0."""

    number: int
    text: str
    heading: int = 0
    bullet: bool = False

    @property
    def blank(self) -> bool:
        """Whether the line is empty."""
        return not self.text


def lines_of(document: bytes) -> list[Line]:
    """The document's lines. Raises EmptyDocument, DocumentTooLarge or NotText."""
    if len(document) > MOST_BYTES:
        raise refusals.DocumentTooLarge(limit=MOST_BYTES // 1024)
    text = unicodedata.normalize("NFC", decoded(document))
    if not text.strip():
        raise refusals.EmptyDocument()
    return [_line(number, raw) for number, raw in enumerate(text.splitlines(), start=1)]


def decoded(document: bytes) -> str:
    """The document's text, decoded as UTF-16 (with a byte order mark), UTF-8 or Windows-1252. Raises NotText."""
    marked = document.startswith((b"\xff\xfe", b"\xfe\xff"))
    encodings = ["utf-16"] if marked else ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            text = document.decode(encoding)
        except UnicodeDecodeError:
            continue
        if _is_text(text):
            return text
    raise refusals.NotText()


def _is_text(text: str) -> bool:
    return not any(unicodedata.category(character) == "Cc" and character not in "\t\n\r\f\v\x85" for character in text)


def _line(number: int, raw: str) -> Line:
    text = raw.replace("\u00ad", "").replace("\u00a0", " ").replace("\u202f", " ").replace("\u200b", "")
    heading = _HEADING.match(text)
    if heading:
        return Line(number, _plain(heading[2]), heading=len(heading[1]))
    if _PAGE_NUMBER.match(text):
        return Line(number, "")
    bullet = _BULLET.match(text)
    if bullet and not text.lstrip().startswith("**"):
        return Line(number, _plain(text[bullet.end() :]), bullet=True)
    return Line(number, _plain(text))


def _plain(text: str) -> str:
    """The text without Markdown markup; a link becomes its text, without the URL."""
    text = _LINK.sub(r"\1", text)
    text = _ANGLED.sub(lambda found: found[1].removeprefix("mailto:"), text)
    for _ in range(3):
        text = _EMPHASIS.sub(lambda found: found[1] or found[2], text)
    text = _LONE_UNDERSCORES.sub(r"\1", text)
    text = _ESCAPE.sub(r"\1", text)
    return one_line(text) or ""


def paragraphs(lines: list[Line]) -> list[tuple[int, str]]:
    """Paragraphs with the number of their first line. A paragraph ends at a blank line or before a bullet."""
    found: list[tuple[int, str]] = []
    open_run = False
    for line in lines:
        if line.blank:
            open_run = False
        elif open_run and not line.bullet:
            number, text = found[-1]
            found[-1] = (number, f"{text} {line.text}")
        else:
            found.append((line.number, line.text))
            open_run = True
    return found
