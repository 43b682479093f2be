"""Whose turn is it to write? SQLite takes one writer at a time and leaves the order to chance; here it is a queue.

Threads of one process hand the turn to each other, first come, first served. Between processes each turn
is a ticket: a byte of a lock file, locked by its holder (POSIX record locks, fcntl(2)). A newcomer takes
the next number and waits until all smaller numbers are free, so nobody overtakes and nobody starves. The
kernel frees the tickets of a process that dies; who has waited long enough gives the ticket back.
"""

import fcntl
import os
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from ua_tracker.refusals import DatabaseAway, DatabaseReadOnly, NotStored, TurnTooLong

PATIENCE = 5.0  # seconds that a writer waits in all: for its turn, and then for the database
# Seconds without any turn after which all but the first few of a process give up: they would take the threads
# that readers need, and a queue that stands still lets nobody through anyway.
STALLED, FIRST_FEW = 1.5, 2
_POLL_SECONDS = (0.0002, 0.005)  # seconds between two looks at the tickets: record locks know no time-out
_COUNTER = 0  # the byte locked while a number is drawn; tickets are the bytes from 1 on
_WIDTH = 8


class FairLock:
    """A lock that threads get in the order in which they asked."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._waiting: deque[threading.Lock] = deque()
        self._is_taken = False
        self._moved = 0.0

    def acquire(self, deadline: float) -> None:
        """Waits for the turn until this instant (of time.monotonic). Raises TurnTooLong."""
        own = threading.Lock()
        with self._guard:
            if not self._is_taken:
                self._is_taken, self._moved = True, time.monotonic()
                return
            own.acquire()
            self._waiting.append(own)
            ends = self._ends(own, deadline)
        while not own.acquire(timeout=max(0.0, ends - time.monotonic())):
            with self._guard:
                if own not in self._waiting:  # handed over at this very moment
                    return
                ends = self._ends(own, deadline)
                if ends <= time.monotonic():
                    self._waiting.remove(own)
                    raise TurnTooLong()

    def _ends(self, own: threading.Lock, deadline: float) -> float:
        """Until when this one waits, as things stand: not all to the end while nothing moves."""
        return deadline if self._waiting.index(own) < FIRST_FEW else min(deadline, self._moved + STALLED)

    def release(self) -> None:
        """Hands the turn to the one who has waited longest."""
        with self._guard:
            self._moved = time.monotonic()
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._is_taken = False


class WriterQueue:
    """The queue in front of one database file, for all threads of all processes that open it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._threads = FairLock()
        self._file: int | None = None
        self._holder: int | None = None
        os.register_at_fork(after_in_child=self._forget)

    def _forget(self) -> None:
        """A forked child holds no lock of its parent's and must not share its place in the queue."""
        self._threads = FairLock()
        self._file = self._holder = None

    @property
    def is_mine(self) -> bool:
        """Whether this thread holds the turn."""
        return self._holder == threading.get_ident()

    @contextmanager
    def turn(self, patience: float = PATIENCE) -> Iterator[float]:
        """Holds the turn while the block runs, which gets the instant (of time.monotonic) until which it may wait on.

        Raises TurnTooLong when the turn does not come within so many seconds, DatabaseAway where the folder is
        gone, DatabaseReadOnly where it takes no writing.
        """
        deadline, threads = time.monotonic() + patience, self._threads
        threads.acquire(deadline)
        try:
            file = self._open()
            ticket = _draw(file, deadline)
            try:
                if ticket > 1:
                    _lock(file, first=1, length=ticket - 1, deadline=deadline)
                self._holder = threading.get_ident()
                yield deadline
            finally:
                self._holder = None
                _lockf(file, fcntl.LOCK_UN, first=1, length=ticket)
        finally:
            threads.release()

    def _open(self) -> int:
        """The lock file that the path names: one that was removed or moved away holds no order any more."""
        try:
            if self._file is not None and not _is_at(self._file, self._path):
                os.close(self._file)
                self._file = None
            if self._file is None:
                self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
                os.fchmod(self._file, 0o600)
        except (FileNotFoundError, NotADirectoryError) as gone:
            raise DatabaseAway(self._path.parent) from gone
        except OSError as refused:
            if self._file is None:
                raise DatabaseReadOnly(self._path.parent) from refused
        return self._file


def _is_at(file: int, path: Path) -> bool:
    found = os.fstat(file)
    try:
        named = os.stat(path)
    except FileNotFoundError:
        return False
    return (found.st_dev, found.st_ino) == (named.st_dev, named.st_ino)


def _draw(file: int, deadline: float) -> int:
    """The next number, its byte locked."""
    _lock(file, first=_COUNTER, length=1, deadline=deadline)
    try:
        ticket = int.from_bytes(os.pread(file, _WIDTH, 0), "big") + 1
        os.pwrite(file, ticket.to_bytes(_WIDTH, "big"), 0)
        _lockf(file, fcntl.LOCK_EX, first=ticket, length=1)
    except OSError as full:
        raise NotStored() from full
    finally:
        _lockf(file, fcntl.LOCK_UN, first=_COUNTER, length=1)
    return ticket


def _lock(file: int, *, first: int, length: int, deadline: float) -> None:
    """Locks the bytes as soon as all of them are free. Raises TurnTooLong."""
    pause, longest = _POLL_SECONDS
    while True:
        try:
            _lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, first=first, length=length)
            return
        except (BlockingIOError, PermissionError) as taken:  # EAGAIN or EACCES: POSIX allows both
            if time.monotonic() + pause > deadline:
                raise TurnTooLong() from taken
        time.sleep(pause)
        pause = min(pause * 1.5, longest)


def _lockf(file: int, operation: int, *, first: int, length: int) -> None:
    """Locks or frees so many bytes from the first one on. `fcntl.lockf` itself takes no keywords."""
    fcntl.lockf(file, operation, length, first)


@cache
def queue_for(path: str) -> WriterQueue:
    """The one queue of this process for the database file of this real path: record locks belong to the process."""
    return WriterQueue(Path(f"{path}-queue"))
