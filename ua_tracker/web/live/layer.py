"""The answers that thousands poll: kept as rendered bytes, checked on every request against the stored revision.

A small layer before Flask. What it hands out is never older than the database at the moment of asking, so
no viewer's number goes back, whichever worker answers. Flask renders only when something has changed.
"""

import re
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.http import parse_etags
from werkzeug.sansio.utils import host_is_trusted

from ua_tracker.database import db, file_of
from ua_tracker.refusals import NotStored
from ua_tracker.web.live.kept_answers import Face, Key, face_of, variant
from ua_tracker.web.live.polling import Tempo

ENVIRON_KEY = "ua_tracker.live"
Stamp = tuple[int, ...]


_OF_EVERY_ANSWER = {"cache-control", "access-control-allow-origin"}
_OF_NONE = {"etag", "content-length", "vary"}
MOST_KEPT = 2_000
_SECONDS = re.compile(r"[0-9]{1,6}")


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
        return f"{self._content}-{self.interval}"

    @property
    def _content(self) -> str:
        return "-".join(str(part) for part in (*(self.stamp or ()), self.phase))

    def is_shown_as(self, token: str) -> bool:
        """Whether a page with this token shows the same already.

        One that asks more seldom than it now might does too: it learns the shorter interval with the next
        change. Else a page would be told back and forth by two workers that are not equally busy.
        """
        content, _, interval = token.rpartition("-")
        seconds = int(interval) if _SECONDS.fullmatch(interval) else 0
        return content == self._content and seconds >= self.interval


@dataclass(frozen=True)
class _Kept:
    """An answer as it goes out: whole, or as the word that nothing has changed."""

    face: Face
    rendering: Rendering
    etag: str
    body: list[bytes]
    headers: list[tuple[str, str]]
    headers_alone: list[tuple[str, str]]


class Stamps:
    """Reads the stamp of an answer, with as little around it as each database allows."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._local = threading.local()

    def read(self, statement: str, slug: str | None) -> Stamp | None:
        """The revisions as stored at this moment; None when there is no such published action."""
        if self._engine.dialect.name == "sqlite":
            return self._read_sqlite(statement, slug)
        with self._engine.connect() as connection:
            parameters = () if slug is None else (slug,)
            row = connection.exec_driver_sql(statement.replace("?", "%s"), parameters).fetchone()
        return _stamp(row)

    def _read_sqlite(self, statement: str, slug: str | None) -> Stamp | None:
        """Asks SQLite first whether anything at all was committed since this thread last looked.

        Raises DatabaseAway when the path names no file. `data_version` differs when another connection has
        committed (sqlite.org, PRAGMA data_version), and these connections never write. It is read before the stamp:
        what is committed in between is seen next time.
        """
        cursor, seen = self._of_this_thread()
        version = cursor.execute("PRAGMA data_version").fetchone()
        if seen.get("version") != version:
            seen.clear()
            seen["version"] = version
        stamp = seen.get((statement, slug))
        if stamp is None:
            parameters = () if slug is None else (slug,)
            stamp = _stamp(cursor.execute(statement, parameters).fetchone())
            if stamp is not None:  # addresses that lead nowhere are not remembered: there is no end to them
                seen[statement, slug] = stamp
        return stamp

    def close(self) -> None:
        """Gives this thread's connection back; the next question opens another."""
        if hasattr(self._local, "own"):
            self._local.own[0].connection.close()
            del self._local.own

    def _of_this_thread(self) -> tuple[sqlite3.Cursor, dict[Any, Any]]:
        file = file_of(self._engine)
        if hasattr(self._local, "own") and not file.is_in_place(self._local.opened):
            self.close()
        if not hasattr(self._local, "own"):
            self._engine.connect().close()  # one that may write: it brings file and log into order first
            connection, self._local.opened = file.open(to_write=False)
            self._local.own = connection.cursor(), {}
        return self._local.own


def _stamp(row: Any) -> Stamp | None:
    return tuple(int(part) for part in row) if row else None


class LiveAnswers:
    """The layer itself, a WSGI middleware."""

    def __init__(self, app: Flask, engine: Engine) -> None:
        self._inner = app.wsgi_app
        self._clock: Callable[[], datetime] = app.config["CLOCK"]
        self._hosts = tuple(app.config["TRUSTED_HOSTS"])
        self.stamps = Stamps(engine)
        self._tempo = Tempo()
        self._kept: dict[Key, _Kept] = {}
        public = urlsplit(app.config["PUBLIC_URL"]).netloc.rpartition("@")[2]
        self._own_host = public.lower().encode("idna").decode()  # as a browser sends it

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answers from what is kept when it still holds, from Flask otherwise."""
        path = environ["PATH_INFO"]
        scheme, host = self._site_of(environ)
        key = Key(scheme, host, path, "")
        kept = self._kept.get(key)
        face = kept.face if kept else face_of(path)
        if (
            face is None
            or environ["REQUEST_METHOD"] != "GET"
            or not _is_ours(environ.get("HTTP_HOST", ""), self._hosts)
        ):
            return self._inner(environ, start_response)
        if face.varies:
            key = Key(scheme, host, path, variant(environ.get("QUERY_STRING", "")))
            kept = self._kept.get(key)
        interval = self._tempo.interval(time.monotonic())
        try:
            stamp = self.stamps.read(face.statement, face.slug)
        except (sqlite3.Error, SQLAlchemyError, NotStored):
            self.stamps.close()
            stamp = None  # Flask meets the same error, and has words for it
        if stamp is None:
            return self._inner(environ, start_response)
        if kept is None or not self._holds(kept, stamp, interval):
            kept = self._render(key, environ["wsgi.errors"], start_response, face, interval)
            if isinstance(kept, list):
                return kept
            self._keep(key, kept)
        return _answer(kept, environ, start_response)

    def _site_of(self, environ: dict[str, Any]) -> tuple[str, str]:
        """What of the request's site can stand in an answer: the scheme, and the host unless the site knows its own."""
        scheme = "https" if environ["wsgi.url_scheme"] == "https" else "http"
        return scheme, self._own_host or environ.get("HTTP_HOST", "")

    def _keep(self, key: Key, kept: _Kept) -> None:
        """Keeps the answer; the one kept longest goes when there are too many: names and ports can be made up."""
        if len(self._kept) >= MOST_KEPT:
            self._kept.pop(next(iter(self._kept), key), None)
        self._kept[key] = kept

    def _holds(self, kept: _Kept, stamp: Stamp, interval: int) -> bool:
        said = kept.rendering
        return said.stamp == stamp and said.interval == interval and (said.until is None or self._clock() < said.until)

    def _render(
        self, key: Key, errors: Any, start_response: Callable[..., Any], face: Face, interval: int
    ) -> _Kept | list[bytes]:
        """What Flask makes of it, to be kept; or, if that is no good answer, its body as already started."""
        rendering = Rendering(interval)
        started: list[Any] = []

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[[bytes], object]:
            started[:] = [status, headers]
            return lambda _bytes: None

        answer = self._inner(key.environ(errors) | {ENVIRON_KEY: rendering}, start)
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
        alone = [pair for pair in headers if pair[0].lower() in _OF_EVERY_ANSWER] + [("ETag", etag)]
        rest = [pair for pair in headers if pair[0].lower() not in _OF_EVERY_ANSWER | _OF_NONE]
        whole = [*alone, *rest, ("Content-Length", str(len(body)))]
        return _Kept(face, rendering, etag, [body], whole, alone)


@lru_cache(maxsize=256)
def _is_ours(host: str, hosts: tuple[str, ...]) -> bool:
    return host_is_trusted(host, hosts)


def _answer(kept: _Kept, environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
    query = environ.get("QUERY_STRING", "")
    if query.startswith("v=") and kept.rendering.is_shown_as(query[2:].partition("&")[0]):
        start_response("204 No Content", kept.headers_alone)
        return []
    known = environ.get("HTTP_IF_NONE_MATCH", "")
    # One tag, a list, or * for whatever there is (RFC 9110, 13.1.2).
    if known and parse_etags(known).contains_weak(kept.rendering.token):
        start_response("304 Not Modified", kept.headers_alone)
        return []
    start_response("200 OK", kept.headers)
    return kept.body


def register(app: Flask) -> None:
    """Puts the layer before the app."""
    with app.app_context():
        layer = LiveAnswers(app, db.engine)
    app.wsgi_app = layer  # type: ignore[method-assign]
    app.extensions["ua_tracker.live"] = layer
