"""By which index the rows of a list are read, so that a list of a million rows costs what one of a thousand does.

Few rows that a part of the filter finds are collected and sorted. Where each part finds many, the first fifty are soon
found by looking at rows in the order of the list. Rows of one network are alike and may stand together, far from where
the list begins: they are always collected.
"""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from ua_tracker import search_words
from ua_tracker.ledger import conditions
from ua_tracker.ledger.conditions import PARTS, Table, Way
from ua_tracker.ledger.wanted import Wanted
from ua_tracker.models import Action, Report

MOST_COLLECTED = 5_000  # rows, since their places are all over the table
# Rows are numbered as they are made, and instants are taken a little earlier, by machines whose clocks differ.
CLOCKS = timedelta(hours=1)
EDGE = 100  # rows at each end of the days, for the case that the clock of one was wrong
BY_NUMBERS = ("group", "domain", "like")  # parts whose index has the ids in it


def of(session: Session, table: Table, action: Action, scope: int | None, wanted: Wanted, sort: str) -> Way:
    """The way for a list with this filter and order; `sort` has no hyphen. Raises NoSuchGroup."""
    if wanted.is_unusual or wanted.numbers or wanted.likes or wanted.inside or wanted.key == 0:
        way = conditions.usual_way(session, wanted)
        # The rows of a state are read in the order of their ids: from where those of the days, or those reported, are.
        return replace(way, numbers=_numbers(session, table, action, wanted)) if wanted.is_unusual else way
    numbers, sizes = _numbers(session, table, action, wanted), {}
    found = _queries(session, table, action, scope, wanted, numbers)
    if sort == "letters":
        found.pop("size", None)
    if wanted.is_by_words:
        sizes["text"] = search_words.number(session, table, action.id, wanted.text)
    if sort != "made" or len(found) > 1 or sizes or "size" in found:  # else its index has the order
        sizes |= {part: _counted(session, query) for part, query in found.items()}
    return _chosen(session, sort, numbers, sizes, by_reports=sort == "made" and "reported" in found)


def _chosen(
    session: Session, sort: str, numbers: tuple[int, int] | None, sizes: dict[str, int], *, by_reports: bool
) -> Way:
    """The part that finds the fewest rows, if these are few; or else the order of the list."""
    few = {part: number for part, number in sizes.items() if part == "like" or number <= _most(part, sort)}
    if few:
        part = min(few, key=lambda part: few[part])
        return Way(PARTS - {part} - ({"numbers"} if part in BY_NUMBERS else set()), True, part, numbers)
    chosen: str | None = conditions.ORDER if sizes else None
    if by_reports:
        chosen = conditions.FROM_REPORTS
    if chosen is None or session.get_bind().dialect.name == "postgresql":
        return Way(part=chosen, numbers=numbers)  # PostgreSQL knows how many rows each part finds
    if chosen == conditions.FROM_REPORTS:
        return Way(PARTS, part=chosen, numbers=numbers)
    without = {"size", "days"} if sort == "made" else PARTS - ({"size"} if sort == "letters" else set())
    return Way(frozenset(without), False, chosen, numbers)


def _queries(
    session: Session, table: Table, action: Action, scope: int | None, wanted: Wanted, numbers: tuple[int, int] | None
) -> dict[str, Select[Any]]:
    """For each part of the filter that has an index the query of its rows."""
    between: list[ColumnElement[bool]] = [] if numbers is None else [table.id.between(*numbers)]
    rows = select(table.id).where(table.action_id == action.id)
    found = {}
    if of_group := conditions.group(session, table.group_id, scope, wanted):
        found["group"] = rows.where(*of_group, *between)
    if of_days := conditions.days(conditions.made_at(table), action, wanted):
        found["days"] = rows.where(*of_days)
    for part, (column, value) in conditions.arrived(session, table, action, scope, wanted).items():
        found[part] = rows.where(column == value, *(between if part in BY_NUMBERS else []))
    if of_size := conditions.size(table.letters, wanted):
        found["size"] = rows.where(*of_size)
    if wanted.reported and conditions.is_of_pledges(table):
        found["reported"] = conditions.reported_ids(action)
    return found


def _numbers(session: Session, table: Table, action: Action, wanted: Wanted) -> tuple[int, int] | None:
    """Between which ids the rows of the wanted days are, and those that have reported; None for any ids.

    Instants and reports must be looked at too. Of days with few rows no ids are needed.
    """
    least, most = [1], []
    rows, made_at = select(table.id).where(table.action_id == action.id), conditions.made_at(table)
    begins, ends = conditions.instants(action, wanted)
    of_days = conditions.days(made_at, action, wanted)
    if of_days and _counted(session, rows.where(*of_days)) > MOST_COLLECTED:
        after = rows.where(made_at >= begins - CLOCKS) if begins else rows
        until = rows.where(made_at < ends + CLOCKS) if ends else rows
        least.append(min(session.scalars(after.order_by(made_at).limit(EDGE))))
        most.append(max(session.scalars(until.order_by(made_at.desc()).limit(EDGE))))
    if wanted.reported and conditions.is_of_pledges(table):
        found = conditions.reported_ids(action)
        least.append(session.scalar(found.order_by(Report.pledge_id).limit(1)) or 1)
        most.append(session.scalar(found.order_by(Report.pledge_id.desc()).limit(1)) or 0)
    return (max(least), min(most)) if most else None


def _counted(session: Session, query: Select[Any]) -> int:
    return session.scalar(select(func.count()).select_from(query.limit(MOST_COLLECTED + 1).subquery())) or 0


def _most(part: str, sort: str) -> int:
    return search_words.MOST_COLLECTED if part == "text" and sort == "made" else MOST_COLLECTED
