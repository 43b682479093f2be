"""Runs the whole site on one machine, as `make run` does: sets up the database, then starts server and jobs."""

import logging
import os
import socket
import sys
from typing import Any

from flask import Flask
from flask_migrate import upgrade
from gunicorn.app.base import BaseApplication
from sqlalchemy.exc import SQLAlchemyError

from ua_tracker import create_app, settings, supervising
from ua_tracker.cli.coordinators import set_up_first
from ua_tracker.cli.demo import set_up_demo
from ua_tracker.cli.one_line import explain
from ua_tracker.database import db
from ua_tracker.refusals import NotStored

# A test checks that these are the options of the Procfile. gunicorn trusts the forwarding headers of no proxy, not even
# on this machine, since a client may have sent them: TRUSTED_PROXIES alone decides. The setting KEEP_ALIVE has the
# seconds for idle connections.
OPTIONS = {
    "worker_class": "ua_tracker.worker.Worker",
    "logger_class": "ua_tracker.server_log.ServerLog",
    "threads": 8,
    "forwarder_headers": "",
    "forwarded_allow_ips": "",
    "worker_connections": 12000,
    "backlog": 2048,
    "control_socket_disable": True,
}


class Server(BaseApplication):
    """gunicorn with these options, started from Python instead of its command line."""

    def __init__(self, **options: Any) -> None:
        self._options = {**OPTIONS, **options}
        super().__init__()

    def load_config(self) -> None:
        """Sets the options."""
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """Creates the application in each worker, so that no database connection is inherited by a fork."""
        return create_app()


def start(app: Flask) -> None:
    """Migrates the database, creates the first data, prints the URL, and runs the whole site until it is stopped."""
    port = app.config["PORT"]
    if _taken(port):
        sys.exit(f"Port {port} is in use. Stop the program that uses it, or choose another: make run PORT={port + 1}")
    try:
        done = set_up(app)
    except (SQLAlchemyError, NotStored, OSError) as wrong:
        sys.exit(f"The database cannot be set up: {explain(wrong)}")
    for line in done:
        print(line)
    print(f"\nUA Tracker is at http://127.0.0.1:{port}/   (stop it with Ctrl-C)", flush=True)
    os.chdir(settings.HOME)
    supervising.run(
        {
            "web": [sys.executable, "-m", "ua_tracker.serving"],
            "work": [sys.executable, "-m", "flask", "--app", "app", "work"],
        }
    )


def serve() -> None:
    """Serves the pages on PORT of this machine, until it is stopped."""
    try:
        values = settings.read(os.environ)
    except settings.BadSetting as wrong:
        sys.exit(str(wrong))
    kept = {"workers": values["WEB_CONCURRENCY"], "keepalive": values["KEEP_ALIVE"]}
    Server(bind=f"127.0.0.1:{values['PORT']}", loglevel="warning", **kept).run()


def set_up(app: Flask) -> list[str]:
    """Migrates the database, creates sample actions and the first coordinator; returns the lines to print.

    Closes all connections, because a worker must not inherit a SQLite connection by a fork: it would not have the
    parent's locks (sqlite.org, How To Corrupt, 2.6).
    """
    logging.getLogger("alembic").setLevel(logging.WARNING)
    with app.app_context():
        upgrade()
        done = [*set_up_demo(), *set_up_first()]
        db.session.remove()
        db.engine.dispose()
    return done


def _taken(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


if __name__ == "__main__":
    serve()
