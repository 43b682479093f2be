"""A purge of 20,000 people, against one bare UPDATE of the same rows; against one of 5,000; and who waits meanwhile."""

import shutil
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from statistics import median

from flask_migrate import upgrade
from sqlalchemy.orm import Session

from benchmarks.servers import in_turn, ratio
from benchmarks.table import report
from tests.factories import an_action
from ua_tracker import create_app, retention
from ua_tracker.database import db, reading, writing

FEW, MANY, ROUNDS = 5_000, 20_000, 3
TIMES, LINEAR, TURN = 40.0, 8.0, 1.0
FILLING = (
    "INSERT INTO pledges (action_id, name, email, email_key, letters, language, once_key, made_at)"
    " SELECT 1, 'Zoé', 'zoe-' || value, 'zoe-' || value, 3, 'en', value, '2024-12-02 00:00:00.000000'"
    " FROM generate_series(1, {number})",
    "INSERT INTO private_links (pledge_id, token_hash, issued_at) SELECT id, 't' || id, made_at FROM pledges",
    "INSERT INTO mails (once_key, kind, language, address, facts, message_id, queued_at, due_at, tries)"
    " SELECT id, 'link_again', 'en', email, '{{}}', id, made_at, made_at, 0 FROM pledges",
)
NUMBERS = "WITH RECURSIVE generate_series(value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM generate_series LIMIT {})"


def measure(judge: Callable[[str, float, float], None]) -> None:
    """Fills a database of each size, and purges copies of both in turn."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        full = {number: _filled(folder / str(number), number) for number in (FEW, MANY)}
        turns: list[float] = []
        seconds = in_turn(
            {
                "update": lambda: _updated(full[MANY], folder / "bare.db"),
                "few": lambda: _purged(full[FEW], folder / "purged", turns),
                "many": lambda: _purged(full[MANY], folder / "purged", turns),
            },
            ROUNDS,
        )
        for what, values in seconds.items():
            report(f"purge, {what}", median(values), "s")
        judge(f"purge of {MANY:,} / one bare UPDATE of the same rows", ratio(seconds, "many", "update"), TIMES)
        judge(f"purge of {MANY:,} / of {FEW:,} (linear: {MANY // FEW})", ratio(seconds, "many", "few"), LINEAR)
        judge("longest turn that a purge holds, in seconds", max(turns), TURN)


def _filled(folder: Path, number: int) -> Path:
    app = create_app({"INSTANCE_PATH": str(folder), "LOG_LEVEL": "ERROR"})
    with app.app_context():
        upgrade()
        an_action(db.session(), deadline=date(2025, 1, 1), issued=date(2024, 12, 1))
        db.session.remove()
        db.engine.dispose()
    path = folder / "ua_tracker.db"
    connection = sqlite3.connect(path)
    first, *rest = FILLING
    connection.execute(f"{NUMBERS.format(number)} {first.replace('(1, {number})', '')}")
    for statement in rest:
        connection.execute(statement.format())
    connection.commit()
    connection.close()
    return path


def _updated(full: Path, path: Path) -> float:
    """The least that forgets these people: one statement, one commit."""
    shutil.copy(full, path)
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    began = time.perf_counter()
    connection.execute("UPDATE pledges SET name = NULL, email = NULL, email_key = NULL WHERE action_id = 1")
    connection.commit()
    spent = time.perf_counter() - began
    connection.close()
    return spent


def _purged(full: Path, folder: Path, turns: list[float]) -> float:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    shutil.copy(full, folder)
    app = create_app({"INSTANCE_PATH": str(folder), "LOG_LEVEL": "ERROR"})

    @contextmanager
    def timed() -> Iterator[Session]:
        with writing() as session:
            began = time.perf_counter()
            yield session
        turns.append(time.perf_counter() - began)

    with app.app_context():
        began = time.perf_counter()
        [done] = retention.purge(reading, timed, app.config["CLOCK"](), 180, actor="benchmark")
        spent = time.perf_counter() - began
        db.session.remove()
        db.engine.dispose()
    if not done.pledges:
        raise SystemExit("the purge found nobody")
    return spent
