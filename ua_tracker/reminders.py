"""Reminders by mail, at most three for each pledge and deadline, during the day.

One on the day that the supporter chose for writing, one in the last three days before the deadline, and one after it,
while letters can still be reported. None after a report, for a withdrawn or void pledge, or when the mails were
stopped. When the deadline is moved, a mail says so, and the reminders before and after it are due again.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, String, and_, case, cast, exists, func, literal, or_, select, true
from sqlalchemy.orm import Session

from ua_tracker import deadlines, private_links, refused_addresses, totals
from ua_tracker.deadlines import State
from ua_tracker.mail_digests import TOLD_IN_ANOTHER
from ua_tracker.models import Action, Mail, Pledge, Report
from ua_tracker.webhooks import events

WRITE_TODAY, LAST_DAYS, DID_YOU_SEND, OUTCOME = "write_today", "last_days", "did_you_send", "outcome"
NOT_REPORTED = "not_reported"  # a mail that a coordinator asks for (ua_tracker/mailings.py)
DEADLINE_MOVED = "deadline_moved"
NEXT_ISSUE = "next_issue"  # the case of the action needs letters again (ua_tracker/next_issues.py)
REMINDERS = (WRITE_TODAY, LAST_DAYS, DID_YOU_SEND)
OF_ONE_DEADLINE = (DEADLINE_MOVED, LAST_DAYS, DID_YOU_SEND)  # each may come again for the next deadline
DAYS_BEFORE = timedelta(days=3)
BATCH = 20  # mails in one transaction, so that other writers do not wait long
Block = Callable[[], AbstractContextManager[Session]]
Conditions = tuple[ColumnElement[bool], ...]
Due = Callable[[Session, Action, datetime], Iterator[tuple[str, Conditions]]]
MORNING, EVENING = time(9), time(18)


def queue_due(reading: Block, writing: Block, secret: str, now: datetime) -> int:
    """Queues every mail that is due at this UTC instant and was not queued before; returns their number.

    Mails are queued between 9:00 and 18:00 in the action's time zone. When an action was closed with an outcome,
    supporters who asked for it get a mail about it, and if it was closed early also those whose letters are not all
    reported; when its deadline was moved, the latter. A stop action is told to both at any hour, with or without an
    outcome, and also if their pledge is held: a letter that is posted meanwhile can do harm. A second call queues
    nothing more. `reading` gives a session that sees one state of the database, `writing` one that is committed at the
    end of its block. Each batch has a write transaction of its own, which checks the conditions again.
    """
    return queue_each(reading, writing, secret, now, _due)


def queue_each(reading: Block, writing: Block, secret: str, now: datetime, due: Due) -> int:
    """Queues the mails of the kinds that `due` names for each action, as `queue_due`; returns their number.

    `due` gives each kind with the conditions for the pledges that get it.
    """
    found: list[tuple[str, str | None, str | None, Conditions, list[int]]] = []
    with reading() as session:
        for action in session.scalars(select(Action).where(deadlines.published(now)).order_by(Action.slug)):
            if is_day(action, now) or action.is_stopped:
                for kind, wanted in due(session, action, now):
                    which = (*_reachable(action, kind), *wanted, ~is_queued(kind, action))
                    numbers = list(session.scalars(select(Pledge.id).where(*which)))
                    found.append((kind, ending_of(kind, action), _ending_again(kind, action), which, numbers))
    queued = 0
    for kind, ending, again, which, numbers in found:
        for few in _in_steps(sorted(numbers)):
            with writing() as session:
                pledges = session.scalars(select(Pledge).where(Pledge.id.in_(few), *which).order_by(Pledge.id)).all()
                for pledge in pledges:
                    of = pledge.write_on.isoformat() if kind == WRITE_TODAY and pledge.write_on else ending
                    is_new = private_links.mail_once(session, pledge, kind, secret, now, of)
                    if not is_new and again is not None:
                        is_new = private_links.mail_once(session, pledge, kind, secret, now, again)
                    queued += is_new
    return queued


def is_day(action: Action, now: datetime) -> bool:
    """Whether it is between 9:00 and 18:00 in the action's time zone: mails go out during the day."""
    return MORNING <= now.astimezone(ZoneInfo(action.timezone)).time() < EVENING


def _in_steps(numbers: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(numbers), BATCH):
        yield numbers[start : start + BATCH]


def is_wanted(
    session: Session, pledge: Pledge, action: Action, kind: str, now: datetime, queued_at: datetime | None = None
) -> bool:
    """Whether a queued mail of this kind is still needed: the supporter may have reported since.

    A mail about a deadline is not, if the deadline was moved after `queued_at`; another one is due then.
    """
    moved_at = action.earlier_deadlines[-1].until if action.earlier_deadlines else None
    is_outdated = queued_at is not None and moved_at is not None and queued_at < moved_at
    if pledge.mails_stopped_at is not None or (kind in OF_ONE_DEADLINE and is_outdated):
        return False
    if kind == OUTCOME:  # who did not ask for it is told only that the action is closed
        return action.is_stopped or (bool(action.outcome) and (pledge.wants_outcome or action.closed_at is not None))
    if kind == NEXT_ISSUE:
        return pledge.wants_next
    if kind == DEADLINE_MOVED:
        missing = select(_not_all_reported()).where(Pledge.id == pledge.id)
        return deadlines.state(action, now) is State.OPEN and bool(session.scalar(missing))
    states = {DID_YOU_SEND: (State.REPORTING,), NOT_REPORTED: (State.OPEN, State.REPORTING)}.get(kind, (State.OPEN,))
    return deadlines.state(action, now) in states and not session.scalar(select(_reported(pledge.id)))


def stop(session: Session, pledge: Pledge, now: datetime) -> None:
    """Stops reminders and the mail about the outcome for this pledge. A second call does nothing."""
    if pledge.mails_stopped_at is None:
        pledge.mails_stopped_at = now
        session.flush()
        events.tell_person(session, pledge, now)


def start(session: Session, pledge: Pledge, now: datetime) -> None:
    """Undoes `stop`. A second call does nothing."""
    if pledge.mails_stopped_at is not None:
        pledge.mails_stopped_at = None
        session.flush()
        events.tell_person(session, pledge, now)


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
            yield LAST_DAYS, (unreported, Pledge.made_at < begins, not_both, *_told_before(action, begins))
        if action.earlier_deadlines:
            made_before = Pledge.made_at <= action.earlier_deadlines[-1].until
            yield DEADLINE_MOVED, (made_before, _not_all_reported(), _knows_another(action))
    elif state is State.REPORTING:
        yield DID_YOU_SEND, (unreported,)
    if action.closed_at is not None and (action.outcome or action.is_stopped):
        asked = Pledge.wants_outcome.is_(True)
        # Who still writes must know that the action is over: more letters can do harm.
        tells_writers = action.is_stopped or deadlines.is_closed_early(action)
        yield OUTCOME, (asked | _not_all_reported() if tells_writers else asked,)


def _reachable(action: Action, kind: str) -> tuple[ColumnElement[bool], ...]:
    # Who is held may be somebody who writes all the same, and must learn that more letters can do harm.
    is_stop = kind == OUTCOME and action.is_stopped
    return (
        Pledge.action_id == action.id,
        Pledge.email.is_not(None),
        *(totals.standing(Pledge) if is_stop else totals.counted(Pledge)),
        Pledge.mails_stopped_at.is_(None),
        ~refused_addresses.of_pledge(),
    )


def _told_before(action: Action, begins: datetime) -> Conditions:
    """Leaves out, on the day that begins at this instant, who is told on it that the deadline was moved."""
    if not action.earlier_deadlines:
        return ()
    key = key_of(DEADLINE_MOVED, ending_of(DEADLINE_MOVED, action))
    told = exists().where(Mail.once_key == key, Mail.queued_at < begins)
    return (told | (Pledge.made_at > action.earlier_deadlines[-1].until) | ~_knows_another(action),)


def ending_of(kind: str, action: Action) -> str | None:
    """How the key of a mail of this kind ends: with the deadline that it is about; None for the first, and for none.

    A stop action is told also to those who were told before that the action was closed for another reason.
    """
    if kind == OUTCOME and action.is_stopped:
        return _ending_again(kind, action)
    return _named(action, len(action.earlier_deadlines)) if kind in OF_ONE_DEADLINE else None


def _ending_again(kind: str, action: Action) -> str | None:
    """The ending for an action that was closed, reopened and closed again, where the first mail has the key without."""
    if kind != OUTCOME or action.closed_at is None:
        return None
    return deadlines.today(action, action.closed_at).isoformat()


def _named(action: Action, place: int) -> str | None:
    """How keys name the deadline at this place of all that the action had; None for the first.

    One to which it came back has a number too: who was told of it, and then of another, is told of it again.
    """
    days = [*(one.day for one in action.earlier_deadlines), action.deadline]
    day, before = days[place], days[1:place].count(days[place])
    if place == 0 or day is None:
        return None
    return f"{day.isoformat()}:{before + 1}" if before else day.isoformat()


def _knows_another(action: Action) -> ColumnElement[bool]:
    """Whether the last deadline that a supporter knew, from the page or by mail, is another than the present one."""
    earlier = action.earlier_deadlines
    if action.deadline not in [one.day for one in earlier]:
        return true()
    known = []
    for place, one in reversed(list(enumerate(earlier))):
        seen = and_(Pledge.made_at <= one.until, *([Pledge.made_at > earlier[place - 1].until] if place else []))
        told = exists().where(Mail.once_key == key_of(DEADLINE_MOVED, _named(action, place)), _is_told())
        known.append((or_(seen, told), literal(one.day != action.deadline)))
    return case(*known, else_=true())


def _is_told() -> ColumnElement[bool]:
    """Whether a mail was sent, alone or in one of several."""
    return or_(Mail.ending == "sent", Mail.reason == TOLD_IN_ANOTHER)


def is_queued(kind: str, action: Action) -> ColumnElement[bool]:
    """Whether private_links.mail_once has queued such a mail to the pledge before, unless it was not needed then.

    A mail about a deadline counts for that deadline, one about a day for writing for that day, one about a stop action
    for the day of it, and one about another end until the action is reopened.
    """
    is_needed = or_(Mail.ending.is_(None), Mail.ending != "moot", Mail.reason.is_not(None))
    ending = ending_of(kind, action)
    first = and_(Mail.once_key == key_of(kind, None), is_needed)
    if kind == WRITE_TODAY:
        of_day = key_of_day()
        # Before the day was in the key, the reminder of any day had the same key.
        first = and_(first, Mail.queued_at >= Pledge.write_on)
        return exists().where(or_(first, and_(Mail.once_key == of_day, is_needed)))
    if ending is None and kind != OUTCOME:
        return exists().where(first)
    # Before the deadline was in the key, a reminder of a later deadline had the key of the first.
    since = action.closed_at if kind == OUTCOME else action.earlier_deadlines[-1].until
    first = and_(first, Mail.queued_at >= since)
    named = key_of(kind, ending or _ending_again(kind, action))
    later = and_(Mail.once_key == named, is_needed, *([] if ending else [Mail.queued_at >= since]))
    found = or_(first, later)
    return or_(exists().where(found), *_was_reminded(kind, action, is_needed))


def _was_reminded(kind: str, action: Action, is_needed: ColumnElement[bool]) -> Conditions:
    """A deadline that was moved and moved back, unknown to the supporter, is not reminded of once more."""
    same = [place for place, one in enumerate(action.earlier_deadlines) if one.day == action.deadline]
    if not same or kind not in REMINDERS:
        return ()
    keys = [key_of(kind, _named(action, place)) for place in same]
    return (and_(~_knows_another(action), exists().where(Mail.once_key.in_(keys), is_needed)),)


def key_of_day() -> ColumnElement[str]:
    """The idempotency key of the reminder to a pledge on its day for writing."""
    return key_of(WRITE_TODAY, None).concat(":").concat(cast(Pledge.write_on, String))


def key_of(kind: str, ending: str | None) -> ColumnElement[str]:
    """The idempotency key of the mail of this kind to a pledge, with this ending (see `ending_of`)."""
    return literal(f"{kind}:").concat(Pledge.once_key).concat(f":{ending}" if ending else "")


def _not_all_reported() -> ColumnElement[bool]:
    """Whether fewer letters are reported for a pledge than were promised."""
    reported = select(func.coalesce(func.sum(Report.letters), 0))
    of_pledge = reported.where(Report.pledge_id == Pledge.id, Report.voided_at.is_(None))
    return of_pledge.correlate(Pledge).scalar_subquery() < Pledge.letters


def deadline_known(session: Session, pledge: Pledge, action: Action) -> date | None:
    """The last deadline before the present one that the supporter knew: from the action's page, or by mail."""
    for place, earlier in reversed(list(enumerate(action.earlier_deadlines))):
        key = f"{DEADLINE_MOVED}:{pledge.once_key}:{_named(action, place)}"
        told = select(Mail.id).where(Mail.once_key == key, _is_told())
        if _in_force(action, pledge.made_at) == place or session.scalar(told) is not None:
            return earlier.day
    return None


def _in_force(action: Action, at: datetime) -> int:
    """The place, among all that the action had, of the deadline that it had at this instant."""
    earlier = action.earlier_deadlines
    return next((place for place, one in enumerate(earlier) if at <= one.until), len(earlier))


def _reported(pledge_id: object) -> ColumnElement[bool]:
    return exists().where(Report.pledge_id == pledge_id, Report.voided_at.is_(None))
