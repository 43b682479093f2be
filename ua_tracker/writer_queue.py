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
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from ua_tracker import request_counts
from ua_tracker.refusals import DatabaseAway, DatabaseReadOnly, NotStored, TurnTooLong

PATIENCE = 5.0  # seconds that a writer waits in total, for its turn and for the database
# If no turn ends for STALLED seconds, all but the FIRST_FEW waiting threads of a process give up: a queue that does not
# move serves no writer, and they would occupy threads that readers need.
STALLED, FIRST_FEW = 1.5, 2
_POLL_SECONDS = (0.0002, 0.005)  # shortest and longest poll interval, because record locks have no timeout
_COUNTER = 0  # the byte that is locked while the next number is read; tickets are the bytes from 1 on
_WIDTH = 8


class Place:
    """The place of a waiting thread. Its `job`, if it has one, can be done by the thread that has the lock."""

    def __init__(self, job: Any = None) -> None:
        self.job, self.is_taken = job, False
        self.ends = threading.Lock()  # is released when the wait is over
        self.ends.acquire()


class FairLock:
    """A lock that threads acquire in the order of their requests."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._waiting: deque[Place] = deque()
        self._is_taken = False
        self._moved = 0.0

    def acquire(self, deadline: float, job: Any = None) -> bool:
        """Waits for the lock until this instant (of time.monotonic). Raises TurnTooLong.

        Returns false, without the lock, when another thread has taken the job and ended it.
        """
        own = Place(job)
        with self._guard:
            if not self._is_taken:
                self._is_taken, self._moved = True, time.monotonic()
                return True
            self._waiting.append(own)
            ends = self._ends(own, deadline)
        while not own.ends.acquire(timeout=max(0.0, ends - time.monotonic())):
            with self._guard:
                if own not in self._waiting:  # the lock was passed on to this thread just now, or its job was taken
                    own.ends.acquire()
                    break
                ends = self._ends(own, deadline)
                if ends <= time.monotonic():
                    self._waiting.remove(own)
                    raise TurnTooLong()
        return not own.is_taken

    def take(self, most: int) -> list[Place]:
        """Takes at most so many places out of the queue: those that wait first, up to one without a job.

        The caller has the lock, does the jobs, and then releases `ends` of each place, whatever happens.
        """
        taken: list[Place] = []
        with self._guard:
            while self._waiting and self._waiting[0].job is not None and len(taken) < most:
                taken.append(self._waiting.popleft())
                taken[-1].is_taken = True
        return taken

    def _ends(self, own: Place, deadline: float) -> float:
        """Until when this thread waits: to the deadline, or less for the later ones while the queue does not move."""
        return deadline if self._waiting.index(own) < FIRST_FEW else min(deadline, self._moved + STALLED)

    def release(self) -> None:
        """Passes the lock on to the thread that has waited longest."""
        with self._guard:
            self._moved = time.monotonic()
            if self._waiting:
                self._waiting.popleft().ends.release()
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
        deadline = time.monotonic() + patience
        self._threads.acquire(deadline)
        with self._ticket(deadline):
            request_counts.count(request_counts.TURN, deadline - patience)
            yield deadline

    def turn_for(self, job: Any, do: Callable[[float], None]) -> None:
        """Waits for the turn and calls `do` in it, with the instant of the timeout, unless another thread ends the job.

        Raises as `turn`.
        """
        deadline = time.monotonic() + PATIENCE
        if self._threads.acquire(deadline, job):
            with self._ticket(deadline):
                request_counts.count(request_counts.TURN, deadline - PATIENCE)
                do(deadline)
        else:
            request_counts.count(request_counts.TURN, deadline - PATIENCE)

    def take(self, most: int) -> list[Place]:
        """As `FairLock.take`, in this thread's turn."""
        return self._threads.take(most)

    @contextmanager
    def _ticket(self, deadline: float) -> Iterator[None]:
        """Waits for the turn among the processes; ends this thread's turn with the block."""
        threads = self._threads
        try:
            file = self._open()
            ticket = _draw(file, deadline)
            try:
                if ticket > 1:
                    _lock(file, first=1, length=ticket - 1, deadline=deadline)
                self._holder = threading.get_ident()
                yield
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
