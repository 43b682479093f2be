"""Turns to render: one thread of a process renders a changed response, and the others that need it wait for it."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

LONGEST = 1.0  # seconds that a thread waits for another one's response
# A response that changes with nearly every request is rendered again only after PACE seconds, or as soon as ENOUGH
# threads wait for it: of a process's eight threads for reading, the others must stay free.
PACE, ENOUGH = 0.025, 4


class Turn:
    """The turn to render responses."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._changed = threading.Condition()
        self._waiting = 0

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Waits for the turn and keeps it while the block runs; after LONGEST seconds the block runs without it."""
        with self._changed:
            self._waiting += 1
            self._changed.notify_all()
        is_ours = self._lock.acquire(timeout=LONGEST)
        try:
            yield
        finally:
            with self._changed:
                self._waiting -= 1
            if is_ours:
                self._lock.release()

    def gather(self, since: float) -> None:
        """Waits for further threads, at most until PACE seconds after `since` (time.monotonic)."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting >= ENOUGH, timeout=since + PACE - time.monotonic())
