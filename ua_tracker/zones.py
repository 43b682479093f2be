"""Which time zones are there? Those of the IANA time zone database, as this machine has it."""

from functools import cache
from zoneinfo import available_timezones


@cache
def known() -> frozenset[str]:
    """The names of all zones, gathered once in a process: it opens every file of the database."""
    return frozenset(available_timezones())
