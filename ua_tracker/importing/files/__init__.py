"""Reads files into lines: text, Markdown, web pages, mails, PDF, Word and rich text.

Each kind has its module here, and all give the same `Line`s, so that the layouts know nothing of files. Whoever reads a
document that somebody uploaded calls `importing.read` or `importing.picture_of_page`, which do this in a process apart
(`importing/confined.py`): the libraries that decode files are large, and a file can be made to break them.
"""

from collections.abc import Callable

from ua_tracker import refusals
from ua_tracker.importing.files.document import Document
from ua_tracker.importing.files.kinds import Kind, kind_of

__all__ = ["MOST_BYTES", "MOST_TEXT_BYTES", "Document", "Kind", "document_of", "picture_of_page"]

MOST_BYTES = 10 * 1024 * 1024  # of a PDF, a Word file, a mail or a saved page, which can hold pictures
MOST_TEXT_BYTES = 512 * 1024  # of a text


def document_of(data: bytes, name: str = "") -> Document:
    """The document as lines. `name` is the name of its file, which is asked where the bytes do not say what it is.

    Raises EmptyDocument, DocumentTooLarge, NotText, or a FileRefused whose sentence says what to do.
    """
    if not data.strip():
        raise refusals.EmptyDocument()
    return _read(_kind(data, name), data)


def picture_of_page(data: bytes, number: int, width: int) -> bytes:
    """The page of a PDF as a WebP picture, `width` pixels wide. `number` is that of the page, from 1.

    Raises as `document_of` does, and NoSuchPage.
    """
    from ua_tracker.importing.files import pdf

    if _kind(data, "") is not Kind.PDF:
        raise refusals.NoSuchPage()
    return pdf.picture_of_page(data, number, width)


def _kind(data: bytes, name: str) -> Kind:
    if len(data) > MOST_BYTES:
        raise refusals.DocumentTooLarge(limit=MOST_BYTES // 1024)
    kind = kind_of(data, name)
    if kind is Kind.TEXT and len(data) > MOST_TEXT_BYTES:
        raise refusals.DocumentTooLarge(limit=MOST_TEXT_BYTES // 1024)
    return kind


def _attached(data: bytes, name: str) -> Document:
    """A file that is attached to a mail: any but another mail."""
    kind = _kind(data, name)
    if kind is Kind.MAIL:
        raise refusals.NestedTooDeep()
    return _read(kind, data)


def _read(kind: Kind, data: bytes) -> Document:
    return _READERS[kind](data)


# Each reader is loaded when it is used: to load them all takes longer than to read a document.


def _text(data: bytes) -> Document:
    from ua_tracker.importing.files import markdown

    return markdown.read_file(data)


def _page(data: bytes) -> Document:
    from ua_tracker.importing.files import web_page

    return web_page.read(data)


def _mail(data: bytes) -> Document:
    from ua_tracker.importing.files import mail

    return mail.read(data, _attached)


def _pdf(data: bytes) -> Document:
    from ua_tracker.importing.files import pdf

    return pdf.read(data)


def _word(data: bytes) -> Document:
    from ua_tracker.importing.files import word

    return word.read(data)


def _rich_text(data: bytes) -> Document:
    from ua_tracker.importing.files import rich_text

    return rich_text.read(data)


_READERS: dict[Kind, Callable[[bytes], Document]] = {
    Kind.TEXT: _text,
    Kind.HTML: _page,
    Kind.MAIL: _mail,
    Kind.PDF: _pdf,
    Kind.WORD: _word,
    Kind.RICH_TEXT: _rich_text,
}
