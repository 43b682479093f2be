"""Counts of requests and their times, in memory that all processes of one server share.

gunicorn's master makes the memory before it starts its workers, so that it has no name, needs no folder, and is gone
with them. Each process writes into a region of its own: a count costs two dictionary look-ups and a few additions, and
nothing is lost when the process is killed. A new process goes on in the region of one that has ended, so that a
total never goes back while the server runs.
"""

import fcntl
import mmap
import os
import tempfile
import threading
import time
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from typing import Any, NamedTuple

from sqlalchemy import Engine, event

NO_ROUTE = "none"
METHODS = {"GET", "HEAD", "POST", "OPTIONS"}
# The kinds of counted things that are no requests: SQL statements, and waits for the turn to write.
STATEMENT, TURN = "statement", "turn"
# Upper ends of the time spans, in microseconds; a last span has no end.
SPANS = (1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000, 5_000_000)
REGIONS = 160  # more than two servers of 64 processes, while one replaces the other
_SLOTS, _NAME, _NUMBERS = 1024, 112, 2 + len(SPANS) + 1
_SLOT = 256  # bytes: the name, then the numbers, each of eight bytes
_REGION = _SLOTS * _SLOT
_REST = ("rest", "", "")
# The first slot of a region holds what is so at this moment: connections, and writing requests.
_MOMENT = ("at this moment", "", "")
Series = tuple[str, str, str]  # kind or method, route, status


class Counted(NamedTuple):
    """How many times, how many microseconds in all, and how many in each span."""

    times: int
    microseconds: int
    spans: tuple[int, ...]


class SharedMemory:
    """The memory of one server. Make it before its processes are forked."""

    def __init__(self) -> None:
        self.bytes = mmap.mmap(-1, REGIONS * _REGION)
        # A process that lives holds the lock of one byte of this file; the kernel frees it when the process ends.
        self._locks, name = tempfile.mkstemp()
        os.unlink(name)

    def join(self) -> "ProcessCounts":
        """A region for this process, which is no other living process's. Raises OSError when there is none."""
        for number in range(REGIONS):
            if self._lock(number):
                return ProcessCounts(self, number)
        raise OSError("too many processes count at once")

    def lives(self, number: int) -> bool:
        """Whether a process other than this one holds this region."""
        if not self._lock(number):
            return True
        fcntl.lockf(self._locks, fcntl.LOCK_UN, 1, number)
        return False

    def _lock(self, number: int) -> bool:
        try:
            fcntl.lockf(self._locks, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, number)
        except OSError:
            return False
        return True


class ProcessCounts:
    """The region of this process."""

    def __init__(self, shared: SharedMemory, number: int) -> None:
        self._shared, self._number, self._pid = shared, number, os.getpid()
        self._numbers = memoryview(shared.bytes).cast("Q")
        self._adding = threading.Lock()
        self._slots: dict[Series, int] = {}
        for slot in range(_SLOTS):
            series = self._series(number, slot)
            if series is None:
                break
            self._slots[series] = self._place(number, slot)
        self._moment = self._slots.get(_MOMENT) or self._new(_MOMENT)
        self._numbers[self._moment] = self._numbers[self._moment + 1] = 0

    def add(self, kind: str, route: str, status: str, microseconds: int) -> None:
        """Counts one of this kind (a method), route and status, and its time."""
        place = self._slots.get((kind, route, status))
        if place is None:
            place = self._new((kind, route, status))
        numbers, span = self._numbers, place + 2 + bisect_left(SPANS, microseconds)
        with self._adding:
            numbers[place] += 1
            numbers[place + 1] += microseconds
            numbers[span] += 1

    def now(self, connections: int, writing: int) -> None:
        """Says how many connections are open and how many writing requests wait or are worked on."""
        self._numbers[self._moment], self._numbers[self._moment + 1] = connections, writing

    def totals(self) -> dict[Series, Counted]:
        """The sums over all processes of the server, those that have ended too."""
        sums: dict[Series, list[int]] = defaultdict(lambda: [0] * _NUMBERS)
        for number in range(REGIONS):
            for series, numbers in self._of(number):
                if series != _MOMENT:
                    sums[series] = [one + other for one, other in zip(sums[series], numbers, strict=True)]
        return {series: Counted(one[0], one[1], tuple(one[2:])) for series, one in sums.items()}

    def moments(self) -> list[tuple[int, int]]:
        """Connections and writing requests at this moment, of each living process."""
        found = []
        for number in range(REGIONS):
            first = next(iter(self._of(number)), None)
            if first and (number == self._number or self._shared.lives(number)):
                found.append((first[1][0], first[1][1]))
        return found

    def _new(self, series: Series) -> int:
        """The place of a new slot of this name; when all are taken, of the slot for the rest."""
        with self._adding:
            if series in self._slots:
                return self._slots[series]
            slot = len(self._slots)
            name = "\t".join(series).encode()
            if slot >= _SLOTS - 2 or len(name) > _NAME:
                if _REST in self._slots:
                    return self._slots[_REST]
                series, name = _REST, "\t".join(_REST).encode()
            start = self._number * _REGION + slot * _SLOT
            self._shared.bytes[start : start + len(name)] = name
            self._slots[series] = self._place(self._number, slot)
            return self._slots[series]

    def _of(self, number: int) -> Iterator[tuple[Series, list[int]]]:
        for slot in range(_SLOTS):
            series = self._series(number, slot)
            if series is None:
                return
            place = self._place(number, slot)
            yield series, list(self._numbers[place : place + _NUMBERS])

    def _series(self, number: int, slot: int) -> Series | None:
        start = number * _REGION + slot * _SLOT
        name = self._shared.bytes[start : start + _NAME].rstrip(b"\0").decode()
        if not name:
            return None
        kind, route, status = name.split("\t")
        return kind, route, status

    def _place(self, number: int, slot: int) -> int:
        return (number * _REGION + slot * _SLOT + _NAME) // 8


# This process's counts; None in a process that gunicorn has not started.
own: ProcessCounts | None = None


def count(kind: str, since: float) -> None:
    """Counts one of this kind, which began at this instant of time.monotonic, if this process counts."""
    if own is not None:
        own.add(kind, "", "", int((time.monotonic() - since) * 1_000_000))


def count_statements(engine: Engine) -> None:
    """Counts the statements of this engine and their times, in a process that counts."""
    if own is None:
        return

    @event.listens_for(engine, "before_cursor_execute")
    def before(connection: Any, *_: Any) -> None:
        connection.info["began"] = time.monotonic()

    @event.listens_for(engine, "after_cursor_execute")
    def after(connection: Any, *_: Any) -> None:
        count(STATEMENT, connection.info["began"])
