"""The time that the limits on writing add to a pledge, with no known source and with 100,000."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from limits import parse_many
from limits.strategies import MovingWindowRateLimiter

from benchmarks.servers import in_turn, ratio
from benchmarks.table import report
from ua_tracker.limit_store import NAME, FileStorage
from ua_tracker.web.rate_limits import WRITING_LIMIT

KNOWN = (0, 10_000, 100_000)
UNLIMITED = "pledge without limits"
FLAT, WHOLE = 1.3, 1.6


def fill(folder: Path, known: int) -> None:
    """Brings the store to so many sources, which have written once each."""
    store = FileStorage(path=folder / NAME, clock=lambda: datetime.now(UTC).timestamp())
    limiter = MovingWindowRateLimiter(store)
    for number in range(known):
        for limit in parse_many(WRITING_LIMIT):
            limiter.hit(limit, f"source {number}", "writing")
    store.close()


def compare(cases: dict[str, Callable[[], float]], judge: Callable[[str, float, float], None]) -> None:
    """Measures in turn the pledge without limits and with so many sources known; `cases` is by these names."""
    measured = in_turn(cases, rounds=5)
    for name, values in measured.items():
        report(name, median(values), "µs of CPU a request")
    for known in KNOWN[1:]:
        judge(f"{named(known)} / {named(0)}", ratio(measured, named(known), named(0)), FLAT)
    judge(f"{named(0)} / {UNLIMITED}", ratio(measured, named(0), UNLIMITED), WHOLE)


def named(known: int) -> str:
    """What the case with so many sources is called."""
    return f"pledge, {known:,} sources known"
