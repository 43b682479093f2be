"""The mail that tells the office that something is held: at most one an hour, whatever the number of rows."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Select, String, bindparam, cast, literal, or_, select
from sqlalchemy.orm import Session

from ua_tracker import outbox
from ua_tracker.models import Action, Coordinator, Mail, Pledge, Report
from ua_tracker.models.column_types import Instant
from ua_tracker.statements import Fixed

KIND = "something_held"
_HOUR = timedelta(hours=1)
_OFFICE = (Coordinator.role == "office", Coordinator.active.is_(True))


def tell_office_of(session: Session, entry: Pledge | Report, now: datetime) -> None:
    """If the row is held, queues the mail to each active coordinator of the office, at most once within an hour."""
    if not entry.is_held or _TOLD.first(session, **_hours(now)):
        return
    language = session.scalars(select(Action.language).where(Action.id == entry.action_id)).one()
    office = select(Coordinator.id, Coordinator.email).where(*_OFFICE)
    for number, email in session.execute(office.order_by(Coordinator.id)).all():
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
    return f"{KIND}:{number}:{_hour(now)}"


def _hour(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H")


def _hours(now: datetime) -> dict[str, Any]:
    return {"this": _hour(now), "before": _hour(now - _HOUR), "since": now - _HOUR}


def _keys(hour: str) -> "Select[str]":
    """The keys of the mails of an hour of the clock."""
    key = literal(f"{KIND}:") + cast(Coordinator.id, String) + ":" + bindparam(hour, type_=String())
    return select(key).where(*_OFFICE)


# Whether a coordinator's mail of this hour of the clock, or of the one before, is less than an hour old: then all were
# told. One quick statement, so that what is held takes no longer than what counts.
_TOLD = Fixed(
    select(Mail.id)
    .where(
        or_(*(Mail.once_key.in_(_keys(hour)) for hour in ("this", "before"))),
        Mail.queued_at > bindparam("since", type_=Instant()),
    )
    .limit(1)
)
