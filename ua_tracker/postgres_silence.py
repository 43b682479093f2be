"""Notices a PostgreSQL server that no longer answers, so that its silence costs one thread and not all of them.

A server that is gone without a word, or a network that swallows everything, ends no connection: whoever waits for an
answer would wait for minutes, and soon every thread would. So the beginning of a transaction has a limit of time. When
it is exceeded, one thread asks again at a time, and the others are refused at once. A statement that takes long is
left alone as long as the server answers somebody else.
"""

import select
import threading
import time
from collections.abc import Callable, Generator
from typing import Any, TypeVar

Answer = TypeVar("Answer")
_NOTHING = 0  # what psycopg's waiting sends to a generator when nothing has arrived


class Silence:
    """What this process knows of whether the server answers.

    `probe` opens a connection and closes it; it raises `timeouts` when no answer comes within the limit, and `away` is
    the error for those who are not let through. `patience` is the number of seconds after which a statement is
    doubted.
    """

    def __init__(
        self, probe: Callable[[], None], timeouts: type[Exception], away: type[Exception], patience: float
    ) -> None:
        self._probe, self._timeouts, self._away, self._patience = probe, timeouts, away, patience
        self._is_silent, self._asked_at = False, 0.0
        self._turn = threading.Lock()

    def ask(self, action: Callable[[], Answer]) -> Answer:
        """Does what needs one short answer of the server: opens a connection, or begins a transaction.

        While the server is silent only one thread at a time is let through; the others get the error at once.
        """
        probing = self._is_silent
        if probing and not self._turn.acquire(blocking=False):
            raise self._away("the database did not answer a moment ago")
        try:
            answer = action()
        except (TimeoutError, self._timeouts) as failed:
            self._is_silent = True
            raise self._away("the database does not answer") from failed
        finally:
            if probing:
                self._turn.release()
        self._is_silent = False
        return answer

    def watched(self, steps: Generator[Any, Any, Answer], close: Callable[[], None]) -> Generator[Any, Any, Answer]:
        """A statement's steps, given up when neither it nor a probe is answered. `close` then ends its connection."""
        doubted_at = time.monotonic() + self._patience
        try:
            wanted = next(steps)
            while True:
                ready = yield wanted
                if ready == _NOTHING and time.monotonic() > doubted_at:
                    self._require_answer(close)
                    doubted_at = time.monotonic() + self._patience
                wanted = steps.send(ready)
        except StopIteration as end:
            answer: Answer = end.value
            return answer

    def _require_answer(self, close: Callable[[], None]) -> None:
        """Asks the server on another connection; those who doubt at the same moment share the answer."""
        asked_at = time.monotonic()
        with self._turn:
            if self._asked_at < asked_at:
                self._asked_at = time.monotonic()
                try:
                    self._probe()
                except self._timeouts:
                    self._is_silent = True
                except Exception:  # an answer, such as that there are too many connections
                    self._is_silent = False
                else:
                    self._is_silent = False
        if self._is_silent:
            close()
            raise self._away("the database stopped answering")


def answered(libpq: Any, seconds: float) -> list[Any]:
    """The results of what was sent last, below the driver's cursors. Raises TimeoutError when they come too late."""
    deadline = time.monotonic() + seconds
    poll = select.poll()
    poll.register(libpq.socket, select.POLLIN)
    libpq.flush()
    results: list[Any] = []
    while True:
        while libpq.is_busy():
            left = deadline - time.monotonic()
            if left <= 0 or not poll.poll(left * 1000):
                raise TimeoutError
            libpq.consume_input()
        result = libpq.get_result()
        if result is None:
            return results
        results.append(result)
