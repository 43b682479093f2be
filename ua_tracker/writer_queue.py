"""Whose turn is it to write? SQLite takes one writer at a time and leaves the order to chance; here it is a queue.

Threads of one process hand the turn to each other, first come, first served. Between processes each turn
is a ticket: a byte of a lock file, locked by its holder (POSIX record locks, fcntl(2)). A newcomer takes
the next number and waits until all smaller numbers are free, so nobody overtakes and nobody starves. The
kernel frees the tickets of a process that dies.
"""

import fcntl
import os
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

_DESK = 0  # the byte locked while a number is drawn; tickets are the bytes from 1 on
_WIDTH = 8


class FairLock:
    """A lock that threads get in the order in which they asked."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._waiting: deque[threading.Lock] = deque()
        self._held = False

    def acquire(self) -> None:
        """Waits for the turn."""
        with self._guard:
            if not self._held:
                self._held = True
                return
            mine = threading.Lock()
            mine.acquire()
            self._waiting.append(mine)
        mine.acquire()

    def release(self) -> None:
        """Hands the turn to the one who has waited longest."""
        with self._guard:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._held = False


class WriterQueue:
    """The queue in front of one database file, for all threads of all processes that open it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._threads = FairLock()
        self._file: int | None = None
        os.register_at_fork(after_in_child=self._forget)

    def _forget(self) -> None:
        """A forked child holds no lock of its parent's and must not share its place in the queue."""
        self._threads = FairLock()
        self._file = None

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Holds the turn while the block runs."""
        threads = self._threads
        threads.acquire()
        try:
            ticket = self._draw()
            try:
                if ticket > 1:
                    fcntl.lockf(self._open(), fcntl.LOCK_EX, ticket - 1, 1)
                yield
            finally:
                fcntl.lockf(self._open(), fcntl.LOCK_UN, ticket, 1)
        finally:
            threads.release()

    def _draw(self) -> int:
        file = self._open()
        fcntl.lockf(file, fcntl.LOCK_EX, 1, _DESK)
        try:
            ticket = int.from_bytes(os.pread(file, _WIDTH, 0), "big") + 1
            os.pwrite(file, ticket.to_bytes(_WIDTH, "big"), 0)
            fcntl.lockf(file, fcntl.LOCK_EX, 1, ticket)
        finally:
            fcntl.lockf(file, fcntl.LOCK_UN, 1, _DESK)
        return ticket

    def _open(self) -> int:
        if self._file is None:
            self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        return self._file


@cache
def queue_for(path: Path) -> WriterQueue:
    """The one queue of this process for the database file: record locks belong to the process, not to the caller."""
    return WriterQueue(path.with_name(path.name + "-queue"))
