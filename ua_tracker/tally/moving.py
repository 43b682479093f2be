"""Moves and reads the tallies: by SQL, in the transaction of the row they count (`letters = letters + :n`).

A tally is never changed by reading it, adding in Python and saving.
"""

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

from ua_tracker import day_tallies
from ua_tracker.models import Action, ActionTally, Group, GroupTally
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
    move_action(session, action_id, change)
    if group_id is not None:
        move_group(session, action_id, group_id, change)


def touch(session: Session, action_id: int) -> None:
    """Invalidates all cached copies of the counter without changing a number."""
    move_action(session, action_id, Tally())


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
    move_action(session, action_id, Tally())  # locks the tallies against further pledges
    day_tallies.recount(session, action_id)


def move_action(session: Session, action_id: int, change: Tally) -> None:
    """Adds the change to the tally of the action alone."""
    _MOVE_ACTION.write(session, of_action=action_id, **vars(change))


def move_group(session: Session, action_id: int, group_id: int, change: Tally) -> None:
    """Adds the change to the tally of the group alone."""
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
