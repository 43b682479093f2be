"""Reads a Word file (.docx): mammoth makes HTML of it, which is read as a page is.

mammoth gets a copy with the parts that hold text alone: no picture is unpacked, and no part that declares entities.
"""

import html
import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO
from xml.etree.ElementTree import ParseError
from xml.parsers.expat import ExpatError

import mammoth

from ua_tracker import refusals
from ua_tracker.importing.files import web_page, word_paragraphs
from ua_tracker.importing.files.document import MOST_LINES, Document
from ua_tracker.importing.files.kinds import Kind
from ua_tracker.importing.files.printed import NAMES_DOCUMENT

MOST_XML = 4 * 1024 * 1024  # of all parts that are read, unpacked
_STYLES = "p[style-name='Title'] => h1:fresh\np[style-name='Subtitle'] => h2:fresh"
_NOT_TEXT = ("word/theme/", "word/fontTable", "word/webSettings", "word/settings", "word/glossary/")
_BROKEN = (zipfile.BadZipFile, zlib.error, ExpatError, ParseError, KeyError, ValueError, IndexError, TypeError,
           AttributeError, EOFError, OSError, NotImplementedError)  # fmt: skip


def read(data: bytes) -> Document:
    """A Word file. Raises FileBroken, OldWordFile for one with a password, TooMuchInside, NestedTooDeep or
    NothingToRead.
    """
    try:
        copy, heads = _copy_of(data)
        page = mammoth.convert_to_html(
            copy, style_map=_STYLES, convert_image=_no_picture, ignore_empty_paragraphs=False
        ).value
    except _BROKEN as broken:
        raise refusals.FileBroken() from broken
    except RecursionError as deep:
        raise refusals.NestedTooDeep() from deep
    missing = [head for head in heads if NAMES_DOCUMENT.search(head) and html.escape(head, quote=False) not in page]
    page = "".join(f"<p>{html.escape(head)}</p>" for head in missing) + page
    return Document(web_page.lines_of(page), Kind.WORD)


def _copy_of(data: bytes) -> tuple[BytesIO, list[str]]:
    """The copy, and the lines of the heads of its pages, which mammoth does not read."""
    copy = BytesIO()
    heads: list[str] = []
    with zipfile.ZipFile(BytesIO(data)) as opened, zipfile.ZipFile(copy, "w") as written:
        parts = dict(_parts_of(opened))
        styles = parts.get("word/styles.xml", b"")
        for name, content in parts.items():
            if name.startswith("word/header"):
                heads += [line for line in word_paragraphs.lines_of(content) if line not in heads]
            is_main = name.startswith("word/document") and name.endswith(".xml")
            written.writestr(name, word_paragraphs.joined(content, styles) if is_main else content)
    copy.seek(0)
    return copy, heads


def _parts_of(opened: zipfile.ZipFile) -> Iterator[tuple[str, bytes]]:
    """The parts that hold text and how it is built, unpacked. What they declare as their size is all that is read."""
    wanted = [part for part in opened.infolist() if _holds_text(part.filename)]
    if sum(part.file_size for part in wanted) > MOST_XML:
        raise refusals.TooMuchInside()
    for part in wanted:
        if part.flag_bits & 1:
            raise refusals.OldWordFile()
        content = opened.read(part)
        if content.count(b":p>") + content.count(b":p ") > 2 * MOST_LINES:  # beginnings and ends of paragraphs
            raise refusals.TooManyLines(limit=MOST_LINES)
        if b"<!" in content.replace(b"\0", b"").replace(b"<!--", b""):  # a declaration, in whatever encoding
            raise refusals.FileBroken()
        yield part.filename, content


def _holds_text(name: str) -> bool:
    if name.endswith((".xml", ".rels")) and not name.startswith(_NOT_TEXT):
        return name.startswith(("word/", "_rels/")) or name == "[Content_Types].xml"
    return False


def _no_picture(_image: object) -> list[object]:
    return []
