"""The columns of `pledges` and `letters`: their names in a CSV, and their headings and widths in a workbook.

Programs read the names: a column is added before `last_row`, and none is renamed or moved.
"""

from dataclasses import dataclass
from enum import Enum, auto

from ua_tracker.refusals import marked


class Kind(Enum):
    """What a cell of a workbook holds."""

    TEXT = auto()
    NUMBER = auto()
    DAY = auto()
    INSTANT = auto()


@dataclass(frozen=True)
class Column:
    """A column: its name in a CSV, its heading in a workbook (English, to be translated), and its width in digits."""

    name: str
    heading: str
    width: int
    kind: Kind = Kind.TEXT


_ACTION = Column("action", marked("Action"), 14)
_AI_INDEX = Column("ai_index", marked("AI index"), 20)
_NAME = Column("name", marked("Name"), 26)
_EMAIL = Column("email", marked("E-mail"), 32)
_GROUP = Column("group", marked("Local group"), 16)
_STATE = Column("state", marked("State"), 12)
_REASON = Column("void_reason", marked("Reason for taking it back"), 26)
_PERSON = (
    Column("person_id", marked("Person"), 36),
    Column("given_name", marked("First name"), 18),
    Column("family_name", marked("Last name"), 22),
)
_API_KEY = Column("api_key", marked("API key"), 10)

PLEDGES = (
    Column("external_id", marked("Pledge"), 16),
    _ACTION,
    _AI_INDEX,
    _NAME,
    _EMAIL,
    _GROUP,
    Column("letters", marked("Letters promised"), 10, Kind.NUMBER),
    Column("write_on", marked("Will write on"), 12, Kind.DAY),
    Column("language", marked("Language"), 11),
    Column("made_at", marked("Made on (time zone %(zone)s)"), 18, Kind.INSTANT),
    _STATE,
    _REASON,
    Column("letters_reported", marked("Letters reported"), 10, Kind.NUMBER),
    Column("copies_reported", marked("Copies reported"), 10, Kind.NUMBER),
    Column("has_reported", marked("Has reported"), 10),
    Column("wants_outcome", marked("Wants to be told what came of it"), 12),
    *_PERSON,
    _API_KEY,
)
LETTERS = (
    Column("external_id", marked("Row of the letters"), 16),
    Column("report_external_id", marked("Report"), 14),
    Column("pledge_external_id", marked("Pledge"), 16),
    _ACTION,
    _AI_INDEX,
    Column("recipient_kind", marked("Target or copy"), 9),
    Column("recipient_role", marked("Function"), 26),
    Column("recipient_name", marked("Name of the recipient"), 26),
    Column("channel", marked("Channel"), 14),
    Column("sent_on", marked("Sent on"), 12, Kind.DAY),
    Column("letters", marked("Letters"), 9, Kind.NUMBER),
    Column("people", marked("People"), 9, Kind.NUMBER),
    _NAME,
    _EMAIL,
    _GROUP,
    Column("reported_at", marked("Reported on (time zone %(zone)s)"), 18, Kind.INSTANT),
    _STATE,
    _REASON,
    *_PERSON,
    _API_KEY,
)
LAST = "last_row"  # the last column of each CSV: a file that was cut short lacks its `yes`
PLEDGE_COLUMNS = (*(column.name for column in PLEDGES), LAST)
LETTER_COLUMNS = (*(column.name for column in LETTERS), LAST)
