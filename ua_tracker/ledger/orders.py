"""The orders of coordinators' lists: which rows come first, and where the next page begins.

Most orders are those of an index. The state of a row, and whether a pledge was reported, have no index of their own:
such a list is made of one list after the other, each with the rows of one state, as their filters find them, the newest
first: very many of the oldest pledges may have been reported.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, case, or_, select
from sqlalchemy.orm import Session

from ua_tracker import not_reported, refusals, search_words
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
from ua_tracker.ledger.wanted import HELD, STANDING, VOID, WITHDRAWN, Wanted
from ua_tracker.models import Action, Pledge, Report

PLEDGE_SORTS = ("made", "name", "letters", "source", "domain", "state", "reported")
REPORT_SORTS = ("made", "name", "letters", "sent_on", "people", "source", "domain", "state")
_COLUMNS = {"made": "id", "name": "name_key", "domain": "mail_domain"}  # rows are numbered as they are made
# The filters whose lists, one after the other, are a list in this order.
_LISTS: dict[str, tuple[dict[str, Any], ...]] = {
    "state": ({"state": STANDING}, {"state": HELD}, {"state": WITHDRAWN}, {"state": VOID}),
    "reported": ({"reported": False}, {"reported": True}),
}


@dataclass(frozen=True)
class Rows:
    """The rows of an action that may be seen: of this table, and in this scope."""

    session: Session
    table: Table
    action: Action
    scope: int | None

    def of(self, number: int, value: SQLColumnExpression[Any]) -> Any:
        """A value of the row with this id. Raises NoSuchEntry when it cannot be seen."""
        where = (self.table.id == number, *within(self.table, self.action, self.scope))
        found = self.session.execute(select(value).where(*where)).first()
        if found is None:
            raise refusals.NoSuchEntry()
        return found[0]


def ids(rows: Rows, wanted: Wanted, sort: str, after: int | None, most: int) -> list[int]:
    """The ids of the first rows that match the filter, `most` at most, in this order; those after the row `after`.

    Raises ValueError for an order that the list does not have, NoSuchEntry for a row that is not there, NoSuchGroup.
    """
    name, falling = sort.removeprefix("-"), sort.startswith("-")
    if name not in (PLEDGE_SORTS if rows.table is Pledge else REPORT_SORTS):
        raise ValueError(f"{rows.table.__tablename__} are not sorted by {sort!r}")
    if _are_alike(wanted, name):
        name = "made"
    way = ways.of(rows.session, rows.table, rows.action, rows.scope, wanted, name)
    # Of the many rows of a network an index has the order in which each of these lists is read.
    if name not in _LISTS or (way.is_collected and (name, way.part) != ("reported", "like")):
        return _ids(rows, wanted, name, way, after, most, falling=falling)
    found: list[int] = []
    for part, begins in _parts_of(rows, wanted, name, after, falling=falling):
        if len(found) < most:
            way = ways.of(rows.session, rows.table, rows.action, rows.scope, part, "made")
            found += _ids(rows, part, "made", way, begins, most - len(found), falling=True)
    return found


def _are_alike(wanted: Wanted, name: str) -> bool:
    """Whether all rows of the filter are alike in what they are sorted by."""
    values = {"source": wanted.like, "domain": wanted.domain, "state": wanted.state, "reported": wanted.reported}
    return values.get(name) is not None


def _parts_of(
    rows: Rows, wanted: Wanted, name: str, after: int | None, *, falling: bool
) -> Iterator[tuple[Wanted, int | None]]:
    """The filters of the lists of which this order is made, and after which row each begins; without those before."""
    parts = list(enumerate(_LISTS[name]))
    if rows.table is Report:
        parts = [one for one in parts if one[1] != {"state": WITHDRAWN}]
    reached = None if after is None else rows.of(after, _rank(rows.table, name))
    for rank, part in reversed(parts) if falling else parts:
        if reached is None or rank == reached or (rank < reached) == falling:
            yield replace(wanted, **part), after if rank == reached else None


def _rank(table: Table, name: str) -> SQLColumnExpression[Any]:
    """The place in _LISTS of the list in which a row stands."""
    if name == "reported":
        return case((not_reported.has_reported(), 1), else_=0)
    withdrawn = [(Pledge.withdrawn_at.is_not(None), 2)] if table is Pledge else []
    return case((table.voided_at.is_not(None), 3), *withdrawn, (table.is_held.is_(True), 1), else_=0)


def _key(table: Table, name: str, wanted: Wanted, way: Way) -> SQLColumnExpression[Any]:
    if name in _LISTS:
        return _rank(table, name)
    if name == "made" and (wanted.first or wanted.last) and way.part is None and not wanted.is_unusual:
        return made_at(table)  # its index finds the days
    return cast("SQLColumnExpression[Any]", getattr(table, _COLUMNS.get(name, name)))


def _of_reports(action: Action) -> Select[Any]:
    """The ids of the action's pledges that have a standing report, for an order by them."""
    query: Select[Any] = reported_ids(action)
    return query.join(Pledge, Pledge.id == Report.pledge_id).group_by(Report.pledge_id)


def _ids(rows: Rows, wanted: Wanted, name: str, way: Way, after: int | None, most: int, *, falling: bool) -> list[int]:
    """As `ids`, found in this way. Ids alone are sorted faster than rows."""
    table = rows.table
    if way.numbers is not None and way.numbers[0] > way.numbers[1]:
        return []
    sorted_by = _key(table, name, wanted, way)
    key, number = sorted_by, cast("SQLColumnExpression[Any]", table.id)
    query: Select[Any] = select(number)
    if way.part == FROM_REPORTS:
        # Found by their reports, because very many of the newest pledges may have none.
        key = number = Report.pledge_id
        query = _of_reports(rows.action)
        if way.numbers is not None:
            query = query.where(number.between(*way.numbers))
    query = query.where(*matching(rows.session, table, rows.action, rows.scope, wanted, way))
    edge = None if after is None else rows.of(after, sorted_by)
    newest_first = falling or name in _LISTS
    on = None if after is None else number < after if newest_first else number > after
    steps = list(_steps(_parts(table, name, wanted, way), key, number, edge, on, falling=falling))
    if way.is_collected and name not in _LISTS and (name != "made" or way.part in ("size", "days")):
        key = without_index(key)
    order = [number.desc() if newest_first else number]
    order = order if key is number else [key.desc() if falling else key, *order]
    numbers: list[int] = []
    for step in steps:
        rest = query.where(*step).order_by(*order).limit(most - len(numbers))
        numbers += rows.session.scalars(rest).all() if len(numbers) < most else []
    return numbers


@dataclass(frozen=True)
class Part:
    """A part of a list that stands before the next one: its rows, and whether a row with this key is one of them."""

    which: tuple[ColumnElement[bool], ...] = ()
    holds: Callable[[Any], bool] = lambda _key: True


def _parts(table: Table, name: str, wanted: Wanted, way: Way) -> list[Part]:
    if name == "name" and wanted.is_by_words:
        return _named_first(table, wanted, way)
    if name not in ("source", "domain"):
        return [Part()]
    # Rows without a network, or a mail domain, stand last in either order; the databases would not agree on it.
    key = _key(table, name, wanted, way)
    known = without_index(key) if way.is_collected else key
    return [Part((known >= "",), lambda key: key is not None), Part((known.is_(None),), lambda key: key is None)]


def _named_first(table: Table, wanted: Wanted, way: Way) -> list[Part]:
    """Of those that a text finds, names that begin with it come first, in either order of names.

    Of a million rows, those of whom only the last name begins with it may stand far from where a list by name begins.
    Of those whom the words find, no row is read for the first part but its own.
    """
    begins, ends = search_words.span(wanted.text)
    far = without_index(table.name_key)
    near = table.name_key if way.part in (ORDER, "text") else far
    first = Part((near >= begins, near < ends), lambda key: begins <= key < ends)
    return [first, Part((or_(far < begins, far >= ends),), lambda key: not begins <= key < ends)]


def _steps(
    parts: Sequence[Part], key: Any, number: Any, edge: Any, on: ColumnElement[bool] | None, *, falling: bool
) -> Iterator[tuple[ColumnElement[bool], ...]]:
    """The conditions of the rows in the order in which they are read: all, or those after a row.

    `edge` is the key of that row, and `on` the condition for those of the same key that stand after it.
    """
    for place, part in enumerate(parts):
        if on is None or any(one.holds(edge) for one in parts[:place]):
            yield part.which
        elif part.holds(edge):
            # Both begin at their place in an index: with an OR all rows of the same key were read.
            if key is not number:
                yield (*part.which, key == edge, on)
            if edge is not None:
                yield (*part.which, key < edge if falling else key > edge)
