"""The conditions of a filter of the ledger, and in which index of the database each of them is looked up."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, SQLColumnExpression, and_, false, func, select, text, true
from sqlalchemy.orm import Session, aliased

from ua_tracker import deadlines, mailboxes, not_reported, refusals, search_words, totals
from ua_tracker.ledger.wanted import HELD, NO_DOMAIN, NO_GROUP, STANDING, VOID, WITHDRAWN, Wanted
from ua_tracker.models import Action, Group, Pledge, Report

Table = type[Pledge] | type[Report]
TABLES: dict[str, Table] = {"pledges": Pledge, "letters": Report}  # by the name of the list
FIRST_DAY, LAST_DAY = date(1970, 1, 2), date(2999, 12, 31)  # days outside this range can overflow a date
PARTS = frozenset(
    {"text", "group", "days", "numbers", "size", "domain", "held_for", "like", "evening", "key", "reported"}
)
ORDER, FROM_REPORTS = "order", "reports"


@dataclass(frozen=True)
class Way:
    """How the rows of a list are found: without reading the indexes of the parts of the filter in `without`.

    `is_collected` says that the rows are few, so that all are collected and then sorted; `part` names the part of
    the filter whose index finds them. It is ORDER where rows are looked at in the order of the list, FROM_REPORTS
    where pledges are in the order of their reports. `numbers` are the least and the greatest id that a row can have.
    """

    without: frozenset[str] = frozenset()
    is_collected: bool = False
    part: str | None = None
    numbers: tuple[int, int] | None = None


def usual_way(session: Session, wanted: Wanted) -> Way:
    """The way for all rows of a filter, and for rows of a state that few have: its own indexes find them."""
    if session.get_bind().dialect.name == "postgresql":
        return Way(is_collected=wanted.is_sifted)
    without = {"size"} if wanted.is_narrow else set()
    return Way(frozenset(without | ({"group", "days"} if wanted.is_unusual else set())), wanted.is_sifted)


def matching(
    session: Session, table: Table, action: Action, scope: int | None, wanted: Wanted, way: Way | None = None
) -> list[ColumnElement[bool]]:
    """Conditions for the rows of the table that match the filter in the scope. Raises NoSuchGroup."""
    way = way or usual_way(session, wanted)
    found = [table.action_id == action.id, *group(session, _column(table.group_id, "group", way), scope, wanted)]
    if wanted.text.strip():
        few = None if way.part is None else way.part == "text"
        found.append(search_words.matches(session, table, action.id, wanted.text, inside=wanted.inside, few=few))
    if wanted.state:
        found.append(_state(table, wanted.state))
    found += days(_column(made_at(table), "days", way), action, wanted)
    if way.numbers is not None:
        number = _column(table.id, "numbers", way)
        found += [number >= way.numbers[0], number <= way.numbers[1]]
    found += size(_column(table.letters, "size", way), wanted)
    return [*found, *_arrived(session, table, action, scope, wanted, way), *_reported(table, action, wanted, way)]


def group(
    session: Session, column: SQLColumnExpression[Any], scope: int | None, wanted: Wanted
) -> list[ColumnElement[bool]]:
    """Conditions for the group in the filter, and for the scope. Raises NoSuchGroup."""
    found = [] if scope is None else [column == scope]
    if wanted.group == NO_GROUP:
        found.append(column.is_(None))
    elif wanted.group:
        found.append(column == _group_id(session, wanted.group))
    return found


def made_at(table: Table) -> SQLColumnExpression[Any]:
    """The instant at which a row was made."""
    return table.made_at if issubclass(table, Pledge) else table.reported_at


def days(column: SQLColumnExpression[Any], action: Action, wanted: Wanted) -> list[ColumnElement[bool]]:
    """Conditions for the days and hours in which a row was made, in the action's time zone."""
    begins, ends = instants(action, wanted)
    found = [] if begins is None else [column >= begins]
    return found if ends is None else [*found, column < ends]


def instants(action: Action, wanted: Wanted) -> tuple[datetime | None, datetime | None]:
    """The first instant of the wanted days and hours, and the first one after them."""
    begins = ends = None
    if wanted.first:
        eve = max(wanted.first, FIRST_DAY) - timedelta(days=1)
        begins = deadlines.first_instant_after(eve, action.timezone) + timedelta(hours=wanted.first_hour or 0)
    if wanted.last:
        after = deadlines.first_instant_after(min(wanted.last, LAST_DAY), action.timezone)
        ends = after - timedelta(hours=0 if wanted.last_hour is None else 23 - wanted.last_hour)
    return begins, ends


def size(column: SQLColumnExpression[Any], wanted: Wanted) -> list[ColumnElement[bool]]:
    """Conditions for the number of letters to targets."""
    found = [] if wanted.least is None else [column >= wanted.least]
    return found if wanted.most is None else [*found, column <= wanted.most]


def arrived(
    session: Session, table: Table, action: Action, scope: int | None, wanted: Wanted
) -> dict[str, tuple[Any, Any]]:
    """For each part of the filter that says how a row arrived: its column, and the value that it must have."""
    found: dict[str, tuple[Any, Any]] = {}
    if wanted.domain:
        has_none = wanted.domain == NO_DOMAIN
        found["domain"] = (table.mail_domain, None if has_none else mailboxes.domain_key(wanted.domain))
    if wanted.held_for:
        found["held_for"] = (table.held_for, wanted.held_for)
    if wanted.like is not None:
        one = select(table.source).where(table.id == wanted.like, *within(table, action, scope))
        found["like"] = (table.source, session.scalar(one) or "")  # PostgreSQL plans by the value
    if wanted.evening is not None and issubclass(table, Report):
        found["evening"] = (Report.evening_id, wanted.evening)
    if wanted.key:
        found["key"] = (table.api_key_id, wanted.key)
    return found


def is_of_pledges(table: Table) -> bool:
    """Whether these are pledges."""
    return table is Pledge


def reported_ids(action: Action) -> Any:
    """The ids of the action's pledges that have a standing report, some of them more than once."""
    standing = (Report.action_id == action.id, *totals.standing(Report), Report.pledge_id.is_not(None))
    return select(Report.pledge_id).where(*standing)


def within(table: Table, action: Action, scope: int | None) -> list[ColumnElement[bool]]:
    """Conditions for the rows that may be seen at all."""
    seen: list[ColumnElement[bool]] = [table.action_id == action.id]
    if scope is not None:
        seen.append(table.group_id == scope)
    return seen


def without_index(key: SQLColumnExpression[Any]) -> SQLColumnExpression[Any]:
    """The same value in a form that no index has. SQLite would read a whole index in order to find a few rows in it."""
    # `people` is looked up in the row: an index that holds all that is asked for would be read whole too.
    return func.coalesce(key, Report.people if key is Report.letters else key)


def _column(column: SQLColumnExpression[Any], part: str, way: Way) -> SQLColumnExpression[Any]:
    return without_index(column) if part in way.without else column


def _arrived(
    session: Session, table: Table, action: Action, scope: int | None, wanted: Wanted, way: Way
) -> list[ColumnElement[bool]]:
    parts = arrived(session, table, action, scope, wanted)
    found: list[ColumnElement[bool]] = [_column(column, part, way) == value for part, (column, value) in parts.items()]
    if wanted.evening is not None and table is Pledge:
        found.append(false())
    if wanted.key == 0:
        found.append(table.api_key_id.is_not(None))
    if wanted.likes:
        like = select(table.source).where(table.id.in_(wanted.likes), *within(table, action, scope))
        found.append(table.source.in_(source or "" for source in session.scalars(like)))
    if wanted.numbers:
        found.append(table.id.in_(wanted.numbers))
    return found


def _reported(table: Table, action: Action, wanted: Wanted, way: Way) -> list[ColumnElement[bool]]:
    if wanted.reported is None or table is not Pledge:
        return []
    if way.part == FROM_REPORTS:
        return []
    if way.part == "reported":
        return [Pledge.id.in_(reported_ids(action))]
    if wanted.is_unusual:
        # Not EXISTS, for which PostgreSQL may first collect the reports of all pledges. An index holds all that is
        # asked here, so that no report is read.
        own = aliased(Report)
        of_pledge = (own.action_id == Pledge.action_id, own.pledge_id == Pledge.id, own.voided_at.is_(None))
        report = select(own.pledge_id).where(*of_pledge).limit(1).scalar_subquery()
        # PostgreSQL takes a value that is null for rare, and would collect all rows to find enough of them.
        return [report.is_not(None) if wanted.reported else func.coalesce(report, 0) < 1]
    has_reported = not_reported.has_reported()
    return [has_reported if wanted.reported else ~has_reported]


def _state(table: Table, state: str) -> ColumnElement[bool]:
    if state == VOID:
        return table.voided_at.is_not(None)
    if table is Pledge and state == WITHDRAWN:
        return and_(Pledge.withdrawn_at.is_not(None), Pledge.voided_at.is_(None))
    if state == HELD:
        # Said twice: as the condition of the index is worded, without which SQLite does not take it, and as its column.
        is_held = text(f"{table.__tablename__}.is_held")
        return and_(*totals.standing(table), is_held, table.is_held == true())
    if state != STANDING:
        raise ValueError(f"no state of {table.__tablename__}: {state!r}")
    return and_(*totals.counted(table))


def _group_id(session: Session, slug: str) -> int:
    """The id of the group, also of a retired one, or of the group it was merged into. Raises NoSuchGroup."""
    found = session.execute(select(Group.id, Group.merged_into_id).where(Group.slug == slug)).first()
    if found is None:
        raise refusals.NoSuchGroup(slug=slug)
    number, heir = found
    return heir or number
