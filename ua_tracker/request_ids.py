"""The id of a request, which a person can name and the log knows: the proxy's, or one of our own."""

import re
import secrets
from collections.abc import Callable
from itertools import count
from typing import Any

from ua_tracker.server_log import NUMBER

HEADER = "X-Request-ID"
# An id that a proxy has given: short, and of characters that no address or name is made of.
_GIVEN = re.compile(r"[A-Za-z0-9-]{8,40}")
_begins, _numbers = secrets.token_hex(4), count(1)


def of(environ: dict[str, Any]) -> str:
    """The id of the request with this WSGI environment, the same each time."""
    if NUMBER not in environ:
        environ[NUMBER] = instead_of(given_in(environ))
    return str(environ[NUMBER])


def given_in(environ: dict[str, Any]) -> str:
    """The id that the proxy has given; empty for none, and for what is none."""
    given = environ.get("HTTP_X_REQUEST_ID", "")
    return given if _GIVEN.fullmatch(given) else ""


def instead_of(given: str) -> str:
    """The id of a request: the one that was given, or a new one."""
    return given or f"{_begins}-{next(_numbers)}"


def named_in(environ: dict[str, Any], start_response: Callable[..., Any]) -> Callable[..., Any]:
    """Begins a response that was made for nobody, such as a kept one, with this request's id among its headers."""

    def start(status: str, headers: list[tuple[str, str]]) -> Any:
        return start_response(status, [*headers, (HEADER, of(environ))])

    return start
