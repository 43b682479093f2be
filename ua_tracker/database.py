"""How is the database opened? Flask-SQLAlchemy over models.Base, and what each database needs to be safe and fair."""

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

LEAST_MILLISECONDS = 50  # who has got the turn at the last moment may still knock
_STATEMENT_SECONDS = 30
# libpq: seconds until a server that cannot be reached, milliseconds until one that went silent, is given up.
_OF_POSTGRES = {"connect_timeout": 5, "tcp_user_timeout": 10_000}
_LIMITS = (f"SET lock_timeout = '{PATIENCE:.0f}s'", f"SET statement_timeout = '{_STATEMENT_SECONDS}s'")

db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})
migrate = Migrate(db=db, directory=str(Path(__file__).parent / "migrations"))


def init_app(app: Flask) -> None:
    """Opens the database of the app's settings; a file of SQLite's is never made here."""
    address = app.config["SQLALCHEMY_DATABASE_URI"] = app.config["DATABASE_URL"]
    of_sqlite = address.startswith("sqlite")
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {
        "pool_pre_ping": not of_sqlite,  # a file is looked at instead
        "pool_size": 10,
        "max_overflow": 10,
        "pool_timeout": PATIENCE,
        "hide_parameters": True,  # what people typed belongs in no log
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
    """One write transaction: waits its turn, commits at the end of the block, rolls back when it raises.

    What the session read before is read again inside, so that a rule tested in the block sees what it
    writes to. On SQLite the writers queue; PostgreSQL needs no queue. What the block leaves behind is in the
    database that the site's path names: else DatabaseAway is raised, after the commit too. Raises TurnTooLong when
    others write for longer than PATIENCE.
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
    """One state of the database for all that the block reads; it waits for no writer and holds none up."""
    session = db.session()
    session.rollback()
    try:
        if db.engine.dialect.name == "postgresql":
            session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        yield session
    finally:
        session.rollback()


def make_file() -> None:
    """Makes SQLite's file, empty, if it is missing: for the commands that set a database up. Raises OSError."""
    if db.engine.dialect.name == "sqlite":
        file_of(db.engine).make()


def file_of(engine: Engine) -> DatabaseFile:
    """The file of an engine on SQLite."""
    return DatabaseFile(Path(str(engine.url.database)))


def _turn() -> Any:
    return _queue(file_of(db.engine)).turn() if db.engine.dialect.name == "sqlite" else nullcontext(0.0)


def _queue(file: DatabaseFile) -> WriterQueue:
    return queue_for(file.real)


def _require_in_place(opened: Any) -> None:
    if opened is not None and not file_of(db.engine).is_in_place(opened):
        raise DatabaseAway(db.engine.url.database)


def _set_up_sqlite(engine: Engine) -> None:
    """WAL with every commit on the disk, foreign keys kept, and transactions that begin where we say.

    The driver's own mode begins a transaction late, at the first write; a transaction that read before
    then fails at once when another wrote meanwhile (SQLITE_BUSY_SNAPSHOT, which no time-out mends). So
    BEGIN is ours: deferred for readers, IMMEDIATE for writers.
    """
    _keep_to_the_file(engine)

    @event.listens_for(engine, "connect")
    def connected(connection: sqlite3.Connection, _record: Any) -> None:
        connection.execute(f"PRAGMA busy_timeout = {PATIENCE * 1000:.0f}")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA secure_delete = ON")  # what was erased is not left in the file's free space

    @event.listens_for(engine, "begin")
    def begun(connection: Connection) -> None:
        deadline = connection.get_execution_options().get("writes")
        if deadline:
            left = max(LEAST_MILLISECONDS, round((deadline - time.monotonic()) * 1000))
            connection.exec_driver_sql(f"PRAGMA busy_timeout = {left}")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if deadline else "BEGIN")


def _keep_to_the_file(engine: Engine) -> None:
    """Uses no connection but one to the file that the path names, and makes none (docs/decisions/0012)."""
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
            raise DisconnectionError("the database's path names another file")

    @event.listens_for(engine, "handle_error")
    def failed(context: ExceptionContext) -> None:
        if database_faults.spoils(context.original_exception):
            context.is_disconnect = True


def _settle(file: DatabaseFile, connection: sqlite3.Connection, opened: Any) -> None:
    """In the writers' turn, for which a reader does not wait."""
    queue = queue_for(opened.path)
    with nullcontext() if queue.is_mine else queue.turn(patience=0):
        file.settle(connection, opened)


def _set_limits(connection: Any, _record: Any) -> None:
    """Nobody waits for another's lock, or for an answer, for longer than this."""
    connection.autocommit = True
    for limit in _LIMITS:
        connection.execute(limit)
    connection.autocommit = False
