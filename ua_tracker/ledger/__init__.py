"""Lists of pledges and reports for coordinators: paged, filtered and sorted.

Every function takes the coordinator's scope: the id of the only group whose rows may be read, or None for the office,
which sees all. The scope always applies, in addition to the filter.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased, joinedload, selectinload
from sqlalchemy.orm.interfaces import LoaderOption

from ua_tracker import refusals, totals
from ua_tracker.ledger import orders
from ua_tracker.ledger.conditions import TABLES, Table, matching, within
from ua_tracker.ledger.orders import PLEDGE_SORTS, REPORT_SORTS
from ua_tracker.ledger.wanted import ANY_KEY, HELD, NO_DOMAIN, NO_GROUP, STANDING, VOID, WITHDRAWN, Wanted
from ua_tracker.models import Action, Pledge, Report, ReportLine

__all__ = [
    "ANY_KEY",
    "HELD",
    "MOST_OF_A_SOURCE",
    "NO_DOMAIN",
    "NO_GROUP",
    "PAGE",
    "PLEDGE_SORTS",
    "REPORT_SORTS",
    "STANDING",
    "TABLES",
    "VOID",
    "WITHDRAWN",
    "Page",
    "Table",
    "Wanted",
    "find_pledge",
    "find_report",
    "matching",
    "of_each_network",
    "pledges",
    "reported",
    "reports",
    "sizes_of_sources",
]

PAGE = 50
MOST_OF_A_SOURCE = 1_000
Entry = TypeVar("Entry", Pledge, Report)


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


def reported(session: Session, rows: Sequence[Pledge]) -> dict[int, int]:
    """The letters to targets in the standing reports of these pledges, held ones too; none for one without a report."""
    of_rows = (Report.pledge_id.in_(row.id for row in rows), Report.voided_at.is_(None))
    query = select(Report.pledge_id, func.sum(Report.letters)).where(*of_rows).group_by(Report.pledge_id)
    return {number: int(letters) for number, letters in session.execute(query) if number is not None}


def of_each_network(
    session: Session, table: Table, action: Action, scope: int | None, numbers: Sequence[int]
) -> list[int]:
    """The id of one row of each network from which these rows of the action in the scope came."""
    chosen = (table.id.in_(numbers), table.source.is_not(None), *within(table, action, scope))
    return sorted(session.scalars(select(func.min(table.id)).where(*chosen).group_by(table.source)))


def sizes_of_sources(
    session: Session, table: Table, action: Action, scope: int | None, rows: Sequence[Pledge | Report]
) -> dict[str, int]:
    """How many standing rows of the action in the scope have the source of each of these rows, by source.

    Counted up to one more than MOST_OF_A_SOURCE: in an attack very many rows come from one network.
    """
    of_sources = {row.source: row.id for row in rows if row.source}
    one = aliased(table)
    alike = select(table.id).where(table.source == one.source, *within(table, action, scope), *totals.standing(table))
    number = select(func.count()).select_from(alike.limit(MOST_OF_A_SOURCE + 1).correlate(one).subquery())
    found = session.execute(select(one.source, number.scalar_subquery()).where(one.id.in_(of_sources.values()))).all()
    return {source: number for source, number in found if source}


def _find(session: Session, table: type[Entry], action: Action, scope: int | None, number: int) -> Entry:
    row = session.scalar(select(table).where(table.id == number, *within(table, action, scope)))
    if row is None:
        raise refusals.NoSuchEntry()
    return row


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
    numbers = orders.ids(orders.Rows(session, table, action, scope), wanted, sort, after, PAGE + 1)
    found = session.scalars(select(table).where(table.id.in_(numbers[:PAGE])).options(*options))
    rows = sorted(found, key=lambda row: numbers.index(row.id))
    return Page(rows, numbers[PAGE - 1] if len(numbers) > PAGE else None)
