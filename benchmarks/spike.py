"""A campaign that catches fire: thousands watch the counter while thousands a minute pledge, on both databases."""

import os
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from statistics import median, quantiles

from sqlalchemy import func, select

from benchmarks.crowd import COMING, Seen, ready, supporters, viewers
from benchmarks.postgres import Postgres, a_postgres
from benchmarks.servers import Server
from benchmarks.table import report
from ua_tracker import create_app, tally
from ua_tracker.database import db
from ua_tracker.models import Pledge

PAGE = "/en/actions/ua-12-26"
COUNTER = f"{PAGE}/counter"
CONNECTIONS = 1.05  # a viewer, at most
Judge = Callable[[str, float, float], None]


@dataclass(frozen=True)
class Size:
    """How large a spike is: pledges a minute, viewers, seconds; and the database that it is measured on, by name."""

    pledges: int = 2000
    viewers: int = 5000
    seconds: int = 30
    on: str = "sqlite"

    @classmethod
    def asked(cls) -> "Size | None":
        """The size that the environment asks for, as SPIKE_PLEDGES=12000; None if it asks for none."""
        numbers = {name: int(os.environ[f"SPIKE_{name.upper()}"]) for name in
                   ("pledges", "viewers", "seconds") if f"SPIKE_{name.upper()}" in os.environ}  # fmt: skip
        on = {"on": os.environ["SPIKE_ON"]} if "SPIKE_ON" in os.environ else {}
        return cls(**numbers, **on) if numbers or on else None


# What a campaign must carry: an ordinary one on both databases, the most of each, and a crowd that mostly watches.
SIZES = (
    Size(),
    Size(on="postgresql"),
    Size(pledges=12_000),
    Size(pledges=4_000, on="postgresql"),
    Size(pledges=600, viewers=10_000),
)


def measure(prepared: Callable[..., dict[str, str]], judge: Judge) -> None:
    """Lets each crowd loose. Judges that nothing was lost, doubled or refused; times are reported."""
    asked = Size.asked()
    for size in (asked,) if asked else SIZES:
        with ExitStack() as held:
            folder = Path(held.enter_context(tempfile.TemporaryDirectory()))
            database = held.enter_context(a_postgres()) if size.on == "postgresql" else None
            more = {"DATABASE_URL": database.url} if database else {}
            environ = prepared(folder, RATELIMIT_ENABLED="yes", TRUSTED_PROXIES="1", **more)
            title = f"{size.on}, {size.pledges:,} a minute, {size.viewers:,} viewers"
            watching, writing = _let_loose(environ, size, database, title)
            _report(title, watching, writing, size)
            _check(environ, watching, writing, size, partial(_judged, judge, title))


def _judged(judge: Judge, title: str, name: str, value: float, bar: float) -> None:
    judge(f"{title}: {name}", value, bar)


def _let_loose(environ: dict[str, str], size: Size, database: Postgres | None, title: str) -> tuple[Seen, Seen]:
    site = Server("app:app", **environ)
    site.wait(COUNTER)
    spent, of_database = site.processor_seconds(), database.processor_seconds() if database else 0.0
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        for started in [pool.submit(ready) for _ in range(2)]:
            started.result()
        begins = time.time() + 1 + size.viewers / COMING
        watching = pool.submit(viewers, site.port, COUNTER, size.viewers, begins, size.seconds)
        writing = pool.submit(supporters, site.port, PAGE, size.pledges, begins, size.seconds)
        both = watching.result(), writing.result()
    report(f"{title}: cores that the web server used", (site.processor_seconds() - spent) / size.seconds, "")
    if database:
        of_postgres = (database.processor_seconds() - of_database) / size.seconds
        report(f"{title}: cores that PostgreSQL used", of_postgres, "")
    site.stop()
    return both


def _report(title: str, watching: Seen, writing: Seen, size: Size) -> None:
    for who, seen in (("viewers", watching), ("supporters", writing)):
        for kind, seconds in seen.seconds.items():
            report(f"{title}: {kind}, answers", len(seconds) / size.seconds, "a second")
            report(f"{title}: {kind}, median", median(seconds), "s")
            report(f"{title}: {kind}, 99th percentile", _ninety_nine(seconds), "s")
            report(f"{title}: {kind}, longest", max(seconds), "s")
        report(f"{title}: lateness of the {who} themselves, 99th percentile", _ninety_nine(seen.late), "s")


def _ninety_nine(seconds: list[float]) -> float:
    return quantiles(seconds, n=100)[98] if len(seconds) > 1 else seconds[0]


def thanked_and_stored(environ: dict[str, str], writing: Seen) -> dict[str, int]:
    """What must be 0 when whoever was thanked is stored once and the tally equals the ledger."""
    with create_app(environ).app_context():
        counted = select(Pledge.name, func.count()).group_by(Pledge.name)
        stored = dict(db.session.execute(counted).tuples().all())
        return {
            "supporters thanked who are not stored": sum(name not in stored for name in writing.thanked),
            "supporters stored twice": sum(count > 1 for count in stored.values()),
            "tallies that differ from the ledger": len(tally.check(db.session())),
        }


def _check(environ: dict[str, str], watching: Seen, writing: Seen, size: Size, judge: Judge) -> None:
    """Whoever was thanked is stored once, and the tally equals the ledger."""
    for name, value in thanked_and_stored(environ, writing).items():
        judge(name, value, 0)
    judge("numbers that went back for a viewer", watching.backwards, 0)
    lost = watching.lost + writing.lost
    refused = [status for seen in (watching, writing) for (_, status) in seen.statuses.elements() if status >= 400]
    judge("answers of 4xx and 5xx, or none", len(refused) + lost, 0)
    judge("connections a viewer", watching.connections / max(1, size.viewers), CONNECTIONS)
