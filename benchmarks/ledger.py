"""The list of pledges of an action that has 100,000, against one of 1,000; and its plot, against the bare sums."""

import sqlite3
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from statistics import median

from flask_migrate import upgrade

from benchmarks.servers import Ask, Server, in_turn, ratio
from benchmarks.signed_in import cookie_of, ready
from benchmarks.table import report
from tests.factories import an_action
from ua_tracker import create_app
from ua_tracker.database import db

FEW, MANY, ASKS, DAYS = 1_000, 100_000, 40, 300
BAR, PLOT_BAR = 2.0, 4.0
SUMS = (
    "SELECT substr(made_at, 1, 10), sum(letters) FROM pledges WHERE action_id = 2 GROUP BY 1",
    "SELECT sent_on, sum(lines.letters) FROM reports JOIN report_lines lines ON report_id = id WHERE action_id = 2"
    " GROUP BY 1",
)
LISTS = {"list": "", "list of a group": "?group=group-1", "list by name": "?sort=name"}


def measure(judge: Callable[[str, float, float], None]) -> None:
    """Fills both actions and asks for their lists in turn."""
    with tempfile.TemporaryDirectory() as name:
        environ = {"INSTANCE_PATH": name, "RATELIMIT_ENABLED": "no", "LOG_LEVEL": "ERROR"}
        path = _fill(environ)
        served = Server("app:app", **environ)
        served.wait("/en/actions/few/counter")
        headers = {"Cookie": cookie_of(served)}

        def ask(slug: str, query: str) -> float:
            wanted = Ask("GET", f"/en/dashboard/{slug}/pledges{query}", headers=headers)
            each, _, bad = served.ask([wanted] * ASKS, connections=2)
            if bad:
                raise SystemExit("a list was not answered well")
            return each

        for what, query in LISTS.items():
            measured = in_turn({slug: partial(ask, slug, query) for slug in ("few", "many")})
            for slug, number in (("few", FEW), ("many", MANY)):
                report(f"{what}, {number:,} pledges", median(measured[slug]), "µs of CPU")
            # Sorting by name reads them all: it is reported, not judged.
            if query != "?sort=name":
                judge(f"{what}: {MANY:,} pledges / {FEW:,}", ratio(measured, "many", "few"), BAR)
        _measure_plot(served, headers, path, judge)
        served.stop()


def _measure_plot(
    served: Server, headers: dict[str, str], path: str, judge: Callable[[str, float, float], None]
) -> None:
    """The plot with its tables as the page asks for it, against the two sums that it cannot do without."""
    connection = sqlite3.connect(path)

    def least() -> float:
        before = time.process_time()
        for query in SUMS:
            connection.execute(query).fetchall()
        return (time.process_time() - before) * 1e6

    def plot() -> float:
        each, _, bad = served.ask([Ask("GET", "/en/dashboard/many/plot", headers=headers)] * 4, connections=2)
        if bad:
            raise SystemExit("a plot was not answered well")
        return each

    measured = in_turn({"two bare sums": least, "plot": plot})
    connection.close()
    for what, spent in measured.items():
        report(f"{what}, {MANY:,} pledges and reports", median(spent), "µs of CPU")
    judge("plot / two bare sums", ratio(measured, "plot", "two bare sums"), PLOT_BAR)


def _fill(environ: dict[str, str]) -> str:
    """Both actions with their rows; answers where the database is."""
    app = create_app(environ)
    with app.app_context():
        upgrade()
        today = datetime.now(UTC).date()
        for slug in ("few", "many"):
            an_action(db.session(), slug=slug, issued=today - timedelta(9), deadline=today + timedelta(30))
        ready(db.session())
        path = str(db.engine.url.database)
        db.session.remove()
        db.engine.dispose()
    connection = sqlite3.connect(path)
    connection.executemany("INSERT INTO groups (id, slug, name) VALUES (?, ?, ?)",
                           ((n, f"group-{n}", f"Group {n}") for n in range(1, 21)))  # fmt: skip
    connection.executemany(
        "INSERT INTO pledges (action_id, group_id, name, email, email_key, letters, language, once_key, made_at)"
        " VALUES (?1, ?2, ?3, ?4, ?4, 3, 'en', ?5, ?6)",
        ((1 if n < FEW else 2, n % 21 or None, f"Zoé {n}", f"zoe-{n}@example.org", str(n),
          f"{today - timedelta(n % DAYS)} 00:00:00.000000") for n in range(FEW + MANY)),
    )  # fmt: skip
    [minister] = connection.execute("SELECT id FROM recipients WHERE action_id = 2 AND kind = 'target'").fetchone()
    connection.executemany(
        "INSERT INTO reports (id, action_id, channel, sent_on, people, letters, once_key, reported_at)"
        " VALUES (?1, 2, 'post', ?2, 1, 2, ?1, ?2 || ' 00:00:00.000000')",
        ((n, str(today - timedelta(n % DAYS))) for n in range(1, MANY + 1)),
    )
    connection.executemany("INSERT INTO report_lines VALUES (?, ?, 2)", ((n, minister) for n in range(1, MANY + 1)))
    connection.commit()
    connection.close()
    recounted = app.test_cli_runner().invoke(args=["tally", "recount"])
    if recounted.exit_code:
        raise SystemExit(recounted.output)
    return path
