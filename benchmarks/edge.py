"""The counter from nginx's cache of one second (deploy/nginx.conf), while supporters pledge through the same nginx."""

import re
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from multiprocessing import get_context
from pathlib import Path
from statistics import median, quantiles

from benchmarks.crowd import Seen, supporters
from benchmarks.servers import Server
from benchmarks.spike import COUNTER, PAGE, Size, thanked_and_stored
from benchmarks.table import judge, judge_at_least, report

CONFIGURATION = Path(__file__).parent.parent / "deploy" / "nginx.conf"
ROUNDS, SECONDS, GAP = 5, 2, 0.3
LEAST = 0.5  # of the rate of a static file from the same nginx in the same rounds
_TOKEN = re.compile(rb"counter\?v=([^\"&]+)")
_RATE = re.compile(r"Requests/sec: *([\d.]+)")


def measure(prepared: Callable[..., dict[str, str]]) -> None:
    """Prints reads a second beside nginx's own for a file, with and without pledges; judges that none was lost."""
    size = Size.asked() or Size()
    with ExitStack() as held:
        folder = Path(held.enter_context(tempfile.TemporaryDirectory()))
        environ = prepared(folder, RATELIMIT_ENABLED="yes", TRUSTED_PROXIES="2")
        site = Server("app:app", **environ)
        held.callback(site.stop)
        site.wait(COUNTER)
        port, files = held.enter_context(_nginx(folder, site.port))
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
            seconds = 4 + ROUNDS * 2 * (SECONDS + GAP)
            writing = pool.submit(supporters, port, PAGE, size.pledges, time.time() + 3, seconds)
            time.sleep(5)
            spent = site.processor_seconds()
            counter, file = _rounds(port, files)
            spent = (site.processor_seconds() - spent) / (ROUNDS * 2 * SECONDS)
            seen = writing.result()
        _report(size, counter, file, spent, seen)
        for name, value in thanked_and_stored(environ, seen).items():
            judge(name, value, 0)


def _report(size: Size, counter: list[float], file: list[float], spent: float, seen: Seen) -> None:
    title = f"with {size.pledges:,} pledges a minute"
    report(f"counter from nginx, {title}", median(counter), "a second")
    report(f"a static file of the same size from the same nginx, {title}", median(file), "a second")
    ratio = median(one / other for one, other in zip(counter, file, strict=True))
    judge_at_least("the first / the second", ratio, LEAST)
    report("cores that the site's server used meanwhile", spent, "")
    report("pledge, 99th percentile", quantiles(seen.seconds["pledge"], n=100)[98], "s")
    refused = sum(number for (_, status), number in seen.statuses.items() if status >= 400)
    judge("answers of 4xx and 5xx to supporters, or none", refused + seen.lost, 0)


def _rounds(port: int, files: int) -> tuple[list[float], list[float]]:
    """Rates of both, in turn."""
    counter, file = [], []
    for _ in range(ROUNDS):
        with socket.create_connection(("127.0.0.1", port)) as asked:
            asked.sendall(f"GET {COUNTER} HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n".encode())
            found = _TOKEN.search(asked.makefile("rb").read())
        token = found[1].decode() if found else ""
        for rates, place, path in ((counter, port, f"{COUNTER}?v={token}"), (file, files, "/counter.html")):
            rates.append(_flood(place, path))
            time.sleep(GAP)
    return counter, file


def _flood(port: int, path: str) -> float:
    command = ["wrk", "-t1", "-c64", f"-d{SECONDS}s", f"http://127.0.0.1:{port}{path}"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in said or "Socket errors" in said:
        raise SystemExit(f"{path} was not answered well:\n{said}")
    found = _RATE.search(said)
    return float(found[1]) if found else 0.0


@contextmanager
def _nginx(folder: Path, site: int) -> Iterator[tuple[int, int]]:
    """nginx as deploy/nginx.conf configures it, but without TLS; and the port on which it serves a file."""
    program = shutil.which("nginx", path="/usr/sbin:/usr/bin")
    if program is None:
        raise SystemExit("The edge is measured with nginx. On Debian and Ubuntu: sudo apt install nginx-light")
    port, files = _free_port(), _free_port()
    (folder / "counter.html").write_bytes(b"x" * 900)
    text = CONFIGURATION.read_text().replace("127.0.0.1:8000", f"127.0.0.1:{site}")
    text = re.sub(r"server \{\s+listen 80;.*?\n\}\n", "", text, flags=re.DOTALL)
    text = re.sub(r"listen 443 .*", f"listen 127.0.0.1:{port};", text)
    text = re.sub(r" *ssl_certificate.*\n", "", text)
    text = re.sub(r"/var/(?:lib|log)/nginx", str(folder), text)
    text += f"server {{ listen 127.0.0.1:{files}; root {folder}; access_log off; }}\n"
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    places = "".join(f"{kind}_temp_path {folder}/{kind};\n" for kind in kinds)
    own = f"worker_processes 2;\npid {folder}/nginx.pid;\nerror_log stderr crit;\nuser root;\n"
    events = "events { worker_connections 8192; }\n"
    (folder / "nginx.conf").write_text(f"{own}{events}http {{\n{places}{text}}}\n")
    process = subprocess.Popen([program, "-c", str(folder / "nginx.conf"), "-g", "daemon off;"])
    try:
        while process.poll() is None:
            with suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                break
            time.sleep(0.05)
        yield port, files
    finally:
        process.terminate()
        process.wait(30)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
