"""The responses that thousands poll: kept as rendered bytes, checked at every request against the stored revision.

A small layer in front of Flask. A response is never older than the database at the moment of the request, so no viewer
sees the number go back, whichever worker responds. Flask renders only when something has changed.
"""

import time
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import cached_property, lru_cache
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from werkzeug.sansio.utils import host_is_trusted

from ua_tracker.database import db
from ua_tracker.revisions import RevisionStamp, StampReader
from ua_tracker.web.live.kept_views import KeptPath, KeptRoutes
from ua_tracker.web.live.polling import PollInterval
from ua_tracker.web.live.responses import CacheKey, KeptResponse, without_token
from ua_tracker.web.live.versions import ENVIRON_KEY, Version

MOST_KEPT = 2_000


class ResponseCache:
    """The WSGI middleware that keeps the responses."""

    def __init__(self, app: Flask, stamps: StampReader) -> None:
        self._app = app
        self._inner = app.wsgi_app
        self._clock: Callable[[], datetime] = app.config["CLOCK"]
        self._hosts = tuple(app.config["TRUSTED_HOSTS"])
        self.stamps = stamps
        self._poll_interval = PollInterval()
        self._kept: dict[CacheKey, KeptResponse] = {}
        public = urlsplit(app.config["PUBLIC_URL"]).netloc.rpartition("@")[2]
        self._own_host = public.lower().encode("idna").decode()  # as a browser sends it

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Sends the kept response if it is still valid, and otherwise the one that Flask renders."""
        path = environ["PATH_INFO"]
        scheme, host = self._site_of(environ)
        key = CacheKey(scheme, host, path, "")
        kept = self._kept.get(key)
        asked = kept.path if kept else self._routes.match(path)
        if (
            asked is None
            or environ["REQUEST_METHOD"] != "GET"
            or not _is_ours(environ.get("HTTP_HOST", ""), self._hosts)
        ):
            return self._inner(environ, start_response)
        if asked.varies_by_query:
            key = CacheKey(scheme, host, path, without_token(environ.get("QUERY_STRING", "")))
            kept = self._kept.get(key)
        interval = self._poll_interval.seconds(time.monotonic())
        stamp = self.stamps.read(asked.stamp, asked.slug)
        if stamp is None:  # no such action, or no database: the view has a message for each
            return self._inner(environ, start_response)
        if kept is None or not self._holds(kept, stamp, interval):
            answer = self._render(key, environ["wsgi.errors"], start_response, asked, interval)
            if isinstance(answer, list):
                return answer
            kept = answer
            self._keep(key, kept)
        return kept.send(environ, start_response)

    @cached_property
    def _routes(self) -> KeptRoutes:
        """Read at the first request: until then views can be registered on the app."""
        return KeptRoutes(self._app)

    def _site_of(self, environ: dict[str, Any]) -> tuple[str, str]:
        """Scheme and host as they can occur in a response. The host is that of PUBLIC_URL, or else the request's."""
        scheme = "https" if environ["wsgi.url_scheme"] == "https" else "http"
        return scheme, self._own_host or environ.get("HTTP_HOST", "")

    def _keep(self, key: CacheKey, kept: KeptResponse) -> None:
        """Keeps the response. If there are too many the oldest is dropped: a client can invent host names and ports."""
        if len(self._kept) >= MOST_KEPT:
            self._kept.pop(next(iter(self._kept), key), None)
        self._kept[key] = kept

    def _holds(self, kept: KeptResponse, stamp: RevisionStamp, interval: int) -> bool:
        version = kept.version
        unchanged = version.stamp == stamp and version.interval == interval
        return unchanged and (version.until is None or self._clock() < version.until)

    def _render(
        self, key: CacheKey, errors: Any, start_response: Callable[..., Any], asked: KeptPath, interval: int
    ) -> KeptResponse | list[bytes]:
        """The response of Flask, to be kept; or, if it may not be kept, its body, after `start_response` was called."""
        version = Version(interval)
        started: list[Any] = []

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[[bytes], object]:
            started[:] = [status, headers]
            return lambda _bytes: None

        answer = self._inner(key.environ(errors) | {ENVIRON_KEY: version}, start)
        try:
            body = b"".join(answer)
        finally:
            if hasattr(answer, "close"):
                answer.close()
        status, headers = started
        if not status.startswith("200") or version.stamp is None:
            start_response(status, headers)
            return [body]
        return KeptResponse.of(asked, version, headers, body)


@lru_cache(maxsize=256)
def _is_ours(host: str, hosts: tuple[str, ...]) -> bool:
    return host_is_trusted(host, hosts)


def register(app: Flask) -> None:
    """Puts the layer in front of the app."""
    with app.app_context():
        layer = ResponseCache(app, StampReader(db.engine))
    app.wsgi_app = layer  # type: ignore[method-assign]  # as Flask's documentation puts a middleware before an app
    app.extensions["ua_tracker.live"] = layer
