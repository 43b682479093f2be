"""Creates the application: the only place that puts the parts together."""

import os
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import click
from flask import Flask

from ua_tracker import cli, database, logs, settings, site_key, web
from ua_tracker.refusals import AnotherKey
from ua_tracker.web.live import layer

FLASK_OWN = {"run", "shell"}


class Site(Flask):
    """The Flask application of the site.

    None of its functions is a coroutine, and it does not ask each of them at each request.
    """

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """The function as it is."""
        return func

    def keeps(self, path: bytes) -> bool:
        """Whether the answer to this path is kept, so that a server process may give it without a thread."""
        return layer.of(self).keeps(path)


def utc_now() -> datetime:
    """The current time, aware and in UTC."""
    return datetime.now(UTC)


def create_app(environ: Mapping[str, str] | None = None, clock: Callable[[], datetime] = utc_now) -> Flask:
    """Creates the application from environment variables (those of the process by default).

    `clock` returns the current time, aware and in UTC; no other module reads the system clock. An invalid setting
    ends the process with one sentence and exit code 1, and so does a database that belongs to another secret key, where
    a server or a shell starts. A command of ours checks that for itself.
    """
    try:
        values = settings.read(os.environ if environ is None else environ)
    except settings.BadSetting as wrong:
        sys.exit(str(wrong))
    app = Site(
        "ua_tracker",
        template_folder=str(settings.HOME / "templates"),
        static_folder=str(settings.HOME / "static"),
        instance_path=str(values["INSTANCE_PATH"]),
    )
    app.config.update(values)
    app.config["CLOCK"] = clock
    logs.set_up(values["LOG_FORMAT"], values["LOG_LEVEL"])
    database.init_app(app)
    web.register(app)
    cli.register(app)
    if environ is None and _serves():
        _require_key(app)
    return app


def _serves() -> bool:
    """Whether this process is a server, or a command of Flask's own that works on the database as one does."""
    command = click.get_current_context(silent=True)
    return command is None or command.info_name in FLASK_OWN


def _require_key(app: Flask) -> None:
    """Leaves no connection open, because a server may still fork."""
    secrets = [app.config["SECRET_KEY"], *app.config["SECRET_KEY_FALLBACKS"]]
    with app.app_context():
        try:
            site_key.at_start(database.reading, database.writing, secrets, app.config["CLOCK"]())
        except AnotherKey as wrong:
            sys.exit(str(wrong))
        finally:
            database.db.session.remove()
            database.db.engine.dispose()
