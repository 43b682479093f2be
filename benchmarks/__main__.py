"""Runs the benchmarks, prints their figures and writes them into docs/performance.md; exit code 1 for a missed bar."""

import http.client
import re
import shutil
import sys
import tempfile
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from random import randrange
from statistics import median
from urllib.parse import urlencode

from flask_migrate import upgrade

from benchmarks import (
    backups,
    edge,
    exports,
    ledger,
    limiting,
    million,
    peers,
    postgres,
    purging,
    reading,
    spike,
    workbooks,
    worker,
    writing,
)
from benchmarks.servers import Ask, Server, in_turn, ratio
from benchmarks.table import TABLE, begin, judge, report
from tests.factories import NOTHING_HELD, a_group, a_report, an_action
from ua_tracker import create_app, tally
from ua_tracker.database import db

COUNTER = "/en/actions/ua-12-26/counter"
PAGE = "/en/actions/ua-12-26"
JSON = "/api/v1/actions/ua-12-26"
OTHER_VIEWS = {
    "JSON": JSON,
    "embed": "/en/embed/ua-12-26",
    "embed of a group": "/en/embed/ua-12-26?group=montreal",
    "badge": "/actions/ua-12-26/badge.svg",
}
PAGES = {
    "action page": PAGE,
    "action page of a group": f"{PAGE}?group=montreal",
    "report form": f"{PAGE}/letters",
    "share page": f"{PAGE}/share",
    "front page": "/en/",
}
HELLO = "Flask's hello, world"
BAR, OTHER_BAR, PAGE_BAR = 0.4, 1.5, 2
WRITES = 200
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def main(chosen: list[str]) -> None:
    """Runs the benchmarks with these names, or all."""
    known = {
        "site": site,
        "exports": lambda: exports.measure(judge),
        "workbooks": lambda: workbooks.measure(judge),
        "ledger": lambda: ledger.measure(judge),
        "purging": lambda: purging.measure(judge),
        "backups": lambda: backups.measure(judge),
        "limiting": limited,
        "reading": lambda: reading.measure(judge),
        "million": lambda: million.measure(judge),
        "peers": beside_peers,
        "postgres": lambda: postgres.measure(prepared, judge),
        "writing": lambda: writing.measure(prepared),
        "spike": lambda: spike.measure(prepared, judge),
        "edge": lambda: edge.measure(prepared),
    }
    unknown = set(chosen) - set(known)
    if unknown:
        raise SystemExit(f"There is no benchmark {', '.join(sorted(unknown))}. There are: {', '.join(known)}")
    for name in chosen or known:
        begin(name)
        known[name]()
        TABLE.write()
    sys.exit(1 if TABLE.has_missed else 0)


def site() -> None:
    """Prepares a database in a folder of its own, measures, and checks that nothing was lost."""
    if shutil.which("wrk") is None:
        raise SystemExit("The benchmarks need wrk, a load generator. On Debian and Ubuntu: sudo apt install wrk")
    with tempfile.TemporaryDirectory() as name:
        environ = prepared(Path(name))
        reads(environ)
        worker.measure(environ, COUNTER, judge)
        with create_app(environ).app_context():
            judge("tallies that differ from the ledger", len(tally.check(db.session())), 0)


def prepared(folder: Path, **more: str) -> dict[str, str]:
    """The environment of a site with one action in this folder."""
    environ = {"INSTANCE_PATH": str(folder), "RATELIMIT_ENABLED": "no", "LOG_LEVEL": "ERROR", **NOTHING_HELD, **more}
    with create_app(environ).app_context():
        upgrade()
        today = datetime.now(UTC).date()
        action = an_action(db.session(), issued=today - timedelta(9), deadline=today + timedelta(30))
        a_group(db.session())
        a_report(db.session(), action, group="montreal", now=datetime.now(UTC), sent_on=today - timedelta(1))
    return environ


def beside_peers() -> None:
    """The action page and its form beside those of another system."""
    with tempfile.TemporaryDirectory() as name:
        site = Server("app:app", **prepared(Path(name)))
        try:
            site.wait(COUNTER)
            peers.measure(site, PAGE, "sqlite")
        finally:
            site.stop()


def limited() -> None:
    """The same pledge without limits, and with nobody, 10,000 and 100,000 sources known to them."""
    with ExitStack() as held:
        cases = {}
        for known in (None, *limiting.KNOWN):
            folder = Path(held.enter_context(tempfile.TemporaryDirectory()))
            environ = prepared(folder, RATELIMIT_ENABLED="no" if known is None else "yes", TRUSTED_PROXIES="1")
            limiting.fill(folder, known or 0)
            site = Server("app:app", **environ)
            held.callback(site.stop)
            site.wait(COUNTER)
            name = limiting.UNLIMITED if known is None else limiting.named(known)
            cases[name] = partial(_pledges_from_everywhere, site)
        limiting.compare(cases, judge)


def _pledges_from_everywhere(site: Server) -> float:
    """Each pledge from another source, as in a spike."""
    asks = _forms(site)
    for ask in asks:
        ask.headers = {**ask.headers, "X-Forwarded-For": f"198.51.{randrange(256)}.{randrange(256)}"}
    each, _, bad = site.ask(asks)
    judge_errors(bad)
    return each


def reads(environ: dict[str, str]) -> None:
    """The counter, and the pages kept around it, against Flask's hello, world."""
    hello, site = Server("benchmarks.limits:hello"), Server("app:app", **environ)
    hello.wait("/")
    site.wait(COUNTER)
    # As a page with a long poll interval: under this load other pages get a longer interval, and that is not a 204.
    token = _first(site, COUNTER, r"v=([^\"]+)-5")
    measured = in_turn(
        {
            HELLO: lambda: hello.flood("/"),
            "counter, 200": lambda: site.flood(COUNTER),
            "counter, 204": lambda: site.flood(f"{COUNTER}?v={token}-60"),
            **{name: partial(site.flood, path) for name, path in {**OTHER_VIEWS, **PAGES}.items()},
        }
    )
    for name, values in measured.items():
        report(name, median(values), "µs of CPU a request")
    for name in ("counter, 200", "counter, 204"):
        judge(f"{name} / {HELLO}", ratio(measured, name, HELLO), BAR)
    for name in PAGES:
        judge(f"{name} / {HELLO}", ratio(measured, name, HELLO), PAGE_BAR)
    for name in OTHER_VIEWS:
        judge(f"{name} / counter, 200", ratio(measured, name, "counter, 200"), OTHER_BAR)
    hello.stop()
    site.stop()


def judge_errors(bad: int) -> None:
    """An answer that is not the good one is a failure, whatever its speed."""
    if bad:
        judge("answers that were not good", bad, 0)


def _forms(site: Server) -> list[Ask]:
    """As many filled forms as are sent in a round, each with its own once-only key."""
    found = []
    for _ in range(WRITES):
        keys = dict(re.findall(r'name="(csrf_token|once_key)" value="([^"]+)"', _first(site, PAGE, r"([\s\S]+)")))
        found.append(Ask("POST", f"{PAGE}/pledges", urlencode({"name": "Amal", "letters": 3, **keys}), FORM, 303))
    return found


def _first(site: Server, path: str, pattern: str) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=10)
    connection.request("GET", path)
    found = re.search(pattern, connection.getresponse().read().decode())
    connection.close()
    if not found:
        raise SystemExit(f"{path} does not answer as expected")
    return found[1]


main(sys.argv[1:])
