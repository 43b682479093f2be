"""The text of a PDF page as pieces with their places: words of one row and one style, with no wide gap between them."""

import ctypes
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

import pypdfium2
from pypdfium2 import raw

from ua_tracker import refusals

# Of a whole document. An Urgent Action has four thousand on a page.
MOST_CHARACTERS = 200_000
_HYPHEN_AT_END = "\x02"  # PDFium's mark for the hyphen of a word that goes on in the next row
_BOLD_WEIGHT = 600
_BOLD_NAMES = ("bold", "black", "heavy", "demi")
# In heights of a letter: a wider gap ends the piece, a gap of this width between words is a space.
_WIDE, _SPACE = 0.9, 0.16
_SAME_ROW = 0.3
# Of the drawings of a page, so many are looked at for bullets.
_MOST_OBJECTS, _MOST_DOTS = 5_000, 100
_TO_THE_LEFT = {"R", "AL"}


@dataclass
class Piece:
    """Text in one row. Places are in points from the lower left corner; `base` is the line that letters stand on,
    `size` the height of a letter with its ascent and descent.
    """

    text: str
    left: float
    right: float
    base: float
    size: float
    bold: bool

    def takes(self, letter: str, left: float, right: float, base: float, size: float) -> bool:
        """Adds a letter, and a space before it if there is room for one; returns whether it belongs to this piece.

        PDFium gives letters in the order in which they are read, so those of Arabic and Hebrew go to the left.
        """
        height = max(min(self.size, size), 1.0)
        gap = self.left - right if unicodedata.bidirectional(letter[0]) in _TO_THE_LEFT else left - self.right
        if abs(base - self.base) > _SAME_ROW * height or not -height <= gap <= _WIDE * height:
            return False
        if gap > _SPACE * self.size and not self.text.endswith(" "):
            self.text += " "
        self.text += letter
        self.left, self.right = min(self.left, left), max(self.right, right)
        return True


def pieces_of(page: pypdfium2.PdfPage, most: int) -> tuple[list[Piece], int]:
    """The pieces of the page in the order of the file, and how many characters it has. Raises TooMuchInside for more
    than `most` of them.
    """
    text_page = page.get_textpage()
    count = text_page.count_chars()
    if count > most:
        raise refusals.TooMuchInside()
    found = list(_pieces(text_page.raw, count))
    text_page.close()
    return [piece for piece in found if piece.text.strip()], max(count, 0)


def _pieces(page: "ctypes._Pointer[ctypes.c_void_p]", count: int) -> Iterator[Piece]:
    box, x, y = raw.FS_RECTF(), ctypes.c_double(), ctypes.c_double()
    piece: Piece | None = None
    last = 0
    for place in range(count):
        text = _letter(raw.FPDFText_GetUnicode(page, place))
        if text in {"\r", "\n", ""}:
            continue
        if text.isspace():
            if piece is not None and not piece.text.endswith(" "):
                piece.text += " "
            continue
        raw.FPDFText_GetCharOrigin(page, place, x, y)
        raw.FPDFText_GetLooseCharBox(page, place, box)
        size = box.top - box.bottom
        if piece is not None and piece.takes(text, box.left, box.right, y.value, size):
            last = place
            continue
        if piece is not None:
            yield _weighed(page, piece, last)
        piece = None if _is_turned(page, place) else Piece(text, box.left, box.right, y.value, size, _bold(page, place))
        last = place
    if piece is not None:
        yield _weighed(page, piece, last)


def _weighed(page: "ctypes._Pointer[ctypes.c_void_p]", piece: Piece, last: int) -> Piece:
    """The piece, which is bold if its first and its last letter are."""
    piece.bold = piece.bold and _bold(page, last)
    return piece


def _letter(code: int) -> str:
    """The character of a code; "" for those that stand for none."""
    letter = chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else ""
    return "-" if letter == _HYPHEN_AT_END else letter


def _is_turned(page: "ctypes._Pointer[ctypes.c_void_p]", place: int) -> bool:
    angle = raw.FPDFText_GetCharAngle(page, place)
    return bool(0.2 < angle < 6.08)


def _bold(page: "ctypes._Pointer[ctypes.c_void_p]", place: int) -> bool:
    """By the name of the font. The weight, which PDFium works out of other facts, counts where there is no name."""
    name, flags = ctypes.create_string_buffer(128), ctypes.c_int()
    if raw.FPDFText_GetFontInfo(page, place, name, len(name), flags) > 1:
        return any(word in name.value.decode("latin-1").lower() for word in _BOLD_NAMES)
    return bool(raw.FPDFText_GetFontWeight(page, place) >= _BOLD_WEIGHT)


def dots_of(page: pypdfium2.PdfPage) -> list[tuple[float, float]]:
    """The middles of drawn dots and squares of a bullet's size: browsers print bullets as pictures."""
    count = raw.FPDFPage_CountObjects(page.raw)
    found: list[tuple[float, float]] = []
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    for place in range(min(count, _MOST_OBJECTS)):
        drawn = raw.FPDFPage_GetObject(page.raw, place)
        if raw.FPDFPageObj_GetType(drawn) != raw.FPDF_PAGEOBJ_PATH:
            continue
        if raw.FPDFPageObj_GetBounds(drawn, left, bottom, right, top):
            width, height = right.value - left.value, top.value - bottom.value
            if 1.5 <= width <= 7 and abs(width - height) <= 1:
                found.append(((left.value + right.value) / 2, (bottom.value + top.value) / 2))
    return found[:_MOST_DOTS]
