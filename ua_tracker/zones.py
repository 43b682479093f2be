"""The names of the time zones in this machine's copy of the IANA time zone database."""

from functools import cache
from zoneinfo import available_timezones


@cache
def known() -> frozenset[str]:
    """The names of all zones. Read once in a process, because every file of the database is opened."""
    return frozenset(available_timezones())
