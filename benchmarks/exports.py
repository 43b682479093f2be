"""A download of a million pledges, against the sqlite3 shell's CSV of the same rows, which is the limit."""

import http.client
import os
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

from flask_migrate import upgrade

from benchmarks.servers import Server, in_turn, ratio
from benchmarks.signed_in import cookie_of, ready
from benchmarks.table import report
from tests.factories import an_action
from ua_tracker import create_app
from ua_tracker.database import db

ROWS, ROUNDS = 1_000_000, 5
PATH = "/fr/dashboard/ua-12-26/pledges.csv"
TIMES, FIRST_BYTE, GROWTH = 7.0, 0.3, 30.0
# What is stored of the same rows; the shell need not add up the reports, as ours does.
SHELL = """
    SELECT 'ua-pledge-' || pledges.id, actions.slug, actions.ai_index, pledges.name, pledges.email, groups.slug,
        pledges.letters, pledges.write_on, pledges.language, pledges.made_at, pledges.withdrawn_at, pledges.voided_at,
        pledges.void_reason
    FROM pledges JOIN actions ON actions.id = pledges.action_id LEFT JOIN groups ON groups.id = pledges.group_id
    WHERE pledges.action_id = 1 ORDER BY pledges.id
"""


def measure(judge: Callable[[str, float, float], None]) -> None:
    """Fills a database, downloads it whole several times, and once with the workers killed on the way."""
    if shutil.which("sqlite3") is None:
        raise SystemExit("This benchmark needs sqlite3, SQLite's shell. On Debian and Ubuntu: sudo apt install sqlite3")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        environ = {"INSTANCE_PATH": name, "RATELIMIT_ENABLED": "no", "LOG_LEVEL": "ERROR"}
        path = filled(environ)
        served = Server("app:app", **environ)
        served.wait("/en/actions/ua-12-26/counter")
        signed_in = {"Cookie": cookie_of(served)}
        before = memory(served, "VmRSS")
        firsts: list[float] = []
        seconds = in_turn(
            {
                "shell": lambda: _printed(path, folder / "rows.csv"),
                "download": lambda: _downloaded(served, signed_in, firsts),
            },
            ROUNDS,
        )
        for what, values in seconds.items():
            report(f"{ROWS:,} pledges, {what}", median(values), "s")
        judge("download / the sqlite3 shell's CSV, wall time", ratio(seconds, "download", "shell"), TIMES)
        report("first byte of the download, worst round", max(firsts), "s")
        judge("first byte of the download, seconds", median(firsts), FIRST_BYTE)
        grown = max(after - start for after, start in zip(memory(served, "VmHWM"), before, strict=True))
        judge("growth of a worker's memory at its peak, MB", grown, GROWTH)
        judge("cut downloads that looked whole", _cut(served, signed_in), 0)
        served.stop()


def filled(environ: dict[str, str]) -> str:
    """A database with the pledges, a tenth of them kept by a report; answers its path."""
    app = create_app(environ)
    with app.app_context():
        upgrade()
        today = datetime.now(UTC).date()
        changes = {"ai_index": "ASA 33/9519/2025", "issued": today - timedelta(9), "deadline": today + timedelta(30)}
        an_action(db.session(), **changes)
        ready(db.session())
        path = str(db.engine.url.database)
        db.session.remove()
        db.engine.dispose()
    at, day = f"{today} 00:00:00.000000", str(today)
    connection = sqlite3.connect(path)
    connection.executemany("INSERT INTO groups (id, slug, name) VALUES (?, ?, ?)",
                           ((n, f"group-{n}", f"Group {n}") for n in range(1, 21)))  # fmt: skip
    connection.executemany(
        "INSERT INTO pledges (id, action_id, group_id, name, email, email_key, letters, write_on, language, once_key,"
        " made_at) VALUES (?1, 1, ?2, ?3, ?4, ?4, ?5, ?6, 'en', ?1, ?7)",
        ((n, n % 21 or None, f"Zoé {n}{'' if n % 10 else ', Laval'}", f"zoe-{n}@example.org", n % 9 + 1, day, at)
         for n in range(1, ROWS + 1)),
    )  # fmt: skip
    connection.executemany(
        "INSERT INTO reports (id, action_id, pledge_id, channel, sent_on, people, once_key, reported_at)"
        " VALUES (?1, 1, ?1, 'post', ?2, 1, ?1, ?3)",
        ((n, day, at) for n in range(1, ROWS + 1, 10)),
    )
    connection.execute("INSERT INTO report_lines (report_id, recipient_id, letters) SELECT id, 1, 2 FROM reports")
    connection.commit()
    connection.close()
    return path


def _printed(path: str, to: Path) -> float:
    began = time.perf_counter()
    with to.open("wb") as file:
        subprocess.run(["sqlite3", "-readonly", "-csv", "-header", path, SHELL], stdout=file, check=True)
    return time.perf_counter() - began


def _downloaded(served: Server, signed_in: dict[str, str], firsts: list[float]) -> float:
    """Seconds for the whole file; its first byte's go to the list. A file that is not whole ends the run."""
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=60)
    began = time.perf_counter()
    connection.request("GET", PATH, headers=signed_in)
    answer = connection.getresponse()
    body = answer.read(1)
    firsts.append(time.perf_counter() - began)
    lines = 0
    while part := answer.read(1 << 18):
        lines, body = lines + part.count(b"\n"), part
    took = time.perf_counter() - began
    if lines != int(answer.headers["X-Row-Count"]) + 1 or lines != ROWS + 1 or not body.endswith(b"yes\r\n"):
        raise SystemExit(f"the download is not whole: {lines} lines")
    return took


def _cut(served: Server, signed_in: dict[str, str]) -> int:
    """Kills the workers during a download; 1 if its reader could not see that."""
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=60)
    connection.request("GET", PATH, headers=signed_in)
    answer = connection.getresponse()
    got = answer.read(1 << 20)
    for pid in served.workers():
        os.kill(pid, signal.SIGKILL)
    try:
        got += answer.read()
    except (http.client.IncompleteRead, ConnectionResetError):
        return int(got.endswith(b"yes\r\n"))
    return 1


def memory(served: Server, field: str) -> list[float]:
    """A field of each worker's memory, in MB."""
    found = []
    for pid in served.workers():
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
        found += [int(line.split()[1]) / 1024 for line in lines if line.startswith(field)]
    return found
