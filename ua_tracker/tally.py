"""Tallies: stored totals per action and per group, so that the ledger (pledges, reports) is not counted each time.

A tally is changed by SQL in the transaction of the row it counts (`letters = letters + :n`), never by reading it,
adding in Python and saving.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import (
    ColumnElement,
    Select,
    delete,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.orm import Session

from ua_tracker import totals
from ua_tracker.models import Action, ActionTally, Group, GroupTally, Pledge, Report
from ua_tracker.totals import COUNTED, Tally

_FIRST_OF_GROUP = text(
    """
    INSERT INTO group_tallies
        (action_id, group_id, pledges, letters_pledged, letters_sent, copies_sent)
    VALUES (:action_id, :group_id, 0, 0, 0, 0)
    ON CONFLICT (action_id, group_id) DO NOTHING
    """
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


def begin(session: Session, action_id: int) -> None:
    """Creates the empty tally of a new action."""
    session.execute(insert(ActionTally).values(action_id=action_id))


def move(session: Session, action_id: int, group_id: int | None, change: Tally) -> None:
    """Adds the change, whose numbers may be negative, to the tally of the action and of the group, if any.

    The action's row is always locked first, which avoids deadlocks.
    """
    _move_action(session, action_id, change)
    if group_id is not None:
        _move_group(session, action_id, group_id, change)


def touch(session: Session, action_id: int) -> None:
    """Invalidates all cached copies of the counter without changing a number."""
    _move_action(session, action_id, Tally())


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


def _move_action(session: Session, action_id: int, change: Tally) -> None:
    session.execute(
        update(ActionTally)
        .where(ActionTally.action_id == action_id)
        .values({**_added(ActionTally, change), "revision": ActionTally.revision + 1})
        .execution_options(synchronize_session=False)
    )


def _move_group(session: Session, action_id: int, group_id: int, change: Tally) -> None:
    session.execute(_FIRST_OF_GROUP, {"action_id": action_id, "group_id": group_id})
    session.execute(
        update(GroupTally)
        .where(GroupTally.action_id == action_id, GroupTally.group_id == group_id)
        .values(_added(GroupTally, change))
        .execution_options(synchronize_session=False)
    )


def _added(table: type[ActionTally] | type[GroupTally], change: Tally) -> dict[str, object]:
    return {name: getattr(table, name) + getattr(change, name) for name in COUNTED if getattr(change, name)}


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


def check(session: Session) -> list[Difference]:
    """Counts every action and group from the ledger; returns where the tally differs. Changes nothing.

    The session must see one state of the database, or else a concurrent write would look like a difference.
    """
    return [difference for difference, _, _ in _differences(session)]


def check_one(session: Session, action_id: int) -> list[Difference]:
    """As `check`, for one action."""
    return [difference for difference, _, _ in _differences(session, Action.id == action_id)]


def recount(session: Session, slug: str | None = None) -> list[Difference]:
    """Corrects the tallies of this action, or of all, from the ledger; returns the differences."""
    which = [] if slug is None else [Action.slug == slug]
    # Waits for transactions that have written a row but not its tally, and blocks further ones.
    rows = select(ActionTally.action_id).join(Action, Action.id == ActionTally.action_id).where(*which)
    session.execute(rows.order_by(Action.slug).with_for_update(of=ActionTally)).all()
    corrected = []
    for difference, action_id, group_id in list(_differences(session, *which)):
        corrected.append(difference)
        kept, counted = difference.kept, difference.counted
        change = Tally(*(getattr(counted, name) - getattr(kept, name) for name in COUNTED))
        if group_id is None:
            _move_action(session, action_id, change)
        else:
            _move_group(session, action_id, group_id, change)
    return corrected


def _differences(session: Session, *which: ColumnElement[bool]) -> Iterator[tuple[Difference, int, int | None]]:
    groups = dict(session.execute(select(Group.id, Group.slug)).all())
    for action_id, slug in session.execute(select(Action.id, Action.slug).where(*which).order_by(Action.slug)).all():
        counted, kept = _count(session, action_id), _kept(session, action_id)
        for group_id in sorted({*counted, *kept}, key=lambda key: key or 0):
            here, there = kept.get(group_id, Tally()), counted.get(group_id, Tally())
            if here != there:
                name = groups[group_id] if group_id is not None else None
                yield Difference(slug, name, here, there), action_id, group_id


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
