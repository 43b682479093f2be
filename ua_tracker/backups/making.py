"""Makes a backup while the site runs, and checks it before it gets its name."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from ua_tracker import site_key, tally
from ua_tracker.backups import files, label, rows, schema
from ua_tracker.database import file_of
from ua_tracker.refusals import BackupDamaged, CountsDiffer, NoTables

_PAGES = 2_000  # copied at once; only an interrupted command notices
_BUSY_MILLISECONDS = 5_000


@dataclass(frozen=True)
class Made:
    """A backup that was made. `tally_differs` is None when older tables were not recounted."""

    label: label.Label
    size: int
    tally_differs: bool | None


@dataclass(frozen=True)
class Snapshot:
    """One state of a database: its revision, the copying of all its rows into a file, and the rows of a table."""

    database: str
    revision: str
    copy_into: Callable[[Path], None]
    connection: Any


def make(engine: Engine, path: Path, *, secret: str, version: str, at: datetime, replace: bool = False) -> Made:
    """Writes a backup of the database into a file with mode 0600. Others read and write meanwhile.

    The file holds the state at one instant after the beginning. It is written beside, read again, counted, and only
    then renamed. Raises NoTables, FileThere, FileInUse, BackupNotWritten, BackupDamaged, CountsDiffer, or the driver's
    own errors.
    """
    with snapshot(engine) as source:
        in_use = file_of(engine).path if engine.dialect.name == "sqlite" else None
        files.require_free(path, replace=replace, in_use=in_use)
        return write(source, path, secret=secret, version=version, at=at)


def write(source: Snapshot, path: Path, *, secret: str, version: str, at: datetime) -> Made:
    """As `make`, from a snapshot that is open."""
    with files.beside(path) as part:
        source.copy_into(part)
        found = _counted(part, source)
        made = label.Label(at, version, source.revision, source.database, site_key.fingerprint(secret), found)
        differs = tally_differs(part) if source.revision == schema.newest() else None
        label.write(part, made)
        label.require_whole(part)
        files.move(part, path)
    return Made(label.read(path), path.stat().st_size, differs)


def tally_differs(path: Path) -> bool:
    """Whether a total in a file, whose tables are of this version, is not that of its pledges and reports."""
    engine = schema.engine_of(path)
    try:
        with Session(engine) as session:
            return bool(tally.check(session))
    finally:
        engine.dispose()


@contextmanager
def snapshot(engine: Engine) -> Iterator[Snapshot]:
    """One state of the database, for as long as the block runs. Raises NoTables."""
    with _of_sqlite(engine) if engine.dialect.name == "sqlite" else _of_postgres(engine) as found:
        yield found


@contextmanager
def _of_sqlite(engine: Engine) -> Iterator[Snapshot]:
    """SQLite's own backup of the pages, inside a read transaction: no write of others makes it begin again."""
    connection = file_of(engine).open()
    with closing(connection):
        connection.execute(f"PRAGMA busy_timeout = {_BUSY_MILLISECONDS}")
        connection.execute("BEGIN")
        revision = schema.of_sqlite(connection)

        def copy_into(part: Path) -> None:
            with closing(sqlite3.connect(part)) as copy:
                connection.backup(copy, pages=_PAGES)
                copy.execute("PRAGMA journal_mode = DELETE")

        yield Snapshot("sqlite", revision, copy_into, connection)


@contextmanager
def _of_postgres(engine: Engine) -> Iterator[Snapshot]:
    with engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        without_limits(connection)
        driver: Any = connection.connection.driver_connection
        yield of_transaction(driver)
        connection.rollback()


def of_transaction(driver: Any) -> Snapshot:
    """What a transaction of PostgreSQL sees, at REPEATABLE READ. Raises NoTables."""
    revision = schema.of_postgres(driver)
    if revision is None:
        raise NoTables()

    def copy_into(part: Path) -> None:
        engine = schema.engine_of(part)
        schema.upgrade(engine, revision)
        engine.dispose()
        with closing(sqlite3.connect(part, isolation_level=None)) as copy:
            copy.execute("PRAGMA synchronous = OFF")  # it is written to the disk before it is renamed
            copy.execute("PRAGMA journal_mode = OFF")
            rows.from_postgres(driver, copy, schema.tables(copy))

    return Snapshot("postgresql", revision, copy_into, driver)


def without_limits(connection: Any) -> None:
    """Takes the limits that are meant for requests from this transaction of PostgreSQL."""
    for limit in ("statement_timeout", "idle_in_transaction_session_timeout"):
        connection.exec_driver_sql(f"SET LOCAL {limit} = 0")


def _counted(part: Path, source: Snapshot) -> dict[str, int]:
    """The rows of each table of the file. Raises CountsDiffer, or BackupDamaged when SQLite finds a fault in it."""
    with closing(sqlite3.connect(part)) as copy:
        if copy.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
            raise BackupDamaged(path="The database", why="SQLite's own check finds faults in it")
        names = schema.tables(copy)
        here, there = schema.counts(copy, names), schema.counts(source.connection, names)
    for name in names:
        if here[name] != there[name]:
            raise CountsDiffer(table=name, there=there[name], here=here[name])
    return here
