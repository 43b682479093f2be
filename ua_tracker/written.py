"""What a published Urgent Action says of its recipients and of itself, before anything is stored.

This module imports no database: the process that reads a document must start quickly.
"""

from dataclasses import dataclass, field
from datetime import date

STOP_ACTION = "stop action"  # the sequence of a document that ends its case, and the reason for closing
PARTS = ("role", "name", "address_lines", "phones", "fax", "email", "x", "salutation")
SEQUENCES = (
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
)


@dataclass(frozen=True)
class WrittenRecipient:
    """A target or a copy as printed. Lists are in the order of the document; absent values are None or []."""

    role: str | None = None
    name: str | None = None
    address_lines: list[str] = field(default_factory=list)
    phones: list[str] = field(default_factory=list)
    fax: list[str] = field(default_factory=list)
    email: list[str] = field(default_factory=list)
    x: str | None = None
    salutation: str | None = None

    @property
    def title(self) -> str:
        """The recipient's label in lists: the role, or else the name."""
        return self.role or self.name or ""


@dataclass(frozen=True)
class Issue:
    """The values that identify an issue. `sequence` is one of SEQUENCES, or a kind such as `further information`.

    `other_title` is the same title in other case, under which the action may be stored. `short_name` is the slug that
    the office gave to an issue that has neither number nor index.
    """

    ua_number: str | None = None
    sequence: str | None = None
    ai_index: str | None = None
    issued: date | None = None
    title: str | None = None
    other_title: str | None = None
    short_name: str | None = None

    @property
    def is_numbered(self) -> bool:
        """Whether the issue has a UA number or an AI index."""
        return bool(self.ua_number or self.ai_index)
