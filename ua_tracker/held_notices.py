"""The mail that tells the office that something is held: at most one an hour, whatever the number of rows."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from ua_tracker import outbox
from ua_tracker.models import Action, Coordinator, Mail, Pledge, Report

KIND = "something_held"
_HOUR = timedelta(hours=1)


def tell_office_of(session: Session, entry: Pledge | Report, now: datetime) -> None:
    """If the row is held, queues the mail to each active coordinator of the office, at most once within an hour."""
    if not entry.is_held:
        return
    language = session.scalars(select(Action.language).where(Action.id == entry.action_id)).one()
    office = select(Coordinator.id, Coordinator.email).where(Coordinator.role == "office", Coordinator.active.is_(True))
    for number, email in session.execute(office.order_by(Coordinator.id)).all():
        if _was_told(session, number, now):
            return  # and so were the others
        queued = outbox.queue(
            session,
            kind=KIND,
            to=email,
            language=language,
            facts={"action": entry.action_id},
            once_key=_key(number, now),
            now=now,
            lock=False,  # the tally is locked by now, and who pledges locks a mailbox before the tally
        )
        if not queued:  # at the same moment, for another row
            return


def _key(number: int, now: datetime) -> str:
    return f"{KIND}:{number}:{now.astimezone(UTC).strftime('%Y-%m-%dT%H')}"


def _was_told(session: Session, number: int, now: datetime) -> bool:
    """Whether the coordinator's mail of this hour of the clock, or of the one before, is less than an hour old."""
    keys = [_key(number, now), _key(number, now - _HOUR)]
    return session.scalar(select(Mail.id).where(Mail.once_key.in_(keys), Mail.queued_at > now - _HOUR)) is not None
