"""A kept response: which parts of a request it may depend on, and how it is sent, as 200, 204 or 304."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from typing import Any, NamedTuple

from werkzeug.http import parse_etags

from ua_tracker.web.live import packing
from ua_tracker.web.live.kept_views import KeptPath
from ua_tracker.web.live.packing import Text
from ua_tracker.web.live.versions import Version

WHOLE = "200 OK"
Headers = list[tuple[str, str]]
_OF_EVERY_ANSWER = {"cache-control", "access-control-allow-origin"}
_OF_NONE = {"etag", "content-length", "vary", "x-request-id"}


class CacheKey(NamedTuple):
    """Every part of a request that a kept response may depend on."""

    scheme: str
    host: str
    path: str
    query: str

    def environ(self, errors: Any) -> dict[str, Any]:
        """A request made of this key alone (PEP 3333): what is not in the key cannot get into the response.

        `errors` is where the server writes its log.
        """
        name, _, port = self.host.rpartition(":") if re.search(r":\d+$", self.host) else (self.host, "", "")
        return {
            "REQUEST_METHOD": "GET",
            "SCRIPT_NAME": "",
            "PATH_INFO": self.path,
            "QUERY_STRING": self.query,
            "SERVER_NAME": name or "localhost",
            "SERVER_PORT": port or {"http": "80", "https": "443"}[self.scheme],
            "SERVER_PROTOCOL": "HTTP/1.1",
            "HTTP_HOST": self.host,
            "REMOTE_ADDR": "127.0.0.1",
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": self.scheme,
            "wsgi.input": BytesIO(),
            "wsgi.errors": errors,
            "wsgi.multithread": True,
            "wsgi.multiprocess": True,
            "wsgi.run_once": False,
        }


def without_token(query: str) -> str:
    """The query without the version token, which is the first argument if a page sends one."""
    return query.partition("&")[2] if query.startswith("v=") else query


@dataclass(frozen=True)
class KeptResponse:
    """A response with status 200, ready to send: whole, or its headers alone. `rendered_at` is of time.monotonic."""

    path: KeptPath
    version: Version
    etag: str
    body: list[bytes]
    headers: Headers
    headers_alone: Headers
    rendered_at: float = 0.0

    @classmethod
    def of(cls, path: KeptPath, version: Version, headers: Headers, body: bytes) -> "KeptResponse":
        """Makes a kept response of what the view returned."""
        etag = f'"{version.token}"'
        alone = [pair for pair in headers if pair[0].lower() in _OF_EVERY_ANSWER] + [("ETag", etag)]
        rest = [pair for pair in headers if pair[0].lower() not in _OF_EVERY_ANSWER | _OF_NONE]
        whole = [*alone, *rest, ("Content-Length", str(len(body)))]
        return cls(path, version, etag, [body], whole, alone, time.monotonic())

    @cached_property
    def text(self) -> Text:
        """The body as a part of a page."""
        return packing.alone(self.body[0])

    @cached_property
    def lines(self) -> bytes:
        """The headers as they are sent."""
        return _lines(self.headers)

    @cached_property
    def lines_alone(self) -> bytes:
        """The headers of a response without a body as they are sent."""
        return _lines(self.headers_alone)

    def status(self, query: str, known: str) -> str:
        """The status for this query string and If-None-Match.

        204 to a page that shows this version, 304 to a cache that has it, else 200.
        """
        if query.startswith("v=") and self.version.is_shown_as(query[2:].partition("&")[0]):
            return "204 No Content"
        # One tag, a list, or * for whatever there is (RFC 9110, 13.1.2).
        if known and parse_etags(known).contains_weak(self.version.token):
            return "304 Not Modified"
        return WHOLE

    def send(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        """Responds to this request."""
        status = self.status(environ.get("QUERY_STRING", ""), environ.get("HTTP_IF_NONE_MATCH", ""))
        is_whole = status == WHOLE
        start_response(status, self.headers if is_whole else self.headers_alone)
        return self.body if is_whole else []


def _lines(headers: Headers) -> bytes:
    return "".join(f"{name}: {value}\r\n" for name, value in headers).encode("latin-1")
