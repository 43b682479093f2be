"""A fair queue of writers for SQLite, which allows one writer at a time and chooses the next one at random.

Threads of one process get the turn in the order of their requests. Between processes each turn is a ticket: a byte of
a lock file that its owner has locked (POSIX record locks, fcntl(2)). A new writer takes the next number and waits until
all smaller numbers are unlocked, so that no writer overtakes another and none waits for ever. When a process dies, the
kernel releases its tickets. A writer that has waited too long gives up its ticket.
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

PATIENCE = 5.0  # seconds that a writer waits in total, for its turn and for the database
# If no turn ends for STALLED seconds, all but the FIRST_FEW waiting threads of a process give up: a queue that does not
# move serves no writer, and they would occupy threads that readers need.
STALLED, FIRST_FEW = 1.5, 2
_POLL_SECONDS = (0.0002, 0.005)  # shortest and longest poll interval, because record locks have no timeout
_COUNTER = 0  # the byte that is locked while the next number is read; tickets are the bytes from 1 on
_WIDTH = 8


class FairLock:
    """A lock that threads acquire in the order of their requests."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._waiting: deque[threading.Lock] = deque()
        self._is_taken = False
        self._moved = 0.0

    def acquire(self, deadline: float) -> None:
        """Waits for the lock until this instant (of time.monotonic). Raises TurnTooLong."""
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
                if own not in self._waiting:  # the lock was passed on to this thread just now
                    return
                ends = self._ends(own, deadline)
                if ends <= time.monotonic():
                    self._waiting.remove(own)
                    raise TurnTooLong()

    def _ends(self, own: threading.Lock, deadline: float) -> float:
        """Until when this thread waits: to the deadline, or less for the later ones while the queue does not move."""
        return deadline if self._waiting.index(own) < FIRST_FEW else min(deadline, self._moved + STALLED)

    def release(self) -> None:
        """Passes the lock on to the thread that has waited longest."""
        with self._guard:
            self._moved = time.monotonic()
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._is_taken = False


class WriterQueue:
    """The queue of writers to one database file, for all threads of all processes."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._threads = FairLock()
        self._file: int | None = None
        self._holder: int | None = None
        os.register_at_fork(after_in_child=self._forget)

    def _forget(self) -> None:
        """Resets the queue in a forked child, which does not have its parent's locks."""
        self._threads = FairLock()
        self._file = self._holder = None

    @property
    def is_mine(self) -> bool:
        """Whether it is this thread's turn."""
        return self._holder == threading.get_ident()

    @contextmanager
    def turn(self, patience: float = PATIENCE) -> Iterator[float]:
        """Waits for the turn and keeps it while the block runs. Yields the instant (of time.monotonic) of the timeout.

        Raises TurnTooLong when the turn does not come within `patience` seconds, DatabaseAway when the folder is
        missing, DatabaseReadOnly when it is not writable.
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
        """Opens the lock file at the path, again if the open one was deleted or moved."""
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
    """Takes the next number and locks its byte. Raises NotStored, for example on a full disk."""
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
    """Locks the bytes as soon as all of them are unlocked. Raises TurnTooLong."""
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
    """The queue of this process for this real path. There is only one, since record locks belong to a process."""
    return WriterQueue(Path(f"{path}-queue"))
