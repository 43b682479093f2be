"""The Draft: the values read from a document, the line each came from, and doubts for the coordinator."""

from dataclasses import asdict, dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple

from ua_tracker.importing.text import Line
from ua_tracker.refusals import marked
from ua_tracker.written import Issue, WrittenRecipient


class Certainty(StrEnum):
    """How sure the importer is of a value: `sure` by a label or a heading, `likely` by its place, or `doubtful`."""

    SURE = "sure"
    LIKELY = "likely"
    DOUBTFUL = "doubtful"


class Value(NamedTuple):
    """Names a value of the Draft: its field, its place in the field's list (from 0), and the part of a recipient.

    `place` is None for a field that is no list, `part` for one that has no parts (see `recipients.PARTS`).
    """

    field: str
    place: int | None = None
    part: str | None = None


@dataclass(frozen=True)
class Doubt:
    """A sentence about something that the coordinator must check, its facts, and the number of its line if any.

    `about` is the value in doubt, None where the doubt is about the document or about text that was left out.
    """

    sentence: str
    line: int | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    about: Value | None = None

    def __str__(self) -> str:
        return self.sentence % self.facts


@dataclass(frozen=True)
class Found:
    """A value and the number of its line: `field` is the name in the Draft, `text` the text that was read.

    `part` is the part of a recipient or of the office that this text became, one of `recipients.PARTS`; `place` the
    place of the recipient or paragraph in its list, from 0, None where the reader has not told them apart.
    """

    line: int
    field: str
    text: str
    part: str | None = None
    place: int | None = None
    certainty: Certainty = Certainty.SURE

    @property
    def value(self) -> Value:
        """The value that this line became, or a part of it."""
        return Value(self.field, self.place, self.part)


@dataclass
class Draft:
    """An Urgent Action as read. `sequence` is one of SEQUENCES, `further information`, `stop action` or None.

    `proposed_title` is the title in sentence case if it is printed in capitals, else the title itself. `lines` are all
    lines of the document, `unread` the numbers of those that nothing was read from, `layout` is the name of the layout
    that fits best, and `timezone` the zone (an IANA name) of the section whose layout it is.
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
    lines: list[Line] = field(default_factory=list)
    unread: list[int] = field(default_factory=list)
    layout: str | None = None
    timezone: str | None = None

    @property
    def issue(self) -> Issue:
        """The values by which the action of this document is found."""
        return Issue(self.ua_number, self.sequence, self.ai_index, self.issued, self.title, self.proposed_title)

    def doubt(self, sentence: str, line: int | None = None, about: Value | None = None, **facts: Any) -> None:
        """Adds a doubt: something that the coordinator must check."""
        self.doubts.append(Doubt(sentence, line, facts, about))

    def note(
        self,
        line: int,
        name: str,
        text: str,
        part: str | None = None,
        place: int | None = None,
        certainty: Certainty = Certainty.SURE,
    ) -> None:
        """Adds the line that a value came from, and how sure the value is."""
        self.found.append(Found(line, name, text, part, place, certainty))

    def as_json(self) -> dict[str, Any]:
        """The draft as JSON values: ISO dates, None or [] for missing values, doubts as sentences."""
        values = asdict(self)
        for name in ("found", "deadline_wording", "lines", "unread", "timezone"):
            del values[name]
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
WHICH_IS_NAME = marked("Is “%(text)s” a name, an office or a part of the address?")
ONE_LINE = marked("“%(text)s” stands in one line. Look where the office, the name and the address end.")
RUN_TOGETHER = marked("The text of this document stands in one line. Where this value begins and ends was guessed.")
WRAPPED = marked("A program may have broken this line: “%(text)s”. Look whether the value is whole.")
LOST_LETTERS = marked("Letters of “%(text)s” were lost: a program could not store them.")
NAME_OR_ROLE = marked("Is “%(name)s” the name and “%(role)s” the office, or the other way round?")
COLUMNS = marked("“%(text)s” stands in columns that could not be told apart, and was left out.")
TOO_MANY = marked("More than %(most)s were found; the others were left out.")
STRANGE_NUMBER = marked("“%(text)s” does not look like a whole phone number.")
DEMANDS_RUN_TOGETHER = marked("Is this one demand, or several? Bullets may have been lost.")
NO_HEADING = marked("No heading stands above this address. Is it that of somebody to write to?")
FROM_THE_LETTER = marked("These demands were taken from the model letter. Look whether they are complete.")
COUNTRY_FROM_ADDRESS = marked("The country was taken from the address, because the document names none.")
NO_COPIES = marked("A heading of copies was found, but nobody to send them to.")
POOR_FIT = marked("This layout is not known well. Look at every value.")
MASKED_EMAIL = marked("An e-mail address is masked here and could not be read.")
NO_ADDRESS = marked("“%(text)s” has neither an address nor another way to be reached.")
IS_STOP_ACTION = marked("This document ends the case: no letters are asked for.")
NOT_UNDERSTOOD = marked("“%(text)s” was not understood and left out.")
BROKEN_EMAIL = marked("“%(text)s” looks like a part of an e-mail address; it was not taken.")
WHICH_ISSUE = marked("Which issue of the case is this? “%(text)s” was not understood.")
