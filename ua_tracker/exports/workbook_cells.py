"""The cells of a sheet, as XML (ECMA-376, part 1, 18.3.1.4). Texts are inline and typed, so that none is a formula.

A cell has the character NUL where the number of its row will be: XML cannot hold one, so that no text has it.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

LONGEST = 32_767  # characters in a cell, as UTF-16 counts them
ROW, AFTER = "\0", "</t></is></c>"
_SHORT = LONGEST // 2
# Written out, a spreadsheet would read it as the character of that number (22.9.2.19, ST_Xstring).
_NUMBERED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_LINE_END = re.compile(r"\r\n?")
# Not in XML 1.0.
_IMPOSSIBLE = re.compile(r"[\0-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")


class Repeated(dict[Any, str]):
    """Cells of a column that has few different values, each made once."""

    def __init__(self, make: Callable[[Any], str]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, value: Any) -> str:
        made = self[value] = self._make(value)
        return made


@dataclass(frozen=True)
class Texts:
    """A column of texts: what stands before and after a text that is plain, and how to make the cell of another."""

    column: str
    style: str

    @cached_property
    def before(self) -> str:
        """What stands before a plain text."""
        return f'<c r="{self.column}{ROW}"{self.style} t="inlineStr"><is><t>'

    def cell(self, text: str | None) -> str:
        """The cell; none for no text."""
        if not text:
            return ""
        if is_plain(text):
            return f"{self.before}{text}{AFTER}"
        return f'{self.before[:-1]} xml:space="preserve">{escaped(text)}{AFTER}'


def is_plain(text: str) -> bool:
    """Whether the text, and each part of it between spaces, can stand in XML and in a cell as it is."""
    if not text.isprintable() or "<" in text or "&" in text or ">" in text or "_x" in text:
        return False
    return text[0] != " " and text[-1] != " " and len(text) <= _SHORT


def values(column: str, style: str) -> Callable[[object], str]:
    """A function that makes the cells of a column of numbers, days and instants; no cell for None."""
    before = f'<c r="{column}{ROW}"{style}><v>'
    return lambda value: "" if value is None else f"{before}{value}</v></c>"


def escaped(text: str) -> str:
    """The text as XML can hold it and a spreadsheet shows it.

    A line ends with LF; characters that XML cannot hold become U+FFFD; what is longer than a cell ends with “…”.
    """
    text = _IMPOSSIBLE.sub("\ufffd", _LINE_END.sub("\n", text))
    text = _NUMBERED.sub("_x005F_", _cut(text))
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _cut(text: str) -> str:
    if len(text) <= _SHORT or len(encoded := text.encode("utf-16-le")) <= 2 * LONGEST:
        return text
    return encoded[: 2 * (LONGEST - 1)].decode("utf-16-le", "ignore") + "…"
