"""Servers to measure and the client that asks them."""

import http.client
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from statistics import median

from ua_tracker.serving import OPTIONS

_LENGTH = re.compile(rb"content-length: (\d+)", re.IGNORECASE)
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Ask:
    """One request, and the status that is a good answer."""

    method: str
    path: str
    body: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    status: int = 200

    @cached_property
    def wire(self) -> bytes:
        """The request as it goes over the wire (RFC 9112)."""
        headers = {"Host": "127.0.0.1", **self.headers, "Content-Length": str(len(self.body or ""))}
        lines = [f"{self.method} {self.path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
        return ("\r\n".join(lines) + "\r\n\r\n" + (self.body or "")).encode()


class Server:
    """gunicorn as the Procfile runs it, with two workers; `worker_class` puts another worker in the place of ours."""

    def __init__(self, target: str, worker_class: str = str(OPTIONS["worker_class"]), **environ: str) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        command = [sys.executable, "-m", "gunicorn", target, f"--bind=127.0.0.1:{self.port}", "--workers=2",
                   f"--threads={OPTIONS['threads']}", f"--worker-class={worker_class}", "--keep-alive=125",
                   f"--worker-connections={OPTIONS['worker_connections']}", f"--backlog={OPTIONS['backlog']}",
                   "--no-control-socket", "--log-level=error"]  # fmt: skip
        self.process = subprocess.Popen(command, env={**os.environ, **environ})

    def wait(self, path: str) -> None:
        """Waits until the server answers."""
        for _ in range(300):
            try:
                connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
                connection.request("GET", path)
                connection.getresponse().read()
                return
            except OSError:
                time.sleep(0.1)
        raise SystemExit("a server to measure does not start")

    def stop(self) -> None:
        """Ends the server."""
        self.process.terminate()
        self.process.wait(30)

    def workers(self) -> list[int]:
        """The process numbers of the workers."""
        master = self.process.pid
        return [int(pid) for pid in Path(f"/proc/{master}/task/{master}/children").read_text().split()]

    def processor_seconds(self) -> float:
        """User and system time of master and workers so far."""
        return sum(seconds_of(pid) for pid in [self.process.pid, *self.workers()])

    def ask(self, asks: list[Ask], connections: int = 16) -> tuple[float, list[float], int]:
        """Sends all; answers CPU microseconds each, all latencies in seconds, and the number not answered well."""
        before = self.processor_seconds()
        with ThreadPoolExecutor(connections) as pool:
            parts = list(pool.map(self._ask_in_turn, [asks[start::connections] for start in range(connections)]))
        spent = self.processor_seconds() - before
        latencies = [latency for part, _ in parts for latency in part]
        return spent / len(asks) * 1e6, latencies, sum(bad for _, bad in parts)

    def flood(self, path: str, seconds: int = 2) -> float:
        """Keeps the server busy with wrk; answers CPU microseconds a request. A bad answer ends the run."""
        before = self.processor_seconds()
        command = ["wrk", "-t2", "-c32", f"-d{seconds}s", f"http://127.0.0.1:{self.port}{path}"]
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        spent = self.processor_seconds() - before
        if "Non-2xx" in said or "Socket errors" in said:
            raise SystemExit(f"{path} was not answered well:\n{said}")
        return spent / int(re.search(r"(\d+) requests in", said)[1]) * 1e6

    def _ask_in_turn(self, asks: list[Ask]) -> tuple[list[float], int]:
        """Asks on one kept connection. Bare sockets, since a slow client leaves the server idling between requests."""
        latencies, bad = [], 0
        with socket.create_connection(("127.0.0.1", self.port), timeout=30) as connection:
            for ask in asks:
                began = time.perf_counter()
                connection.sendall(ask.wire)
                status = _answer(connection)
                latencies.append(time.perf_counter() - began)
                bad += status != ask.status
        return latencies, bad


def _answer(connection: socket.socket) -> int:
    received = connection.recv(65536)
    while b"\r\n\r\n" not in received:
        received += connection.recv(65536)
    head, _, body = received.partition(b"\r\n\r\n")
    length = _LENGTH.search(head)
    missing = int(length[1]) - len(body) if length else 0
    while missing > 0:
        missing -= len(connection.recv(65536))
    return int(head[9:12])


def seconds_of(pid: int) -> float:
    """User and system time of a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def in_turn(cases: dict[str, Callable[[], float]], rounds: int = 9) -> dict[str, list[float]]:
    """Measures all cases in turn, round by round; answers each one's values."""
    measured: dict[str, list[float]] = {name: [] for name in cases}
    for _ in range(rounds):
        for name, measure in cases.items():
            measured[name].append(measure())
    return measured


def ratio(measured: dict[str, list[float]], name: str, limit: str) -> float:
    """The median of the ratios that the two have in the same round."""
    return median(value / least for value, least in zip(measured[name], measured[limit], strict=True))
