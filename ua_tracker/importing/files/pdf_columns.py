"""Puts the pieces of a PDF page into rows, column by column, as they are read."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from ua_tracker.importing.files.pdf_pieces import Piece

# Fewer rows side by side make no columns.
_FEWEST_ROWS = 3
# Letters that a row of a column has on average; a bullet, a number or a short label is no column.
_FEWEST_LETTERS = 7
_MOST_COLUMNS = 4
_MOST_CANDIDATES = 12
# Rows below two columns that belong to neither, at most, and their distance in heights of a letter, at least.
_MOST_BELOW, _APART = 2, 1.6
# Points by which letters of one edge may differ, and the width of the white stripe between columns.
_EDGE, _GUTTER = 2.0, 6.0


@dataclass
class Row:
    """A line of a page: its text, its place in points, and the number of its column, from 1.

    `share` is its width against that of the widest row of its column.
    """

    text: str
    left: float
    right: float
    base: float
    size: float
    bold: bool
    column: int = 1
    share: float = 1.0


Level = list[Piece]  # the pieces that stand at one height, from left to right


def rows_of(pieces: list[Piece]) -> list[Row]:
    """The rows of a page in the order in which they are read: down the first column, then down the next."""
    rows = [_row(level, column) for level, column in _in_order(_levels(pieces), 1)]
    widest: dict[int, float] = {}
    for row in rows:
        widest[row.column] = max(widest.get(row.column, 1.0), row.right - row.left)
    for row in rows:
        row.share = (row.right - row.left) / widest[row.column]
    return rows


def _levels(pieces: list[Piece]) -> list[Level]:
    """The pieces from top to bottom, those of one height together."""
    levels: list[Level] = []
    for piece in sorted(pieces, key=lambda one: -one.base):
        if levels and abs(levels[-1][0].base - piece.base) <= 0.3 * max(levels[-1][0].size, 1.0):
            levels[-1].append(piece)
        else:
            levels.append([piece])
    return [sorted(level, key=lambda one: one.left) for level in levels]


def _in_order(levels: list[Level], column: int) -> Iterator[tuple[Level, int]]:
    edge = _best_edge(levels) if column < _MOST_COLUMNS else None
    if edge is None:
        yield from ((level, column) for level in levels)
        return
    for band, below in _with_what_stands_below(list(_bands(levels, edge)), edge):
        if not _are_columns(band, edge):
            yield from ((level, column) for level in band)
            continue
        sides = _side(band, edge, is_right=False), _side(band, edge, is_right=True)
        last = column
        for level, at in _in_order(sides[0], column):
            last = max(last, at)
            yield level, at
        yield from _in_order(sides[1], last + 1)
        yield from ((level, column) for level in below)


def _with_what_stands_below(bands: list[list[Level]], edge: float) -> Iterator[tuple[list[Level], list[Level]]]:
    """Each band, and of one that is followed by rows across the page, the short rows that stand below both columns: a
    salutation belongs to neither.
    """
    for place, band in enumerate(bands):
        right = [at for at, level in enumerate(band) if level[-1].left >= edge]
        end = right[-1] + 1 if right else len(band)
        below = band[end:]
        stands_apart = (
            place + 1 < len(bands)
            and 0 < len(below) <= _MOST_BELOW
            and end > 0
            and band[end - 1][0].base - below[0][0].base > _APART * band[end - 1][0].size
        )
        yield (band[:end], below) if stands_apart else (band, [])


def _best_edge(levels: list[Level]) -> float | None:
    """The left edge of a column that has most rows beside another column; None if there are no columns."""
    edges = Counter(round(piece.left / _EDGE) for level in levels for piece in level)
    likely = [edge * _EDGE - _EDGE for edge, count in edges.most_common(_MOST_CANDIDATES) if count >= _FEWEST_ROWS]
    scored = [(_score(levels, edge), edge) for edge in sorted(likely)]
    best, edge = max(scored, default=(0, 0.0), key=lambda one: one[0])
    return edge if best >= _FEWEST_ROWS else None


def _score(levels: list[Level], edge: float) -> int:
    return sum(
        min(len(_side(band, edge, is_right=False)), len(_side(band, edge, is_right=True)))
        for band in _bands(levels, edge)
        if _are_columns(band, edge)
    )


def _bands(levels: list[Level], edge: float) -> Iterator[list[Level]]:
    """The levels in runs that a white stripe before this edge divides, and those that cross it, in runs too."""
    band: list[Level] = []
    crossed = False
    for level in levels:
        crosses = any(piece.left < edge and piece.right > edge - _GUTTER + _EDGE for piece in level)
        if band and crosses != crossed:
            yield band
            band = []
        band.append(level)
        crossed = crosses
    if band:
        yield band


def _side(band: list[Level], edge: float, *, is_right: bool) -> list[Level]:
    sides = ([piece for piece in level if (piece.left >= edge) == is_right] for level in band)
    return [level for level in sides if level]


def _are_columns(band: list[Level], edge: float) -> bool:
    """Whether both sides are text of some rows, side by side, and not labels or bullets with what they stand for."""
    left, right = _side(band, edge, is_right=False), _side(band, edge, is_right=True)
    if min(len(left), len(right)) < _FEWEST_ROWS or any(piece.right > edge for level in left for piece in level):
        return False
    if min(_letters(left), _letters(right)) < _FEWEST_LETTERS:
        return False
    top, bottom = min(left[0][0].base, right[0][0].base), max(left[-1][0].base, right[-1][0].base)
    if top - bottom < 1.5 * left[0][0].size:
        return False
    labels = sum(1 for level in left if level[-1].text.rstrip().endswith(":"))
    return 2 * labels < len(left)


def _letters(side: list[Level]) -> float:
    return sum(len(piece.text.strip()) for level in side for piece in level) / len(side)


def _row(level: Level, column: int) -> Row:
    text, end = "", None
    for piece in level:
        if end is not None and piece.left - end > 0.1 * piece.size and not text.endswith(" "):
            text += " "
        text += piece.text
        end = piece.right
    longest = max(level, key=lambda piece: len(piece.text))
    is_bold = all(piece.bold for piece in level if any(letter.isalnum() for letter in piece.text))
    return Row(text.strip(), level[0].left, level[-1].right, longest.base, longest.size, is_bold, column)
