"""States of an action and rules for days. A deadline is a date in the action's time zone, that day included.

Pledging closes at the first instant of the next day in that zone; at that instant it is closed. Letters sent by the
deadline can be reported during the days of grace after it.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement

from ua_tracker import refusals
from ua_tracker.models import Action
from ua_tracker.models.column_types import EarlierDeadline

FOUR = time(4)
MOST_YEARS = 10
EARLIEST = date(1961, 1, 1)


class State(StrEnum):
    """The four states of an action, in the order in which it goes through them."""

    DRAFT = "draft"
    OPEN = "open"
    REPORTING = "reporting"
    CLOSED = "closed"


@dataclass(frozen=True)
class Terms:
    """What the rules of pledges and reports ask of an action, each value as the action has it."""

    id: int
    slug: str
    published_at: datetime | None
    issued: date | None
    deadline: date | None
    timezone: str
    grace_days: int
    closed_at: datetime | None
    has_hooks: bool  # whether any webhook is told of it


Dated = Action | Terms


def instant_of(day: date, hour: time, zone: str) -> datetime:
    """The UTC instant of this day and hour in the zone.

    An hour that the clocks skip is read as before the change, and one that occurs twice is the first (PEP 495).
    """
    return datetime.combine(day, hour, ZoneInfo(zone)).astimezone(UTC)


def first_instant_after(day: date, zone: str) -> datetime:
    """The UTC instant at which the day after `day` begins in the zone.

    If the clocks skip midnight, the day begins after the gap; if midnight occurs twice, at the first one (PEP 495:
    fold=0 uses the offset before a gap, and the earlier of two instants).
    """
    return instant_of(day + timedelta(days=1), time.min, zone)


def published(now: datetime) -> ColumnElement[bool]:
    """The condition for actions that the public sees at this UTC instant. It sees one from `published_at` on."""
    return Action.published_at <= now


def is_published(action: Dated, now: datetime) -> bool:
    """Whether the public sees the action at this UTC instant: the same rule for one that is loaded."""
    return action.published_at is not None and action.published_at <= now


def is_scheduled(action: Action, now: datetime) -> bool:
    """Whether the action is a draft that is published by itself, at `published_at`."""
    return action.published_at is not None and action.published_at > now


def closes_at(action: Dated) -> datetime | None:
    """The UTC instant from which pledging is closed; None without a deadline."""
    if action.deadline is None:
        return None
    locked = first_instant_after(action.deadline, action.timezone)
    return min(locked, action.closed_at) if action.closed_at else locked


def is_closed_early(action: Action) -> bool:
    """Whether a coordinator closed the action before its deadline had passed."""
    return action.closed_at is not None and closes_at(action) == action.closed_at


def reporting_closes_at(action: Dated) -> datetime | None:
    """The UTC instant from which reporting is closed; None without a deadline."""
    if action.deadline is None:
        return None
    over = first_instant_after(action.deadline + timedelta(days=action.grace_days), action.timezone)
    return min(over, action.closed_at) if action.closed_at else over


def state(action: Dated, now: datetime) -> State:
    """The action's state at this UTC instant."""
    return state_once_published(action, now) if is_published(action, now) else State.DRAFT


def state_once_published(action: Dated, now: datetime) -> State:
    """The state that the action would have at this UTC instant if it were published; a draft without a deadline."""
    locked, over = closes_at(action), reporting_closes_at(action)
    if locked is None or over is None:
        return State.DRAFT
    if now < locked:
        return State.OPEN
    return State.REPORTING if now < over else State.CLOSED


def next_change(action: Dated, now: datetime) -> datetime | None:
    """The next UTC instant at which the state changes without a coordinator's action; None if there is none."""
    changes = (action.published_at, closes_at(action), reporting_closes_at(action))
    return min((at for at in changes if at is not None and at > now), default=None)


def today(action: Dated, now: datetime) -> date:
    """The date in the action's time zone at this instant."""
    return now.astimezone(ZoneInfo(action.timezone)).date()


def is_today(action: Action, at: datetime, now: datetime) -> bool:
    """Whether both instants are on one day in the action's time zone."""
    return today(action, at) == today(action, now)


def evening(action: Action, now: datetime) -> tuple[datetime, datetime]:
    """Beginning and end of the current letter evening, as UTC instants.

    An evening lasts from four in the morning to four the next morning in the action's time zone, so that one that
    goes on past midnight is counted as one.
    """
    zone = ZoneInfo(action.timezone)
    there = now.astimezone(zone)
    day = there.date() if there.time() >= FOUR else there.date() - timedelta(days=1)
    began, ends = (datetime.combine(day + timedelta(days=more), FOUR, zone).astimezone(UTC) for more in (0, 1))
    return began, ends


def keep_earlier(action: Action, before: date | None, after: date | None, now: datetime) -> None:
    """Keeps the deadline that a published action had before this change, if the change moves it."""
    if is_published(action, now) and before is not None and before != after:
        action.earlier_deadlines = [*action.earlier_deadlines, EarlierDeadline(before, now)]


def days_left(action: Action, now: datetime) -> int:
    """Whole days until the deadline; 0 on the last day, negative after it. Raises ValueError without a deadline."""
    if action.deadline is None:
        raise ValueError("a draft without a deadline has no days left")
    return (action.deadline - today(action, now)).days


def require_open(action: Dated, now: datetime) -> None:
    """Raises PledgingLocked unless pledging is open at this instant, NoSuchAction for a draft."""
    _require_published(action, now)
    if state(action, now) is not State.OPEN:
        raise refusals.PledgingLocked(slug=action.slug)


def require_reporting(action: Dated, now: datetime) -> None:
    """Raises ReportingClosed unless reporting is open at this instant, NoSuchAction for a draft."""
    _require_published(action, now)
    if state(action, now) not in (State.OPEN, State.REPORTING):
        raise refusals.ReportingClosed(slug=action.slug)


def require_sent_on(action: Dated, day: date, now: datetime) -> None:
    """Checks the day on which a letter was sent.

    Raises SentTooEarly before the day of issue, SentAfterDeadline after the deadline, SentInFuture after today.
    """
    if action.issued and day < action.issued:
        raise refusals.SentTooEarly(day=action.issued)
    if action.deadline and day > action.deadline:
        raise refusals.SentAfterDeadline(day=action.deadline)
    if day > today(action, now):
        raise refusals.SentInFuture()


def require_write_on(action: Dated, day: date, now: datetime) -> None:
    """Raises WriteOnOutside unless the day lies between today and the deadline, both included."""
    if action.deadline and not today(action, now) <= day <= action.deadline:
        raise refusals.WriteOnOutside(day=action.deadline)


def require_near(day: date, now: datetime) -> None:
    """Raises DeadlineTooFar for a deadline from 1 January in ten years on, DeadlineTooEarly for one before 1961.

    Such dates are typing errors: Amnesty International was founded in 1961.
    """
    if day < EARLIEST:
        raise refusals.DeadlineTooEarly(day=EARLIEST)
    furthest = date(now.year + MOST_YEARS, 1, 1)
    if day >= furthest:
        raise refusals.DeadlineTooFar(day=furthest)


def _require_published(action: Dated, now: datetime) -> None:
    if not is_published(action, now):
        raise refusals.NoSuchAction(slug=action.slug)
