"""The answers that thousands poll: kept as rendered bytes, checked on every request against the stored revision.

A small layer before Flask. What it hands out is never older than the database at the moment of asking, so
no viewer's number goes back, whichever worker answers. Flask renders only when something has changed.
"""

import re
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs

from flask import Flask
from sqlalchemy import Engine
from werkzeug.sansio.utils import host_is_trusted

from ua_tracker.database import db

ENVIRON_KEY = "ua_tracker.live"
Stamp = tuple[int, ...]

_COUNTER = re.compile(r"^/(?:en|fr)/actions/([^/]+)/counter$")
_LISTING = re.compile(r"^/(?:en|fr)/listing$")
_COUNTER_STAMP = """
    SELECT actions.revision, action_tallies.revision FROM actions
    JOIN action_tallies ON action_tallies.action_id = actions.id
    WHERE actions.slug = ? AND actions.published_at IS NOT NULL
"""
_LISTING_STAMP = """
    SELECT count(*), coalesce(sum(actions.revision), 0), coalesce(sum(action_tallies.revision), 0) FROM actions
    JOIN action_tallies ON action_tallies.action_id = actions.id
    WHERE actions.published_at IS NOT NULL
"""
FACES = ((_COUNTER, _COUNTER_STAMP), (_LISTING, _LISTING_STAMP))


@dataclass
class Rendering:
    """What a view tells this layer of the answer it renders: at which stamp, and until when it holds by itself.

    `interval` is given to the view: the seconds after which a page shall ask again. `phase` tells what time
    alone changes, as the state.
    """

    interval: int
    stamp: Stamp | None = None
    phase: str = ""
    until: datetime | None = None

    @property
    def token(self) -> str:
        """Names the rendered answer: the page sends it back, and gets nothing when nothing has changed."""
        return "-".join(str(part) for part in (*(self.stamp or ()), self.phase, self.interval))


@dataclass
class Tempo:
    """How often pages shall ask: every 5 s, and less often while this process has much to answer.

    The steps down lie far below the steps up, since a longer interval lowers the very rate it depends on.
    """

    steps: tuple[tuple[int, int, int], ...] = ((5, 0, 250), (15, 40, 500), (60, 60, 1 << 30))
    window: float = 5.0
    _step: int = 0
    _count: int = 0
    _since: float = field(default_factory=time.monotonic)

    def interval(self, at: float) -> int:
        """Counts one request at this monotonic second; answers the interval in seconds."""
        self._count += 1
        if at - self._since >= self.window:
            rate = self._count / (at - self._since)
            _, low, high = self.steps[self._step]
            self._step += (rate > high) - (rate < low)
            self._count, self._since = 0, at
        return self.steps[self._step][0]


@dataclass(frozen=True)
class _Kept:
    rendering: Rendering
    headers: list[tuple[str, str]]
    body: bytes
    etag: str


class Stamps:
    """Reads a stamp with one statement and nothing around it."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._local = threading.local()

    def read(self, statement: str, slug: str | None) -> Stamp | None:
        """The revisions as stored at this moment; None when there is no such published action."""
        parameters = () if slug is None else (slug,)
        if self._engine.dialect.name == "sqlite":
            row = self._connection().execute(statement, parameters).fetchone()
        else:
            with self._engine.connect() as connection:
                row = connection.exec_driver_sql(statement.replace("?", "%s"), parameters).fetchone()
        return tuple(int(part) for part in row) if row else None

    def _connection(self) -> sqlite3.Connection:
        connection = getattr(self._local, "connection", None)
        if connection is None:
            connection = sqlite3.connect(f"file:{self._engine.url.database}?mode=ro", uri=True, isolation_level=None)
            self._local.connection = connection
        return connection


class LiveAnswers:
    """The layer itself, a WSGI middleware."""

    def __init__(self, app: Flask, engine: Engine) -> None:
        self._inner = app.wsgi_app
        self._clock: Callable[[], datetime] = app.config["CLOCK"]
        self._hosts: list[str] = app.config["TRUSTED_HOSTS"]
        self._stamps = Stamps(engine)
        self._tempo = Tempo()
        self._kept: dict[str, _Kept] = {}

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answers from what is kept when it still holds, from Flask otherwise."""
        face = self._face(environ)
        if face is None:
            return self._inner(environ, start_response)
        interval = self._tempo.interval(time.monotonic())
        stamp = self._stamps.read(*face)
        if stamp is None:
            return self._inner(environ, start_response)
        path = environ["PATH_INFO"]
        kept = self._kept.get(path)
        if kept is None or not self._holds(kept, stamp, interval):
            kept = self._render(environ, start_response, interval)
            if isinstance(kept, list):
                return kept
            self._kept[path] = kept
        return _answer(kept, environ, start_response)

    def _face(self, environ: dict[str, Any]) -> tuple[str, str | None] | None:
        path = environ["PATH_INFO"]
        if environ["REQUEST_METHOD"] != "GET" or not path.endswith(("/counter", "/listing")):
            return None
        for pattern, statement in FACES:
            found = pattern.match(path)
            if found and host_is_trusted(environ.get("HTTP_HOST", ""), self._hosts):
                return statement, found[1] if found.groups() else None
        return None

    def _holds(self, kept: _Kept, stamp: Stamp, interval: int) -> bool:
        said = kept.rendering
        return said.stamp == stamp and said.interval == interval and (said.until is None or self._clock() < said.until)

    def _render(self, environ: dict[str, Any], start_response: Callable[..., Any], interval: int) -> Any:
        """What Flask makes of it, to be kept; or, if that is no good answer, its body as already started."""
        rendering = Rendering(interval)
        plain = {**environ, ENVIRON_KEY: rendering, "HTTP_ACCEPT_ENCODING": "", "HTTP_IF_NONE_MATCH": ""}
        started: list[Any] = []

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[[bytes], object]:
            started[:] = [status, headers]
            return lambda _bytes: None

        answer = self._inner(plain, start)
        try:
            body = b"".join(answer)
        finally:
            if hasattr(answer, "close"):
                answer.close()
        status, headers = started
        if not status.startswith("200") or rendering.stamp is None:
            start_response(status, headers)
            return [body]
        etag = f'"{rendering.token}"'
        kept = [(name, value) for name, value in headers if name.lower() not in {"etag", "content-length"}]
        return _Kept(rendering, [*kept, ("ETag", etag)], body, etag)


def _answer(kept: _Kept, environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
    shown = parse_qs(environ.get("QUERY_STRING", "")).get("v")
    if shown and shown[0] == kept.rendering.token:
        start_response("204 No Content", [pair for pair in kept.headers if pair[0].lower() != "content-type"])
        return []
    if environ.get("HTTP_IF_NONE_MATCH") == kept.etag:
        start_response("304 Not Modified", kept.headers)
        return []
    start_response("200 OK", [*kept.headers, ("Content-Length", str(len(kept.body)))])
    return [kept.body]


def register(app: Flask) -> None:
    """Puts the layer before the app."""
    with app.app_context():
        app.wsgi_app = LiveAnswers(app, db.engine)  # type: ignore[method-assign]
