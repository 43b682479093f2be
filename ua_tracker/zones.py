"""Time zones in this machine's copy of the IANA time zone database: their names, and their offsets from UTC."""

from datetime import datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

_DAY = 24 * 60 * 60  # seconds


@cache
def known() -> frozenset[str]:
    """The names of all zones. Read once in a process, because every file of the database is opened."""
    return frozenset(available_timezones())


def offsets(zone: str, first: datetime, last: datetime) -> list[tuple[datetime, timedelta]]:
    """The zone's offsets from UTC between two instants, in order, each with the UTC instant until which it lasts."""
    there = ZoneInfo(zone)

    def offset(at: datetime) -> timedelta:
        return at.astimezone(there).utcoffset() or timedelta()

    found, at = [], first.replace(microsecond=0)
    while at <= last:
        least, most = 0, _DAY
        while offset(at + timedelta(seconds=most)) != offset(at) and most - least > 1:
            middle = (least + most) // 2
            is_same = offset(at + timedelta(seconds=middle)) == offset(at)
            least, most = (middle, most) if is_same else (least, middle)
        until = at + timedelta(seconds=most)
        if offset(until) != offset(at) or until > last:
            found.append((until, offset(at)))
        at = until
    return found
