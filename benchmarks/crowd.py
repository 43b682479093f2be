"""A crowd of viewers and supporters in one process: what each sends, and how long each answer took.

Every request has a moment at which it is sent, whatever the speed of the answers, and its time is counted from that
moment. So waiting is not hidden, neither the server's nor the crowd's own.
"""

import asyncio
import gc
import re
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from random import Random
from urllib.parse import urlencode

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_TOKEN = re.compile(rb"[?&]v=([^\"&]+)")
_EVERY = re.compile(rb"every (\d+)s")
_REVISION = re.compile(rb'data-revision="(\d+)"')
_KEYS = re.compile(rb'name="(csrf_token|once_key)" value="([^"]+)"')
FIRST_INTERVAL = 5.0
COMING = 500  # viewers who come in a second
THINKING = 3.0  # seconds between the page and the press of its button
LAST_ANSWERS = 30.0  # seconds that answers may take after the last request was sent
Heard = Callable[[int, bytes], None]


@dataclass
class Seen:
    """What a crowd has seen: seconds by kind of request, statuses, connections, and who was thanked."""

    seconds: dict[str, list[float]] = field(default_factory=dict)
    statuses: Counter[tuple[str, int]] = field(default_factory=Counter)
    late: list[float] = field(default_factory=list)  # seconds by which the crowd itself was late with a request
    connections: int = 0
    lost: int = 0  # requests without an answer
    backwards: int = 0  # numbers that went back for a viewer
    thanked: list[str] = field(default_factory=list)


class Line(asyncio.Protocol):
    """One kept connection, opened again when the server has closed it; one request at a time."""

    def __init__(self, port: int, seen: Seen) -> None:
        self._port, self._seen = port, seen
        self._transport: asyncio.Transport | None = None
        self._received = b""
        self._kind, self._due = "", 0.0
        self._heard: Heard | None = None
        self._opening: asyncio.Task[None] | None = None

    @property
    def is_busy(self) -> bool:
        """Whether an answer is awaited."""
        return self._heard is not None

    def send(self, kind: str, due: float, request: bytes, heard: Heard) -> None:
        """Sends what was due at this moment (of the loop's clock); `heard` gets status and body."""
        loop = asyncio.get_running_loop()
        self._kind, self._due, self._heard, self._received = kind, due, heard, b""
        self._seen.late.append(loop.time() - due)
        if self._transport is None or self._transport.is_closing():
            self._opening = loop.create_task(self._open(request))
        else:
            self._transport.write(request)

    async def _open(self, request: bytes) -> None:
        self._seen.connections += 1
        try:
            loop = asyncio.get_running_loop()
            self._transport, _ = await loop.create_connection(lambda: self, "127.0.0.1", self._port)
            self._transport.write(request)
        except OSError:
            self.connection_lost(None)

    def data_received(self, data: bytes) -> None:
        """Collects an answer (RFC 9112: with Content-Length, or without a body)."""
        self._received += data
        head, ended, body = self._received.partition(b"\r\n\r\n")
        if not ended or self._heard is None:
            return
        status, length = int(head[9:12]), _LENGTH.search(head)
        if length is not None and len(body) < int(length[1]) and status not in (204, 304):
            return
        heard, self._heard = self._heard, None
        self._seen.statuses[self._kind, status] += 1
        self._seen.seconds.setdefault(self._kind, []).append(asyncio.get_running_loop().time() - self._due)
        heard(status, body)

    def connection_lost(self, _wrong: Exception | None) -> None:
        """Counts an answer that never came."""
        self._transport = None
        if self._heard is not None:
            heard, self._heard = self._heard, None
            self._seen.lost += 1
            heard(0, b"")

    def close(self) -> None:
        """Closes the connection."""
        if self._transport is not None:
            self._transport.close()


class Viewer:
    """Polls the counter as static/page.js does: at the interval that the fragment says, with the token it has."""

    def __init__(self, port: int, seen: Seen, path: str, ends: float) -> None:
        self._seen, self._path, self._ends = seen, path, ends
        self._line = Line(port, seen)
        self._token, self._revision, self._interval = "", 0, FIRST_INTERVAL
        self._timer = 0  # a fragment that is swapped in begins a new timer, and the old one's ticks are ignored
        self._is_owed: float | None = None

    def tick(self, due: float, timer: int = 0) -> None:
        """One tick of the page's timer; while an answer is awaited, htmx sends the last tick's request after it."""
        if timer != self._timer or due > self._ends:
            return
        loop = asyncio.get_running_loop()
        loop.call_at(due + self._interval, self.tick, due + self._interval, timer)
        if self._line.is_busy:
            self._is_owed = due
        else:
            self._poll(due)

    def _poll(self, due: float) -> None:
        query = f"?v={self._token}" if self._token else ""
        request = f"GET {self._path}{query} HTTP/1.1\r\nHost: 127.0.0.1\r\nHX-Request: true\r\n\r\n"
        self._line.send("poll", due, request.encode(), self._heard)

    def _heard(self, status: int, body: bytes) -> None:
        loop = asyncio.get_running_loop()
        if status == 200:
            self._show(body, loop)
        if self._is_owed is not None:
            due, self._is_owed = self._is_owed, None
            self._poll(due)

    def _show(self, body: bytes, loop: asyncio.AbstractEventLoop) -> None:
        token, every, revision = _TOKEN.search(body), _EVERY.search(body), _REVISION.search(body)
        if token is None or every is None or revision is None:
            return
        self._seen.backwards += int(revision[1]) < self._revision
        self._token, self._revision, self._interval = token[1].decode(), int(revision[1]), float(every[1])
        self._timer += 1
        due = loop.time() + self._interval
        loop.call_at(due, self.tick, due, self._timer)


class Supporter:
    """Opens the page, reads for THINKING seconds, and sends the form on the same connection."""

    def __init__(self, port: int, seen: Seen, page: str, name: str, source: str) -> None:
        self._seen, self._page, self._name = seen, page, name
        self._head = f"HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Forwarded-For: {source}\r\n"
        self._line = Line(port, seen)
        self._keys: dict[str, str] | None = None
        self._is_pressed: float | None = None

    def come(self, due: float) -> None:
        """Opens the page; the button is pressed at its moment, or as soon as the page has come."""
        self._line.send("page", due, f"GET {self._page} {self._head}\r\n".encode(), self._read)
        loop = asyncio.get_running_loop()
        loop.call_at(due + THINKING, self._press, due + THINKING)

    def _read(self, _status: int, body: bytes) -> None:
        self._keys = {name.decode(): value.decode() for name, value in _KEYS.findall(body)}
        if self._is_pressed is not None:
            self._press(self._is_pressed)

    def _press(self, due: float) -> None:
        if self._keys is None:
            self._is_pressed = due
            return
        typed = urlencode({"name": self._name, "letters": 3, **self._keys})
        head = f"POST {self._page}/pledges {self._head}Content-Type: application/x-www-form-urlencoded\r\n"
        self._line.send("pledge", due, f"{head}Content-Length: {len(typed)}\r\n\r\n{typed}".encode(), self._heard)

    def _heard(self, status: int, _body: bytes) -> None:
        if status == 303:
            self._seen.thanked.append(self._name)
        self._line.close()


def ready() -> None:
    """Does nothing: a process that has done it has imported this module, and begins in time."""


def viewers(port: int, path: str, number: int, begins: float, seconds: float) -> Seen:
    """So many viewers, who come one after the other until `begins` (time.time()), and stay for so many seconds more."""
    gc.disable()  # this process does nothing else, and its own pauses would be taken for the site's
    return asyncio.run(_viewers(port, path, number, begins, seconds))


async def _viewers(port: int, path: str, number: int, begins: float, seconds: float) -> Seen:
    loop, seen = asyncio.get_running_loop(), Seen()
    start = loop.time() + begins - time.time()
    for place in range(number):
        due = start - (number - place) / COMING
        loop.call_at(due, Viewer(port, seen, path, start + seconds).tick, due)
    await asyncio.sleep(start + seconds - loop.time())
    return await _to_the_last_answer(seen, loop.time())


def supporters(port: int, page: str, a_minute: int, begins: float, seconds: float) -> Seen:
    """Supporters who come one after the other at this rate, each from a network of its own."""
    gc.disable()
    return asyncio.run(_supporters(port, page, a_minute, begins, seconds))


async def _supporters(port: int, page: str, a_minute: int, begins: float, seconds: float) -> Seen:
    loop, seen, chance = asyncio.get_running_loop(), Seen(), Random(15)
    start = loop.time() + begins - time.time()
    for number in range(round(a_minute * seconds / 60)):
        source = f"{chance.randrange(1, 224)}.{chance.randrange(256)}.{chance.randrange(256)}.9"
        due = start + number * 60 / a_minute
        loop.call_at(due, partial(Supporter(port, seen, page, f"Supporter {number}", source).come, due))
    await asyncio.sleep(start + seconds + THINKING - loop.time())
    return await _to_the_last_answer(seen, loop.time())


async def _to_the_last_answer(seen: Seen, since: float) -> Seen:
    """Waits until every request has an answer, for LAST_ANSWERS seconds at most; the rest counts as lost."""
    loop = asyncio.get_running_loop()

    def missing() -> int:
        return len(seen.late) - sum(seen.statuses.values()) - seen.lost

    while missing() and loop.time() < since + LAST_ANSWERS:
        await asyncio.sleep(0.1)
    seen.lost += missing()
    return seen
