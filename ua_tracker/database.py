"""The database: Flask-SQLAlchemy over models.Base, connection settings for SQLite and PostgreSQL, transactions."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Connection, Engine, event, text
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import DisconnectionError, SQLAlchemyError
from sqlalchemy.orm import Session

from ua_tracker import database_faults, pipeline, postgres, private_files
from ua_tracker.database_file import DatabaseFile
from ua_tracker.models import Base
from ua_tracker.open_connections import FileConnection
from ua_tracker.refusals import DatabaseAway
from ua_tracker.writer_queue import PATIENCE, WriterQueue, queue_for

LEAST_MILLISECONDS = 50  # SQLite's busy timeout for a writer whose turn comes at the end of its time
_STEP = 0.25  # seconds: it is set in steps, so that it is mostly set already
_MIGRATION_PATIENCE = 3600.0  # seconds that a migration of a SQLite file waits for another one

db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})
migrate = Migrate(db=db, directory=str(Path(__file__).parent / "migrations"))


def init_app(app: Flask) -> None:
    """Configures the database from the app's settings. Never creates a SQLite file: `make_file` does."""
    url = app.config["DATABASE_URL"]
    of_sqlite = url.startswith("sqlite")
    app.config["SQLALCHEMY_DATABASE_URI"] = url if of_sqlite else postgres.with_time_limits(url, app.config)
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {
        "pool_timeout": PATIENCE,
        "hide_parameters": True,  # keeps personal data out of the log
        **({"pool_size": 10, "max_overflow": 10} if of_sqlite else postgres.engine_options(app.config)),
    }
    db.init_app(app)
    app.teardown_appcontext(_end_session)
    migrate.init_app(app)
    with app.app_context():
        if of_sqlite:
            _set_up_sqlite(db.engine)
        else:
            postgres.set_up(db.engine, app.config)


def _end_session(_error: BaseException | None) -> None:
    """Ends what the request has read. Its answer is made, so that a connection that has been cut must not spoil it.

    Flask calls this before the same function of Flask-SQLAlchemy, which raises the error.
    """
    try:
        db.session.remove()
    except SQLAlchemyError:
        db.session().invalidate()


@contextmanager
def writing() -> Iterator[Session]:
    """One write transaction: waits for its turn, commits at the end of the block, rolls back on an exception.

    Rows that the session read before are read again, so that rules checked in the block see the current state. On
    SQLite writers wait in a queue; PostgreSQL needs none. Raises TurnTooLong when the turn does not come within
    PATIENCE seconds, and DatabaseAway when the file at the site's path is not the open one, before or after the
    commit.
    """
    db.session().rollback()
    with _turn() as deadline, transaction(deadline) as session:
        yield session


@contextmanager
def transaction(deadline: float) -> Iterator[Session]:
    """The transaction of `writing`, in a turn whose time is over at this instant (of time.monotonic)."""
    session = db.session()
    session.rollback()
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
            session.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
        yield session
    finally:
        session.rollback()


@contextmanager
def migrating() -> Iterator[None]:
    """On SQLite the writers' turn while the block runs: one process migrates, and the others wait until it is done.

    On PostgreSQL a lock of the transaction does the same (`migrations/env.py`).
    """
    with _turn(_MIGRATION_PATIENCE):
        yield


def make_file() -> None:
    """Creates an empty SQLite file if it is missing. Only for commands that set up a database. Raises OSError."""
    if db.engine.dialect.name == "sqlite":
        file_of(db.engine).make()


def file_of(engine: Engine) -> DatabaseFile:
    """The database file of a SQLite engine."""
    return _file_at(str(engine.url.database))


@lru_cache(maxsize=64)
def _file_at(path: str) -> DatabaseFile:
    return DatabaseFile(Path(path))


def writers() -> WriterQueue | None:
    """The queue of the writers to the site's SQLite file; None on PostgreSQL, which needs none."""
    return queue_for(file_of(db.engine).real) if db.engine.dialect.name == "sqlite" else None


def _turn(patience: float = PATIENCE) -> Any:
    queue = writers()
    return queue.turn(patience) if queue is not None else nullcontext(0.0)


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
            left = max(LEAST_MILLISECONDS, int((deadline - time.monotonic()) / _STEP) * round(_STEP * 1000))
            if connection.info.get("busy_timeout") != left:
                pipeline.execute(connection, f"PRAGMA busy_timeout = {left}", ())
                connection.info["busy_timeout"] = left
        pipeline.execute(connection, "BEGIN IMMEDIATE" if deadline else "BEGIN", ())


def _keep_to_the_file(engine: Engine) -> None:
    """Uses only connections to the file that is at the path now, and creates no file (docs/decisions/0012)."""
    file = file_of(engine)
    for name in ("", "-wal", "-shm", "-queue"):
        private_files.make_private(file.real + name)

    @event.listens_for(engine, "do_connect")
    def connect(_dialect: Any, record: Any, _arguments: Any, _named: Any) -> FileConnection:
        connection = file.open()
        record.info["opened"], record.info["is_new"] = connection.opened, True
        return connection

    @event.listens_for(engine, "checkout")
    def checked_out(connection: FileConnection, record: Any, _proxy: Any) -> None:
        if not record.info.pop("is_new", False) and not connection.take():
            raise DisconnectionError("another thread has closed it, because the file was replaced")
        if not file.is_in_place(connection.opened):
            file.settle(connection)
            raise DisconnectionError("there is another file at the database's path")

    @event.listens_for(engine, "checkin")
    def checked_in(connection: FileConnection | None, _record: Any) -> None:
        if connection is not None:
            connection.give_back()

    @event.listens_for(engine, "handle_error")
    def failed(context: ExceptionContext) -> None:
        if database_faults.spoils(context.original_exception):
            context.is_disconnect = True
