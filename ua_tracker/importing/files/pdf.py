"""Reads a PDF: columns kept apart, page furniture removed, headings by the size and weight of their letters."""

from io import BytesIO

import pypdfium2

from ua_tracker import refusals
from ua_tracker.importing.files.document import Document, within_limits
from ua_tracker.importing.files.kinds import Kind
from ua_tracker.importing.files.pdf_columns import rows_of
from ua_tracker.importing.files.pdf_furniture import without_furniture
from ua_tracker.importing.files.pdf_lines import Sheet, lines_of
from ua_tracker.importing.files.pdf_pieces import MOST_CHARACTERS, dots_of, pieces_of

MOST_PAGES = 40
MOST_WIDTH, MOST_HEIGHT = 1_600, 4_800  # of a picture, in pixels
_PASSWORD = 4  # FPDF_ERR_PASSWORD


def read(data: bytes) -> Document:
    """A PDF. Raises PdfEncrypted, FileBroken, TooManyPages, TooMuchInside, PdfWithoutText, TooManyLines."""
    with _opened(data) as document:
        sheets = _sheets(document)
    if not any(sheet.rows for sheet in sheets):
        raise refusals.PdfWithoutText()
    for sheet, rows in zip(sheets, without_furniture([sheet.rows for sheet in sheets]), strict=True):
        sheet.rows = rows
    return Document(within_limits(lines_of(sheets)), Kind.PDF, len(sheets))


def picture_of_page(data: bytes, number: int, width: int) -> bytes:
    """The page as a WebP picture of this width in pixels. Raises as `read` does, and NoSuchPage."""
    with _opened(data) as document:
        if not 1 <= number <= len(document):
            raise refusals.NoSuchPage()
        try:
            page = document[number - 1]
            wide, high = page.get_size()
            scale = min(min(width, MOST_WIDTH) / max(wide, 1.0), MOST_HEIGHT / max(high, 1.0))
            picture = page.render(scale=scale, may_draw_forms=False).to_pil()
        except (pypdfium2.PdfiumError, ValueError) as broken:
            raise refusals.FileBroken() from broken
    encoded = BytesIO()
    picture.save(encoded, "WEBP", quality=80, method=2)
    return encoded.getvalue()


def _opened(data: bytes) -> pypdfium2.PdfDocument:
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as broken:
        refusal = refusals.PdfEncrypted if broken.err_code == _PASSWORD else refusals.FileBroken
        raise refusal() from broken
    if len(document) > MOST_PAGES:
        document.close()
        raise refusals.TooManyPages(limit=MOST_PAGES)
    return document


def _sheets(document: pypdfium2.PdfDocument) -> list[Sheet]:
    sheets: list[Sheet] = []
    left = MOST_CHARACTERS
    try:
        for page in document:
            pieces, count = pieces_of(page, left)
            left -= count
            sheets.append(Sheet(rows_of(pieces), dots_of(page), page.get_width()))
            page.close()
    except pypdfium2.PdfiumError as broken:
        raise refusals.FileBroken() from broken
    return sheets
