"""The jobs that are done again and again: when each is due, when it was last done, and which process does it.

A job is a command, so that a timer of the machine can run it too; each leaves its time in the table `jobs`. A process
that runs them by the clock (`flask work`) claims a job for a short time, and renews that while it runs, so that of
several machines only one does it. A process that dies loses its claim, and another does the job.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, or_, select, text, update
from sqlalchemy.orm import Session

from ua_tracker import row_counts
from ua_tracker.models import STOP_ACTION, Action, Job

SEND, QUEUE, PURGE, BACKUP = "outbox send", "reminders queue", "retention purge", "backup"
BOUNCES = "outbox bounces"
LEASE = timedelta(minutes=2)
PAUSE = timedelta(minutes=5)  # after a job that failed
_IF_NEW = text("INSERT INTO jobs (kind) VALUES (:kind) ON CONFLICT (kind) DO NOTHING")


@dataclass(frozen=True)
class Timed:
    """A job with a time: each hour at this minute, or each day at this hour and minute of the office's zone."""

    kind: str
    minute: int
    hour: int | None = None

    def last_due(self, now: datetime, zone: str) -> datetime:
        """The latest instant up to `now` at which it was due, in UTC."""
        here = now.astimezone(ZoneInfo(zone))
        hour = here.hour if self.hour is None else self.hour
        at = here.replace(hour=hour, minute=self.minute, second=0, microsecond=0)
        if at > here:
            at -= timedelta(hours=1) if self.hour is None else timedelta(days=1)
        return at.astimezone(UTC)


TIMED = (Timed(QUEUE, minute=7), Timed(PURGE, minute=17, hour=3))
OF_MAILBOX = (*TIMED, Timed(BOUNCES, minute=27))  # where the site has a mailbox for bounces


def note_done(session: Session, kind: str, now: datetime) -> None:
    """Notes that the job ended well, and did what was due at this instant."""
    session.execute(_IF_NEW, {"kind": kind})
    _change(session, kind, done_at=now)


def done(session: Session) -> dict[str, Job]:
    """What is known of each job that was ever begun, by its kind."""
    return {job.kind: job for job in session.scalars(select(Job))}


def due(session: Session, now: datetime, zone: str, among: tuple[Timed, ...] = TIMED) -> list[Timed]:
    """Those of these jobs that have not been done since they were last due, and that nobody does now.

    The mails of a stop action are due at once.
    """
    known = done(session)

    def is_due(timed: Timed) -> bool:
        job = known.get(timed.kind)
        if job is None:
            return True
        is_done = job.done_at is not None and job.done_at >= _needed_at(session, timed, now, zone)
        return not is_done and (job.leased_until is None or job.leased_until <= now)

    return [timed for timed in among if is_due(timed)]


def claim(session: Session, timed: Timed, holder: str, now: datetime, zone: str) -> bool:
    """Claims the job for this holder until the lease ends. False when it is not due, or somebody else was first."""
    session.execute(_IF_NEW, {"kind": timed.kind})
    is_free = or_(Job.leased_until.is_(None), Job.leased_until <= now)
    is_due = or_(Job.done_at.is_(None), Job.done_at < _needed_at(session, timed, now, zone))
    return _change(session, timed.kind, is_free, is_due, leased_by=holder, leased_until=now + LEASE)


def _needed_at(session: Session, timed: Timed, now: datetime, zone: str) -> datetime:
    """The latest instant up to `now` from which the job must have been done."""
    due_at = timed.last_due(now, zone)
    if timed.kind != QUEUE:
        return due_at
    is_stopped = Action.closed_reason == STOP_ACTION
    stopped_at = session.scalar(select(func.max(Action.closed_at)).where(is_stopped, Action.closed_at <= now))
    return max(due_at, stopped_at) if stopped_at else due_at


def renew(session: Session, kind: str, holder: str, now: datetime) -> bool:
    """Claims the job for another lease; false when another holder has it."""
    return _change(session, kind, Job.leased_by == holder, leased_until=now + LEASE)


def release(session: Session, kind: str, holder: str, now: datetime, *, failed: bool) -> None:
    """Gives the job back. One that failed is not due again for a while."""
    if failed:
        _change(session, kind, Job.leased_by == holder, leased_by=None, leased_until=now + PAUSE, failed_at=now)
    else:
        _change(session, kind, Job.leased_by == holder, leased_by=None, leased_until=None)


def _change(session: Session, kind: str, *which: object, **values: object) -> bool:
    changing = update(Job).where(Job.kind == kind, *which).values(**values)  # type: ignore[arg-type]
    return row_counts.changed(session, changing.execution_options(synchronize_session=False)) > 0
