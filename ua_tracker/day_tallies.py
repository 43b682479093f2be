"""Tallies by day: letters pledged and letters sent by each channel, so that a plot reads no pledge and no report.

They are changed as the other tallies are (ua_tracker/tally.py): by SQL, in the transaction of the row they count.
"""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    ColumnElement,
    Date,
    Interval,
    bindparam,
    case,
    delete,
    func,
    literal,
    select,
    text,
)
from sqlalchemy.orm import Session

from ua_tracker import totals, zones
from ua_tracker.channels import CHANNELS
from ua_tracker.models import Action, DayTally, Pledge, Report
from ua_tracker.statements import Fixed
from ua_tracker.totals import Table, Tally

PLEDGED = "letters_pledged"
OF_CHANNEL = {channel: f"letters_{channel}" for channel in CHANNELS}
COLUMNS = (PLEDGED, *OF_CHANNEL.values())
NO_GROUP = 0
Place = tuple[int, date, str]  # the id of a group or NO_GROUP, the day, and the column
Numbers = dict[Place, int]

_DAY = bindparam("day", type_=Date)
# An INSERT cannot take letters away: its row would be refused before the conflict is seen.
_MORE = {
    name: Fixed(
        text(
            f"""
            INSERT INTO day_tallies (action_id, group_id, day, {name}) VALUES (:action_id, :group_id, :day, :number)
            ON CONFLICT (action_id, group_id, day) DO UPDATE SET {name} = day_tallies.{name} + excluded.{name}
            """  # noqa: S608 - the names of columns, from COLUMNS
        ).bindparams(_DAY)
    )
    for name in COLUMNS
}
_LESS = {
    name: Fixed(
        text(
            f"""
            UPDATE day_tallies SET {name} = {name} + :number
            WHERE action_id = :action_id AND group_id = :group_id AND day = :day
            """  # noqa: S608 - the names of columns, from COLUMNS
        ).bindparams(_DAY)
    )
    for name in COLUMNS
}
_INHERITED = text(
    f"""
    INSERT INTO day_tallies (action_id, group_id, day, {", ".join(COLUMNS)})
    SELECT action_id, :heir, day, {", ".join(COLUMNS)} FROM day_tallies WHERE group_id = :gone
    ON CONFLICT (action_id, group_id, day) DO UPDATE SET
        {", ".join(f"{name} = day_tallies.{name} + excluded.{name}" for name in COLUMNS)}
    """  # noqa: S608 - the names of columns, from COLUMNS
)


def move(
    session: Session, action_id: int, group_id: int | None, change: Tally, when: date | datetime, channel: str | None
) -> None:
    """Adds the letters of a change to their day; `when` and `channel` as for `tally.move`."""
    number = change.letters_pledged if channel is None else change.letters_sent
    if number:
        at = when.astimezone(ZoneInfo(_zone(session, action_id))).date() if isinstance(when, datetime) else when
        add(session, action_id, {(group_id or NO_GROUP, at, _column(channel)): number})


def add(session: Session, action_id: int, changes: Numbers) -> None:
    """Adds these numbers, which may be negative, to the tallies of their days. The action's tally is locked by then."""
    by_statement: dict[Fixed, list[dict[str, object]]] = {}
    for (group_id, day, name), number in changes.items():
        if number:
            values = {"action_id": action_id, "group_id": group_id, "day": day, "number": number}
            by_statement.setdefault((_MORE if number > 0 else _LESS)[name], []).append(values)
    for statement, rows in by_statement.items():
        statement.many(session, rows)


def move_group(session: Session, group_id: int, heir_id: int) -> None:
    """Adds the days of a group to those of the group it is merged into, and deletes them."""
    session.execute(_INHERITED, {"gone": group_id, "heir": heir_id})
    session.execute(delete(DayTally).where(DayTally.group_id == group_id).execution_options(synchronize_session=False))


def kept(session: Session, action_id: int) -> Numbers:
    """The stored numbers of an action, without those that are 0."""
    rows = session.execute(
        select(DayTally.group_id, DayTally.day, *(getattr(DayTally, name) for name in COLUMNS)).where(
            DayTally.action_id == action_id
        )
    )
    return {
        (row[0], row[1], name): number for row in rows for name, number in zip(COLUMNS, row[2:], strict=True) if number
    }


def counted(session: Session, action_id: int) -> Numbers:
    """The numbers of an action as its ledger has them."""
    pledged, sent = (
        of_rows(session, action_id, table, *totals.standing(table), held=None) for table in (Pledge, Report)
    )
    return {**pledged, **sent}


def of_rows(session: Session, action_id: int, table: Table, *which: ColumnElement[bool], held: bool | None) -> Numbers:
    """What the action's rows of these conditions add while they stand; with `held` as if all or none were held."""
    if held:
        return {}
    shown = [] if held is False else [table.is_held.is_(False)]
    day = _day_made(session, action_id) if table is Pledge else Report.sent_on
    by: list[Any] = [table.group_id, day.label("of_day"), *([] if table is Pledge else [Report.channel])]
    query = select(*by, func.sum(table.letters)).where(table.action_id == action_id, *which, *shown)
    # By the name of the day, because PostgreSQL takes two parameters of one value for different ones.
    found = session.execute(query.group_by(table.group_id, "of_day", *by[2:]))
    return {(row[0] or NO_GROUP, row[1], _column(*row[2:-1])): int(row[-1]) for row in found}


def difference(before: Numbers, after: Numbers) -> Numbers:
    """The numbers that must be added to the first in order to get the second."""
    return {place: after.get(place, 0) - before.get(place, 0) for place in {**before, **after}}


def recount(session: Session, action_id: int) -> None:
    """Corrects the days of an action from its ledger, as when its time zone changes. Its tally is locked by then."""
    add(session, action_id, difference(kept(session, action_id), counted(session, action_id)))


def _column(channel: str | None = None) -> str:
    return PLEDGED if channel is None else OF_CHANNEL[channel]


def _zone(session: Session, action_id: int) -> str:
    return session.scalars(select(Action.timezone).where(Action.id == action_id)).one()


def _day_made(session: Session, action_id: int) -> ColumnElement[date]:
    """The day on which a pledge was made, as SQL. No database has the zones of this machine."""
    first, last = (
        session.scalar(select(bound(Pledge.made_at)).where(Pledge.action_id == action_id))
        for bound in (func.min, func.max)
    )
    if first is None or last is None:
        return literal(None, Date)
    *earlier, (_, offset) = zones.offsets(_zone(session, action_id), first, last)
    shifted = _shifted_on_postgresql if session.get_bind().dialect.name == "postgresql" else _shifted_on_sqlite
    cases = [(Pledge.made_at < until, shifted(by)) for until, by in earlier]
    return case(*cases, else_=shifted(offset)) if cases else shifted(offset)


def _shifted_on_postgresql(by: timedelta) -> ColumnElement[date]:
    return func.date(func.timezone("UTC", Pledge.made_at) + literal(by, Interval), type_=Date)


def _shifted_on_sqlite(by: timedelta) -> ColumnElement[date]:
    # Without the fraction: SQLite rounds it, so that the last microsecond of a day would be in the next one.
    return func.date(func.substr(Pledge.made_at, 1, 19), f"{int(by.total_seconds())} seconds", type_=Date)
