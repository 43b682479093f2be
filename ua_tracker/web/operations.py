"""What machines ask: `/healthz` whether this process answers, `/readyz` whether it can serve, `/metrics` all numbers.

A layer in front of all others: load balancers ask by address, under any host name, and no limit, session or language
has a say in the answer.
"""

import hmac
import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple

from flask import Flask

from ua_tracker import metrics, request_counts
from ua_tracker.database import db, file_of, reading
from ua_tracker.readiness import Readiness, is_ready, key_word
from ua_tracker.server_log import ROUTE

HEADERS = (("Cache-Control", "no-store"), ("X-Content-Type-Options", "nosniff"))


class Answer(NamedTuple):
    """A status line, a media type, and a text."""

    status: str
    kind: str
    text: str
    headers: tuple[tuple[str, str], ...] = ()


class OwnPaths:
    """The WSGI middleware that answers them."""

    def __init__(self, inner: Callable[..., Iterable[bytes]], readiness: Readiness, app: Flask) -> None:
        self._inner, self._readiness, self._app = inner, readiness, app
        self._answers: dict[str, Callable[[dict[str, Any]], Answer]] = {"/healthz": _alive, "/readyz": self._ready}
        if app.config["METRICS_TOKEN"]:
            self._answers["/metrics"] = self._metrics

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answers one of the paths, or passes the request on."""
        asked = self._answers.get(environ["PATH_INFO"])
        if asked is None:
            return self._inner(environ, start_response)
        environ[ROUTE] = environ["PATH_INFO"]
        if environ["REQUEST_METHOD"] not in {"GET", "HEAD"}:
            refused = Answer("405 Method Not Allowed", "text/plain", "Only GET.\n", (("Allow", "GET, HEAD"),))
            return _sent(environ, start_response, refused)
        return _sent(environ, start_response, asked(environ))

    def _ready(self, _environ: dict[str, Any]) -> Answer:
        words = self._readiness.words()
        ready = is_ready(words)
        text = json.dumps({"ready": ready, "checks": words})
        return Answer("200 OK" if ready else "503 Service Unavailable", "application/json", f"{text}\n")

    def _metrics(self, environ: dict[str, Any]) -> Answer:
        """The numbers, for whoever sends the token (RFC 6750, 2.1): behind a proxy everybody has its address."""
        wanted = f"Bearer {self._app.config['METRICS_TOKEN']}"
        given = environ.get("HTTP_AUTHORIZATION", "")
        if not hmac.compare_digest(given.encode(), wanted.encode()):
            return Answer("401 Unauthorized", "text/plain", "Send the token.\n", (("WWW-Authenticate", "Bearer"),))
        with self._app.app_context():
            numbers = metrics.text(request_counts.own, reading, self._app.config["CLOCK"]())
        return Answer("200 OK", metrics.MEDIA_TYPE, numbers.decode())


def _alive(_environ: dict[str, Any]) -> Answer:
    return Answer("200 OK", "text/plain", "ok\n")


def _sent(environ: dict[str, Any], start_response: Callable[..., Any], answer: Answer) -> list[bytes]:
    body = answer.text.encode()
    kind = ("Content-Type", f"{answer.kind}; charset=utf-8")
    start_response(answer.status, [kind, ("Content-Length", str(len(body))), *HEADERS, *answer.headers])
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]


def register_layer(app: Flask) -> None:
    """Puts the layer in front of the app, outside all others."""
    folders = [Path(app.config["INSTANCE_PATH"])]
    secrets = [app.config["SECRET_KEY"], *app.config["SECRET_KEY_FALLBACKS"]]
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            folders.append(Path(file_of(db.engine).real).parent)
        request_counts.count_statements(db.engine)
        readiness = Readiness(db.engine, tuple(folders), {"key": key_word(secrets)})
    # As Flask's documentation puts a middleware before an app.
    app.wsgi_app = OwnPaths(app.wsgi_app, readiness, app)  # type: ignore[method-assign]
