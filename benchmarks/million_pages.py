"""The pages that coordinators ask of an action with a million pledges, each in all its orders."""

import time
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from statistics import median

from flask import Flask

from benchmarks import million_rows
from benchmarks.servers import TICKS, in_turn
from tests.factories import PASSWORD
from tests.reader import CoordinatorReader

Judge = Callable[[str, float, float], None]
ROUNDS, TWICE, TRIES = 3, 2.0, 2
PAGES = {"dashboard of an action": "", "plot": "/plot", "not yet reported": "/not-reported"}
ORDERS = {
    "pledges": ("-made", "made", "name", "-name", "letters", "-letters"),
    "letters": ("-made", "made", "name", "-name", "letters", "-letters", "sent_on", "-sent_on", "people", "-people"),
}
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


def measure(app: Flask, kind: str, today: date, few: int, many: int, process: int | None, judge: Judge) -> None:
    """Judges the processor time of each page; of a list that of the order in which the million costs most.

    `process` is that of PostgreSQL, whose time counts with ours.
    """
    reader = CoordinatorReader(app)
    reader.checks = False
    reader.sign_in("oda@example.org", PASSWORD)
    values = {"few": _values(today, few, few // 2, 6), "many": _values(today, many, few + many // 2, 0)}

    shown: dict[str, int] = {}

    def ask(slug: str, path: str, query: dict[str, str]) -> float:
        filled = {name: value.format(**values[slug]) for name, value in query.items()}
        before = _spent(process)
        answer = reader.client.get(f"/en/dashboard/{slug}{path}", query_string=filled)
        if answer.status_code != 200:
            raise SystemExit(f"{slug}{path} {filled} was not answered well")
        spent = (_spent(process) - before) * 1e3
        shown[slug] = answer.get_data(as_text=True).count('name="row"')
        return spent

    def compared(path: str, query: dict[str, str]) -> tuple[float, float]:
        queries = dict.fromkeys(("few", "many"), query)
        for slug in queries:
            ask(slug, path, query)
        if shown["few"] < shown["many"]:
            queries["few"] = {name: value for name, value in query.items() if name == "sort"}
        measured = in_turn({slug: partial(ask, slug, path, queries[slug]) for slug in queries}, ROUNDS)
        return min(measured["few"]), min(measured["many"])

    for what, path in PAGES.items():
        least, most = compared(path, {})
        judge(f"{kind}, {what}: {least:.0f} ms, {most:.0f} ms", most / least, TWICE)
    for noun, orders in ORDERS.items():
        for what, query in FILTERS.items():
            if noun == "letters" and what in OF_PLEDGES:
                continue
            found = {order: compared(f"/{noun}", {**query, "sort": order}) for order in orders}
            order, (least, most) = max(found.items(), key=lambda one: one[1][1] / one[1][0])
            others = median(one[1] / one[0] for one in found.values())
            name = f"{kind}, {noun} {what}, by {order}: {least:.0f} ms, {most:.0f} ms (median of orders {others:.2f})"
            judge(name, most / least, TWICE)


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
