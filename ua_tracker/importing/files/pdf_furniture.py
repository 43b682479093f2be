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


# What browsers print above and below a page: when it was printed and its title, its address and the number of the page.
_OF_A_BROWSER = re.compile(
    r"\d{1,4}[./-]\d{1,2}[./-]\d{2,4},?\s\d{1,2}[:.]\d{2}(?:\s?[AP]M)?\b.{0,200}|(?:https?|file)://\S{1,300}(?:\s\d{1,3}/\d{1,3})?",
    re.IGNORECASE,
)


def without_furniture(pages: list[list[Row]]) -> list[list[Row]]:
    """The rows of each page without what stands in the same place of several pages."""
    pages = [_without_a_browsers(rows) for rows in pages]
    repeated = Counter(key for rows in pages for key in {_key(row) for row in _edges(rows)})
    kept: set[str] = set()
    return [_of_page(rows, repeated, kept) for rows in pages]


def _without_a_browsers(rows: list[Row]) -> list[Row]:
    """The rows without the head and foot of a browser. A number of the document that stands nowhere else stays."""
    printed = {id(row) for row in _edges(rows) if _OF_A_BROWSER.fullmatch(row.text)}
    rest = [row for row in rows if id(row) not in printed]
    if not rest:
        return rows
    texts = " ".join(row.text for row in rest)
    return [row for row in rows if id(row) not in printed or _names_another(row.text, texts)]


def _names_another(text: str, texts: str) -> bool:
    found = NAMES_DOCUMENT.search(text)
    return found is not None and found[0] not in texts and not text.startswith(("http", "file"))


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
