"""Sends one message to the address of a webhook, and nowhere else.

The name is looked up once. What it leads to is checked, and the connection goes to exactly one of those addresses; the
certificate must be that of the name. No redirect is followed, no proxy is used, no more of the answer is read than
needed, and after SECONDS everything ends, however slowly the other side sends.
"""

import socket
import ssl
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError, SSLError
from urllib3.exceptions import TimeoutError as TimeoutOfUrllib3

from ua_tracker import refusals
from ua_tracker.webhooks import addresses
from ua_tracker.webhooks.addresses import Place, Resolver

SECONDS = 10.0
MOST_READ = 16 * 1024  # bytes of the answer's body, which nobody looks at
_TRIED = 3  # addresses of one name
GONE = 410
REASONS = (
    "status", "redirect", "timeout", "connection", "certificate", "name", "private", "address", "secret", "unmade",
    "died",
)  # fmt: skip


@dataclass(frozen=True)
class Answer:
    """The status of the response, and why the message was not taken: one of REASONS, empty when it was."""

    status: int | None
    reason: str = ""

    @property
    def is_good(self) -> bool:
        """Whether the receiver took the message."""
        return not self.reason

    @property
    def is_gone(self) -> bool:
        """Whether the receiver says that it wants nothing more."""
        return self.status == GONE


def post(
    url: str,
    body: bytes,
    headers: dict[str, str],
    *,
    networks: Sequence[str],
    resolve: Resolver = addresses.looked_up,
    seconds: float = SECONDS,
) -> Answer:
    """Posts the body and returns the answer. `networks` are those that the operator allows beside the public ones.

    `resolve` gives the addresses of a name; it is asked once. Redirects are a refusal like any other status.
    """
    with _Limit(seconds) as limit:
        try:
            place = addresses.place_of(url, networks)
            found = addresses.reachable(place, networks, resolve)
        except refusals.HookPrivate:
            return Answer(None, "private")
        except refusals.Refusal:
            return Answer(None, "address")
        except OSError:
            return Answer(None, "name")
        return _first_answer(place, found[:_TRIED], body, {**headers, "Host": place.header}, limit)


def _first_answer(place: Place, found: Sequence[str], body: bytes, headers: dict[str, str], limit: "_Limit") -> Answer:
    """The answer of the first address that takes a connection. A request is sent once at most."""
    answer = Answer(None, "connection")
    for address in found:
        answer, is_connected = _answer_of(_connection(place, address, limit), place, body, headers)
        if is_connected or limit.is_over:
            break
    return Answer(None, "timeout") if limit.is_over and answer.status is None else answer


def _answer_of(connection: HTTPConnection, place: Place, body: bytes, headers: dict[str, str]) -> tuple[Answer, bool]:
    """The answer, and whether there was a connection."""
    is_connected = False
    try:
        connection.connect()
        is_connected = True
        return _posted(connection, place, body, headers), is_connected
    except (HTTPError, HTTPException, OSError, ValueError) as error:
        of_certificate = isinstance(error, (SSLError, ssl.SSLError))
        slow = isinstance(error, (TimeoutError, TimeoutOfUrllib3))
        return Answer(None, "timeout" if slow else "certificate" if of_certificate else "connection"), is_connected
    finally:
        connection.close()


def _posted(connection: HTTPConnection, place: Place, body: bytes, headers: dict[str, str]) -> Answer:
    given = {"Content-Type": "application/json", "User-Agent": "UA-Tracker", "Connection": "close", **headers}
    connection.request("POST", place.target, body=body, headers=given, preload_content=False, decode_content=False)
    response = connection.getresponse()
    with suppress(HTTPError, OSError):  # the status says enough
        response.read(MOST_READ, decode_content=False)
    is_good = 200 <= response.status < 300
    is_elsewhere = 300 <= response.status < 400
    return Answer(response.status, "" if is_good else "redirect" if is_elsewhere else "status")


class _Limit:
    """Ends a call after so many seconds: whatever the socket is waiting for then ends at once."""

    def __init__(self, seconds: float) -> None:
        self.seconds, self.is_over = seconds, False
        self._sockets: list[socket.socket] = []
        self._lock = threading.Lock()
        self._timer = threading.Timer(seconds, self._end)
        self._timer.daemon = True

    def __enter__(self) -> "_Limit":
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        with self._lock:
            for one in self._sockets:
                one.close()

    def watch(self, connected: socket.socket) -> None:
        """Ends this connection too. A copy of the socket is kept, since TLS takes the socket itself away."""
        with self._lock:
            self._sockets.append(connected.dup())
            if self.is_over:
                self._shut()

    def _end(self) -> None:
        with self._lock:
            self.is_over = True
            self._shut()

    def _shut(self) -> None:
        for one in self._sockets:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)


def _connection(place: Place, address: str, limit: _Limit) -> HTTPConnection:
    common: dict[str, Any] = {"port": place.port, "timeout": limit.seconds}
    if not place.is_encrypted:
        return _Plain(address, limit, **common)
    return _Encrypted(address, limit, server_hostname=place.host, cert_reqs="CERT_REQUIRED", **common)


def _watched(connection: Any, new: Callable[[], socket.socket]) -> socket.socket:
    made = new()
    connection.limit.watch(made)
    return made


class _Plain(HTTPConnection):
    def __init__(self, address: str, limit: _Limit, **how: Any) -> None:
        super().__init__(address, **how)
        self.limit = limit

    def _new_conn(self) -> socket.socket:
        return _watched(self, super()._new_conn)


class _Encrypted(HTTPSConnection):
    def __init__(self, address: str, limit: _Limit, **how: Any) -> None:
        super().__init__(address, **how)
        self.limit = limit

    def _new_conn(self) -> socket.socket:
        return _watched(self, super()._new_conn)
