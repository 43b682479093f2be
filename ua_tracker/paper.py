"""How large an address is printed: it shrinks until it fits its place, and nothing of it is ever cut.

Fonts differ from machine to machine, so widths are estimates on the safe side. Where one is wrong, the place grows.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

POINTS_OF_A_MILLIMETRE = 72 / 25.4
LINE_HEIGHT = 1.25  # of addresses, in the size of the font; `static/write.css` has the same
# Widths in the size of the font. Lines that are filled word by word stay a little shorter than the place is wide.
CAPITAL, SMALL, SQUARE, FILLED = 0.75, 0.56, 1.0, 0.94


@dataclass(frozen=True)
class Place:
    """Where an address is printed: its width and height in millimetres, the sizes of font in points, largest first."""

    width: float
    height: float
    sizes: tuple[int, ...]

    def size(self, lines: Sequence[str]) -> int | None:
        """The largest size at which the lines fit; None if they do not fit at the smallest."""
        return next((size for size in self.sizes if self._holds(lines, size)), None)

    def _holds(self, lines: Sequence[str], size: int) -> bool:
        width, height = self.width * POINTS_OF_A_MILLIMETRE / size, self.height * POINTS_OF_A_MILLIMETRE / size
        return sum(ceil(_width(line) / (width * FILLED)) for line in lines) * LINE_HEIGHT <= height


# The window of an envelope for a letter folded in three.
WINDOW = Place(90, 40, (12, 11, 10, 9, 8, 7))
COVER = Place(138, 80, (14, 12, 11, 10, 9, 8, 7))
# A label without its edges, on the common sheet of each paper.
LABELS = {"letter": Place(88, 42, (11, 10, 9, 8, 7)), "a4": Place(86, 59, (11, 10, 9, 8, 7))}


def _width(line: str) -> float:
    return sum(_width_of(character) for character in line)


def _width_of(character: str) -> float:
    if unicodedata.east_asian_width(character) in "WF":
        return SQUARE
    return CAPITAL if character.isupper() else SMALL
