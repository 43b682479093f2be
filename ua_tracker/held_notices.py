"""The mail that tells the office that something is held: at most one an hour, whatever the number of rows."""

from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ua_tracker import outbox
from ua_tracker.models import Action, Coordinator, Pledge, Report

KIND = "something_held"


def tell_office_of(session: Session, entry: Pledge | Report, now: datetime) -> None:
    """If the row is held, queues the mail to each active coordinator of the office, once in an hour (UTC)."""
    if not entry.is_held:
        return
    hour = now.astimezone(UTC).strftime("%Y-%m-%dT%H")
    language = session.scalars(select(Action.language).where(Action.id == entry.action_id)).one()
    office = select(Coordinator.id, Coordinator.email).where(Coordinator.role == "office", Coordinator.active.is_(True))
    for number, email in session.execute(office.order_by(Coordinator.id)).all():
        queued = outbox.queue(
            session,
            kind=KIND,
            to=email,
            language=language,
            facts={"action": entry.action_id},
            once_key=f"{KIND}:{number}:{hour}",
            now=now,
            lock=False,  # the tally is locked by now, and who pledges locks a mailbox before the tally
        )
        if not queued:  # the first one was told in this hour, and so were the others
            return
