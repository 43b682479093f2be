"""Where the values of a document's header stand, and what stands before a place of a text."""

import re
from dataclasses import dataclass, field

from ua_tracker.importing.text import Line
from ua_tracker.importing.words import Phrases, words_of

_REGION = (
    r"(AFR|AMR|ASA|EUR|MDE|ACT|POL|IOR|ORG|NWS|DOC)\s?([0-9]{2})\s?/\s?([0-9]{1,5})\s?/\s?([0-9]{4}|[0-9]{2})(?![\w/])"
)
INDEX = re.compile(rf"(?<![\w/]){_REGION}", re.IGNORECASE)


@dataclass
class Header:
    """Where the values of the header stand: for each line number the places in its text that they take."""

    taken: dict[int, list[tuple[int, int]]] = field(default_factory=dict)
    number_line: Line | None = None
    index_line: Line | None = None
    index_end: int = 0
    number_end: int = 0

    def take(self, line: Line, start: int, end: int) -> None:
        """Notes that a value stands there."""
        self.taken.setdefault(line.number, []).append((start, end))

    @property
    def last(self) -> int:
        """The number of the last line of the header, 0 if there is none."""
        return max(self.taken, default=0)


def label_before(text: str, end: int, labels: Phrases) -> int | None:
    """Where the label begins that stands directly before this place; None if none does."""
    words = [word for word in words_of(text[max(0, end - 60) : end]) if word.key != ":"]
    for length in range(min(5, len(words)), 0, -1):
        run = words[-length:]
        if length in labels.ends(run):
            return max(0, end - 60) + run[0].start
    return None


def in_brackets(text: str, place: int) -> bool:
    """Whether a bracket is open at this place of the text."""
    before = text[max(0, place - 400) : place]
    return before.count("(") > before.count(")") or before.count("[") > before.count("]")
