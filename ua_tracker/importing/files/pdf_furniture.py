"""Page furniture of a PDF: heads and feet that stand on several pages, and the numbers of pages."""

import re
from collections import Counter

from ua_tracker.importing.files.pdf_columns import Row
from ua_tracker.importing.files.printed import NAMES_DOCUMENT

# Rows at the top and at the bottom of a page among which its furniture is.
_ROWS = 3
_DIGITS = re.compile(r"\d+")
_PAGE_NUMBER = re.compile(
    r"[\W_]{0,3}(?:page|p\.|seite|página|pagina|sida|sidan)?\s?\d{1,3}"
    r"(?:\s?(?:/|\||of|de|sur|von|av|van|di)\s?\d{1,3})?[\W_]{0,3}",
    re.IGNORECASE,
)


def without_furniture(pages: list[list[Row]]) -> list[list[Row]]:
    """The rows of each page without what stands in the same place of several pages."""
    repeated = Counter(key for rows in pages for key in {_key(row) for row in _edges(rows)})
    kept: set[str] = set()
    return [_of_page(rows, repeated, kept) for rows in pages]


def _of_page(rows: list[Row], repeated: Counter[str], kept: set[str]) -> list[Row]:
    edges = {id(row) for row in _edges(rows)}
    stays = []
    for row in rows:
        key = _key(row)
        if id(row) in edges and _PAGE_NUMBER.fullmatch(row.text):
            continue
        if id(row) in edges and repeated[key] > 1:
            if key in kept or not NAMES_DOCUMENT.search(row.text):
                continue
            kept.add(key)
        stays.append(row)
    return stays


def _edges(rows: list[Row]) -> list[Row]:
    by_height = sorted(rows, key=lambda row: -row.base)
    return by_height[:_ROWS] + by_height[-_ROWS:]


def _key(row: Row) -> str:
    """Its text without numbers: those of pages differ. Dates and times of printing differ as little."""
    return _DIGITS.sub("0", row.text.lower())
