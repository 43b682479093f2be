"""Checks that the open SQLite file is still the file at the site's path.

A connection keeps its files open by inode when they are renamed or deleted: what it commits to a deleted file is
lost, and a log ("-wal") beside another database than its own corrupts that one (sqlite.org, How To Corrupt, 4). So
device and inode of the open files are kept with each connection, and compared with the files at the path before each
use and after each commit.
"""

import os
import sqlite3
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path

from ua_tracker import private_files
from ua_tracker.open_connections import FileConnection, Mark, connections_to
from ua_tracker.refusals import DatabaseAway, TurnTooLong
from ua_tracker.writer_queue import queue_for

LOG, INDEX = "-wal", "-shm"
_SETTLING_MILLISECONDS = 200
_LEAVING_SECONDS = 2.0  # how long an opening waits for connections that are in use and must be closed before


@dataclass(frozen=True)
class Opened:
    """The files that a connection has open. `path` is the real path, with symbolic links resolved.

    `index` is the one that all connections of the process share (see `open_connections`).

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

    def open(self, *, to_write: bool = True) -> FileConnection:
        """Opens a connection to the existing file, in use by the caller; `opened` says which files it has open.

        If others of this process have other files open, they are settled and closed before. Raises DatabaseAway when
        the file is missing or the others are in use for too long, TurnTooLong as `settle`, or sqlite3.Error.
        """
        connections = connections_to(self.real)
        with connections.opening:
            self._leave_other_files()
            before, path = _mark(self.path), self.real
            if before is None:
                raise DatabaseAway(self.path)
            may_write = _may_write(path)
            self._tighten(path, may_write)
            try:
                connection, sealed = _connected(path, "rw" if to_write else "ro"), None
            except sqlite3.OperationalError:
                connection, sealed = _sealed(path, may_write)
            index = connections.join(connection, _mark(path + INDEX))
            connection.opened = Opened(path, before, _mark(path + LOG), index, may_write, sealed)
        if not self.is_in_place(connection.opened):
            connection.close()
            raise DatabaseAway(self.path)
        return connection

    def is_in_place(self, opened: Opened) -> bool:
        """Whether the connection's files are those at the path, and it may write if the file has become writable."""
        return (
            _mark(self.path) == opened.database
            and _mark(opened.path + LOG) == opened.log
            and _mark(opened.path + INDEX) == opened.index
            and (opened.may_write or not _may_write(opened.path))
            and (opened.sealed is None or _seal(opened.path) == opened.sealed)
        )

    def settle(self, connection: FileConnection) -> None:
        """Saves commits that are only in the log, after the file or the log was renamed or deleted.

        Copies the log into the file (a checkpoint). A log that was left behind by a renamed file is then deleted, so
        that SQLite does not apply it to another file. Does nothing when another process has opened new files at the
        path. Does not wait for the writers' turn: raises TurnTooLong when another writer has it or the log is in use.
        """
        queue = queue_for(connection.opened.path)
        with nullcontext() if queue.is_mine else queue.turn(patience=0):
            self._settle(connection, connection.opened)

    def _leave_other_files(self) -> None:
        """Closes the connections of this process if one of them has other files open than those at the path."""
        connections = connections_to(self.real)
        others = [one for one in connections.all() if not self.is_in_place(one.opened)]
        writing = next((one for one in others if one.opened.may_write and one.take()), None)
        if writing is not None:
            try:
                self.settle(writing)
            finally:
                writing.give_back()
        if others and not connections.close_all(_LEAVING_SECONDS):
            raise DatabaseAway(self.path)

    def _settle(self, connection: FileConnection, opened: Opened) -> None:
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


def _connected(path: str, mode: str) -> FileConnection:
    """A connection that has read once, so that SQLite has opened the log and its index."""
    uri = f"{Path(path).as_uri()}?mode={mode}"
    connection = sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False, factory=FileConnection)
    try:
        if mode == "rw" and connection.execute("PRAGMA journal_mode").fetchone() != ("wal",):
            connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone()
    except BaseException:
        connection.close()
        raise
    return connection


def _sealed(path: str, may_write: bool) -> tuple[FileConnection, tuple[int, int] | None]:
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
