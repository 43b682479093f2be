"""Storage for the rate limits: a SQLite file for all processes of one machine, or Redis for several machines.

The library `limits` counts in the memory of each process, which multiplies a limit by the number of processes, or in
servers such as Redis. This is its `Storage` over SQLite. Each limit of a source has one row with the times of its last
writes, never more than the limit allows. So the window moves exactly: no count restarts at the full minute. The cost
of a write does not grow with the number of sources. The file has only hashes and times; if it is lost, counting
restarts.
"""

import hashlib
import logging
import os
import sqlite3
import threading
from array import array
from bisect import bisect_right
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

from limits.storage import MovingWindowSupport, RedisStorage, Storage

NAME = "limits.db"
LENIENT = "limits-lenient"
RETRY_AFTER = 10.0  # seconds
_PRUNED = 4  # expired rows that each write deletes at most; it adds at most one
_WAIT = 1.0  # seconds
# Seconds to wait for another process: SQLite's waiting is not fair. Four processes that did nothing but count made one
# of them wait for 0.7 on a busy machine.
_WAIT_FOR_TURN = 3.0
_PRAGMAS = ("journal_mode = WAL", "synchronous = OFF", "secure_delete = ON")
_SCHEMA = """
    CREATE TABLE IF NOT EXISTS writes (key BLOB PRIMARY KEY, until REAL NOT NULL, times BLOB NOT NULL) WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS writes_until ON writes (until);
"""
_NOTE = "INSERT OR REPLACE INTO writes (key, until, times) VALUES (?, ?, ?)"
_PRUNE = "DELETE FROM writes WHERE key IN (SELECT key FROM writes WHERE until < ? LIMIT ?)"
_LOG = logging.getLogger(__name__)
Clock = Callable[[], float]
Answer = TypeVar("Answer")


class _MovingWindowsOnly(Storage, MovingWindowSupport):
    """A storage without the library's fixed windows: these restart for all sources at the same moment."""

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Not supported. Raises TypeError."""
        raise TypeError("this storage counts moving windows only")

    def get(self, key: str) -> int:
        """Not supported. Raises TypeError."""
        raise TypeError("this storage counts moving windows only")

    def get_expiry(self, key: str) -> float:
        """Not supported. Raises TypeError."""
        raise TypeError("this storage counts moving windows only")


class FileStorage(_MovingWindowsOnly):
    """The library's storage for moving windows, in a file. `clock` returns seconds since the epoch."""

    STORAGE_SCHEME = ["limits-file"]  # noqa: RUF012 - the library declares it without ClassVar

    def __init__(self, uri: str | None = None, wrap_exceptions: bool = False, *, path: Path, clock: Clock) -> None:
        super().__init__(uri, wrap_exceptions)
        self._path, self._clock = path, clock
        self._lock = threading.Lock()
        self._opened: tuple[sqlite3.Connection, int, tuple[int, int] | None] | None = None

    @property
    def base_exceptions(self) -> tuple[type[Exception], ...]:
        """The exceptions that the methods can raise."""
        return sqlite3.Error, OSError

    def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Whether `amount` more writes are within the limit; if so, they are counted."""
        with self._lock:
            try:
                return self._noted(_short(key), limit, expiry, amount)
            except sqlite3.OperationalError:
                self.close()  # the fault may be in this connection only
                raise
            except sqlite3.DatabaseError:  # the file is corrupt
                self._begin_anew()
                return self._noted(_short(key), limit, expiry, amount)

    def get_moving_window(self, key: str, limit: int, expiry: int) -> tuple[float, int]:
        """The time of the oldest write in the window, and the number of writes in it."""
        now = self._clock()
        with self._lock:
            times = _within(self._connection(), _short(key), now - expiry, now)
        return (times[0], len(times)) if times else (now, 0)

    def clear(self, key: str) -> None:
        """Deletes the writes counted under the key."""
        with self._lock:
            self._connection().execute("DELETE FROM writes WHERE key = ?", (_short(key),))

    def reset(self) -> int | None:
        """Deletes all rows and returns their number."""
        with self._lock:
            return self._connection().execute("DELETE FROM writes").rowcount

    def check(self) -> bool:
        """Whether the file can be read."""
        with self._lock, suppress(*self.base_exceptions):
            self._connection().execute("SELECT 1 FROM writes LIMIT 1")
            return True
        return False

    def close(self) -> None:
        """Closes the connection; the next call opens another."""
        if self._opened is not None:
            self._opened[0].close()
            self._opened = None

    def _noted(self, key: bytes, limit: int, expiry: int, amount: int) -> bool:
        connection = self._connection()
        connection.execute("BEGIN IMMEDIATE")
        try:
            now = self._clock()  # read after waiting for the lock, so that the times in a row are sorted
            times = _within(connection, key, now - expiry, now)
            fits = len(times) + amount <= limit
            if fits:
                times.extend([now] * amount)
                connection.execute(_NOTE, (key, now + expiry, times.tobytes()))
                connection.execute(_PRUNE, (now, _PRUNED))
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
        return fits

    def _connection(self) -> sqlite3.Connection:
        """The connection of this process to the file at the path."""
        if self._opened is not None and self._opened[1] != os.getpid():
            self._parents, self._opened = self._opened, None  # not closed: that would release the parent's locks
        if self._opened is not None and self._opened[2] == _identity(self._path):
            return self._opened[0]
        self.close()
        with suppress(FileExistsError):  # SQLite creates the log and index with the same mode
            os.close(os.open(self._path, os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
        connection = sqlite3.connect(self._path, _WAIT_FOR_TURN, isolation_level=None, check_same_thread=False)
        self._opened = connection, os.getpid(), _identity(self._path)
        for pragma in _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")
        connection.executescript(_SCHEMA)
        return connection

    def _begin_anew(self) -> None:
        """Deletes a corrupt file."""
        self.close()
        for ending in ("", "-wal", "-shm"):
            self._path.with_name(self._path.name + ending).unlink(missing_ok=True)


class LenientStorage(_MovingWindowsOnly):
    """Wraps another storage: while that one fails, every write is allowed, and the failure is logged once.

    The wrapped storage is used again after ten seconds, because a server that is down can take long to time out.
    """

    STORAGE_SCHEME = [LENIENT]  # noqa: RUF012 - the library declares it without ClassVar

    def __init__(
        self, uri: str | None = None, wrap_exceptions: bool = False, *, inside: FileStorage | RedisStorage, clock: Clock
    ) -> None:
        super().__init__(uri, wrap_exceptions)
        self.inside, self._clock = inside, clock
        self._failed_at: float | None = None

    @property
    def base_exceptions(self) -> tuple[type[Exception], ...]:
        """None: failures of the wrapped storage are caught."""
        return ()

    def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Whether `amount` more writes are within the limit; true while the storage fails."""
        return self._call(True, self.inside.acquire_entry, key, limit, expiry, amount)

    def get_moving_window(self, key: str, limit: int, expiry: int) -> tuple[float, int]:
        """The time of the oldest write in the window, and the number of writes; 0 while the storage fails."""
        now = self._clock()
        return self._call((now, 0), self.inside.get_moving_window, key, limit, expiry)

    def check(self) -> bool:
        """Whether the wrapped storage responds."""
        return self._call(False, self.inside.check)

    def reset(self) -> int | None:
        """Deletes all counts, if the wrapped storage supports it."""
        return self._call(None, self.inside.reset)

    def clear(self, key: str) -> None:
        """Deletes the writes counted under the key."""
        self._call(None, self.inside.clear, key)

    def _call(self, otherwise: Answer, method: Callable[..., Answer], *arguments: Any) -> Answer:
        if self._failed_at is not None and 0 <= self._clock() - self._failed_at < RETRY_AFTER:
            return otherwise
        try:
            answer = method(*arguments)
        except Exception as failed:
            if self._failed_at is None:
                kind = getattr(failed, "sqlite_errorname", type(failed).__name__)
                _LOG.error("The storage of the rate limits fails, so no limit applies: %s", kind)
            self._failed_at = self._clock()
            return otherwise
        if self._failed_at is not None:
            _LOG.warning("The storage of the rate limits works again.")
            self._failed_at = None
        return answer


def opened(uri: str, folder: Path, clock: Clock) -> FileStorage | RedisStorage:
    """The storage in Redis at this URI; for an empty one the file in the folder."""
    if not uri:
        return FileStorage(path=folder / NAME, clock=clock)
    return RedisStorage(uri, socket_connect_timeout=_WAIT, socket_timeout=_WAIT)


def _short(key: str) -> bytes:
    return hashlib.blake2b(key.encode(), digest_size=16).digest()


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = os.stat(path)
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino


def _within(connection: sqlite3.Connection, key: bytes, after: float, until: float) -> "array[float]":
    """The times after `after` and up to `until`. Later times are possible when the clock was set back."""
    row = connection.execute("SELECT times FROM writes WHERE key = ?", (key,)).fetchone()
    times = array("d", row[0] if row else b"")
    return times[bisect_right(times, after) : bisect_right(times, until)]
