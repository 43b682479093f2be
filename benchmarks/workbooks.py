"""A workbook of a million pledges, against the CSV of the same rows from the same server, in CPU time."""

import http.client
import tempfile
import threading
import time
from collections.abc import Callable
from functools import partial
from statistics import median, quantiles

from benchmarks import exports
from benchmarks.servers import Ask, Server, in_turn, ratio
from benchmarks.signed_in import cookie_of
from benchmarks.table import report

ROUNDS = 3
PATHS = {"CSV": exports.PATH, "workbook": exports.PATH.replace(".csv", ".xlsx")}
COUNTER = "/en/actions/ua-12-26/counter"
TIMES, GROWTH = 3.0, 60.0


def measure(judge: Callable[[str, float, float], None]) -> None:
    """Downloads both in turn; meanwhile somebody looks at the counter all the time."""
    with tempfile.TemporaryDirectory() as name:
        environ = {"INSTANCE_PATH": name, "RATELIMIT_ENABLED": "no", "LOG_LEVEL": "ERROR"}
        exports.filled(environ)
        served = Server("app:app", **environ)
        served.wait(COUNTER)
        signed_in = {"Cookie": cookie_of(served)}
        before = exports.memory(served, "VmRSS")
        seen: dict[str, list[float]] = {kind: [] for kind in PATHS}
        cases = {kind: partial(_downloaded, served, kind, signed_in, seen[kind]) for kind in PATHS}
        spent = in_turn(cases, ROUNDS)
        for kind, seconds in spent.items():
            report(f"{exports.ROWS:,} pledges, {kind}, CPU time", median(seconds), "s")
        judge("workbook / CSV, CPU time", ratio(spent, "workbook", "CSV"), TIMES)
        grown = max(after - start for after, start in zip(exports.memory(served, "VmHWM"), before, strict=True))
        judge("growth of a worker's memory at its peak, MB", grown, GROWTH)
        for kind, latencies in seen.items():
            report(f"counter during a {kind}, 99 of 100 are answered within", quantiles(latencies, n=100)[98], "s")
        served.stop()


def _downloaded(served: Server, kind: str, signed_in: dict[str, str], seen: list[float]) -> float:
    """CPU seconds of the server for one whole file, less what the counter cost before it for as many requests."""
    each, _, _ = served.ask([Ask("GET", COUNTER)] * 400, connections=1)
    done, before = threading.Event(), served.processor_seconds()
    looking = threading.Thread(target=_look, args=(served, seen, done))
    known = len(seen)
    looking.start()
    size = _read(served, PATHS[kind], signed_in)
    spent = served.processor_seconds() - before
    done.set()
    looking.join()
    report(f"size of a {kind}", size / 1e6, "MB")
    return spent - (len(seen) - known) * each / 1e6


def _read(served: Server, path: str, signed_in: dict[str, str]) -> int:
    """The bytes of a whole file. One that was cut ends the run."""
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=60)
    connection.request("GET", path, headers=signed_in)
    answer, size = connection.getresponse(), 0
    if answer.status != 200:
        raise SystemExit(f"{path} is answered with {answer.status}")
    while part := answer.read(1 << 18):
        size += len(part)
    return size


def _look(served: Server, seen: list[float], done: threading.Event) -> None:
    """Asks for the counter on one connection, a hundred times a second."""
    while not done.wait(0.01):
        began = time.perf_counter()
        served.ask([Ask("GET", COUNTER)], connections=1)
        seen.append(time.perf_counter() - began)
