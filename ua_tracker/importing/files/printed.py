"""What a line of any file may begin or consist of: a bullet, the number of its page, invisible characters."""

import re

from ua_tracker.importing.text import Line
from ua_tracker.texts import one_line

# Geometric shapes, arrows, ticks and stars, and the characters without meaning that a symbol's font leaves.
_SHAPES = "\u25a0-\u25ff\u2190-\u21ff\u2610-\u2612\u2713-\u27bf\u2b12-\u2b2f\ue000-\uf8ff"
# Round ones mean nothing else, so that they need no space behind them.
BULLET = re.compile(
    rf"\s*(?:(?:[-*+•‣⁃∙·–—{_SHAPES}]|\d{{1,2}}[.)](?!\s\S{{1,12}}\s(?:19|20)\d\d\b))\s+(?=\S)|[•‣▪●](?=\w))"
)
_PAGE_NUMBER = re.compile(r"\s*(?:page\s+)?\d{1,2}(?:\s*/\s*\d{1,2})?\s*", re.IGNORECASE)
# The head of a page with the number of a document or a case is kept: it may stand nowhere else.
NAMES_DOCUMENT = re.compile(r"\b[A-Z]{3} ?[0-9]{2}/[0-9]{1,5}/[0-9]{2,4}\b|(?<!/)\b[0-9]{1,4}/[0-9]{2}\b(?!/)")
_INVISIBLE = str.maketrans({"\u00ad": None, "\u200b": None, "\u00a0": " ", "\u202f": " "})
# Two or three letters that a font prints as one.
_LIGATURES = str.maketrans(dict(zip("ﬀﬁﬂﬃﬄﬅﬆ", ("ff", "fi", "fl", "ffi", "ffl", "st", "st"), strict=True)))


def cleaned(text: str) -> str:
    """The text without soft hyphens and spaces of no width, with plain spaces for those that do not break, and with
    the letters that a ligature stands for."""
    return text.translate(_INVISIBLE).translate(_LIGATURES)


def is_page_number(text: str) -> bool:
    """Whether the line is nothing but the number of a page."""
    return _PAGE_NUMBER.fullmatch(text) is not None


def line_of(number: int, text: str, *, heading: int = 0, bullet: bool = False, page: int = 1, column: int = 1) -> Line:
    """A line from a file whose marks of bullets are characters, or are known already."""
    text = cleaned(text)
    mark = None if heading else BULLET.match(text)
    if mark:
        bullet, text = True, text[mark.end() :]
    return Line(number, one_line(text) or "", heading=heading, bullet=bullet, page=page, column=column)
