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

from ua_tracker import at_once, request_ids
from ua_tracker.at_once import NotAtOnce
from ua_tracker.database import db
from ua_tracker.revisions import RevisionStamp, StampReader
from ua_tracker.server_log import ROUTE
from ua_tracker.web.live import repetition
from ua_tracker.web.live.kept_views import KeptPath, KeptRoutes
from ua_tracker.web.live.pages import PageCache
from ua_tracker.web.live.polling import PollInterval
from ua_tracker.web.live.rendering import Rendered, Renderer
from ua_tracker.web.live.responses import CacheKey, KeptResponse, without_token
from ua_tracker.web.live.versions import Version

MOST_KEPT = 2_000
AWAY_SECONDS = 5.0  # for which the main loop does not look for a database that was away


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
        self._paths: set[bytes] = set()  # of actions that exist
        self._away_until = 0.0
        self._renderer = Renderer(self._inner)
        self._pages = PageCache(app, self._inner, stamps, self._current)
        public = urlsplit(app.config["PUBLIC_URL"]).netloc.rpartition("@")[2]
        self._own_host = public.lower().encode("idna").decode()  # as a browser sends it

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Sends the kept response if it is still valid, and otherwise the one that Flask renders.

        Raises NotAtOnce where the main loop asks for what is not kept.
        """
        key, asked = self._asked(environ)
        if asked is None:
            at_once.require_thread(environ)
            return self._inner(environ, start_response)
        environ[ROUTE] = asked.route
        now = time.monotonic()
        interval = self._poll_interval.seconds(now)
        arrived = getattr(environ.get("gunicorn.socket"), "arrived", now)  # our worker says it (connections.Outgoing)
        if at_once.is_asked(environ):
            at_hand = self._at_hand(key, asked, interval, arrived)
            repetition.leave(environ, key, asked, self.again)
            return at_hand.send(environ, request_ids.named_in(environ, start_response))
        if asked.page is not None:
            return self._pages.respond(environ, start_response, key, asked, interval, arrived)
        stamp = self.stamps.read(asked.stamp, asked.slug, arrived)
        if stamp is None:  # no such action, or no database: the view has a message for each
            return self._inner(environ, start_response)
        current = self._current(key, asked, stamp, interval, environ["wsgi.errors"])
        if isinstance(current, Rendered):
            return current.send(start_response)
        repetition.leave(environ, key, asked, self.again)
        return current.send(environ, request_ids.named_in(environ, start_response))

    def keeps(self, path: bytes) -> bool:
        """Whether a response at this path is kept whole, and can be checked without waiting for another machine."""
        return path in self._paths

    def again(self, key: CacheKey, asked: KeptPath, arrived: float, *, is_at_once: bool) -> KeptResponse | None:
        """The kept response to a request that came before, if it is valid now; None where it has to be made.

        `is_at_once` says that the main loop asks. The instant at which the request came is of time.monotonic.
        """
        if is_at_once and not self.stamps.is_local:
            return None
        try:
            return self._at_hand(key, asked, self._poll_interval.seconds(time.monotonic()), arrived)
        except NotAtOnce:
            return None

    def _asked(self, environ: dict[str, Any]) -> tuple[CacheKey, KeptPath | None]:
        """The key of the response, and how the path is kept; None for a request whose response is not."""
        path = environ["PATH_INFO"]
        scheme, host = self._site_of(environ)
        key = CacheKey(scheme, host, path, "")
        kept = self._kept.get(key)
        asked = kept.path if kept else self._routes.match(path)
        is_ours = environ["REQUEST_METHOD"] == "GET" and _is_ours(environ.get("HTTP_HOST", ""), self._hosts)
        if asked is None or not is_ours:
            return key, None
        if asked.varies_by_query:
            key = CacheKey(scheme, host, path, without_token(environ.get("QUERY_STRING", "")))
        return key, asked

    def _at_hand(self, key: CacheKey, asked: KeptPath, interval: int, arrived: float) -> KeptResponse:
        """The kept response, if it is valid. Raises NotAtOnce otherwise, and while the database cannot be read."""
        kept = self._kept.get(key)
        is_small = kept is not None and len(kept.body[0]) <= at_once.LARGEST
        if kept is None or not is_small or asked.page is not None or time.monotonic() < self._away_until:
            raise NotAtOnce
        stamp = self.stamps.read(asked.stamp, asked.slug, arrived)
        if stamp is None:
            self._away_until = time.monotonic() + AWAY_SECONDS  # each try may wait for a file that is not there
        if stamp is None or not self._holds(kept, stamp, interval):
            raise NotAtOnce
        return kept

    def _current(
        self, key: CacheKey, asked: KeptPath, stamp: RevisionStamp, interval: int, errors: Any
    ) -> KeptResponse | Rendered:
        """The response that is valid at this stamp, kept or rendered; one that may not be kept is only rendered."""
        kept = self._kept.get(key)
        if kept is not None and self._holds(kept, stamp, interval):
            return kept
        turn = self._renderer.turn_of(key)
        with turn.taken():
            meanwhile = self._rendered_meanwhile(key, kept, stamp, interval)
            if meanwhile is not None:
                return meanwhile
            turn.gather(since=kept.rendered_at if kept else 0.0)
            version = Version(interval)
            rendered = self._renderer.render(key, errors, version)
            if not rendered.is_good or version.stamp is None:
                return rendered
            fresh = KeptResponse.of(asked, version, rendered.headers, rendered.body)
            self._keep(key, fresh)
            return fresh

    def _rendered_meanwhile(
        self, key: CacheKey, seen: KeptResponse | None, stamp: RevisionStamp, interval: int
    ) -> KeptResponse | None:
        """What another thread has rendered since this one looked, if it is as new as the stamp or newer."""
        kept = self._kept.get(key)
        if kept is None or kept is seen or kept.version.stamp is None:
            return None
        is_as_new = all(ours >= least for ours, least in zip(kept.version.stamp, stamp, strict=True))
        return kept if is_as_new and self._holds(kept, kept.version.stamp, interval) else None

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
        if self.stamps.is_local and kept.path.page is None:
            self._paths.add(key.path.encode("latin-1"))

    def _holds(self, kept: KeptResponse, stamp: RevisionStamp, interval: int) -> bool:
        version = kept.version
        unchanged = version.stamp == stamp and version.interval == interval
        return unchanged and (version.until is None or self._clock() < version.until)


def of(app: Flask) -> ResponseCache:
    """The layer in front of this app."""
    layer: ResponseCache = app.extensions["ua_tracker.live"]
    return layer


@lru_cache(maxsize=256)
def _is_ours(host: str, hosts: tuple[str, ...]) -> bool:
    return host_is_trusted(host, hosts)


def register(app: Flask) -> None:
    """Puts the layer in front of the app."""
    settings = app.config
    with app.app_context():
        stamps = StampReader(db.engine, prepares=settings["DATABASE_PREPARE"], wait=settings["DATABASE_LOCK_SECONDS"])
        layer = ResponseCache(app, stamps)
    app.wsgi_app = layer  # type: ignore[method-assign]  # as Flask's documentation puts a middleware before an app
    app.extensions["ua_tracker.live"] = layer
