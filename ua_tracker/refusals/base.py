"""The base class of refusals: a sentence, the facts in it, and the form field it belongs to."""

from enum import Enum, auto
from typing import Any


def marked(sentence: str) -> str:
    """Returns the sentence unchanged. Marks it for the extraction of messages to translate."""
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
    BUSY = auto()
    NOT_OFFERED = auto()


class Refusal(Exception):
    """A rule refuses the request. `facts` fill the sentence's placeholders; `field` is the form field, if any.

    `used_before` means that the form's idempotency key was used with other values: the form needs a new key.
    """

    kind = Kind.WRONG
    sentence = marked("This cannot be done.")
    field: str | None = None
    used_before = False

    def __init__(self, **facts: Any) -> None:
        super().__init__(facts)
        self.facts = facts

    def __str__(self) -> str:
        return self.sentence % {name: f"{one:,}" if type(one) is int else one for name, one in self.facts.items()}
