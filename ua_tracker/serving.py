"""How is the site served? gunicorn with threads; by `make run` after setting up what is missing."""

import logging
import socket
import sys
from typing import Any

from flask import Flask
from flask_migrate import upgrade
from gunicorn.app.base import BaseApplication
from sqlalchemy.exc import SQLAlchemyError

from ua_tracker import create_app
from ua_tracker.cli.coordinators import set_up_first
from ua_tracker.cli.demo import set_up_demo
from ua_tracker.cli.one_line import explain
from ua_tracker.database import db
from ua_tracker.refusals import NotStored

# Kept equal to the Procfile's flags by a test. gunicorn believes no proxy, not even one on this machine, whose client
# may have written the headers: TRUSTED_PROXIES alone says who is believed. How long idle connections are kept is a
# setting, KEEP_ALIVE.
OPTIONS = {
    "worker_class": "ua_tracker.worker.Worker",
    "threads": 8,
    "forwarder_headers": "",
    "forwarded_allow_ips": "",
    "worker_connections": 6000,
    "backlog": 2048,
    "control_socket_disable": True,
}


class Server(BaseApplication):  # type: ignore[misc]
    """gunicorn with the options above, in this process, without a command line of its own."""

    def __init__(self, **options: Any) -> None:
        self._options = {**OPTIONS, **options}
        super().__init__()

    def load_config(self) -> None:
        """Takes the options over."""
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """The application, made anew in each worker so that no connection crosses a fork."""
        return create_app()


def start(app: Flask) -> None:
    """Brings the database up to date, sets up the first day's actions, says the address, and serves until stopped."""
    port = app.config["PORT"]
    if _taken(port):
        sys.exit(f"Port {port} is taken. Stop what listens there, or choose another: make run PORT={port + 1}")
    try:
        done = set_up(app)
    except (SQLAlchemyError, NotStored, OSError) as wrong:
        sys.exit(f"The database cannot be set up: {explain(wrong)}")
    for line in done:
        print(line)
    print(f"\nUA Tracker is at http://127.0.0.1:{port}/   (stop it with Ctrl-C)", flush=True)
    kept = {"workers": app.config["WEB_CONCURRENCY"], "keepalive": app.config["KEEP_ALIVE"]}
    Server(bind=f"127.0.0.1:{port}", loglevel="warning", **kept).run()


def set_up(app: Flask) -> list[str]:
    """Brings the database up to date and sets up the first day's actions and coordinator; answers what it did.

    No connection is left open: SQLite's locks do not cross a fork, and a worker that inherits one believes
    that it holds what only its parent does (sqlite.org, How To Corrupt, 2.6).
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
