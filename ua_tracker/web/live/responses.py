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

    def send(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        """Responds to this request: 204 to a page that shows this version, 304 to a cache that has it, else 200."""
        query = environ.get("QUERY_STRING", "")
        if query.startswith("v=") and self.version.is_shown_as(query[2:].partition("&")[0]):
            start_response("204 No Content", self.headers_alone)
            return []
        known = environ.get("HTTP_IF_NONE_MATCH", "")
        # One tag, a list, or * for whatever there is (RFC 9110, 13.1.2).
        if known and parse_etags(known).contains_weak(self.version.token):
            start_response("304 Not Modified", self.headers_alone)
            return []
        start_response("200 OK", self.headers)
        return self.body
