"""Tallies: stored totals per action and per group, so that the ledger (pledges, reports) is not counted each time.

A tally is changed by SQL in the transaction of the row it counts (`letters = letters + :n`), never by reading it,
adding in Python and saving. Those by day are in ua_tracker/day_tallies.py, and are moved and checked with these.
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    bindparam,
    delete,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.orm import Session

from ua_tracker import day_tallies, totals
from ua_tracker.models import Action, ActionTally, Group, GroupTally, Pledge, Report
from ua_tracker.statements import Fixed
from ua_tracker.totals import COUNTED, Tally


def _added(table: type[ActionTally] | type[GroupTally]) -> dict[str, ColumnElement[int]]:
    return {name: getattr(table, name) + bindparam(name, type_=Integer()) for name in COUNTED}


_FIRST_OF_GROUP = Fixed(
    text(
        """
        INSERT INTO group_tallies
            (action_id, group_id, pledges, letters_pledged, letters_sent, copies_sent)
        VALUES (:action_id, :group_id, 0, 0, 0, 0)
        ON CONFLICT (action_id, group_id) DO NOTHING
        """
    )
)
_MOVE_ACTION = Fixed(
    update(ActionTally)
    .where(ActionTally.action_id == bindparam("of_action"))
    .values({**_added(ActionTally), "revision": ActionTally.revision + 1})
)
_MOVE_GROUP = Fixed(
    update(GroupTally)
    .where(GroupTally.action_id == bindparam("of_action"), GroupTally.group_id == bindparam("of_group"))
    .values(_added(GroupTally))
)

_INHERITED = text(
    f"""
    INSERT INTO group_tallies (action_id, group_id, {", ".join(COUNTED)})
    SELECT action_id, :heir, {", ".join(COUNTED)} FROM group_tallies WHERE group_id = :gone
    ON CONFLICT (action_id, group_id) DO UPDATE SET
        {", ".join(f"{name} = group_tallies.{name} + excluded.{name}" for name in COUNTED)}
    """  # noqa: S608 - the names of columns, from `totals.COUNTED`
)


@dataclass(frozen=True)
class Difference:
    """A difference between the stored and the counted totals; `group` is None for the action's totals."""

    slug: str
    group: str | None
    kept: Tally
    counted: Tally


@dataclass(frozen=True)
class DayDifference:
    """A difference in the tallies of a day: `name` is the number that differs, `group` None for people without one."""

    slug: str
    group: str | None
    day: date
    name: str
    kept: int
    counted: int


def begin(session: Session, action_id: int) -> None:
    """Creates the empty tally of a new action."""
    session.execute(insert(ActionTally).values(action_id=action_id))


def move(
    session: Session,
    action_id: int,
    group_id: int | None,
    change: Tally,
    when: date | datetime,
    channel: str | None = None,
) -> None:
    """Adds the change, whose numbers may be negative, to the tallies of the action, the group, if any, and the day.

    `when` is the day on which letters were sent, with their `channel`; or the instant at which a pledge was made, or
    its day in the action's zone. The action's row is always locked first, which avoids deadlocks.
    """
    move_totals(session, action_id, group_id, change)
    day_tallies.move(session, action_id, group_id, change, when, channel)


def move_totals(session: Session, action_id: int, group_id: int | None, change: Tally) -> None:
    """As `move`, without the tally of the day: for many rows, whose days are added by `day_tallies.add`."""
    _move_action(session, action_id, change)
    if group_id is not None:
        _move_group(session, action_id, group_id, change)


def touch(session: Session, action_id: int) -> None:
    """Invalidates all cached copies of the counter without changing a number."""
    _move_action(session, action_id, Tally())


def touch_case(session: Session, action_id: int, *case_ids: int | None) -> None:
    """Invalidates the cached copies of this action and of all of these cases: they say which issue is the newest."""
    of_cases = Action.case_id.in_([one for one in case_ids if one is not None])
    in_order = select(Action.id).where(of_cases | (Action.id == action_id)).order_by(Action.slug)
    for number in session.scalars(in_order).all():
        touch(session, number)


def touch_all(session: Session) -> None:
    """Invalidates the cached copies of all actions: a copy can name a group that has no letters in its action."""
    in_order = select(Action.id).order_by(Action.slug)  # the same order of locks as in `recount`
    for action_id in session.scalars(in_order).all():
        touch(session, action_id)


def move_group_tallies(session: Session, group_id: int, heir_id: int) -> None:
    """Adds a group's tallies to those of the group it is merged into, and deletes them. Touch the actions first."""
    session.execute(_INHERITED, {"gone": group_id, "heir": heir_id})
    session.execute(
        delete(GroupTally).where(GroupTally.group_id == group_id).execution_options(synchronize_session=False)
    )
    day_tallies.move_group(session, group_id, heir_id)


def recount_days(session: Session, action_id: int) -> None:
    """Counts the days of an action anew, after its time zone has changed."""
    _move_action(session, action_id, Tally())  # locks the tallies against further pledges
    day_tallies.recount(session, action_id)


def _move_action(session: Session, action_id: int, change: Tally) -> None:
    _MOVE_ACTION.write(session, of_action=action_id, **vars(change))


def _move_group(session: Session, action_id: int, group_id: int, change: Tally) -> None:
    _FIRST_OF_GROUP.write(session, action_id=action_id, group_id=group_id)
    _MOVE_GROUP.write(session, of_action=action_id, of_group=group_id, **vars(change))


def read(session: Session, action_id: int) -> Tally:
    """The stored totals of an action."""
    return read_with_revision(session, action_id)[0]


def read_with_revision(session: Session, action_id: int) -> tuple[Tally, int]:
    """The stored totals of an action, and their revision, which increases with every change."""
    *numbers, revision = session.execute(
        select(*(getattr(ActionTally, name) for name in COUNTED), ActionTally.revision).where(
            ActionTally.action_id == action_id
        )
    ).one()
    return Tally(*numbers), revision


def read_group(session: Session, action_id: int, group_id: int) -> Tally:
    """The totals of one group in this action; all 0 if it has none."""
    query = select(*(getattr(GroupTally, name) for name in COUNTED))
    row = session.execute(query.where(GroupTally.action_id == action_id, GroupTally.group_id == group_id)).one_or_none()
    return Tally(*row) if row else Tally()


def read_groups(session: Session, action_id: int) -> dict[str, Tally]:
    """The totals of every group with a tally in this action, by the group's slug."""
    rows = session.execute(_groups().where(GroupTally.action_id == action_id))
    return {row[1]: Tally(*row[2:]) for row in rows}


def read_all_groups(session: Session) -> dict[int, dict[str, Tally]]:
    """The totals of all groups in all actions, by the action's id, then by the group's slug."""
    found: dict[int, dict[str, Tally]] = {}
    for row in session.execute(_groups()):
        found.setdefault(row[0], {})[row[1]] = Tally(*row[2:])
    return found


def read_of_group(session: Session, group_id: int) -> dict[int, Tally]:
    """The totals of one group in every action in which it has a tally, by the action's id."""
    rows = session.execute(_groups().where(GroupTally.group_id == group_id))
    return {row[0]: Tally(*row[2:]) for row in rows}


def _groups() -> "Select[int, str, int, int, int, int]":
    counted = (getattr(GroupTally, name) for name in COUNTED)
    return (
        select(GroupTally.action_id, Group.slug, *counted)
        .join(Group, Group.id == GroupTally.group_id)
        .order_by(Group.slug)
    )


def check(session: Session) -> list[Difference | DayDifference]:
    """Counts every action, group and day from the ledger; returns where the tally differs. Changes nothing.

    The session must see one state of the database, or else a concurrent write would look like a difference.
    """
    return [one for action_id, slug in _actions(session) for one in _all_differences(session, action_id, slug)]


def check_one(session: Session, action_id: int) -> list[Difference | DayDifference]:
    """As `check`, for one action."""
    [(number, slug)] = _actions(session, Action.id == action_id)
    return _all_differences(session, number, slug)


def recount(session: Session, slug: str | None = None) -> list[Difference | DayDifference]:
    """Corrects the tallies of this action, or of all, from the ledger; returns the differences."""
    which = [] if slug is None else [Action.slug == slug]
    # Waits for transactions that have written a row but not its tally, and blocks further ones.
    rows = select(ActionTally.action_id).join(Action, Action.id == ActionTally.action_id).where(*which)
    session.execute(rows.order_by(Action.slug).with_for_update(of=ActionTally)).all()
    corrected: list[Difference | DayDifference] = []
    for action_id, name in _actions(session, *which):
        for difference, group_id in _differences(session, action_id, name):
            corrected.append(difference)
            change = difference.counted + -difference.kept
            if group_id is None:
                _move_action(session, action_id, change)
            else:
                _move_group(session, action_id, group_id, change)
        days = _day_differences(session, action_id, name)
        if days:
            day_tallies.recount(session, action_id)
        corrected.extend(days)
    return corrected


def _actions(session: Session, *which: ColumnElement[bool]) -> list[tuple[int, str]]:
    rows = session.execute(select(Action.id, Action.slug).where(*which).order_by(Action.slug))
    return [(number, slug) for number, slug in rows]


def _all_differences(session: Session, action_id: int, slug: str) -> list[Difference | DayDifference]:
    of_totals = [difference for difference, _ in _differences(session, action_id, slug)]
    return [*of_totals, *_day_differences(session, action_id, slug)]


def _differences(session: Session, action_id: int, slug: str) -> list[tuple[Difference, int | None]]:
    counted, kept = _count(session, action_id), _kept(session, action_id)
    numbers = sorted({*counted, *kept}, key=lambda key: key or 0)
    pairs = [(group_id, kept.get(group_id, Tally()), counted.get(group_id, Tally())) for group_id in numbers]
    wrong = [pair for pair in pairs if pair[1] != pair[2]]
    names = _group_names(session) if wrong else {}
    return [(Difference(slug, names.get(group_id), here, there), group_id) for group_id, here, there in wrong]


def _day_differences(session: Session, action_id: int, slug: str) -> list[DayDifference]:
    kept, counted = day_tallies.kept(session, action_id), day_tallies.counted(session, action_id)
    wrong = [place for place, number in day_tallies.difference(kept, counted).items() if number]
    names = _group_names(session) if wrong else {}
    return [
        DayDifference(slug, names.get(place[0]), place[1], place[2], kept.get(place, 0), counted.get(place, 0))
        for place in sorted(wrong)
    ]


def _group_names(session: Session) -> dict[int | None, str]:
    names: dict[int | None, str] = dict(session.execute(select(Group.id, Group.slug)).all())
    return names


def _kept(session: Session, action_id: int) -> dict[int | None, Tally]:
    rows = session.execute(
        select(GroupTally.group_id, *(getattr(GroupTally, name) for name in COUNTED)).where(
            GroupTally.action_id == action_id
        )
    )
    return {None: read(session, action_id), **{row[0]: Tally(*row[1:]) for row in rows}}


def _count(session: Session, action_id: int) -> dict[int | None, Tally]:
    """Sums over the ledger's standing rows, by group id; under None for the whole action."""
    pledged = totals.by_group(session, Pledge, Pledge.action_id == action_id, *totals.standing(Pledge))
    sent = totals.by_group(session, Report, Report.action_id == action_id, *totals.standing(Report))
    by_group = {key: pledged.get(key, Tally()) + sent.get(key, Tally()) for key in {*pledged, *sent}}
    whole = sum(by_group.values(), Tally())
    return {None: whole, **{key: part for key, part in by_group.items() if key is not None}}
