"""The state of the outbox: how many mails wait, and how the others ended."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, literal_column, select
from sqlalchemy.orm import Session

from ua_tracker.models import Mail

_GIVEN_UP: ColumnElement[str] = literal_column(
    "'given up'"
)  # not a parameter, or else no database would use the index for it


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


@dataclass(frozen=True)
class Trouble:
    """The numbers of mails that were given up, that were tried without success and wait, and that wait in all."""

    given_up: int
    failing: int
    waiting: int


def trouble(session: Session) -> Trouble:
    """What is wrong with the outbox, for a page that is opened often: it reads no mail that has ended well."""
    waiting = Mail.due_at.is_not(None)
    return Trouble(
        given_up=session.scalar(select(func.count()).where(Mail.ending == _GIVEN_UP)) or 0,
        failing=session.scalar(select(func.count()).where(waiting, Mail.reason.is_not(None))) or 0,
        waiting=session.scalar(select(func.count()).where(waiting)) or 0,
    )


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
