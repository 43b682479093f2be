"""Puts a checked copy in the place of the site's database. What was there is kept."""

import os
import sqlite3
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import Connection, Engine
from sqlalchemy.orm import Session

from ua_tracker import tally, writer_queue
from ua_tracker.backups import files, making, rows, schema
from ua_tracker.database import file_of
from ua_tracker.database_file import INDEX, LOG
from ua_tracker.models import Base
from ua_tracker.refusals import BackupTooNew, CountsDiffer, DatabaseNotEmpty

_PATIENCE = 30  # seconds to wait for those who write
_SETTLING_MILLISECONDS = 1_000


class Place(Protocol):
    """The database to restore into."""

    @property
    def beside(self) -> Path:
        """The path beside which temporary files are made."""

    def require_empty(self) -> None:
        """Raises DatabaseNotEmpty when there is a database that holds rows, or that cannot be read."""

    def put(self, work: Path, *, overwrite: bool) -> Path | None:
        """Puts the file there; returns where the database before it is kept, None when there was none with rows."""


def of(engine: Engine, folder: Path, *, secret: str, version: str, at: datetime) -> Place:
    """The place of this engine's database. The other values are for a backup of what it holds now."""
    if engine.dialect.name == "sqlite":
        return _File(Path(file_of(engine).real), at)
    return _Server(engine, folder / "ua_tracker", secret, version, at)


def _stamped(path: Path, at: datetime) -> Path:
    """A name that is free: that of the path, with the moment."""
    stem = f"{path.name}-before-{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    names = (stem if number == 1 else f"{stem}-{number}" for number in range(1, 1_000_000))
    return next(path.with_name(name) for name in names if not os.path.lexists(path.with_name(name)))


@dataclass(frozen=True)
class _File:
    """A file of SQLite. `beside` is its path."""

    beside: Path
    at: datetime

    def require_empty(self) -> None:
        if self._holds_rows():
            raise DatabaseNotEmpty()

    def _holds_rows(self) -> bool:
        if not os.path.lexists(self.beside):
            return False
        try:
            with closing(sqlite3.connect(f"{self.beside.as_uri()}?mode=ro", uri=True)) as connection:
                names = set(schema.tables(connection)) - schema.OF_THE_INSTALLATION
                return any(schema.counts(connection, sorted(names)).values())
        except sqlite3.Error:
            return True

    def put(self, work: Path, *, overwrite: bool) -> Path | None:
        """In the writers' turn, so that nobody is thanked for what is put aside.

        The old file is moved away before its log is, and the new one comes last: at no instant can a connection be
        opened to one file with the log of the other.
        """
        with closing(sqlite3.connect(work)) as connection:
            connection.execute("PRAGMA journal_mode = WAL")
        with writer_queue.queue_for(str(self.beside)).turn(_PATIENCE):
            if not overwrite:
                self.require_empty()
            kept = self._put_aside()
            files.move(work, self.beside)
        return kept

    def _put_aside(self) -> Path | None:
        there = self.beside.exists() and self.beside.stat().st_size > 0
        kept = _stamped(self.beside, self.at)
        if there:
            self._settle()
            self.beside.rename(kept)
        log, index = (Path(f"{self.beside}{ending}") for ending in (LOG, INDEX))
        if log.exists() and log.stat().st_size > 0:
            log.rename(f"{kept}{LOG}")
        log.unlink(missing_ok=True)
        index.unlink(missing_ok=True)
        return kept if there else None

    def _settle(self) -> None:
        """Writes the log into the file, so that one file is kept and not two. A damaged file keeps its log."""
        with suppress(sqlite3.Error), closing(sqlite3.connect(f"{self.beside.as_uri()}?mode=rw", uri=True)) as old:
            old.execute(f"PRAGMA busy_timeout = {_SETTLING_MILLISECONDS}")
            old.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


@dataclass(frozen=True)
class _Server:
    """A database of PostgreSQL. What it holds is kept as a backup in the folder of `beside`."""

    engine: Engine
    beside: Path
    secret: str
    version: str
    at: datetime

    def require_empty(self) -> None:
        with self.engine.connect() as connection:
            self._prepare(connection)
            if self._holds_rows(connection):
                raise DatabaseNotEmpty()

    def put(self, work: Path, *, overwrite: bool) -> Path | None:
        """In one transaction: those who write wait from its beginning on, those who read from the emptying on."""
        self._make_tables()
        with (
            self.engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection,
            connection.begin(),
        ):
            driver = self._prepare(connection)
            names = ", ".join(f'"{table.name}"' for table in Base.metadata.sorted_tables)
            driver.execute(f"LOCK TABLE {names} IN EXCLUSIVE MODE")
            kept = self._keep(driver) if self._holds_rows(connection) else None
            if kept is not None and not overwrite:
                raise DatabaseNotEmpty()
            driver.execute(f"TRUNCATE {names}")
            with closing(sqlite3.connect(work)) as source:
                rows.into_postgres(source, driver)
            self._require_same_totals(connection, work)
        return kept

    def _prepare(self, connection: Connection) -> Any:
        making.without_limits(connection)
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{_PATIENCE}s'")
        return connection.connection.driver_connection

    def _make_tables(self) -> None:
        with self.engine.connect() as connection:
            revision = schema.of_postgres(connection.connection.driver_connection)
        if revision is not None and not schema.is_known(revision):
            raise BackupTooNew(path="The database", version="a later one", revision=revision)
        if revision != schema.newest():
            schema.upgrade(self.engine)

    def _holds_rows(self, connection: Connection) -> bool:
        found = connection.exec_driver_sql(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema()"
        ).scalars()
        names = set(found.all()) & set(Base.metadata.tables) - schema.OF_THE_INSTALLATION
        return any(connection.exec_driver_sql(f'SELECT 1 FROM "{name}" LIMIT 1').first() for name in names)  # noqa: S608

    def _keep(self, driver: Any) -> Path:
        kept = _stamped(self.beside, self.at)
        making.write(making.of_transaction(driver), kept, secret=self.secret, version=self.version, at=self.at)
        return kept

    def _require_same_totals(self, connection: Connection, work: Path) -> None:
        """Recounts what was stored. Raises CountsDiffer unless it is as right as the file was."""
        with Session(connection) as session:
            if tally.check(session) and not making.tally_differs(work):
                raise CountsDiffer(table="action_tallies", there="right", here="other")
