"""Reminders by mail, at most three for each pledge, during the day.

One on the day that the supporter chose for writing, one in the last three days before the deadline, and one after it,
while letters can still be reported. None after a report, for a withdrawn or void pledge, or when the mails were
stopped.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, exists, literal, or_, select
from sqlalchemy.orm import Session

from ua_tracker import deadlines, private_links, totals
from ua_tracker.deadlines import State
from ua_tracker.models import Action, Mail, Pledge, Report

WRITE_TODAY, LAST_DAYS, DID_YOU_SEND, OUTCOME = "write_today", "last_days", "did_you_send", "outcome"
NOT_REPORTED = "not_reported"  # a mail that a coordinator asks for (ua_tracker/mailings.py)
REMINDERS = (WRITE_TODAY, LAST_DAYS, DID_YOU_SEND)
DAYS_BEFORE = timedelta(days=3)
BATCH = 20  # mails in one transaction, so that other writers do not wait long
Block = Callable[[], AbstractContextManager[Session]]
Conditions = tuple[ColumnElement[bool], ...]
Due = Callable[[Session, Action, datetime], Iterator[tuple[str, Conditions]]]
MORNING, EVENING = time(9), time(18)


def queue_due(reading: Block, writing: Block, secret: str, now: datetime) -> int:
    """Queues every mail that is due at this UTC instant and was not queued before; returns their number.

    Mails are queued between 9:00 and 18:00 in the action's time zone. When an action was closed with an outcome,
    supporters who asked for it get a mail about it. A second call queues nothing more. `reading` gives a session that
    sees one state of the database, `writing` one that is committed at the end of its block. Each batch has a write
    transaction of its own, which checks the conditions again.
    """
    return queue_each(reading, writing, secret, now, _due)


def queue_each(reading: Block, writing: Block, secret: str, now: datetime, due: Due) -> int:
    """Queues the mails of the kinds that `due` names for each action, as `queue_due`; returns their number.

    `due` gives each kind with the conditions for the pledges that get it.
    """
    found: list[tuple[str, Conditions, list[int]]] = []
    with reading() as session:
        for action in session.scalars(select(Action).where(Action.published_at.is_not(None)).order_by(Action.slug)):
            if MORNING <= now.astimezone(ZoneInfo(action.timezone)).time() < EVENING:
                for kind, wanted in due(session, action, now):
                    which = (*_reachable(action), *wanted, ~is_queued(kind))
                    found.append((kind, which, list(session.scalars(select(Pledge.id).where(*which)))))
    queued = 0
    for kind, which, numbers in found:
        for few in _in_steps(sorted(numbers)):
            with writing() as session:
                pledges = session.scalars(select(Pledge).where(Pledge.id.in_(few), *which).order_by(Pledge.id)).all()
                queued += sum(private_links.mail_once(session, pledge, kind, secret, now) for pledge in pledges)
    return queued


def _in_steps(numbers: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(numbers), BATCH):
        yield numbers[start : start + BATCH]


def is_wanted(session: Session, pledge: Pledge, action: Action, kind: str, now: datetime) -> bool:
    """Whether a queued mail of this kind is still needed: the supporter may have reported since."""
    if pledge.mails_stopped_at is not None:
        return False
    if kind == OUTCOME:
        return bool(action.outcome)
    states = {DID_YOU_SEND: (State.REPORTING,), NOT_REPORTED: (State.OPEN, State.REPORTING)}.get(kind, (State.OPEN,))
    return deadlines.state(action, now) in states and not session.scalar(select(_reported(pledge.id)))


def stop(session: Session, pledge: Pledge, now: datetime) -> None:
    """Stops reminders and the mail about the outcome for this pledge. A second call does nothing."""
    if pledge.mails_stopped_at is None:
        pledge.mails_stopped_at = now
        session.flush()


def start(session: Session, pledge: Pledge) -> None:
    """Undoes `stop`. A second call does nothing."""
    pledge.mails_stopped_at = None
    session.flush()


def _due(_session: Session, action: Action, now: datetime) -> Iterator[tuple[str, tuple[ColumnElement[bool], ...]]]:
    """Each kind of mail that is due for this action, with the conditions for the pledges that get it."""
    today, state = deadlines.today(action, now), deadlines.state(action, now)
    unreported = ~_reported(Pledge.id)
    if state is State.OPEN and action.deadline is not None:
        # Also a day late, in case the command did not run.
        yield WRITE_TODAY, (unreported, Pledge.write_on.between(today - timedelta(days=1), today))
        if today >= action.deadline - DAYS_BEFORE:
            begins = deadlines.first_instant_after(today - timedelta(days=1), action.timezone)
            not_both = Pledge.write_on.is_(None) | (Pledge.write_on != today)
            yield LAST_DAYS, (unreported, Pledge.made_at < begins, not_both)
    elif state is State.REPORTING:
        yield DID_YOU_SEND, (unreported,)
    if action.closed_at is not None and action.outcome:
        yield OUTCOME, (Pledge.wants_outcome.is_(True),)


def _reachable(action: Action) -> tuple[ColumnElement[bool], ...]:
    return (
        Pledge.action_id == action.id,
        Pledge.email.is_not(None),
        *totals.counted(Pledge),
        Pledge.mails_stopped_at.is_(None),
    )


def is_queued(kind: str) -> ColumnElement[bool]:
    """Whether private_links.mail_once has queued such a mail to the pledge before, unless it was not needed then."""
    unneeded = and_(Mail.ending == "moot", Mail.reason.is_(None))
    return exists().where(
        Mail.once_key == literal(f"{kind}:").concat(Pledge.once_key), or_(Mail.ending.is_(None), ~unneeded)
    )


def _reported(pledge_id: object) -> ColumnElement[bool]:
    return exists().where(Report.pledge_id == pledge_id, Report.voided_at.is_(None))
