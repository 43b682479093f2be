"""The pages that coordinators ask of an action with a million pledges, each in all its orders."""

import time
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from statistics import median

from flask import Flask
from sqlalchemy import select

from benchmarks import million_rows
from benchmarks.servers import TICKS, in_turn
from tests.factories import PASSWORD
from tests.reader import CoordinatorReader
from ua_tracker import ledger
from ua_tracker.database import reading
from ua_tracker.models import Action
from ua_tracker.web.coordinators import ledger_filter

Judge = Callable[[str, float, float], None]
ROUNDS, TWICE, TRIES = 3, 2.0, 2
PAGES = {"dashboard of an action": "", "plot": "/plot", "not yet reported": "/not-reported"}
ORDERS = {
    noun: tuple(f"{sign}{name}" for name in names for sign in ("-", ""))
    for noun, names in (("pledges", ledger.PLEDGE_SORTS), ("letters", ledger.REPORT_SORTS))
}
LISTS = {"pledges": ledger.pledges, "letters": ledger.reports}
# A filter finds about as many rows of the few as stand on a page, where it can, and the same share of the many; but of
# days, mail domains and sizes the many have more, so that the narrower ones of the many are asked for too.
FILTERS = {
    "all": {},
    "of a group": {"group": "group-1"},
    "of a group that few are in": {"group": "group-{group}"},
    "of no group": {"group": "-"},
    "counted": {"state": "standing"},
    "held": {"state": "held"},
    "held, of a group": {"state": "held", "group": "group-1"},
    "held for a reason": {"held_for": "letters"},
    "taken back": {"state": "void"},
    "withdrawn": {"state": "withdrawn"},
    "of a network": {"like": "{row}"},
    "entered with a key": {"key": str(million_rows.KEY)},
    "of a day": {"first": "{first}", "last": "{last}"},
    "of some hours": {"first": "{first}", "last": "{last}", "first_hour": "8", "last_hour": "17"},
    "of three weeks": {"first": "{weeks}", "last": "{last}"},
    "of a group and a day": {"first": "{first}", "last": "{last}", "group": "group-1"},
    "of a mail domain": {"domain": "example.com"},
    "of a mail domain that fewer have": {"domain": "{domain}"},
    "of a mail domain and a group": {"domain": "example.org", "group": "group-1"},
    "of a mail domain and a day": {"first": "{first}", "last": "{last}", "domain": "example.com"},
    "of five letters or more": {"least": "5"},
    "of many letters": {"least": "{least}"},
    "of one letter": {"most": "1"},
    "reported": {"reported": "yes"},
    "reported, of a group": {"reported": "yes", "group": "group-1"},
    "not reported": {"reported": "no"},
    "found by a name": {"text": "{name}"},
    "found by a last name": {"text": "{name_last}"},
    "found by an address": {"text": "{email}"},
    "found by a mail domain": {"text": "{domain}"},
    "found by two letters": {"text": "ma"},
    "found by one letter": {"text": "m"},
    "found by nothing": {"text": "qqqq"},
}
OF_PLEDGES = {"withdrawn", "reported", "reported, of a group", "not reported"}


def measure(
    app: Flask,
    kind: str,
    today: date,
    numbers: tuple[int, int],
    process: int | None,
    judge: Judge,
    only: frozenset[str] = frozenset(),
) -> None:
    """Judges the processor time of each page; of a list with each filter that of the order in which it is worst.

    Which order that is, is found without the page around the list. `numbers` are those of the pledges of the few and of
    the many, `process` that of PostgreSQL, whose time counts with ours. With `only` the lists of these names alone are
    measured.
    """
    few, many = numbers
    both = _Both(
        app, process, {"few": _values(today, few, few // 4, 6), "many": _values(today, many, few + many // 4, 0)}
    )
    for what, path in PAGES.items():
        if only:
            break
        least, most = both.compared(path, {})
        judge(f"{kind}, {what}: {least:.0f} ms, {most:.0f} ms", most / least, TWICE)
    for noun, orders in ORDERS.items():
        for what, query in FILTERS.items():
            if (noun == "letters" and what in OF_PLEDGES) or (only and f"{noun} {what}" not in only):
                continue
            sorted_by = {order: {**query, "sort": order} for order in orders}
            more = {
                order: both.listed("many", noun, one) - both.listed("few", noun, one)
                for order, one in sorted_by.items()
            }
            order = max(more, key=lambda order: more[order])
            least, most = both.compared(f"/{noun}", sorted_by[order])
            others = f"median of orders {median(more.values()):+.1f} ms"
            judge(f"{kind}, {noun} {what}, by {order}: {least:.0f} ms, {most:.0f} ms ({others})", most / least, TWICE)


class _Both:
    """A coordinator who asks for pages of both actions; `values` is what stands in the filters of each."""

    def __init__(self, app: Flask, process: int | None, values: dict[str, dict[str, str]]) -> None:
        self._app, self._process, self._values = app, process, values
        self._reader = CoordinatorReader(app)
        self._reader.checks = False
        self._reader.sign_in("oda@example.org", PASSWORD)
        self._shown: dict[str, int] = {}

    def compared(self, path: str, query: dict[str, str]) -> tuple[float, float]:
        """Milliseconds for the few and for the many, the best of some rounds."""
        queries = dict.fromkeys(("few", "many"), query)
        for slug in queries:
            self._ask(slug, path, query)
        if self._shown["few"] < self._shown["many"]:
            queries["few"] = {name: value for name, value in query.items() if name == "sort"}
        measured = in_turn({slug: partial(self._ask, slug, path, queries[slug]) for slug in queries}, ROUNDS)
        return min(measured["few"]), min(measured["many"])

    def listed(self, slug: str, noun: str, query: dict[str, str]) -> float:
        """The rule alone, in milliseconds: the better of two times."""
        spent = []
        for _ in range(2):
            filled = self._filled(slug, query)
            with self._app.test_request_context(query_string=filled), reading() as session:
                action = session.scalars(select(Action).where(Action.slug == slug)).one()
                before = _spent(self._process)
                LISTS[noun](session, action, None, ledger_filter.wanted(), sort=query["sort"])
                spent.append((_spent(self._process) - before) * 1e3)
        return min(spent)

    def _ask(self, slug: str, path: str, query: dict[str, str]) -> float:
        filled = self._filled(slug, query)
        before = _spent(self._process)
        answer = self._reader.client.get(f"/en/dashboard/{slug}{path}", query_string=filled)
        if answer.status_code != 200:
            raise SystemExit(f"{slug}{path} {filled} was not answered well")
        spent = (_spent(self._process) - before) * 1e3
        self._shown[slug] = answer.get_data(as_text=True).count('name="row"')
        return spent

    def _filled(self, slug: str, query: dict[str, str]) -> dict[str, str]:
        return {name: value.format(**self._values[slug]) for name, value in query.items()}


def _values(today: date, number: int, row: int, days: int) -> dict[str, str]:
    """What the filters ask for: of the few a week, of the many a day, and names and addresses that are there."""
    name, email = million_rows.named(row)
    last, is_few = today - timedelta(30), days > 0
    held = row + (million_rows.HELD - row) % 20
    return {
        "name": name,
        "name_last": name.split()[1],
        "email": email,
        "row": str(held),
        "first": str(last - timedelta(days)),
        "weeks": str(last - timedelta(20)),
        "last": str(last),
        "domain": "example.com" if is_few else "example.net",
        "group": "1" if is_few else str(million_rows.GROUPS),
        "least": "400" if is_few else "498",
    }


def _spent(process: int | None) -> float:
    """Seconds of processor time so far: of this process, and of PostgreSQL's with those that have ended."""
    ours = time.process_time()
    if process is None:
        return ours
    ended = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[13:15]
    children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    return ours + sum(map(int, ended)) / TICKS + sum(_nanoseconds(child) for child in children) / 1e9


def _nanoseconds(process: str) -> int:
    try:
        return int(Path(f"/proc/{process}/schedstat").read_text().split()[0])
    except FileNotFoundError:
        return 0
