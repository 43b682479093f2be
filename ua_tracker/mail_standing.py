"""The state of the outbox: how many mails wait, and how the others ended."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ua_tracker.models import Mail


@dataclass(frozen=True)
class Standing:
    """The numbers of mails that wait, were sent, and were not needed, and the mails that were given up.

    `overdue_since` is the instant since which the oldest due mail waits. `failing` is the number of waiting mails that
    were tried without success.
    """

    waiting: int
    overdue_since: datetime | None
    sent: int
    not_needed: int
    given_up: list[Mail]
    failing: int


def read(session: Session, now: datetime) -> Standing:
    """Reads the state of the outbox; the mails given up are listed latest first."""
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
