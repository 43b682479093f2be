"""Checks that the open SQLite file is still the file at the site's path.

A connection keeps its files open by inode when they are renamed or deleted: what it commits to a deleted file is
lost, and a log ("-wal") beside another database than its own corrupts that one (sqlite.org, How To Corrupt, 4). So
device and inode of the open files are kept with each connection, and compared with the files at the path before each
use and after each commit.
"""

import os
import sqlite3
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ua_tracker import private_files
from ua_tracker.refusals import DatabaseAway, TurnTooLong

Mark = tuple[int, int]
LOG, INDEX = "-wal", "-shm"
_SETTLING_MILLISECONDS = 200


@dataclass(frozen=True)
class Opened:
    """The files that a connection has open. `path` is the real path, with symbolic links resolved.

    `may_write` is whether file and folder were writable when it was opened. `sealed` is size and modification time
    (nanoseconds) of a file that was opened read-only without a log, because none could be created; else None.
    """

    path: str
    database: Mark | None
    log: Mark | None
    index: Mark | None
    may_write: bool
    sealed: tuple[int, int] | None = None


class DatabaseFile:
    """The database file at the site's path."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def real(self) -> str:
        """The path with symbolic links resolved. SQLite keeps log and index beside it."""
        return os.path.realpath(self.path)

    def make(self) -> None:
        """Creates an empty file unless there is one. Raises OSError."""
        if not self.path.exists():
            private_files.make(self.path)

    def open(self, *, to_write: bool = True) -> tuple[sqlite3.Connection, Opened]:
        """Opens a connection to the existing file. Raises DatabaseAway when it is missing, or sqlite3.Error."""
        before, path = _mark(self.path), self.real
        if before is None:
            raise DatabaseAway(self.path)
        may_write = _may_write(path)
        self._tighten(path, may_write)
        try:
            connection, sealed = _connected(path, "rw" if to_write else "ro"), None
        except sqlite3.OperationalError:
            connection, sealed = _sealed(path, may_write)
        opened = Opened(path, before, _mark(path + LOG), _mark(path + INDEX), may_write, sealed)
        if not self.is_in_place(opened):
            connection.close()
            raise DatabaseAway(self.path)
        return connection, opened

    def is_in_place(self, opened: Opened) -> bool:
        """Whether the connection's files are those at the path, and it may write if the file has become writable."""
        return (
            _mark(self.path) == opened.database
            and _mark(opened.path + LOG) == opened.log
            and _mark(opened.path + INDEX) == opened.index
            and (opened.may_write or not _may_write(opened.path))
            and (opened.sealed is None or _seal(opened.path) == opened.sealed)
        )

    def settle(self, connection: sqlite3.Connection, opened: Opened) -> None:
        """Saves commits that are only in the log, after the file or the log was renamed or deleted.

        Copies the log into the file (a checkpoint). A log that was left behind by a renamed file is then deleted, so
        that SQLite does not apply it to another file. Does nothing when another process has opened new files at the
        path. Call it in the writers' turn. Raises TurnTooLong when the log is in use.
        """
        here = _mark(opened.path), _mark(opened.path + LOG), _mark(opened.path + INDEX)
        if opened.log is None or not _only_ours(here, opened):
            return
        connection.execute(f"PRAGMA busy_timeout = {_SETTLING_MILLISECONDS}")
        [(busy, _, _)] = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        if busy:
            raise TurnTooLong(self.path)
        if here[0] != opened.database:
            for name in (LOG, INDEX):
                with suppress(OSError):
                    os.unlink(opened.path + name)

    def _tighten(self, path: str, may_write: bool) -> None:
        for name in (path, path + LOG, path + INDEX):
            private_files.make_private(name)
        for name in (path + LOG, path + INDEX):  # created while the database file was read-only
            with suppress(OSError):
                if may_write and not os.access(name, os.W_OK):
                    os.chmod(name, 0o600)


def _only_ours(here: tuple[Mark | None, Mark | None, Mark | None], opened: Opened) -> bool:
    """Whether a file was renamed or deleted, and no other process has opened the files at the path now."""
    database, log, index = here
    if database != opened.database:
        return log == opened.log
    if log == opened.log:
        return index is None
    return log is None or os.path.getsize(opened.path + LOG) == 0


def _connected(path: str, mode: str) -> sqlite3.Connection:
    """A connection that has read once, so that SQLite has opened the log and its index."""
    uri = f"{Path(path).as_uri()}?mode={mode}"
    connection = sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False)
    try:
        if mode == "rw" and connection.execute("PRAGMA journal_mode").fetchone() != ("wal",):
            connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone()
    except BaseException:
        connection.close()
        raise
    return connection


def _sealed(path: str, may_write: bool) -> tuple[sqlite3.Connection, tuple[int, int] | None]:
    """Opens a read-only file that has no log and beside which none can be created.

    Raises SQLite's own error for any other file.
    """
    if may_write or _mark(path + LOG) is not None:
        return _connected(path, "rw"), None
    seal = _seal(path)
    return _connected(path, "ro&immutable=1"), seal


def _seal(path: str) -> tuple[int, int] | None:
    with suppress(OSError):
        found = os.stat(path)
        return found.st_size, found.st_mtime_ns
    return None


def _mark(path: str | Path) -> Mark | None:
    try:
        found = os.stat(path)
    except (OSError, ValueError):
        return None
    return found.st_dev, found.st_ino


def _may_write(path: str) -> bool:
    return os.access(path, os.W_OK) and os.access(os.path.dirname(path), os.W_OK)
