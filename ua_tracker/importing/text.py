"""The lines of a document, whatever file it was."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """A line without markup, as every kind of file gives it.

    `number` is its number in the document, from 1; `heading` its level, 0 for other text; `page` the number of its
    page and `column` that of its column, both from 1. `cells` are the parts of a line of plain text that wide gaps
    separate, each with the place where it begins: addresses can stand beside each other. A line without gaps has none.
    `is_note` says that whoever forwards the document wrote the line: it is shown, and nothing is read from it.
    """

    number: int
    text: str
    heading: int = 0
    bullet: bool = False
    page: int = 1
    column: int = 1
    cells: tuple[tuple[int, str], ...] = ()
    is_note: bool = False

    @property
    def blank(self) -> bool:
        """Whether the line is empty."""
        return not self.text
