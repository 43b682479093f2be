"""Pledges and letters as a workbook (.xlsx), sent while it is made.

XlsxWriter makes the workbook with the head of each sheet: widths, formats, headings, filter. The rows are put in
between as they are read, since XlsxWriter takes ten times as long for them as the rest of a download. No file is made
on the way. A part that was cut off has no directory, so that no program opens it as if it were whole.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO, RawIOBase
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from sqlalchemy.orm import Session
from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from ua_tracker import languages
from ua_tracker.exports import columns, workbook_rows
from ua_tracker.exports.columns import Column, Kind
from ua_tracker.exports.rows import Page
from ua_tracker.exports.workbook_cells import ROW
from ua_tracker.exports.workbook_rows import Cells, Rows
from ua_tracker.refusals import marked

MIMETYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_ROWS = 1_048_575  # of a sheet, below its headings
MOST_BYTES = 1_500_000_000  # of a sheet before compression: from 2 GiB on, its place in the file needs another form
_LEVEL = 1  # of compression: level 6 makes files a third smaller, and takes four times as long
_FORMATS = {
    Kind.TEXT: 49,  # "@": a text stays one when somebody types in its cell
    Kind.NUMBER: 1,  # "0"
    Kind.DAY: "yyyy-mm-dd",
    Kind.INSTANT: "yyyy-mm-dd hh:mm",
}
_PRINTED_AT = (1980, 1, 1, 0, 0, 0)  # the first date that a ZIP file can hold


@dataclass(frozen=True)
class Noun:
    """What a workbook holds: the name of its sheet (English, to be translated), its columns, and its rows."""

    name: str
    sheet: str
    columns: tuple[Column, ...]
    rows: Callable[[Cells], Rows]


PLEDGES = Noun("pledges", marked("Pledges"), columns.PLEDGES, workbook_rows.pledge_rows)
LETTERS = Noun("letters", marked("Letters"), columns.LETTERS, workbook_rows.letter_rows)


@dataclass(frozen=True)
class Book:
    """A workbook to be made. Its properties have title and instant, and name nobody."""

    noun: Noun
    title: str
    slug: str
    ai_index: str | None
    zone: str
    language: str
    person: Callable[[str | None], str]
    made_at: datetime

    def words(self, sentence: str) -> str:
        """The sentence in the language of the workbook, with the time zone where it names one."""
        return languages.catalogue(self.language).gettext(sentence).replace("%(zone)s", self.zone)


class _Sent(RawIOBase):
    """A file that cannot be read or wound back: what is written to it is taken away by the sender."""

    def __init__(self) -> None:
        super().__init__()
        self._parts: list[bytes] = []

    def write(self, data: Any) -> int:
        """Keeps the bytes until they are taken."""
        self._parts.append(bytes(data))
        return len(data)

    def take(self) -> bytes:
        """What was written since the last call."""
        taken, self._parts = b"".join(self._parts), []
        return taken


def chunks(session: Session, book: Book, pages: Iterator[Page]) -> Iterator[bytes]:
    """The file, one chunk for each page, and one with what stands around the sheets. Several sheets, if one is full."""
    sent, sheets, rest = _Sent(), [0], _Rest(pages, book)
    with ZipFile(sent, "w", ZIP_DEFLATED, compresslevel=_LEVEL) as archive:
        while True:
            head, _ = _around(_skeleton(book, sheets), len(sheets))
            with archive.open(_entry(_path(len(sheets))), "w") as sheet:
                size = sheet.write(head)
                while sheets[-1] < MOST_ROWS and size < MOST_BYTES and (rows := rest.take(MOST_ROWS - sheets[-1])):
                    size += sheet.write(_numbered(rows, sheets[-1] + 2))
                    sheets[-1] += len(rows)
                    session.rollback()  # the client may take long to receive a chunk
                    yield sent.take()
                parts = _skeleton(book, sheets)
                sheet.write(_around(parts, len(sheets))[1])
            if rest.is_empty():
                break
            sheets.append(0)
        session.rollback()
        for path in parts.keys() - {_path(number) for number in range(1, len(sheets) + 1)}:
            archive.writestr(_entry(path), parts[path])
    yield sent.take()


class _Rest:
    """The rows that are not in a sheet yet."""

    def __init__(self, pages: Iterator[Page], book: Book) -> None:
        self._pages, self._rows = pages, book.noun.rows(_cells(book))
        self._next: list[str] = []

    def is_empty(self) -> bool:
        if not self._next:
            page = next(self._pages, None)
            self._next = self._rows(page) if page else []
        return not self._next

    def take(self, most: int) -> list[str]:
        """The next rows of a page, as XML, at most this many; none at the end."""
        if self.is_empty():
            return []
        taken, self._next = self._next[:most], self._next[most:]
        return taken


def _numbered(rows: list[str], first: int) -> bytes:
    return "".join([row.replace(ROW, str(number)) for number, row in enumerate(rows, first)]).encode()


def _cells(book: Book) -> Cells:
    """The letters of the columns, and the styles that XlsxWriter has given to the cells below the headings."""
    sheet = _skeleton(book, [0])[_path(1)].decode()
    letters = {column.name: xl_col_to_name(place) for place, column in enumerate(book.noun.columns)}
    styles = dict(re.findall(r'<c r="([A-Z]+)2"( s="\d+")', sheet))
    return Cells(
        letters=letters,
        styles={name: styles[letter] for name, letter in letters.items()},
        slug=book.slug,
        ai_index=book.ai_index,
        zone=book.zone,
        person=book.person,
        words=book.words,
    )


def _skeleton(book: Book, sheets: list[int]) -> dict[str, bytes]:
    """The parts of a workbook by path, with sheets for so many rows each that hold their headings and an empty row."""
    file = BytesIO()
    with Workbook(file, {"in_memory": True}) as made:
        made.set_properties({"title": book.title, "created": book.made_at})
        heading = made.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
        formats = {
            kind: made.add_format({"num_format": _FORMATS.get(kind, "General"), "valign": "top"}) for kind in Kind
        }
        for number, rows in enumerate(sheets, 1):
            name = book.words(book.noun.sheet)
            sheet = made.add_worksheet(name if number == 1 else f"{name} {number}")
            _lay_out(sheet, book, rows, heading, formats)
    with ZipFile(file) as parts:
        return {path: parts.read(path) for path in parts.namelist()}


def _lay_out(sheet: Worksheet, book: Book, rows: int, heading: Format, formats: dict[Kind, Format]) -> None:
    for place, column in enumerate(book.noun.columns):
        sheet.set_column(place, place, column.width, formats[column.kind])
        sheet.write_string(0, place, book.words(column.heading), heading)
        sheet.write_blank(1, place, None, formats[column.kind])
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, rows, len(book.noun.columns) - 1)
    sheet.repeat_rows(0)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    if languages.runs_from_the_right(book.language):
        sheet.right_to_left()


def _around(parts: dict[str, bytes], number: int) -> tuple[bytes, bytes]:
    """What stands before the rows of a sheet, headings included, and what stands after them."""
    sheet = re.sub(rb"<dimension [^>]*/>", b"", parts[_path(number)])
    return sheet[: sheet.index(b"</row>") + len(b"</row>")], sheet[sheet.index(b"</sheetData>") :]


def _path(number: int) -> str:
    return f"xl/worksheets/sheet{number}.xml"


def _entry(path: str) -> ZipInfo:
    entry = ZipInfo(path, _PRINTED_AT)
    entry.compress_type = ZIP_DEFLATED
    return entry
