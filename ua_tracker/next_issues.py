"""The mail to those who pledged in a case and wanted to be told if it needs letters again: once for each pledge.

The command that queues the reminders queues it, when a newer issue of the case is published and open.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from ua_tracker import deadlines, reminders, totals
from ua_tracker.actions import cases
from ua_tracker.deadlines import State
from ua_tracker.models import Action, Pledge
from ua_tracker.reminders import NEXT_ISSUE, Block, Conditions

WITHIN = timedelta(days=14)  # after the publication; who would be told later has few days left to write


def queue_due(reading: Block, writing: Block, secret: str, now: datetime) -> int:
    """Queues the mails that are due at this UTC instant, as `reminders.queue_due`; returns their number.

    Each pledge is told once, of the first issue that comes after it. A mailbox with pledges for several issues gets
    one mail, and none if it has pledged for the new issue already.
    """
    return reminders.queue_each(reading, writing, secret, now, _due)


def newer(session: Session, action: Action, now: datetime) -> Action | None:
    """The newest issue of the action's case, if it is newer than this one, and open."""
    found = cases.newer(session, action, now)
    return found if found is not None and deadlines.state(found, now) is State.OPEN else None


def waiting(session: Session, action: Action) -> int:
    """How many people who pledged for other issues of this action's case want to be told of one that comes."""
    if action.case_id is None:
        return 0
    issues = select(Action.id).where(Action.case_id == action.case_id, Action.id != action.id)
    wanted = (Pledge.action_id.in_(issues), Pledge.wants_next, Pledge.mails_stopped_at.is_(None))
    query = select(func.count(Pledge.email_key.distinct())).where(*wanted, *totals.counted(Pledge))
    return session.scalar(query.where(Pledge.email.is_not(None))) or 0


def _due(session: Session, action: Action, now: datetime) -> Iterator[tuple[str, Conditions]]:
    issue = newer(session, action, now)
    if issue is None or issue.published_at is None or not reminders.is_day(action, now):
        return
    if now - issue.published_at <= WITHIN:
        yield NEXT_ISSUE, (Pledge.wants_next.is_(True), Pledge.made_at < issue.published_at, ~_has_more(issue))


def _has_more(issue: Action) -> ColumnElement[bool]:
    """Whether the mailbox has pledged for the new issue, or has a later pledge in the case that wants to be told."""
    other = aliased(Pledge)
    older = select(Action.id).where(Action.case_id == issue.case_id, Action.id != issue.id)
    later = (other.action_id.in_(older), other.wants_next, other.id > Pledge.id, other.mails_stopped_at.is_(None))
    of_issue = other.action_id == issue.id
    stands = other.withdrawn_at.is_(None), other.voided_at.is_(None)
    which = select(other.id).where(other.email_key == Pledge.email_key, *stands, or_(of_issue, and_(*later)))
    return which.exists()
