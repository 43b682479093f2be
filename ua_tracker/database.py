"""How is the database opened? Flask-SQLAlchemy over models.Base, and what SQLite needs to be safe and fair."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

from flask import Flask
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Connection, Engine, event
from sqlalchemy.orm import Session

from ua_tracker.models import Base
from ua_tracker.writer_queue import queue_for

BUSY_MILLISECONDS = 5000

db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})
migrate = Migrate(db=db, directory=str(Path(__file__).parent / "migrations"))


def init_app(app: Flask) -> None:
    """Opens the database of the app's settings."""
    app.config["SQLALCHEMY_DATABASE_URI"] = app.config["DATABASE_URL"]
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {
        "pool_pre_ping": True,
        "pool_size": 10,
        "max_overflow": 10,
        "hide_parameters": True,  # what people typed belongs in no log
    }
    db.init_app(app)
    migrate.init_app(app)
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            _set_up_sqlite(db.engine)


@contextmanager
def writing() -> Iterator[Session]:
    """One write transaction: waits its turn, commits at the end of the block, rolls back when it raises.

    What the session read before is read again inside, so that a rule tested in the block sees what it
    writes to. On SQLite the writers queue; PostgreSQL needs no queue.
    """
    session = db.session()
    session.rollback()
    engine = db.engine
    with queue_for(_file(engine)).turn() if engine.dialect.name == "sqlite" else nullcontext():
        try:
            session.connection(execution_options={"writes": True})
            yield session
            session.commit()
        except BaseException:
            session.rollback()
            raise


def _file(engine: Engine) -> Path:
    return Path(str(engine.url.database))


def _set_up_sqlite(engine: Engine) -> None:
    """WAL with every commit on the disk, foreign keys kept, and transactions that begin where we say.

    The driver's own mode begins a transaction late, at the first write; a transaction that read before
    then fails at once when another wrote meanwhile (SQLITE_BUSY_SNAPSHOT, which no time-out mends). So
    BEGIN is ours: deferred for readers, IMMEDIATE for writers.
    """

    @event.listens_for(engine, "connect")
    def connected(connection: sqlite3.Connection, _record: Any) -> None:
        connection.isolation_level = None
        connection.execute(f"PRAGMA busy_timeout = {BUSY_MILLISECONDS}")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA secure_delete = ON")  # what was erased is not left in the file's free space

    @event.listens_for(engine, "begin")
    def begun(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
