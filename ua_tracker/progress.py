"""Progress of an action: letters and pledges by day, and the pace needed for the goal.

A letter is counted on the day on which it was sent, a pledge on the day on which it was made, both in the action's
time zone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, literal, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from ua_tracker import day_tallies, deadlines, totals
from ua_tracker.channels import CHANNELS
from ua_tracker.models import Action, DayTally, Recipient, Report, ReportLine

MOST_DAYS = 400
DAYS_OF_LATE = 7


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
    rows = session.execute(_by_day(action, group_id)).all()
    sent, pledged = {row[0]: int(row[2]) for row in rows if row[2]}, {row[0]: int(row[1]) for row in rows if row[1]}
    last = max([_last_day(action, now), *sent])
    first = min([*sent, *pledged, _first_day(action, now), last])
    first = max(first, last - timedelta(days=MOST_DAYS - 1))
    days = [first + timedelta(days=more) for more in range((last - first).days + 1)]
    before = [sum(number for day, number in numbers.items() if day < first) for numbers in (sent, pledged)]
    return _added_up(days, sent, pledged, (before[0], before[1]))


def by_channel(session: Session, action: Action, group_id: int | None = None) -> dict[str, int]:
    """Letters to targets for each of the five channels, also 0."""
    summed = (func.coalesce(func.sum(_column(channel)), 0) for channel in CHANNELS)
    found = session.execute(_of_days(select(*summed), action, group_id)).one()
    return {channel: int(letters) for channel, letters in zip(CHANNELS, found, strict=True)}


def pace(action: Action, sent: int, now: datetime) -> Pace:
    """The pace since publication and the pace needed. `sent` is the number of letters that count for the goal."""
    passed = max(1, (_last_day(action, now) - _first_day(action, now)).days + 1)
    is_open = deadlines.state(action, now) is deadlines.State.OPEN
    days_left = deadlines.days_left(action, now) + 1 if is_open else 0
    left = max(0, action.goal - sent)
    return Pace(sent / passed, left / days_left if left and days_left else None, days_left, left)


def lately(session: Session, which: Sequence[Action], now: datetime, group_id: int | None = None) -> dict[int, float]:
    """Letters to targets sent a day in the last seven days, today included, by the action's id.

    With `group_id` the group's. For an action that was published on one of these days, since then.
    """
    first = {action.id: deadlines.today(action, now) - timedelta(days=DAYS_OF_LATE - 1) for action in which}
    earliest = min(first.values(), default=date.max)
    query = select(DayTally.action_id, DayTally.day, func.sum(_sent()))
    query = query.where(DayTally.action_id.in_(first), DayTally.day >= earliest)
    if group_id is not None:
        query = query.where(DayTally.group_id == group_id)
    found = dict.fromkeys(first, 0)
    for action_id, day, letters in session.execute(query.group_by(DayTally.action_id, DayTally.day)):
        if day >= first[action_id]:  # the actions' zones differ
            found[action_id] += int(letters)
    return {action.id: found[action.id] / _days_since(action, first[action.id], now) for action in which}


def _days_since(action: Action, first: date, now: datetime) -> int:
    """The number of days until today, from this one on, or from the publication if that is later."""
    return (deadlines.today(action, now) - max(first, _day_of(action, action.published_at or now))).days + 1


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


def _by_day(action: Action, group_id: int | None) -> Any:
    query = select(DayTally.day, func.sum(DayTally.letters_pledged), func.sum(_sent()))
    return _of_days(query, action, group_id).group_by(DayTally.day)


def _sent() -> Any:
    """The letters to targets of a day, by all channels."""
    return sum((_column(channel) for channel in CHANNELS), literal(0))


def _of_days(query: Any, action: Action, group_id: int | None) -> Any:
    query = query.where(DayTally.action_id == action.id)
    return query if group_id is None else query.where(DayTally.group_id == group_id)


def _column(channel: str) -> InstrumentedAttribute[int]:
    column: InstrumentedAttribute[int] = getattr(DayTally, day_tallies.OF_CHANNEL[channel])
    return column


def sent_since(session: Session, action_id: int, since: datetime, group_id: int | None = None) -> int:
    """The number of letters to targets reported since this UTC instant, in total or by one group."""
    query = (
        select(func.coalesce(func.sum(ReportLine.letters), 0))
        .join(Report, Report.id == ReportLine.report_id)
        .join(Recipient, Recipient.id == ReportLine.recipient_id)
        .where(Report.action_id == action_id, *totals.counted(Report), Report.reported_at >= since)
        .where(Recipient.kind == "target")
    )
    if group_id is not None:
        query = query.where(Report.group_id == group_id)
    return int(session.scalar(query) or 0)
