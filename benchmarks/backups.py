"""A backup of 1,000,000 pledges, against `sqlite3 .backup` of the same file; its restoring; and the memory of both."""

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from statistics import median

from flask_migrate import upgrade

from benchmarks.servers import in_turn
from tests.factories import an_action
from ua_tracker import create_app, tally
from ua_tracker.database import db, writing

MANY, FEW, ROUNDS = 1_000_000, 10_000, 3
BACKUP, RESTORE, MEGABYTES = 12.0, 12.0, 40.0
FILLING = (
    "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers LIMIT {number})"
    " INSERT INTO pledges (action_id, name, email, email_key, letters, language, once_key, made_at)"
    " SELECT 1, 'Zoé ' || n, 'zoe-' || n, 'zoe-' || n, 3, 'en', n, '2026-02-02 00:00:00.000000' FROM numbers",
    "INSERT INTO private_links (pledge_id, token_hash, issued_at) SELECT id, 't' || id, made_at FROM pledges",
)
HOME = Path(__file__).resolve().parent.parent


def measure(judge: Callable[[str, float, float], None]) -> None:
    """Backs up and restores a large and a small database in turn, each in a process of its own."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        paths = {number: _filled(folder / str(number), number) for number in (FEW, MANY)}
        backups = {number: path.with_suffix(".backup") for number, path in paths.items()}
        peaks: dict[str, float] = {}

        def command(what: str, number: int) -> float:
            folder = paths[number].parent
            words = (sys.executable, "-m", "flask", "--app", "app", what, "--replace", str(backups[number]))
            environ = {**os.environ, "INSTANCE_PATH": str(folder), "DATABASE_URL": "", "LOG_LEVEL": "ERROR"}
            seconds, peaks[f"{what} {number}"] = _run(words, environ)
            for kept in paths[number].parent.glob("ua_tracker.db-before-*"):
                kept.unlink()
            return seconds

        seconds = in_turn(
            {
                "shell": lambda: _shell(paths[MANY], folder / "shell.db"),
                "backup of few": lambda: command("backup", FEW),
                "backup": lambda: command("backup", MANY),
                "restore of few": lambda: command("restore", FEW),
                "restore": lambda: command("restore", MANY),
            },
            ROUNDS,
        )
        for what, values in seconds.items():
            print(f"{what:<58} {median(values):8.2f} s of CPU")
        for what, bar in (("backup", BACKUP), ("restore", RESTORE)):
            more = median(seconds[what]) - median(seconds[f"{what} of few"])
            judge(f"{what} of {MANY:,} pledges / sqlite3 .backup", more / median(seconds["shell"]), bar)
            judge(
                f"{what}: memory more than for {FEW:,}, MB", peaks[f"{what} {MANY}"] - peaks[f"{what} {FEW}"], MEGABYTES
            )


def _filled(folder: Path, number: int) -> Path:
    app = create_app({"INSTANCE_PATH": str(folder), "LOG_LEVEL": "ERROR"})
    with app.app_context():
        upgrade()
        an_action(db.session())
        db.session.remove()
        db.engine.dispose()
    path = folder / "ua_tracker.db"
    with closing(sqlite3.connect(path)) as connection:
        for statement in FILLING:
            connection.execute(statement.format(number=number))
        connection.commit()
    with app.app_context():
        with writing() as session:
            tally.recount(session)
        db.engine.dispose()
    return path


def _shell(source: Path, target: Path) -> float:
    """The least that copies the pages: no check, no count."""
    target.unlink(missing_ok=True)
    return _run(("sqlite3", str(source), f".backup '{target}'"), dict(os.environ))[0]


def _run(words: tuple[str, ...], environ: dict[str, str]) -> tuple[float, float]:
    """The seconds of CPU that a command takes, and the most memory that its process had, in megabytes."""
    process = subprocess.Popen(words, cwd=HOME, env=environ, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{words[0]} failed")
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


if shutil.which("sqlite3") is None:
    raise SystemExit("The benchmarks need sqlite3. On Debian and Ubuntu: sudo apt install sqlite3")
