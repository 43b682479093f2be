"""A pledge and a report against raw Flask that writes the same rows into the same tables, on both databases."""

import secrets
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median, quantiles
from urllib.parse import urlencode

from itsdangerous import URLSafeSerializer

from benchmarks.postgres import a_postgres
from benchmarks.servers import Ask, Server, in_turn, ratio
from benchmarks.table import judge, judge_at_least, report
from ua_tracker import create_app, tally
from ua_tracker.database import db
from ua_tracker.models import Recipient

PAGE = "/en/actions/ua-12-26"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
HTMX = {**FORM, "HX-Request": "true"}
WRITES, ROUNDS = 300, 7
# Of the limit's rate at least, and of its CPU time at most, by database; the CPU time on PostgreSQL is reported.
RATE, CPU = {"SQLite": 0.65, "PostgreSQL": 0.6}, {"SQLite": 2.4}


def measure(prepared: Callable[..., dict[str, str]]) -> None:
    """Sends rounds of both in turn over 16 connections, and checks that the tally equals the ledger."""
    for name in RATE:
        with ExitStack() as held:
            folder, of_limit = (Path(held.enter_context(tempfile.TemporaryDirectory())) for _ in range(2))
            environ, address = prepared(folder), str(of_limit / "ua_tracker.db")
            if name == "PostgreSQL":
                ours, theirs = (held.enter_context(a_postgres()) for _ in range(2))
                environ, address = prepared(folder, DATABASE_URL=ours.url), theirs.url
                prepared(of_limit, DATABASE_URL=theirs.url)
            else:
                prepared(of_limit)
            _compare(name, environ, address)
            with create_app(environ).app_context():
                judge(f"{name}: tallies that differ from the ledger", len(tally.check(db.session())), 0)


def _compare(name: str, environ: dict[str, str], address: str) -> None:
    limit, site = Server("benchmarks.limits:rows", RAW_DATABASE=address), Server("app:app", **environ)
    limit.wait("/")
    site.wait(f"{PAGE}/counter")
    forms = Forms(environ)
    speeds: dict[str, list[float]] = {}
    latencies: dict[str, list[float]] = {}

    def sent(what: str, server: Server, asks: list[Ask]) -> float:
        began = time.perf_counter()
        spent, taken, bad = server.ask(asks)
        speeds.setdefault(what, []).append(len(asks) / (time.perf_counter() - began))
        latencies.setdefault(what, []).extend(taken)
        if bad:
            judge(f"{name}: answers to a {what} that were not good", bad, 0)
        return spent

    raw = [Ask("POST", path, urlencode({"name": "Amal", "letters": 3}), FORM, 303) for path in ("/pledges", "/letters")]
    measured = in_turn(
        {
            "raw pledge": lambda: sent("raw pledge", limit, [raw[0]] * WRITES),
            "pledge": lambda: sent("pledge", site, [forms.pledge() for _ in range(WRITES)]),
            "pledge, htmx": lambda: sent("pledge, htmx", site, [forms.pledge(htmx=True) for _ in range(WRITES)]),
            "raw report": lambda: sent("raw report", limit, [raw[1]] * WRITES),
            "report": lambda: sent("report", site, [forms.report() for _ in range(WRITES)]),
        },
        ROUNDS,
    )
    for what, values in measured.items():
        report(f"{name}: {what}", median(values), "µs of CPU a request")
    for what, least in (("pledge", "raw pledge"), ("pledge, htmx", "raw pledge"), ("report", "raw report")):
        _judge(name, what, ratio(measured, what, least), ratio(speeds, what, least))
        report(f"{name}: {what}, 99th percentile", quantiles(latencies[what], n=100)[98], "s")
    limit.stop()
    site.stop()


def _judge(name: str, what: str, cpu: float, rate: float) -> None:
    """The answer of htmx is a page of thanks with the counter, and not the redirect of the limit: it is reported."""
    rate_said, cpu_said = (f"{name}: {what} / the same rows, {of}" for of in ("rate", "CPU"))
    if what.endswith("htmx"):
        report(rate_said, rate, "")
        report(cpu_said, cpu, "")
        return
    judge_at_least(rate_said, rate, RATE[name])
    if name in CPU:
        judge(cpu_said, cpu, CPU[name])
    else:
        report(cpu_said, cpu, "")


class Forms:
    """Filled forms, each with a once-only key of its own, signed as the site signs them."""

    def __init__(self, environ: dict[str, str]) -> None:
        app = create_app(environ)
        with app.app_context():
            self._whom = ",".join(str(number) for number in db.session().scalars(db.select(Recipient.id)))
            db.engine.dispose()
        self._secret = app.config["SECRET_KEY"]
        self._day = str(datetime.now(UTC).date() - timedelta(1))

    def pledge(self, *, htmx: bool = False) -> Ask:
        """A pledge without an address."""
        values = {"name": "Amal", "letters": 3, "email_asked": "-", **self._keys("pledge ua-12-26")}
        return Ask("POST", f"{PAGE}/pledges", urlencode(values), HTMX if htmx else FORM, 200 if htmx else 303)

    def report(self) -> Ask:
        """Letters to the target, without an address."""
        values = {"letters-1": 3, "whom": self._whom, "channel": "post", "sent_on": self._day, "email_asked": "-"}
        return Ask("POST", f"{PAGE}/letters", urlencode({**values, **self._keys("report ua-12-26 -")}), FORM, 303)

    def _keys(self, purpose: str) -> dict[str, str]:
        key = secrets.token_urlsafe(24)
        signer = URLSafeSerializer([self._secret], salt=f"form\0{purpose}\0{key}")
        return {"once_key": key, "csrf_token": str(signer.dumps(int(time.time()) - 10))}
