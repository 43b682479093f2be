"""The cost of reading a request before it gets a thread: our worker against gunicorn's own threaded one.

Each request differs from the one before on its connection, since our worker does not read the same bytes again.
"""

from collections.abc import Callable
from functools import partial
from statistics import median

from benchmarks.servers import Ask, Server, in_turn, ratio
from benchmarks.table import report

BAR = 1.15
REQUESTS, CONNECTIONS = 4096, 16
OURS, PLAIN = "our worker", "gunicorn's gthread"


def measure(environ: dict[str, str], path: str, judge: Callable[[str, float, float], None]) -> None:
    """Asks both for the counter on kept connections, in turn; judges the CPU time of a request."""
    anew = [Ask("GET", path), Ask("GET", path, headers={"Accept": "text/html"})]
    ours, plain = Server("app:app", **environ), Server("app:app", "gthread", **environ)
    ours.wait(path)
    plain.wait(path)

    def each(server: Server) -> float:
        spent, _, bad = server.ask(_in_order(anew))
        if bad:
            judge("answers that were not good", bad, 0)
        return spent

    measured = in_turn({PLAIN: partial(each, plain), OURS: partial(each, ours)})
    for name, values in measured.items():
        report(name, median(values), "µs of CPU a request")
    judge(f"{OURS} / {PLAIN}, counter", ratio(measured, OURS, PLAIN), BAR)
    ours.stop()
    plain.stop()


def _in_order(two: list[Ask]) -> list[Ask]:
    """So many requests that each of the connections gets the one and the other in turn."""
    return [ask for _ in range(REQUESTS // 2 // CONNECTIONS) for ask in two for _ in range(CONNECTIONS)]
