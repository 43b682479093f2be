"""How does the outbox stand? What waits in it, and what became of the rest."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ua_tracker.models import Mail


@dataclass(frozen=True)
class Standing:
    """How many mails wait, since when the longest overdue one is due, how many were sent, not needed, given up.

    `failing` is how many of those that wait were tried and not taken.
    """

    waiting: int
    overdue_since: datetime | None
    sent: int
    not_needed: int
    given_up: list[Mail]
    failing: int


def read(session: Session, now: datetime) -> Standing:
    """What waits and what became of the rest; the mails given up, latest first."""
    rows = session.execute(select(Mail.ending, func.count()).group_by(Mail.ending))
    counts = {row[0]: row[1] for row in rows}
    given_up = select(Mail).where(Mail.ending == "given up").order_by(Mail.ended_at.desc(), Mail.id.desc())
    return Standing(
        waiting=counts.get(None, 0),
        overdue_since=session.scalar(select(func.min(Mail.due_at)).where(Mail.due_at <= now)),
        sent=counts.get("sent", 0),
        not_needed=counts.get("moot", 0),
        given_up=list(session.scalars(given_up)),
        failing=session.scalar(select(func.count()).where(Mail.due_at.is_not(None), Mail.reason.is_not(None))) or 0,
    )
