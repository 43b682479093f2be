"""The Draft: the values read from a document, the line each came from, and doubts for the coordinator."""

from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from ua_tracker.actions.issues import Issue
from ua_tracker.actions.recipients import WrittenRecipient
from ua_tracker.refusals import marked


@dataclass(frozen=True)
class Doubt:
    """A sentence about something that the coordinator must check, its values, and the number of its line if any."""

    sentence: str
    line: int | None = None
    facts: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.sentence % self.facts


@dataclass(frozen=True)
class Found:
    """A value and the number of its line: `field` is the name in the Draft, `text` the text that was read."""

    line: int
    field: str
    text: str


@dataclass
class Draft:
    """An Urgent Action as read. `sequence` is one of SEQUENCES, `further information`, `stop action` or None.

    `proposed_title` is the title in sentence case if it is printed in capitals, else the title itself.
    """

    ua_number: str | None = None
    sequence: str | None = None
    ai_index: str | None = None
    country: str | None = None
    issued: date | None = None
    title: str | None = None
    proposed_title: str | None = None
    summary: list[str] = field(default_factory=list)
    demands: list[str] = field(default_factory=list)
    targets: list[WrittenRecipient] = field(default_factory=list)
    copies: list[WrittenRecipient] = field(default_factory=list)
    background: list[str] = field(default_factory=list)
    deadline: date | None = None
    deadline_wording: str | None = None
    office: WrittenRecipient | None = None
    doubts: list[Doubt] = field(default_factory=list)
    found: list[Found] = field(default_factory=list)

    @property
    def issue(self) -> Issue:
        """The values by which the action of this document is found."""
        return Issue(self.ua_number, self.sequence, self.ai_index, self.issued, self.title, self.proposed_title)

    def doubt(self, sentence: str, line: int | None = None, **facts: Any) -> None:
        """Adds a doubt: something that the coordinator must check."""
        self.doubts.append(Doubt(sentence, line, facts))

    def note(self, line: int, name: str, text: str) -> None:
        """Adds the line that a value came from."""
        self.found.append(Found(line, name, text))

    def as_json(self) -> dict[str, Any]:
        """The draft as JSON values: ISO dates, None or [] for missing values, doubts as sentences."""
        values = asdict(self)
        del values["found"], values["deadline_wording"]
        values["issued"] = self.issued.isoformat() if self.issued else None
        values["deadline"] = self.deadline.isoformat() if self.deadline else None
        values["doubts"] = [str(doubt) for doubt in self.doubts]
        return values


NO_DEADLINE = marked("No deadline was found. The action stays a draft until a deadline is set.")
SEVERAL_DEADLINES = marked("More than one deadline was found: %(days)s. None was taken.")
DEADLINE_BEFORE_ISSUE = marked("The deadline %(deadline)s lies before the day of issue, %(issued)s.")
AMBIGUOUS_DATE = marked("“%(text)s” can be read as more than one date; it was not taken.")
NO_COUNTRY = marked("No country was found.")
NO_TITLE = marked("No title was found.")
NO_NUMBER = marked("No UA number was found.")
NO_INDEX = marked("No AI index was found.")
NO_ISSUE_DATE = marked("No day of issue was found.")
NO_DEMANDS = marked("No demands were found.")
NO_TARGETS = marked("No target was found.")
COUNTRIES_DIFFER = marked("The heading says “%(heading)s”, the line with the index “%(header)s”.")
WHICH_IS_NAME = marked("Is “%(text)s” a name or the first line of the address? It was taken as the address.")
MASKED_EMAIL = marked("An e-mail address is masked here and could not be read.")
NO_ADDRESS = marked("“%(text)s” has neither an address nor another way to be reached.")
IS_STOP_ACTION = marked("This document ends the case: no letters are asked for.")
NOT_UNDERSTOOD = marked("“%(text)s” was not understood and left out.")
BROKEN_EMAIL = marked("“%(text)s” looks like a part of an e-mail address; it was not taken.")
WHICH_ISSUE = marked("Which issue of the case is this? “%(text)s” was not understood.")
