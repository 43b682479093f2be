"""Requests that a client sends again byte for byte on its connection, as an open page does that polls.

To read such a request anew costs several times its answer. So the site leaves with the connection what it understood,
and for the same bytes from the same client only asks whether the answer is still true.
"""

import time
from email.utils import formatdate
from functools import lru_cache
from typing import NamedTuple, Protocol

from gunicorn import SERVER


class Answer(NamedTuple):
    """An answer ready to send: its status with the reason, its header lines, its body, and the id of the request."""

    status: str
    lines: bytes
    body: bytes
    number: str


class Repeat(Protocol):
    """What the site understood of a request: the bytes that it came in, and the pattern of its route."""

    @property
    def request(self) -> bytes:
        """The bytes."""

    @property
    def route(self) -> str:
        """The pattern."""

    def answer(self, arrived: float, *, at_once: bool) -> Answer | None:
        """The answer to the same bytes, which arrived at this instant of time.monotonic; None to read them anew.

        `at_once` says that the main loop asks, which waits for nothing.
        """


def wire(answer: Answer) -> bytes:
    """The answer as gunicorn sends it on a connection that stays open (RFC 9112)."""
    own = f"Server: {SERVER}\r\nDate: {_date(int(time.time()))}\r\nConnection: keep-alive\r\n"
    return f"HTTP/1.1 {answer.status}\r\n{own}".encode("latin-1") + answer.lines + b"\r\n" + answer.body


@lru_cache(maxsize=2)
def _date(second: int) -> str:
    return formatdate(second, usegmt=True)
