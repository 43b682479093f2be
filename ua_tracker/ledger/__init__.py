"""Lists of pledges and reports for coordinators: paged, filtered and sorted.

Every function takes the coordinator's scope: the id of the only group whose rows may be read, or None for the office,
which sees all. The scope always applies, in addition to the filter.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Generic, TypeVar, cast

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, and_, false, func, select, text, true
from sqlalchemy.orm import Session, joinedload, selectinload
from sqlalchemy.orm.interfaces import LoaderOption

from ua_tracker import deadlines, mailboxes, not_reported, refusals, search_words, totals
from ua_tracker.ledger import ways
from ua_tracker.ledger.wanted import ANY_KEY, HELD, NO_GROUP, STANDING, VOID, WITHDRAWN, Wanted
from ua_tracker.models import Action, Group, Pledge, Report, ReportLine

__all__ = [
    "ANY_KEY",
    "HELD",
    "NO_GROUP",
    "PAGE",
    "PLEDGE_SORTS",
    "REPORT_SORTS",
    "STANDING",
    "VOID",
    "WITHDRAWN",
    "Page",
    "Table",
    "Wanted",
    "find_pledge",
    "find_report",
    "matching",
    "pledges",
    "reported",
    "reports",
    "sizes_of_sources",
]

PAGE = 50
FIRST_DAY, LAST_DAY = date(1970, 1, 2), date(2999, 12, 31)  # days outside this range can overflow a date
Entry = TypeVar("Entry", Pledge, Report)
Table = type[Pledge] | type[Report]

PLEDGE_SORTS = ("made", "name", "letters")
REPORT_SORTS = ("made", "name", "letters", "sent_on", "people")


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
    session: Session, table: Table, action: Action, scope: int | None, wanted: Wanted, *, walked: bool = False
) -> list[ColumnElement[bool]]:
    """Conditions for the rows of the table that match the filter in the scope. Raises NoSuchGroup.

    With `walked` in a form in which no index of a size or a mail domain is read for them.
    """
    group = _without_index(table.group_id) if wanted.is_unusual else table.group_id
    found: list[ColumnElement[bool]] = [table.action_id == action.id]
    if scope is not None:
        found.append(group == scope)
    if wanted.text.strip():
        found.append(search_words.matches(session, table, action.id, wanted.text, inside=wanted.inside))
    if wanted.group == NO_GROUP:
        found.append(group.is_(None))
    elif wanted.group:
        found.append(group == _group_id(session, wanted.group))
    if wanted.state:
        found.append(_state(table, wanted.state))
    return [*found, *_made(table, action, wanted), *_arrived(table, action, scope, wanted, walked)]


def _made(table: Table, action: Action, wanted: Wanted) -> list[ColumnElement[bool]]:
    """Conditions for the day and the hour in which a row was made, in the action's time zone."""
    made = _without_index(_made_at(table)) if wanted.is_unusual else _made_at(table)
    found = []
    if wanted.first:
        eve = max(wanted.first, FIRST_DAY) - timedelta(days=1)
        begins = deadlines.first_instant_after(eve, action.timezone)
        found.append(made >= begins + timedelta(hours=wanted.first_hour or 0))
    if wanted.last:
        ends = deadlines.first_instant_after(min(wanted.last, LAST_DAY), action.timezone)
        found.append(made < ends - timedelta(hours=0 if wanted.last_hour is None else 23 - wanted.last_hour))
    return found


def _made_at(table: Table) -> SQLColumnExpression[Any]:
    return table.made_at if issubclass(table, Pledge) else table.reported_at


def _arrived(
    table: Table, action: Action, scope: int | None, wanted: Wanted, walked: bool
) -> list[ColumnElement[bool]]:
    """Conditions for the size of a row, and for how it arrived."""
    found: list[ColumnElement[bool]] = []
    size = _without_index(table.letters) if wanted.is_narrow or walked else table.letters
    domain = _without_index(table.mail_domain) if walked else table.mail_domain
    if wanted.least is not None:
        found.append(size >= wanted.least)
    if wanted.most is not None:
        found.append(size <= wanted.most)
    if wanted.domain:
        found.append(domain == mailboxes.domain_key(wanted.domain))
    if wanted.held_for:
        found.append(table.held_for == wanted.held_for)
    if wanted.like is not None:
        one = select(table.source).where(table.id == wanted.like, *_within(table, action, scope))
        found.append(table.source == one.scalar_subquery())
    if wanted.evening is not None:
        found.append(Report.evening_id == wanted.evening if issubclass(table, Report) else false())
    if wanted.key is not None:
        found.append(table.api_key_id == wanted.key if wanted.key else table.api_key_id.is_not(None))
    if wanted.numbers:
        found.append(table.id.in_(wanted.numbers))
    if wanted.reported is not None and table is Pledge:
        has_reported = not_reported.has_reported()
        found.append(has_reported if wanted.reported else ~has_reported)
    return found


def reported(session: Session, rows: Sequence[Pledge]) -> dict[int, int]:
    """The letters to targets in the standing reports of these pledges, held ones too; none for one without a report."""
    of_rows = (Report.pledge_id.in_(row.id for row in rows), Report.voided_at.is_(None))
    query = select(Report.pledge_id, func.sum(Report.letters)).where(*of_rows).group_by(Report.pledge_id)
    return {number: int(letters) for number, letters in session.execute(query) if number is not None}


def sizes_of_sources(
    session: Session, table: Table, action: Action, scope: int | None, rows: Sequence[Pledge | Report]
) -> dict[str, int]:
    """How many standing rows of the action in the scope have the source of each of these rows, by source."""
    sources = {row.source for row in rows if row.source}
    counted = select(table.source, func.count()).where(table.source.in_(sources), *_within(table, action, scope))
    found = session.execute(counted.where(*totals.standing(table)).group_by(table.source)).all()
    return {source: number for source, number in found if source}


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


def _find(session: Session, table: type[Entry], action: Action, scope: int | None, number: int) -> Entry:
    row = session.scalar(select(table).where(table.id == number, *_within(table, action, scope)))
    if row is None:
        raise refusals.NoSuchEntry()
    return row


def _key(table: Table, sort: str, wanted: Wanted) -> SQLColumnExpression[Any]:
    if sort not in (PLEDGE_SORTS if table is Pledge else REPORT_SORTS):
        raise ValueError(f"{table.__tablename__} are not sorted by {sort!r}")
    if sort == "made":  # rows are numbered as they are made, and a filter by day has the index of the instants
        return _made_at(table) if (wanted.first or wanted.last) and not wanted.is_unusual else table.id
    return table.name_key if sort == "name" else getattr(table, sort)


def _without_index(key: SQLColumnExpression[Any]) -> SQLColumnExpression[Any]:
    """The same value in a form that no index has. SQLite would read a whole index in order to find a few rows in it."""
    # `people` is in no index: one that holds all that is asked for would be read whole too.
    return func.coalesce(key, Report.people if key is Report.letters else key)


def _of_reports(action: Action) -> Select[Any]:
    """The ids of the action's pledges that have a standing report, for an order by them."""
    standing = (Report.action_id == action.id, *totals.standing(Report), Report.pledge_id.is_not(None))
    query = select(Report.pledge_id).join(Pledge, Pledge.id == Report.pledge_id).where(*standing)
    return query.group_by(Report.pledge_id)


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
    sorted_by, falling = _key(table, sort.removeprefix("-"), wanted), sort.startswith("-")
    key, number = sorted_by, cast("SQLColumnExpression[Any]", table.id)
    query: Select[Any] = select(number)
    if sorted_by is table.id and wanted.reported and not wanted.is_narrow:
        # Found by their reports, because very many of the newest pledges may have none.
        key = number = Report.pledge_id
        query = _of_reports(action)
    is_walked = ways.is_walked(session, table, action.id, wanted, sort.removeprefix("-"))
    query = query.where(*matching(session, table, action, scope, wanted, walked=is_walked))
    steps: list[list[ColumnElement[bool]]] = [[]]
    if after is not None:
        edge = session.scalar(select(sorted_by).where(table.id == after, *_within(table, action, scope)))
        if edge is None:
            raise refusals.NoSuchEntry()
        further, on = (key < edge, number < after) if falling else (key > edge, number > after)
        # Both begin at their place in an index: with an OR all rows of the same key were read.
        steps = [[further]] if key is number else [[key == edge, on], [further]]
    if wanted.is_sifted and not is_walked and not sort.endswith("made"):
        key = _without_index(key)
    order = [key] if key is number else [key, number]
    order = [one.desc() for one in order] if falling else order
    numbers: list[int] = []  # ids alone are sorted faster than rows
    for step in steps:
        rest = query.where(*step).order_by(*order).limit(PAGE + 1 - len(numbers))
        numbers += session.scalars(rest).all() if len(numbers) <= PAGE else []
    found = session.scalars(select(table).where(table.id.in_(numbers[:PAGE])).options(*options))
    rows = sorted(found, key=lambda row: numbers.index(row.id))
    return Page(rows, numbers[PAGE - 1] if len(numbers) > PAGE else None)
