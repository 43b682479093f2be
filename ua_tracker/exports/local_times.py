"""Instants as a spreadsheet shows them: date and time in the action's time zone, without its name.

Rows come in the order of their instants, so what is known of a minute is kept.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import TypeVar
from zoneinfo import ZoneInfo

from ua_tracker.exports.rows import Stored

_FIRST = date(1899, 12, 30).toordinal()  # day 0 of spreadsheets
_DAY = 24 * 60 * 60  # seconds
_KEPT = 4096  # minutes
T = TypeVar("T")


def texts(zone: str) -> Callable[[Stored], str]:
    """A function that gives an instant, as the database holds it, as 2026-03-01 14:05."""
    there = ZoneInfo(zone)
    return _by_minute(lambda at: f"{at.astimezone(there):%Y-%m-%d %H:%M}")


def numbers(zone: str) -> Callable[[Stored], str]:
    """A function that gives an instant as a spreadsheet counts it: days since 1899-12-30, to the second."""
    there = ZoneInfo(zone)

    def seconds(at: datetime) -> int:
        local = at.astimezone(there)
        return (local.toordinal() - _FIRST) * _DAY + local.hour * 3600 + local.minute * 60 + local.second

    minute = _by_minute(seconds)

    def number(value: Stored) -> str:
        more = int(value[17:19]) if isinstance(value, str) else value.second
        return repr((minute(value) + more) / _DAY)

    return number


def number_of_day(value: str | date) -> int:
    """A day as a spreadsheet counts it."""
    return (date.fromisoformat(value) if isinstance(value, str) else value).toordinal() - _FIRST


def _by_minute(of: Callable[[datetime], T]) -> Callable[[Stored], T]:
    """The function, asked once for each minute in UTC: in no time zone do clocks change within a minute."""
    kept = lru_cache(maxsize=_KEPT)(of)

    @lru_cache(maxsize=_KEPT)
    def of_text(minute: str) -> T:
        return of(datetime.fromisoformat(minute).replace(tzinfo=UTC))

    def value_of(value: Stored) -> T:
        return of_text(value[:16]) if isinstance(value, str) else kept(value.replace(second=0, microsecond=0))

    return value_of
