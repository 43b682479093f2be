"""How many letters? Counts come from the ledger (pledges, reports); a tally is the quick answer.

A tally moves by SQL in the transaction of the row it counts, never by reading, adding and saving.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, case, delete, func, insert, select, text, update
from sqlalchemy.orm import Session

from ua_tracker.models import Action, ActionTally, Group, GroupTally, Pledge, Recipient, Report, ReportLine

COUNTED = ("pledges", "letters_pledged", "letters_sent", "copies_sent")

_FIRST_OF_GROUP = text(
    """
    INSERT INTO group_tallies (action_id, group_id, pledges, letters_pledged, letters_sent, copies_sent)
    VALUES (:action_id, :group_id, 0, 0, 0, 0)
    ON CONFLICT (action_id, group_id) DO NOTHING
    """
)

_INHERITED = text(
    """
    INSERT INTO group_tallies (action_id, group_id, pledges, letters_pledged, letters_sent, copies_sent)
    SELECT action_id, :heir, pledges, letters_pledged, letters_sent, copies_sent
    FROM group_tallies WHERE group_id = :gone
    ON CONFLICT (action_id, group_id) DO UPDATE SET
        pledges = group_tallies.pledges + excluded.pledges,
        letters_pledged = group_tallies.letters_pledged + excluded.letters_pledged,
        letters_sent = group_tallies.letters_sent + excluded.letters_sent,
        copies_sent = group_tallies.copies_sent + excluded.copies_sent
    """
)


@dataclass(frozen=True)
class Tally:
    """The totals of an action or of one group in it. Numbers of pledges and of letters, never negative."""

    pledges: int = 0
    letters_pledged: int = 0
    letters_sent: int = 0
    copies_sent: int = 0


@dataclass(frozen=True)
class Difference:
    """Where a tally and the ledger disagree: `group` is None for the action's own totals."""

    slug: str
    group: str | None
    kept: Tally
    counted: Tally


def begin(session: Session, action_id: int) -> None:
    """Gives a new action its empty tally."""
    session.execute(insert(ActionTally).values(action_id=action_id))


def move(session: Session, action_id: int, group_id: int | None, change: Tally) -> None:
    """Adds the change (its numbers may be negative here) to the action's tally and to the group's, if any.

    The action's row is always taken first, so that two writers never wait for each other in a circle.
    """
    _move_action(session, action_id, change)
    if group_id is not None:
        _move_group(session, action_id, group_id, change)


def touch(session: Session, action_id: int) -> None:
    """Makes every kept copy of the counter stale without changing a number."""
    _move_action(session, action_id, Tally())


def touch_all(session: Session) -> None:
    """Makes every kept copy stale: a copy can name a group that has no share in its action."""
    in_order = select(Action.id).order_by(Action.slug)  # the order in which a check waits for them
    for action_id in session.scalars(in_order).all():
        touch(session, action_id)


def move_group_tallies(session: Session, group_id: int, heir_id: int) -> None:
    """Adds all shares of one group to another's, whose rows they count from now on; touch the actions first."""
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
    """The action's totals as kept."""
    return read_with_revision(session, action_id)[0]


def read_with_revision(session: Session, action_id: int) -> tuple[Tally, int]:
    """The action's totals as kept, and the revision they have: it grows with every move."""
    *totals, revision = session.execute(
        select(*(getattr(ActionTally, name) for name in COUNTED), ActionTally.revision).where(
            ActionTally.action_id == action_id
        )
    ).one()
    return Tally(*totals), revision


def read_group(session: Session, action_id: int, group_id: int) -> Tally:
    """The totals of one group in this action; zeros when it has none."""
    query = select(*(getattr(GroupTally, name) for name in COUNTED))
    row = session.execute(query.where(GroupTally.action_id == action_id, GroupTally.group_id == group_id)).one_or_none()
    return Tally(*row) if row else Tally()


def read_groups(session: Session, action_id: int) -> dict[str, Tally]:
    """The totals of every group that has any in this action, by the group's slug."""
    rows = session.execute(_groups().where(GroupTally.action_id == action_id))
    return {row[1]: Tally(*row[2:]) for row in rows}


def read_all_groups(session: Session) -> dict[int, dict[str, Tally]]:
    """The totals of every group in every action: by the action's id, then by the group's slug."""
    found: dict[int, dict[str, Tally]] = {}
    for row in session.execute(_groups()):
        found.setdefault(row[0], {})[row[1]] = Tally(*row[2:])
    return found


def _groups() -> Select[tuple[int, str, int, int, int, int]]:
    counted = (getattr(GroupTally, name) for name in COUNTED)
    return (
        select(GroupTally.action_id, Group.slug, *counted)
        .join(Group, Group.id == GroupTally.group_id)
        .order_by(Group.slug)
    )


def check(session: Session) -> list[Difference]:
    """Recounts every action and group from the ledger; answers where the tally differs. Changes nothing.

    The session sees one state of the database: a writer between its row and its tally would look like an error.
    """
    return [difference for difference, _, _ in _differences(session)]


def check_one(session: Session, action_id: int) -> list[Difference]:
    """As `check`, of one action."""
    return [difference for difference, _, _ in _differences(session, Action.id == action_id)]


def recount(session: Session, slug: str | None = None) -> list[Difference]:
    """Puts the tallies of this action, or of all, right by the ledger; answers what was put right."""
    which = [] if slug is None else [Action.slug == slug]
    # Whoever is between a row and its tally is waited for, and the next is held off.
    rows = select(ActionTally.action_id).join(Action, Action.id == ActionTally.action_id).where(*which)
    session.execute(rows.order_by(Action.slug).with_for_update(of=ActionTally)).all()
    mended = []
    for difference, action_id, group_id in list(_differences(session, *which)):
        mended.append(difference)
        kept, counted = difference.kept, difference.counted
        change = Tally(*(getattr(counted, name) - getattr(kept, name) for name in COUNTED))
        if group_id is None:
            _move_action(session, action_id, change)
        else:
            _move_group(session, action_id, group_id, change)
    return mended


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
    """The truth: sums over the ledger's standing rows, by group, and under None for the whole action."""
    pledged = {row[0]: row[1:] for row in session.execute(_pledged(action_id))}
    sent = {row[0]: row[1:] for row in session.execute(_sent(action_id))}
    by_group = {
        group_id: Tally(*pledged.get(group_id, (0, 0)), *sent.get(group_id, (0, 0))) for group_id in {*pledged, *sent}
    }
    whole = Tally(*(sum(getattr(part, name) for part in by_group.values()) for name in COUNTED))
    return {None: whole, **{key: part for key, part in by_group.items() if key is not None}}


def _pledged(action_id: int) -> Select[tuple[int | None, int, int]]:
    return (
        select(Pledge.group_id, func.count(), func.sum(Pledge.letters))
        .where(Pledge.action_id == action_id, Pledge.withdrawn_at.is_(None), Pledge.voided_at.is_(None))
        .group_by(Pledge.group_id)
    )


def _sent(action_id: int) -> Select[tuple[int | None, int, int]]:
    to_target = case((Recipient.kind == "target", ReportLine.letters), else_=0)
    to_copy = case((Recipient.kind == "copy", ReportLine.letters), else_=0)
    return (
        select(Report.group_id, func.sum(to_target), func.sum(to_copy))
        .join(ReportLine, ReportLine.report_id == Report.id)
        .join(Recipient, Recipient.id == ReportLine.recipient_id)
        .where(Report.action_id == action_id, Report.voided_at.is_(None))
        .group_by(Report.group_id)
    )
