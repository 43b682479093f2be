"""Recognises what kind of file a document is: by its bytes first, and by its name where the bytes say nothing."""

import re
from enum import StrEnum
from io import BytesIO

from ua_tracker import refusals

MOST_PARTS = 1_000  # of a ZIP


class Kind(StrEnum):
    """The kinds that a reader is for."""

    TEXT = "text"
    HTML = "html"
    MAIL = "mail"
    PDF = "pdf"
    WORD = "docx"
    RICH_TEXT = "rtf"


# How files begin that are refused by name, and the sentence for each.
_REFUSED_BEGINNINGS: tuple[tuple[bytes, type[refusals.Refusal]], ...] = (
    (b"\x89PNG\r\n", refusals.PictureFile),
    (b"\xff\xd8\xff", refusals.PictureFile),
    (b"GIF8", refusals.PictureFile),
    (b"II*\0", refusals.PictureFile),
    (b"MM\0*", refusals.PictureFile),
    (b"BM", refusals.PictureFile),
    (b"\x1f\x8b", refusals.ArchiveFile),
    (b"BZh", refusals.ArchiveFile),
    (b"\xfd7zXZ\0", refusals.ArchiveFile),
    (b"7z\xbc\xaf\x27\x1c", refusals.ArchiveFile),
    (b"Rar!\x1a\x07", refusals.ArchiveFile),
    (b"%!PS", refusals.OfficeFile),
    (b"\x7fELF", refusals.NotText),
    (b"MZ", refusals.NotText),
)
_REFUSED_NAMES: dict[str, type[refusals.Refusal]] = {
    "doc": refusals.OldWordFile,
    "dot": refusals.OldWordFile,
    "docm": refusals.WordWithMacros,
    "dotm": refusals.WordWithMacros,
    "odt": refusals.OpenDocumentFile,
    "fodt": refusals.OpenDocumentFile,
    "pages": refusals.PagesFile,
    "msg": refusals.OutlookFile,
    "xls": refusals.OfficeFile,
    "xlsx": refusals.OfficeFile,
    "ppt": refusals.OfficeFile,
    "pptx": refusals.OfficeFile,
    "epub": refusals.OfficeFile,
    "zip": refusals.ArchiveFile,
}
_MAIN_PART = re.compile(r"word/document\d{0,3}\.xml")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HTML = re.compile(
    rb"\s*(?:<!doctype\s+html|<(?:html|head|body|meta|title|div|table|p|h[1-6]|span|article|main)[\s>])", re.IGNORECASE
)
_XML = re.compile(rb"\s*<\?xml\s")
_COMMENT = re.compile(rb"\s*<!--")
_FIELD = re.compile(rb"([A-Za-z][A-Za-z0-9-]{1,40}):")
_BY_PEOPLE = set(b"from to subject date".split())
_BY_PROGRAMS = set(b"received return-path mime-version message-id delivered-to content-type".split())
_NAMES = {"eml": Kind.MAIL, "mht": Kind.MAIL, "mhtml": Kind.MAIL} | dict.fromkeys(("htm", "html", "xhtml"), Kind.HTML)


def kind_of(document: bytes, name: str) -> Kind:
    """The kind of the file. Raises a FileRefused, or NotText, for one that no reader is for."""
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    if b"%PDF-" in document[:1024]:
        return Kind.PDF
    if document.startswith(b"{\\rtf"):
        return Kind.RICH_TEXT
    if document.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _of_zip(document, ending)
    _require_readable(document, ending)
    return _of_text(document, ending)


def _require_readable(document: bytes, ending: str) -> None:
    if document.startswith(_OLE):
        raise (refusals.OutlookFile if ending == "msg" else _of_ole(ending))()
    if document[4:8] == b"ftyp" or (document[:4] == b"RIFF" and document[8:12] == b"WEBP"):
        raise refusals.PictureFile()
    for beginning, refusal in _REFUSED_BEGINNINGS:
        if document.startswith(beginning) and not _is_plain(document):
            raise refusal()
    if ending in _REFUSED_NAMES and not _is_plain(document):
        raise _REFUSED_NAMES[ending]()


def _of_ole(ending: str) -> type[refusals.Refusal]:
    refusal = _REFUSED_NAMES.get(ending, refusals.OldWordFile)
    return refusal if refusal in {refusals.OfficeFile, refusals.OldWordFile} else refusals.OldWordFile


def _is_plain(document: bytes) -> bool:
    """Whether the first bytes can be text: a text may well begin with the letters of a mark, as `BM` or `MZ`."""
    return not any(byte < 9 or 13 < byte < 32 for byte in document[:1024])


def _of_zip(document: bytes, ending: str) -> Kind:
    import zipfile  # texts and pages do without it

    try:
        with zipfile.ZipFile(BytesIO(document)) as opened:
            names = set(opened.namelist())
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as broken:
        raise refusals.FileBroken() from broken
    if len(names) > MOST_PARTS:
        raise refusals.TooMuchInside()
    if ending in {"docm", "dotm"} or any(one.lower().endswith("vbaproject.bin") for one in names):
        raise refusals.WordWithMacros()
    if any(_MAIN_PART.fullmatch(one) for one in names) or ("[Content_Types].xml" in names and ending == "docx"):
        return Kind.WORD
    raise _of_other_zip(names, ending)()


def _of_other_zip(names: set[str], ending: str) -> type[refusals.Refusal]:
    if any(one.startswith(("xl/", "ppt/")) or one == "META-INF/container.xml" for one in names):
        return refusals.OfficeFile
    if "content.xml" in names and "mimetype" in names:
        return refusals.OpenDocumentFile
    if any(one.startswith("Index/") and one.endswith(".iwa") for one in names) or "Index.zip" in names:
        return refusals.PagesFile
    return _REFUSED_NAMES.get(ending, refusals.ArchiveFile)


def _of_text(document: bytes, ending: str) -> Kind:
    beginning = document[:8192].removeprefix(b"\xef\xbb\xbf")
    if document.startswith((b"\xff\xfe", b"\xfe\xff")):
        beginning = beginning[2:].replace(b"\0", b"")
    if _HTML.match(beginning) or (_XML.match(beginning) and b"<html" in beginning.lower()):
        return Kind.HTML
    if _XML.match(beginning):
        raise refusals.OfficeFile()
    if _COMMENT.match(beginning) and b"<html" in beginning.lower():
        return Kind.HTML
    if _begins_as_mail(beginning):
        return Kind.MAIL
    return _NAMES.get(ending, Kind.TEXT)


def _begins_as_mail(beginning: bytes) -> bool:
    """Whether the file begins with the header of a mail: nothing but fields, at least two of them usual, and one that
    only mails have. `From: Scholars at Risk`, `Re:` and `Date:` can be the head of a letter.
    """
    found = set()
    has_sender = False
    for line in beginning.lstrip().splitlines()[:-1]:
        field = _FIELD.match(line)
        if field:
            found.add(field[1].lower())
            has_sender = has_sender or (field[1].lower() == b"from" and b"@" in line)
        elif not line.strip():
            break
        elif not line.startswith((b" ", b"\t", b"From ", b">From ")):
            return False
    return len(found & (_BY_PEOPLE | _BY_PROGRAMS)) >= 2 and (has_sender or bool(found & _BY_PROGRAMS))
