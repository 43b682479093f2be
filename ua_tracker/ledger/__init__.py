"""Lists of pledges and reports for coordinators: paged, filtered and sorted.

Every function takes the coordinator's scope: the id of the only group whose rows may be read, or None for the office,
which sees all. The scope always applies, in addition to the filter.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, cast

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, func, or_, select
from sqlalchemy.orm import Session, aliased, joinedload, selectinload
from sqlalchemy.orm.interfaces import LoaderOption

from ua_tracker import refusals, search_words, totals
from ua_tracker.ledger import ways
from ua_tracker.ledger.conditions import (
    FROM_REPORTS,
    ORDER,
    Table,
    Way,
    made_at,
    matching,
    reported_ids,
    within,
    without_index,
)
from ua_tracker.ledger.wanted import ANY_KEY, HELD, NO_GROUP, STANDING, VOID, WITHDRAWN, Wanted
from ua_tracker.models import Action, Pledge, Report, ReportLine

__all__ = [
    "ANY_KEY",
    "HELD",
    "MOST_OF_A_SOURCE",
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
MOST_OF_A_SOURCE = 1_000
Entry = TypeVar("Entry", Pledge, Report)
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


def reported(session: Session, rows: Sequence[Pledge]) -> dict[int, int]:
    """The letters to targets in the standing reports of these pledges, held ones too; none for one without a report."""
    of_rows = (Report.pledge_id.in_(row.id for row in rows), Report.voided_at.is_(None))
    query = select(Report.pledge_id, func.sum(Report.letters)).where(*of_rows).group_by(Report.pledge_id)
    return {number: int(letters) for number, letters in session.execute(query) if number is not None}


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


def _key(table: Table, sort: str, wanted: Wanted, way: Way) -> SQLColumnExpression[Any]:
    if sort not in (PLEDGE_SORTS if table is Pledge else REPORT_SORTS):
        raise ValueError(f"{table.__tablename__} are not sorted by {sort!r}")
    if sort == "made" and (wanted.first or wanted.last) and way.part is None and not wanted.is_unusual:
        return made_at(table)  # its index finds the days
    names = {"made": "id", "name": "name_key"}  # rows are numbered as they are made
    return cast("SQLColumnExpression[Any]", getattr(table, names.get(sort, sort)))


def _of_reports(action: Action) -> Select[Any]:
    """The ids of the action's pledges that have a standing report, for an order by them."""
    query: Select[Any] = reported_ids(action)
    return query.join(Pledge, Pledge.id == Report.pledge_id).group_by(Report.pledge_id)


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
    name, falling = sort.removeprefix("-"), sort.startswith("-")
    way = ways.of(session, table, action, scope, wanted, name)
    sorted_by = _key(table, name, wanted, way)
    key, number = sorted_by, cast("SQLColumnExpression[Any]", table.id)
    query: Select[Any] = select(number)
    if way.part == FROM_REPORTS:
        # Found by their reports, because very many of the newest pledges may have none.
        key = number = Report.pledge_id
        query = _of_reports(action)
    query = query.where(*matching(session, table, action, scope, wanted, way))
    edge = None
    if after is not None:
        edge = session.scalar(select(sorted_by).where(table.id == after, *within(table, action, scope)))
        if edge is None:
            raise refusals.NoSuchEntry()
    parts = _named_first(table, wanted, way) if name == "name" and wanted.is_by_words else [Part()]
    steps = list(_steps(parts, key, number, edge, after, falling=falling))
    if way.is_collected and (name != "made" or way.part in ("size", "days")):
        key = without_index(key)
    order = [key] if key is number else [key, number]
    order = [one.desc() for one in order] if falling else order
    numbers: list[int] = []  # ids alone are sorted faster than rows
    for step in steps:
        rest = query.where(*step).order_by(*order).limit(PAGE + 1 - len(numbers))
        numbers += session.scalars(rest).all() if len(numbers) <= PAGE else []
    found = session.scalars(select(table).where(table.id.in_(numbers[:PAGE])).options(*options))
    rows = sorted(found, key=lambda row: numbers.index(row.id))
    return Page(rows, numbers[PAGE - 1] if len(numbers) > PAGE else None)


@dataclass(frozen=True)
class Part:
    """A part of a list that stands before the next one: its rows, and whether a row with this key is one of them."""

    which: tuple[ColumnElement[bool], ...] = ()
    holds: Callable[[Any], bool] = lambda _key: True


def _named_first(table: Table, wanted: Wanted, way: Way) -> list[Part]:
    """Of those that a text finds, names that begin with it come first, in either order of names.

    Of a million rows, those of whom only the last name begins with it may stand far from where a list by name begins.
    """
    begins, ends = search_words.span(wanted.text)
    far = without_index(table.name_key)
    near = table.name_key if way.part == ORDER else far
    first = Part((near >= begins, near < ends), lambda key: begins <= key < ends)
    return [first, Part((or_(far < begins, far >= ends),), lambda key: not begins <= key < ends)]


def _steps(
    parts: Sequence[Part], key: Any, number: Any, edge: Any, after: int | None, *, falling: bool
) -> Iterator[tuple[ColumnElement[bool], ...]]:
    """The conditions of the rows in the order in which they are read: after the row with this key and id, or all."""
    for place, part in enumerate(parts):
        if after is None or any(one.holds(edge) for one in parts[:place]):
            yield part.which
        elif part.holds(edge):
            further, on = (key < edge, number < after) if falling else (key > edge, number > after)
            # Both begin at their place in an index: with an OR all rows of the same key were read.
            yield from (
                [(*part.which, further)] if key is number else [(*part.which, key == edge, on), (*part.which, further)]
            )
