"""The issues of a case: which is newer than another, the letters of all, and what an update that ends it closes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ua_tracker import deadlines, refusals, tally, totals
from ua_tracker.actions import closing
from ua_tracker.models import Action, ActionTally
from ua_tracker.totals import Tally


@dataclass(frozen=True)
class Together:
    """The slugs of a case's published issues, the oldest first, their totals, and those of each group by its slug."""

    slugs: list[str]
    totals: Tally
    groups: dict[str, Tally]


def of(session: Session, action: Action) -> list[Action]:
    """All actions of the case with this one, drafts too, by slug. Only this one if it has no case."""
    if action.case_id is None:
        return [action]
    return list(session.scalars(select(Action).where(Action.case_id == action.case_id).order_by(Action.slug)))


def newer(session: Session, action: Action, now: datetime) -> Action | None:
    """The newest published issue of the case, if it is newer than this one."""
    published = [one for one in of(session, action) if deadlines.is_published(one, now)]
    return newer_of([action, *published]).get(action.id)


def newer_of(published: Sequence[Action]) -> dict[int, Action]:
    """For each of these published actions, by its id, the newest of its case, unless that is the action itself."""
    newest: dict[int, Action] = {}
    for one in published:
        if one.case_id is not None and age(one) >= age(newest.get(one.case_id, one)):
            newest[one.case_id] = one
    found = ((one, newest[one.case_id]) for one in published if one.case_id is not None)
    return {one.id: last for one, last in found if last.id != one.id}


def age(action: Action) -> tuple[date, int]:
    """What the issues of a case are ordered by: its day of issue, else the day on which it was made here."""
    return action.issued or action.created_at.date(), action.id


def together(session: Session, action: Action, now: datetime) -> Together | None:
    """The letters of all published issues of this action's case; None if it has no case."""
    if action.case_id is None:
        return None
    query = select(Action, ActionTally).join(ActionTally, ActionTally.action_id == Action.id)
    rows = session.execute(query.where(Action.case_id == action.case_id, deadlines.published(now))).all()
    found = [(one, totals.of_kept(kept)) for one, kept in rows]
    shares = {one.id: tally.read_groups(session, one.id) for one, _ in found}
    return together_of(found, shares).get(action.case_id)


def together_of(
    published: Iterable[tuple[Action, Tally]], shares: Mapping[int, Mapping[str, Tally]]
) -> dict[int, Together]:
    """The same for each case of these published actions, by its id. `shares` has the groups of an action by its id."""
    found: dict[int, Together] = {}
    for one, letters in sorted(published, key=lambda row: age(row[0])):
        if one.case_id is not None:
            before = found.get(one.case_id, Together([], Tally(), {}))
            own = shares.get(one.id, {})
            groups = {
                slug: before.groups.get(slug, Tally()) + own.get(slug, Tally()) for slug in {*before.groups, *own}
            }
            found[one.case_id] = Together([*before.slugs, one.slug], before.totals + letters, groups)
    return found


def next_publication(session: Session, action: Action, now: datetime) -> datetime | None:
    """The next UTC instant at which an issue of this case is published by itself."""
    if action.case_id is None:
        return None
    upcoming = select(func.min(Action.published_at)).where(Action.case_id == action.case_id, Action.published_at > now)
    return session.scalar(upcoming)


def running(session: Session, action: Action, now: datetime) -> list[Action]:
    """The other issues of the case for which letters can be pledged or reported."""
    states = (deadlines.State.OPEN, deadlines.State.REPORTING)
    return [one for one in of(session, action) if one.id != action.id and deadlines.state(one, now) in states]


def end(
    session: Session,
    action: Action,
    slugs: Iterable[str],
    reason: str,
    *,
    outcome: str | None,
    actor: str,
    now: datetime,
) -> list[str]:
    """Closes those of the case's running issues that the coordinator saw, with `reason` and `outcome` as for `close`.

    `action` is the update that ends the case. Returns the slugs of those that were closed. Raises CaseChanged, and
    closes none, when an issue is running that was not seen.
    """
    seen = set(slugs)
    ending = running(session, action, now)
    if any(one.slug not in seen for one in ending):
        raise refusals.CaseChanged()
    for one in ending:
        closing.close(session, one, reason, outcome=outcome, revision=one.revision, actor=actor, now=now)
    return [one.slug for one in ending]
