"""Letter evenings that a coordinator opened: what is reported through their key counts at once."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from ua_tracker import audit, deadlines, groups, refusals
from ua_tracker.deadlines import Dated
from ua_tracker.limits import MOST_HOURS_OF_AN_EVENING, MOST_OF_AN_EVENING
from ua_tracker.models import Action, Evening


def open_for(
    session: Session,
    action: Action,
    scope: int | None,
    *,
    group: str,
    hours: int,
    most_letters: int,
    actor: str,
    now: datetime,
) -> Evening:
    """Opens an evening of the group from now on, for 1 to 24 hours and 1 to 20,000 letters to targets.

    `scope` is the id of the only group that the coordinator may open one for, None for the office. Raises
    ReportingClosed, NoSuchGroup, NotYourGroup, EveningTooLong, EveningTooLarge.
    """
    deadlines.require_reporting(action, now)
    found = groups.find(session, group, to_write=True)
    if scope is not None and found.id != scope:
        raise refusals.NotYourGroup()
    if not 1 <= hours <= MOST_HOURS_OF_AN_EVENING:
        raise refusals.EveningTooLong(most=MOST_HOURS_OF_AN_EVENING)
    if not 1 <= most_letters <= MOST_OF_AN_EVENING:
        raise refusals.EveningTooLarge(most=MOST_OF_AN_EVENING)
    evening = Evening(
        action_id=action.id,
        group_id=found.id,
        opened_by=actor,
        opened_at=now,
        ends_at=now + timedelta(hours=hours),
        most_letters=most_letters,
        letters=0,
    )
    session.add(evening)
    session.flush()
    after = {"evening": evening.id, "group": found.slug, "hours": hours, "most_letters": most_letters}
    audit.note(session, actor=actor, event="evening opened", subject=action.slug, now=now, after=after)
    return evening


def close(session: Session, action: Action, evening: Evening, *, actor: str, now: datetime) -> None:
    """Ends an evening now. Does nothing for one that has ended."""
    if evening.ends_at > now:
        evening.ends_at = now
        audit.note(
            session, actor=actor, event="evening closed", subject=action.slug, now=now, after={"evening": evening.id}
        )


def count_paper(session: Session, action: Action, evening: Evening, count: int, *, actor: str, now: datetime) -> None:
    """Stores how many letters to targets lay on the tables, to compare. Raises EveningTooLarge."""
    if not 0 <= count <= MOST_OF_AN_EVENING:
        raise refusals.EveningTooLarge(most=MOST_OF_AN_EVENING)
    before, evening.paper_count = evening.paper_count, count
    audit.changed(
        session,
        actor=actor,
        event="evening counted",
        subject=action.slug,
        now=now,
        before={"paper_count": before},
        after={"paper_count": count},
    )


def find(session: Session, action: Action, scope: int | None, number: int) -> Evening:
    """The action's evening with this id. Raises NoSuchEntry when there is none in the scope."""
    evening = session.get(Evening, number)
    if evening is None or evening.action_id != action.id or scope not in (None, evening.group_id):
        raise refusals.NoSuchEntry()
    return evening


def running(session: Session, action: Dated, number: int | None, now: datetime) -> Evening | None:
    """The action's evening with this id if it is going on."""
    evening = session.get(Evening, number) if number is not None else None
    if evening is None or evening.action_id != action.id:
        return None
    return evening if evening.opened_at <= now < evening.ends_at else None


def listing(session: Session, action: Action, scope: int | None) -> list[Evening]:
    """The action's evenings in the scope, newest first."""
    query = select(Evening).where(Evening.action_id == action.id).options(joinedload(Evening.group))
    if scope is not None:
        query = query.where(Evening.group_id == scope)
    return list(session.scalars(query.order_by(Evening.id.desc())))
