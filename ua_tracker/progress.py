"""Progress of an action: letters and pledges by day, and the pace needed for the goal.

A letter is counted on the day on which it was sent, a pledge on the day on which it was made, both in the action's
time zone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Date, Select, column, func, select, values
from sqlalchemy.orm import InstrumentedAttribute, Session

from ua_tracker import deadlines, totals
from ua_tracker.channels import CHANNELS
from ua_tracker.models import Action, Pledge, Recipient, Report, ReportLine
from ua_tracker.models.column_types import Instant

MOST_DAYS = 400
WEEK = timedelta(days=7)
Value = TypeVar("Value")


@dataclass(frozen=True)
class Day:
    """One day: letters sent to targets and letters pledged on it, and the totals of both up to its end."""

    day: date
    letters: int
    pledged: int
    letters_so_far: int
    pledged_so_far: int


@dataclass(frozen=True)
class Pace:
    """Letters a day: `so_far` since publication, `needed` from today to the deadline (None after it or at the goal).

    `days_left` includes today; `left` is the number of letters missing to the goal.
    """

    so_far: float
    needed: float | None
    days_left: int
    left: int

    @property
    def is_kept(self) -> bool:
        """Whether the goal is reached, or will be at the present pace."""
        return self.left <= 0 or (self.needed is not None and self.so_far >= self.needed)


def by_day(session: Session, action: Action, now: datetime, group_id: int | None = None) -> list[Day]:
    """Every day from the publication, or the first letter or pledge if earlier, to today or the last day, without gaps.

    With `group_id` only that group's. At most the last 400 days; earlier letters are included in their totals.
    """
    sent = dict(session.execute(_sent_by_day(action, group_id)).all())
    first_pledge = session.scalar(_standing(func.min(Pledge.made_at), action, group_id))
    begins = [*sent, *([_day_of(action, first_pledge)] if first_pledge else [])]
    last = max([_last_day(action, now), *sent])
    first = min([*begins, _first_day(action, now), last])
    first = max(first, last - timedelta(days=MOST_DAYS - 1))
    days = [first + timedelta(days=more) for more in range((last - first).days + 1)]
    pledged = _pledged_by_day(session, action, days, group_id)
    sent_before = sum(letters for day, letters in sent.items() if day < first)
    earlier = _standing(func.coalesce(func.sum(Pledge.letters), 0), action, group_id)
    pledged_before = session.scalar(earlier.where(Pledge.made_at < _begins(action, first))) or 0
    return _added_up(days, sent, pledged, (sent_before, int(pledged_before)))


def by_channel(session: Session, action: Action, group_id: int | None = None) -> dict[str, int]:
    """Letters to targets for each of the five channels, also 0."""
    query = _lines(Report.channel, action, group_id).group_by(Report.channel)
    found = dict(session.execute(query).all())
    return {channel: int(found.get(channel, 0)) for channel in CHANNELS}


def pace(action: Action, sent: int, now: datetime) -> Pace:
    """The pace since publication and the pace needed. `sent` is the number of letters that count for the goal."""
    passed = max(1, (_last_day(action, now) - _first_day(action, now)).days + 1)
    is_open = deadlines.state(action, now) is deadlines.State.OPEN
    days_left = deadlines.days_left(action, now) + 1 if is_open else 0
    left = max(0, action.goal - sent)
    return Pace(sent / passed, left / days_left if left and days_left else None, days_left, left)


def lately(session: Session, which: Sequence[Action], now: datetime, group_id: int | None = None) -> dict[int, float]:
    """Letters to targets reported a day in the last seven days, by the action's id; with `group_id` the group's.

    For an action that was published less than seven days ago, since then; less than a day counts as one.
    """
    numbers = [action.id for action in which]
    of_action = Report.action_id.in_(numbers) if group_id is None else (Report.action_id + 0).in_(numbers)
    query = select(Report.action_id, func.sum(Report.letters)).where(of_action, Report.reported_at > now - WEEK)
    if group_id is not None:  # the sum above keeps SQLite from reading a whole action to find one group's rows
        query = query.where(Report.group_id == group_id)
    found = dict(session.execute(query.where(*totals.counted(Report)).group_by(Report.action_id)).all())
    return {action.id: int(found.get(action.id, 0)) / _days_of_week(action, now) for action in which}


def _days_of_week(action: Action, now: datetime) -> float:
    since = now - (action.published_at or action.created_at)
    return max(timedelta(days=1), min(WEEK, since)) / timedelta(days=1)


def _added_up(days: list[date], sent: dict[date, int], pledged: dict[date, int], before: tuple[int, int]) -> list[Day]:
    found, (letters_so_far, pledged_so_far) = [], before
    for day in days:
        letters_so_far += sent.get(day, 0)
        pledged_so_far += pledged.get(day, 0)
        found.append(Day(day, sent.get(day, 0), pledged.get(day, 0), letters_so_far, pledged_so_far))
    return found


def _first_day(action: Action, now: datetime) -> date:
    published = action.published_at or action.created_at
    return _day_of(action, min(published, now))


def _last_day(action: Action, now: datetime) -> date:
    today = deadlines.today(action, now)
    ends = [action.deadline] if action.deadline else []
    ends += [_day_of(action, action.closed_at)] if action.closed_at else []
    return min([today, *ends])


def _day_of(action: Action, at: datetime) -> date:
    return at.astimezone(ZoneInfo(action.timezone)).date()


def _begins(action: Action, day: date) -> datetime:
    return datetime.combine(day, time.min, ZoneInfo(action.timezone))


def _lines(group_by: InstrumentedAttribute[Value], action: Action, group_id: int | None) -> "Select[Value, int]":
    query = (
        select(group_by, func.sum(ReportLine.letters))
        .join(ReportLine, ReportLine.report_id == Report.id)
        .join(Recipient, Recipient.id == ReportLine.recipient_id)
        .where(Report.action_id == action.id, *totals.counted(Report), Recipient.kind == "target")
    )
    return query if group_id is None else query.where(Report.group_id == group_id)


def _sent_by_day(action: Action, group_id: int | None) -> "Select[date, int]":
    return _lines(Report.sent_on, action, group_id).group_by(Report.sent_on)


def _standing(what: ColumnElement[Value], action: Action, group_id: int | None) -> Select[Value]:
    query = select(what).where(Pledge.action_id == action.id, *totals.counted(Pledge))
    return query if group_id is None else query.where(Pledge.group_id == group_id)


def _pledged_by_day(session: Session, action: Action, days: list[date], group_id: int | None) -> dict[date, int]:
    """Sums by day in the database. A day begins at midnight in the action's time zone."""
    bounds = [(day, _begins(action, day), _begins(action, day + timedelta(days=1))) for day in days]
    parts = (column("day", Date), column("begins", Instant), column("ends", Instant))
    spans = values(*parts, name="spans").data(bounds).cte("spans")
    summed = _standing(func.coalesce(func.sum(Pledge.letters), 0), action, group_id)
    made = (Pledge.made_at >= spans.c.begins, Pledge.made_at < spans.c.ends)
    # A subquery for each day instead of a join, so that both databases use the index for each day.
    query = select(spans.c.day, summed.where(*made).correlate(spans).scalar_subquery())
    return {day: int(letters) for day, letters in session.execute(query)}
