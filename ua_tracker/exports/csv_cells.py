"""The cells of a CSV: quoted where they must be, and for spreadsheets guarded against formulas."""

import re
from collections.abc import Callable
from dataclasses import dataclass

# Characters that begin a formula (OWASP, CSV Injection; ＝ ＋ － ＠ in East Asian spreadsheets), and characters that a
# spreadsheet may ignore before them: all kinds of spaces, quotes, and invisible characters.
_FORMULA = r"=+\-@＝＋－＠"
_UNSEEN = (
    r"[ \"\xa0\u1680\u2000-\u200a\u202f\u205f\u3000"
    r"\0-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]*"
)
_STARTS = re.compile(
    rf"\A(?={_UNSEEN}[{_FORMULA}\t\r\n\0])"
    rf"|(?<=[\n\r\v\f\x85\u2028\u2029])(?={_UNSEEN}[{_FORMULA}\t])"
    rf"|(?<=[,;|\t])(?={_UNSEEN}[{_FORMULA}])"
)
_NEEDS_QUOTES = re.compile(r'[",;\r\n]')
# A quick test that most cells pass: after a letter or digit, none of these characters begins a formula.
_NEEDS_CARE = re.compile(rf'[",;\r\n\t\0{_FORMULA}](?<!\w[\t\0{_FORMULA}])')


@dataclass(frozen=True)
class Style:
    """How a CSV is written: the characters before its header, the separator, and the function that writes a text."""

    beginning: str
    separator: str
    text: Callable[[str | None], str]


def for_spreadsheet(separator: str) -> Style:
    """With a byte order mark, which Excel needs, and every text guarded against formulas."""
    return Style("\ufeff", separator, guarded_cell)


def for_programs() -> Style:
    """With every text as it was typed."""
    return Style("", ",", cell)


def guarded(cell: str) -> str:
    """The cell with an apostrophe at each place where a spreadsheet could read the beginning of a formula.

    These are the start of the cell, the start of each line in it, and the place after a character that a spreadsheet
    with another separator treats as the end of the cell. Spaces and invisible characters before a formula are
    skipped. A cell that begins with TAB, CR, LF or NUL gets an apostrophe too. See OWASP, CSV Injection, and OWASP
    ASVS 5.0, 1.2.10.
    """
    return _STARTS.sub("'", cell)


# Instead of csv.writer, which takes more time for each row than reading it from the database. The tests compare the
# result with csv.reader.
def cell(text: str | None) -> str:
    """The text as a cell; nothing for none."""
    if text is None:
        return ""
    return _quoted(text) if _NEEDS_QUOTES.search(text) else text


def guarded_cell(text: str | None) -> str:
    """The guarded text as a cell; nothing for none."""
    if text is None:
        return ""
    return cell(guarded(text)) if _NEEDS_CARE.search(text) else text


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def encoded(text: str) -> bytes:
    """UTF-8; a lone surrogate, which UTF-8 cannot encode, becomes a question mark."""
    return text.encode("utf-8", "replace")
