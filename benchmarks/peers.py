"""Another petition system beside ours: its page, and a supporter who opens it and sends its form.

The other system is not part of this project; whoever measures sets it up. For Pytition 2.9 (a Django project): unpack
its source, install what its project file asks for into an environment of its own, take PostgreSQL or SQLite as its
database, `DEBUG = False`, `python manage.py migrate` and `collectstatic`, and an e-mail backend that sends nothing.
Make one published petition, give it signatures (`manage.py gen_sig 1 -n 20000`), lift its limit of signatures for one
address and day, and serve it by gunicorn as ours is served: 2 workers, gthread, 8 threads. Then name its page and the
process number of its gunicorn:

    PEER_PAGE=http://127.0.0.1:8100/petition/1/ PEER_PID=4711 python -m benchmarks peers

Any system works whose page holds an HTML form that a script can fill: hidden fields are sent as they are, an e-mail
field gets an address of its own each time, every other text field a name.
"""

import http.client
import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from statistics import median
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

from benchmarks.servers import Server, in_turn, ratio, seconds_of
from benchmarks.table import judge_at_least, report

PAGES, SUPPORTERS, CONNECTIONS = 96, 32, 16
PAGE_BAR, SUPPORTER_BARS = 20.0, {"sqlite": 40.0, "postgresql": 25.0}
OURS, PEER = "ours", "peer"


@dataclass(frozen=True)
class Site:
    """A running system: where its page is, the process whose children answer, and the CPU µs of a page, by round."""

    port: int
    path: str
    master: int
    spent: list[float] = field(default_factory=list)

    def pages(self) -> float:
        """Seconds for one page, with all connections in use."""
        before = sum(map(seconds_of, self._processes()))
        each = self._timed(self._page, PAGES)
        self.spent.append((sum(map(seconds_of, self._processes())) - before) / PAGES * 1e6)
        return each

    def supporters(self) -> float:
        """Seconds for one supporter: the page, then its form sent with an address of its own."""
        return self._timed(self._support, SUPPORTERS)

    def _processes(self) -> list[int]:
        children = Path(f"/proc/{self.master}/task/{self.master}/children").read_text().split()
        return [self.master, *map(int, children)]

    def _page(self, connection: http.client.HTTPConnection) -> tuple[str, str]:
        connection.request("GET", self.path)
        answer = connection.getresponse()
        text = answer.read().decode()
        if answer.status != 200:
            raise SystemExit(f"{self.path} answered {answer.status}")
        return text, (answer.headers["Set-Cookie"] or "").partition(";")[0]

    def _support(self, connection: http.client.HTTPConnection) -> None:
        page, cookie = self._page(connection)
        action, values = filled(page)
        origin = f"http://127.0.0.1:{self.port}"
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Referer": origin + self.path, "Origin": origin}
        connection.request(
            "POST", action or self.path, urlencode(values), headers | ({"Cookie": cookie} if cookie else {})
        )
        answer = connection.getresponse()
        answer.read()
        if answer.status not in (200, 201, 302, 303):
            raise SystemExit(f"the form of {self.path} answered {answer.status}")

    def _timed(self, act: Callable[[http.client.HTTPConnection], object], times: int) -> float:
        began = time.perf_counter()
        with ThreadPoolExecutor(CONNECTIONS) as pool:
            list(pool.map(self._in_turn, [act] * CONNECTIONS, [times // CONNECTIONS] * CONNECTIONS))
        return (time.perf_counter() - began) / (times // CONNECTIONS * CONNECTIONS)

    def _in_turn(self, act: Callable[[http.client.HTTPConnection], object], times: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        for _ in range(times):
            act(connection)
        connection.close()


class _Forms(HTMLParser):
    """The longest form of a page that is sent by POST."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self._is_inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Takes up a form, or a field of the form that is open."""
        named = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._is_inside = named.get("method", "").lower() == "post"
            if self._is_inside:
                self.found.append((urlsplit(named.get("action", "")).path, {}))
        elif tag == "input" and self._is_inside and named.get("name"):
            self._take(named, self.found[-1][1])

    def handle_endtag(self, tag: str) -> None:
        """Ends a form."""
        if tag == "form":
            self._is_inside = False

    @staticmethod
    def _take(named: dict[str, str], values: dict[str, str]) -> None:
        kind = named.get("type", "text")
        if kind == "email":
            values[named["name"]] = f"amal-{uuid4().hex}@example.org"
        elif kind == "number":
            values[named["name"]] = named.get("value") or "3"
        elif kind == "hidden":
            values[named["name"]] = named.get("value", "")
        elif kind == "text":
            # A field that people do not see is a trap for programs.
            values[named["name"]] = "" if named.get("tabindex") == "-1" else "Amal"


def filled(page: str) -> tuple[str, dict[str, str]]:
    """The path and the values of the page's longest form. Raises SystemExit when there is none."""
    forms = _Forms()
    forms.feed(page)
    if not forms.found:
        raise SystemExit("the page of the peer holds no form")
    return max(forms.found, key=lambda form: len(form[1]))


def measure(server: Server, path: str, database: str) -> None:
    """Both in turn, over connections of the same number. Without a peer it says what is missing."""
    page, pid = os.environ.get("PEER_PAGE"), os.environ.get("PEER_PID")
    if not page or not pid:
        print("peers: PEER_PAGE and PEER_PID name no other system, so none is measured (benchmarks/peers.py says how)")
        return
    found = urlsplit(page)
    ours, peer = Site(server.port, path, server.process.pid), Site(found.port or 80, found.path, int(pid))
    pages = in_turn({OURS: ours.pages, PEER: peer.pages}, 5)
    supporters = in_turn({OURS: ours.supporters, PEER: peer.supporters}, 3)
    for name, site in ((PEER, peer), (OURS, ours)):
        report(f"page with form, {name}", 1 / median(pages[name]), "a second")
        report(f"page with form, {name}, CPU", median(site.spent), "µs of CPU")
        report(f"supporters (page, then form), {name}", 1 / median(supporters[name]), "a second")
    judge_at_least("rate of our page / the peer's", ratio(pages, PEER, OURS), PAGE_BAR)
    judge_at_least("rate of our supporters / the peer's", ratio(supporters, PEER, OURS), SUPPORTER_BARS[database])
