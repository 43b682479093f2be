"""UA Tracker: pledges and letters for Urgent Actions, counted live and locked at the deadline.

`create_app` is the only place that puts the parts together.
"""

import logging
import os
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from flask import Flask

from ua_tracker import cli, database, settings, web


def utc_now() -> datetime:
    """The current time, aware and in UTC."""
    return datetime.now(UTC)


def create_app(environ: Mapping[str, str] | None = None, clock: Callable[[], datetime] = utc_now) -> Flask:
    """Creates the application from environment variables (those of the process by default).

    `clock` returns the current time, aware and in UTC; no other module reads the system clock. An invalid setting
    ends the process with one sentence and exit code 1.
    """
    try:
        values = settings.read(os.environ if environ is None else environ)
    except settings.BadSetting as wrong:
        sys.exit(str(wrong))
    app = Flask(
        __name__,
        template_folder=str(settings.HOME / "templates"),
        static_folder=str(settings.HOME / "static"),
        instance_path=str(values["INSTANCE_PATH"]),
    )
    app.config.update(values)
    app.config["CLOCK"] = clock
    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s")
    app.logger.setLevel(values["LOG_LEVEL"])
    database.init_app(app)
    web.register(app)
    cli.register(app)
    return app
