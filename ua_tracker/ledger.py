"""Lists of pledges and reports for coordinators: paged, filtered and sorted.

Every function takes the coordinator's scope: the id of the only group whose rows may be read, or None for the office,
which sees all. The scope always applies, in addition to the filter.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from itertools import chain
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, SQLColumnExpression, and_, false, func, or_, select, true
from sqlalchemy.orm import Session, joinedload, selectinload
from sqlalchemy.orm.interfaces import LoaderOption

from ua_tracker import deadlines, refusals
from ua_tracker.models import Action, Group, Pledge, Report, ReportLine

PAGE = 50
LONGEST_TEXT = 80
NO_GROUP = "-"
FIRST_DAY, LAST_DAY = date(1970, 1, 2), date(2999, 12, 31)  # days outside this range can overflow a date
STANDING, WITHDRAWN, VOID = "standing", "withdrawn", "void"
Entry = TypeVar("Entry", Pledge, Report)
Table = type[Pledge] | type[Report]

PLEDGE_SORTS = ("made", "name", "letters")
REPORT_SORTS = ("made", "name", "sent_on", "people")


@dataclass(frozen=True)
class Wanted:
    """A filter. `text` is searched in name and e-mail, ignoring case and accents; `group` is a slug or NO_GROUP.

    `state` is STANDING, WITHDRAWN (pledges only) or VOID. `first` and `last` are the first and last day on which the
    row was made, in the action's time zone. None and empty values do not filter.
    """

    text: str = ""
    group: str | None = None
    state: str | None = None
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True)
class Page(Generic[Entry]):
    """At most 50 rows in the requested order. Pass `after` to get the next page; None on the last page."""

    rows: list[Entry]
    after: int | None


def pledges(
    session: Session,
    action: Action,
    scope: int | None,
    wanted: Wanted,
    *,
    sort: str = "-made",
    after: int | None = None,
) -> Page[Pledge]:
    """A page of the action's pledges in the scope. `sort` is one of PLEDGE_SORTS, with a hyphen for descending order.

    Raises NoSuchGroup for an unknown group in the filter.
    """
    return _page(session, Pledge, action, scope, wanted, sort, after, [joinedload(Pledge.group)])


def reports(
    session: Session,
    action: Action,
    scope: int | None,
    wanted: Wanted,
    *,
    sort: str = "-made",
    after: int | None = None,
) -> Page[Report]:
    """A page of the action's reports in the scope, with their lines. `sort` is one of REPORT_SORTS, as for `pledges`.

    Raises NoSuchGroup for an unknown group in the filter.
    """
    lines = selectinload(Report.lines).joinedload(ReportLine.recipient)
    return _page(session, Report, action, scope, wanted, sort, after, [joinedload(Report.group), lines])


def find_pledge(session: Session, action: Action, scope: int | None, number: int) -> Pledge:
    """The action's pledge with this id. Raises NoSuchEntry when there is none in the scope."""
    return _find(session, Pledge, action, scope, number)


def find_report(session: Session, action: Action, scope: int | None, number: int) -> Report:
    """The action's report with this id. Raises NoSuchEntry when there is none in the scope."""
    return _find(session, Report, action, scope, number)


def matching(
    session: Session, table: Table, action: Action, scope: int | None, wanted: Wanted
) -> list[ColumnElement[bool]]:
    """Conditions for the rows of the table that match the filter in the scope. Raises NoSuchGroup."""
    made = table.made_at if issubclass(table, Pledge) else table.reported_at
    found = _within(table, action, scope)
    if wanted.text.strip():
        both = func.coalesce(table.name, "") + "\n" + func.coalesce(table.email, "")  # one match instead of two
        expression = pattern(wanted.text)
        found.append(both.regexp_match(expression) if expression else false())
    if wanted.group == NO_GROUP:
        found.append(table.group_id.is_(None))
    elif wanted.group:
        found.append(table.group_id == _group_id(session, wanted.group))
    if wanted.state:
        found.append(_state(table, wanted.state))
    if wanted.first:
        eve = max(wanted.first, FIRST_DAY) - timedelta(days=1)
        found.append(made >= deadlines.first_instant_after(eve, action.timezone))
    if wanted.last:
        found.append(made < deadlines.first_instant_after(min(wanted.last, LAST_DAY), action.timezone))
    return found


def pattern(text: str) -> str:
    """A regular expression for both databases that finds the text, ignoring case and accents.

    Each character is replaced by the set of all its forms, since neither database ignores accents. Only the first 80
    characters are used. Empty for a text without visible characters.
    """
    composed = unicodedata.normalize("NFC", text.replace("\0", ""))  # the form in which names are stored
    folded = " ".join("".join(map(_folded, composed)).split())[:LONGEST_TEXT]
    return "".join(f"{_forms(character)}[{_MARKS}]*" for character in folded)


# Latin, Greek and Cyrillic accents, Arabic vowels, voicing marks of kana: names are written with and without them.
_MARKS = "\u0300-\u036f\u064b-\u065f\u3099\u309a"
# The ranges of the characters that have a case or such marks; Chinese and Korean are between them.
_CASED = (
    range(0xA1, 0x3200),
    range(0xA640, 0xAC00),
    range(0xFF00, 0xFF61),
    range(0x10400, 0x12000),
    range(0x16E00, 0x17000),
    range(0x1E900, 0x1EA00),
)
_MARK = re.compile(f"[{_MARKS}]")


def _folded(character: str) -> str:
    """The character without accents and case. One that would become several characters (ß) stays one."""
    bare = _bare(character)
    folded = bare.casefold()
    return folded if len(folded) == len(bare) else bare.lower()


def _bare(character: str) -> str:
    parts = unicodedata.normalize("NFD", character)
    left = _MARK.sub("", parts)
    return unicodedata.normalize("NFC", left) if left != parts else character


@cache
def _other_forms() -> dict[str, str]:
    """The other forms of each character: accented letters, and symbols like ≠, which is = with a stroke."""
    found: dict[str, str] = {}
    for character in map(chr, chain.from_iterable(_CASED)):
        if (unicodedata.decomposition(character) or character.casefold() != character) and _folded(
            character
        ) != character:
            found[_folded(character)] = found.get(_folded(character), "") + character
    return found


def _forms(character: str) -> str:
    if character.isascii() and not character.isalpha() and character not in _other_forms():
        return re.escape(character)
    both = "".join({form for form in (character, character.upper(), character.title()) if len(form) == 1})
    return f"[{both}{_other_forms().get(character, '')}]"


def _within(table: Table, action: Action, scope: int | None) -> list[ColumnElement[bool]]:
    seen: list[ColumnElement[bool]] = [table.action_id == action.id]
    if scope is not None:
        seen.append(table.group_id == scope)
    return seen


def _state(table: Table, state: str) -> ColumnElement[bool]:
    if state == VOID:
        return table.voided_at.is_not(None)
    if table is Pledge and state == WITHDRAWN:
        return and_(Pledge.withdrawn_at.is_not(None), Pledge.voided_at.is_(None))
    if state != STANDING:
        raise ValueError(f"no state of {table.__tablename__}: {state!r}")
    return and_(table.voided_at.is_(None), Pledge.withdrawn_at.is_(None) if table is Pledge else true())


def _group_id(session: Session, slug: str) -> int:
    """The id of the group, also of a retired one, or of the group it was merged into. Raises NoSuchGroup."""
    found = session.execute(select(Group.id, Group.merged_into_id).where(Group.slug == slug)).first()
    if found is None:
        raise refusals.NoSuchGroup(slug=slug)
    number, heir = found
    return heir or number


def _find(session: Session, table: type[Entry], action: Action, scope: int | None, number: int) -> Entry:
    row = session.scalar(select(table).where(table.id == number, *_within(table, action, scope)))
    if row is None:
        raise refusals.NoSuchEntry()
    return row


def _key(table: Table, sort: str) -> SQLColumnExpression[Any]:
    if sort not in (PLEDGE_SORTS if table is Pledge else REPORT_SORTS):
        raise ValueError(f"{table.__tablename__} are not sorted by {sort!r}")
    if sort == "made":
        return table.id  # rows are numbered as they are made
    return func.lower(func.coalesce(table.name, "")) if sort == "name" else getattr(table, sort)


def _page(
    session: Session,
    table: type[Entry],
    action: Action,
    scope: int | None,
    wanted: Wanted,
    sort: str,
    after: int | None,
    options: Sequence[LoaderOption],
) -> Page[Entry]:
    """A page that begins after the row with the id `after`. The URL has only the id, so it contains no name."""
    key, falling = _key(table, sort.removeprefix("-")), sort.startswith("-")
    query = select(table.id).where(*matching(session, table, action, scope, wanted))
    if after is not None:
        edge = session.scalar(select(key).where(table.id == after, *_within(table, action, scope)))
        if edge is None:
            raise refusals.NoSuchEntry()
        further, on = (key < edge, table.id < after) if falling else (key > edge, table.id > after)
        query = query.where(further if sort.endswith("made") else or_(further, and_(key == edge, on)))
    order = (key.desc(), table.id.desc()) if falling else (key, table.id)
    numbers = session.scalars(query.order_by(*order).limit(PAGE + 1)).all()  # ids alone are sorted faster than rows
    found = session.scalars(select(table).where(table.id.in_(numbers[:PAGE])).options(*options))
    rows = sorted(found, key=lambda row: numbers.index(row.id))
    return Page(rows, numbers[PAGE - 1] if len(numbers) > PAGE else None)
