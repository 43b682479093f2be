"""The list of pledges of an action that has 100,000, against the same list of one that has 1,000."""

import sqlite3
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from statistics import median

from flask_migrate import upgrade

from benchmarks.servers import Ask, Server, in_turn, ratio
from benchmarks.signed_in import cookie_of, ready
from tests.factories import an_action
from ua_tracker import create_app
from ua_tracker.database import db

FEW, MANY, ASKS = 1_000, 100_000, 40
BAR = 2.0
LISTS = {"list": "", "list of a group": "?group=group-1", "list by name": "?sort=name"}


def measure(judge: Callable[[str, float, float], None]) -> None:
    """Fills both actions and asks for their lists in turn."""
    with tempfile.TemporaryDirectory() as name:
        environ = {"INSTANCE_PATH": name, "RATELIMIT_ENABLED": "no", "LOG_LEVEL": "ERROR"}
        _fill(environ)
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
                print(f"{f'{what}, {number:,} pledges':<58} {median(measured[slug]):8.0f} µs of CPU")
            # Sorting by name reads them all: it is reported, not judged.
            if query != "?sort=name":
                judge(f"{what}: {MANY:,} pledges / {FEW:,}", ratio(measured, "many", "few"), BAR)
        served.stop()


def _fill(environ: dict[str, str]) -> None:
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
        ((1 if n < FEW else 2, n % 21 or None, f"Zoé {n}", f"zoe-{n}@example.org", str(n), f"{today} 00:00:00.000000")
         for n in range(FEW + MANY)),
    )  # fmt: skip
    connection.commit()
    connection.close()
