"""The database: Flask-SQLAlchemy over models.Base, connection settings for SQLite and PostgreSQL, transactions."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

from flask import Flask
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.orm import Session

from ua_tracker import database_faults, private_files
from ua_tracker.database_file import DatabaseFile
from ua_tracker.models import Base
from ua_tracker.refusals import DatabaseAway
from ua_tracker.writer_queue import PATIENCE, WriterQueue, queue_for

LEAST_MILLISECONDS = 50  # SQLite's busy timeout for a writer whose turn comes at the end of its time
_STATEMENT_SECONDS = 30
# libpq: seconds to wait for a connection, and milliseconds to wait for a server that no longer responds.
_OF_POSTGRES = {"connect_timeout": 5, "tcp_user_timeout": 10_000}
_LIMITS = (f"SET lock_timeout = '{PATIENCE:.0f}s'", f"SET statement_timeout = '{_STATEMENT_SECONDS}s'")

db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})
migrate = Migrate(db=db, directory=str(Path(__file__).parent / "migrations"))


def init_app(app: Flask) -> None:
    """Configures the database from the app's settings. Never creates a SQLite file: `make_file` does."""
    url = app.config["SQLALCHEMY_DATABASE_URI"] = app.config["DATABASE_URL"]
    of_sqlite = url.startswith("sqlite")
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {
        "pool_pre_ping": not of_sqlite,  # for SQLite the file is checked instead
        "pool_size": 10,
        "max_overflow": 10,
        "pool_timeout": PATIENCE,
        "hide_parameters": True,  # keeps personal data out of the log
        "connect_args": {} if of_sqlite else _OF_POSTGRES,
    }
    db.init_app(app)
    migrate.init_app(app)
    with app.app_context():
        if of_sqlite:
            _set_up_sqlite(db.engine)
        else:
            event.listen(db.engine, "connect", _set_limits)


@contextmanager
def writing() -> Iterator[Session]:
    """One write transaction: waits for its turn, commits at the end of the block, rolls back on an exception.

    Rows that the session read before are read again, so that rules checked in the block see the current state. On
    SQLite writers wait in a queue; PostgreSQL needs none. Raises TurnTooLong when the turn does not come within
    PATIENCE seconds, and DatabaseAway when the file at the site's path is not the open one, before or after the
    commit.
    """
    session = db.session()
    session.rollback()
    with _turn() as deadline:
        try:
            connection = session.connection(execution_options={"writes": deadline})
            opened = connection.info.get("opened")
            yield session
            _require_in_place(opened)
            session.commit()
            _require_in_place(opened)
        except BaseException:
            session.rollback()
            raise


@contextmanager
def reading() -> Iterator[Session]:
    """A read transaction: all queries in the block see the same state. It neither waits for nor blocks writers."""
    session = db.session()
    session.rollback()
    try:
        if db.engine.dialect.name == "postgresql":
            session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        yield session
    finally:
        session.rollback()


def make_file() -> None:
    """Creates an empty SQLite file if it is missing. Only for commands that set up a database. Raises OSError."""
    if db.engine.dialect.name == "sqlite":
        file_of(db.engine).make()


def file_of(engine: Engine) -> DatabaseFile:
    """The database file of a SQLite engine."""
    return DatabaseFile(Path(str(engine.url.database)))


def _turn() -> Any:
    return _queue(file_of(db.engine)).turn() if db.engine.dialect.name == "sqlite" else nullcontext(0.0)


def _queue(file: DatabaseFile) -> WriterQueue:
    return queue_for(file.real)


def _require_in_place(opened: Any) -> None:
    if opened is not None and not file_of(db.engine).is_in_place(opened):
        raise DatabaseAway(db.engine.url.database)


def _set_up_sqlite(engine: Engine) -> None:
    """Sets WAL mode with synchronous commits, foreign keys, and explicit BEGIN statements.

    By default the driver begins a transaction at the first write. If it read before, and another transaction wrote
    in between, it fails at once with SQLITE_BUSY_SNAPSHOT, whatever the timeout. So we send BEGIN ourselves: deferred
    for readers, IMMEDIATE for writers.
    """
    _keep_to_the_file(engine)

    @event.listens_for(engine, "connect")
    def connected(connection: sqlite3.Connection, _record: Any) -> None:
        connection.execute(f"PRAGMA busy_timeout = {PATIENCE * 1000:.0f}")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA secure_delete = ON")  # overwrites deleted data in the file

    @event.listens_for(engine, "begin")
    def begun(connection: Connection) -> None:
        deadline = connection.get_execution_options().get("writes")
        if deadline:
            left = max(LEAST_MILLISECONDS, round((deadline - time.monotonic()) * 1000))
            connection.exec_driver_sql(f"PRAGMA busy_timeout = {left}")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if deadline else "BEGIN")


def _keep_to_the_file(engine: Engine) -> None:
    """Uses only connections to the file that is at the path now, and creates no file (docs/decisions/0012)."""
    file = file_of(engine)
    for name in ("", "-wal", "-shm", "-queue"):
        private_files.make_private(file.real + name)

    @event.listens_for(engine, "do_connect")
    def connect(_dialect: Any, record: Any, _arguments: Any, _named: Any) -> sqlite3.Connection:
        connection, record.info["opened"] = file.open()
        return connection

    @event.listens_for(engine, "checkout")
    def checked_out(connection: sqlite3.Connection, record: Any, _proxy: Any) -> None:
        if not file.is_in_place(record.info["opened"]):
            _settle(file, connection, record.info["opened"])
            raise DisconnectionError("there is another file at the database's path")

    @event.listens_for(engine, "handle_error")
    def failed(context: ExceptionContext) -> None:
        if database_faults.spoils(context.original_exception):
            context.is_disconnect = True


def _settle(file: DatabaseFile, connection: sqlite3.Connection, opened: Any) -> None:
    """Calls `DatabaseFile.settle` in the writers' turn, without waiting for it."""
    queue = queue_for(opened.path)
    with nullcontext() if queue.is_mine else queue.turn(patience=0):
        file.settle(connection, opened)


def _set_limits(connection: Any, _record: Any) -> None:
    """Limits the time that a statement on PostgreSQL waits for a lock, and its duration."""
    connection.autocommit = True
    for limit in _LIMITS:
        connection.execute(limit)
    connection.autocommit = False
