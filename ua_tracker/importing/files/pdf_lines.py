"""Makes lines of the rows of a PDF: headings, bullets, paragraphs, and rows that belong together."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from ua_tracker.importing.files.document import composed
from ua_tracker.importing.files.pdf_columns import Row
from ua_tracker.importing.files.printed import BULLET, line_of
from ua_tracker.importing.text import Line

# Letters are those of a heading from this size on, against the usual size; a gap between rows ends a paragraph.
_LARGER, _GAP = 1.12, 1.3
_MOST_LEVELS, _BOLD_LEVEL = 4, 5
_LONGEST_BOLD_HEADING = 120
# Rows of nearly the width of the longest show where the column ends.
_NEARLY, _FEWEST_FULL = 0.85, 4
# From this width in points on, a row that is full goes on in the next: no line of an address is so long.
_WIDE = 340
_YEAR = re.compile(r"(?:19|20)\d\d\b")
_LABEL = re.compile(r"[^\W\d][^:.,;]{0,40}:(?:\s|$)")
# A label, and behind it a telephone number that may go on.
_OPEN_NUMBER = re.compile(r":[^:]{0,60}[\d)(+,;/-]$")
# A row of less than this share of its column ends a paragraph, if the next stands in another column or on another page.
_SHORT = 0.6
# How far left of its row a drawn bullet stands, in heights of a letter.
_BULLET_AHEAD = 2.5

Dots = list[tuple[float, float]]


@dataclass
class Sheet:
    """A page: its rows in the order in which they are read, the middles of its drawn dots, its width in points."""

    rows: list[Row]
    dots: Dots
    width: float


def lines_of(sheets: list[Sheet]) -> Iterator[Line]:
    """The lines of the pages, numbered, with a blank one where a paragraph ends."""
    levels = _Levels([row for sheet in sheets for row in sheet.rows])
    usual_gap = median(gaps) if (gaps := list(_gaps(sheets))) else 0.0
    number = 0
    before: Row | None = None
    for page, sheet in enumerate(sheets, start=1):
        for rows_of_line in _together(sheet, levels, usual_gap):
            row, text = rows_of_line[0], " ".join(one.text for one in rows_of_line)
            level = levels.of(row)
            if before is not None and _is_apart(before, row, levels, usual_gap):
                number += 1
                yield Line(number, "", page=page, column=row.column)
            number += 1
            yield line_of(
                number,
                composed(text),
                heading=0 if level == _BOLD_LEVEL and len(text) > _LONGEST_BOLD_HEADING else level,
                bullet=_has_dot(row, sheet.dots),
                page=page,
                column=row.column,
            )
            before = rows_of_line[-1]


class _Levels:
    """The levels of headings in one document: the larger its letters, the higher a heading."""

    def __init__(self, rows: list[Row]) -> None:
        sizes = sorted(size for row in rows for size in [round(row.size, 1)] * len(row.text))
        self._usual = sizes[len(sizes) // 2] if sizes else 0.0
        larger = sorted({self._step(row) for row in rows if row.size > self._usual * _LARGER}, reverse=True)
        self._levels = {step: min(place, _MOST_LEVELS) for place, step in enumerate(larger, start=1)}

    @staticmethod
    def _step(row: Row) -> int:
        return round(row.size)

    def of(self, row: Row) -> int:
        """The level of a row, 0 if it is no heading."""
        if row.size > self._usual * _LARGER:
            return self._levels[self._step(row)]
        has_words = any(letter.isalpha() for letter in row.text)
        return _BOLD_LEVEL if row.bold and has_words and row.size > self._usual * 0.8 else 0


def _together(sheet: Sheet, levels: _Levels, usual_gap: float) -> Iterator[list[Row]]:
    """Each row alone, but what was broken because it reached the edge of its column together with its rest."""
    widths = _widths(sheet)
    lefts = {column: min(row.left for row in sheet.rows if row.column == column) for column in widths}
    together: list[Row] = []
    for row in sheet.rows:
        last = together[-1] if together else None
        if last is not None and not (
            last.column in widths
            and _is_full(last, row, lefts[last.column] + widths[last.column])
            and levels.of(last) == levels.of(row)
            and (levels.of(row) or widths[last.column] >= _WIDE or _goes_on(last.text, row.text))
            and not (
                _is_apart(last, row, levels, usual_gap) or _begins_anew(row, sheet.dots) or last.text.endswith(":")
            )
        ):
            yield together
            together = []
        together.append(row)
    if together:
        yield together


def _widths(sheet: Sheet) -> dict[int, float]:
    """The width of each column: that which several rows nearly have; on a page without columns at least that between
    its margins. The longest line of an address alone shows none.
    """
    widths: dict[int, float] = {}
    columns = {row.column for row in sheet.rows}
    for column in columns:
        found = sorted((row.right - row.left for row in sheet.rows if row.column == column), reverse=True)
        several = [
            wide for wide, other in zip(found, found[_FEWEST_FULL - 1 :], strict=False) if other >= _NEARLY * wide
        ]
        between = sheet.width - 2 * min(row.left for row in sheet.rows)
        if len(columns) == 1:
            widths[column] = max([between, *several[:1]])
        elif several:
            widths[column] = several[0]
    return widths


def _is_full(above: Row, below: Row, edge: float) -> bool:
    """Whether the first word of the row below would not have found room in the row above."""
    word = below.text.split(" ", 1)[0]
    needed = (below.right - below.left) * (len(word) + 1) / max(len(below.text), 1)
    return above.column == below.column and above.right + needed > edge


def _begins_anew(row: Row, dots: Dots) -> bool:
    is_labelled = _LABEL.match(row.text) is not None and not row.text[0].islower()
    return is_labelled or BULLET.match(row.text) is not None or _has_dot(row, dots)


def _goes_on(above: str, below: str) -> bool:
    """Whether the text alone says so too: an address has lines of its own, however long they are."""
    if below[0].isdigit() or below[0] in "(-+":
        return _OPEN_NUMBER.search(above) is not None or _YEAR.match(below) is not None
    last = above.rsplit(" ", 1)[-1]
    return below[0].islower() or (last.islower() and len(last) <= 3) or (above.isupper() and below.isupper())


def _gaps(sheets: list[Sheet]) -> Iterator[float]:
    """The distances of rows that stand below each other, in heights of a letter."""
    for sheet in sheets:
        for above, below in pairwise(sheet.rows):
            if above.column == below.column and 0 < above.base - below.base < 4 * above.size:
                yield (above.base - below.base) / above.size


def _is_apart(above: Row, below: Row, levels: _Levels, usual_gap: float) -> bool:
    """Whether a paragraph ends between these rows. At the end of a column or a page, the last sentence tells."""
    gap = above.base - below.base
    if above.column != below.column and gap > 0:
        return True
    if gap <= 0:
        is_end = above.text.endswith((".", "?", "!", ":")) or above.share < _SHORT
        return is_end or levels.of(above) != levels.of(below)
    return gap > _GAP * usual_gap * max(min(above.size, below.size), 1.0)


def _has_dot(row: Row, dots: Dots) -> bool:
    return any(
        0 < row.left - x < _BULLET_AHEAD * row.size and -0.2 * row.size < y - row.base < 0.8 * row.size for x, y in dots
    )
