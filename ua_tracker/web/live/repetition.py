"""A request for a kept response, remembered by the connection that it came on (`ua_tracker/repeats.py`)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ua_tracker import request_ids
from ua_tracker.repeats import Answer
from ua_tracker.web.live.kept_views import KeptPath
from ua_tracker.web.live.responses import WHOLE, CacheKey, KeptResponse


@dataclass(frozen=True, slots=True)
class Repetition:
    """What was understood of a request: its bytes, which response it asks for, and what its client has already.

    `again` gives that response if it is valid (`layer.ResponseCache.again`). `given` is the id that the proxy gave.
    """

    request: bytes
    key: CacheKey
    asked: KeptPath
    query: str
    known: str
    given: str
    again: Callable[..., KeptResponse | None]

    @property
    def route(self) -> str:
        """The pattern of its route, by which requests are counted."""
        return self.asked.route

    def answer(self, arrived: float, *, at_once: bool) -> Answer | None:
        """The answer to the same bytes that arrived at this instant; None to read them anew."""
        kept = self.again(self.key, self.asked, arrived, is_at_once=at_once)
        if kept is None:
            return None
        status, number = kept.status(self.query, self.known), request_ids.instead_of(self.given)
        lines, body = (kept.lines, kept.body[0]) if status == WHOLE else (kept.lines_alone, b"")
        return Answer(status, lines + f"{request_ids.HEADER}: {number}\r\n".encode(), body, number)


def leave(environ: dict[str, Any], key: CacheKey, asked: KeptPath, again: Callable[..., KeptResponse | None]) -> None:
    """Leaves what was understood with the connection, if that is one of our worker's and stays open (RFC 9112, 9.3)."""
    connection: Any = environ.get("gunicorn.socket")
    is_open = environ.get("HTTP_CONNECTION", "keep-alive").lower() == "keep-alive"
    if is_open and environ.get("SERVER_PROTOCOL") == "HTTP/1.1" and hasattr(connection, "repeat"):
        query, known = environ.get("QUERY_STRING", ""), environ.get("HTTP_IF_NONE_MATCH", "")
        given = request_ids.given_in(environ)
        connection.repeat = Repetition(connection.request, key, asked, query, known, given, again)
