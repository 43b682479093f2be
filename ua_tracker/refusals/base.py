"""What every "no" is made of: a sentence, the facts it names, and the field it belongs to."""

from enum import Enum, auto
from typing import Any


def marked(sentence: str) -> str:
    """The sentence itself; the name tells the catalogue's extractor to take it."""
    return sentence


class Kind(Enum):
    """Why something is refused. `web/errors.py` holds the status that HTTP has for each."""

    WRONG = auto()  # what was given must be given otherwise
    UNREADABLE = auto()
    SIGNED_OUT = auto()
    FORBIDDEN = auto()
    UNKNOWN = auto()
    TOO_LATE = auto()
    TOO_OFTEN = auto()
    NOT_OFFERED = auto()


class Refusal(Exception):
    """A rule says no. `facts` are what the sentence names; `field` is the form field it belongs to, if any.

    `used_before` says that the form's once-only key was used for something else: the form needs a fresh one.
    """

    kind = Kind.WRONG
    sentence = marked("This cannot be done.")
    field: str | None = None
    used_before = False

    def __init__(self, **facts: Any) -> None:
        super().__init__(facts)
        self.facts = facts

    def __str__(self) -> str:
        return self.sentence % self.facts
