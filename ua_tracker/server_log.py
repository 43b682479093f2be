"""gunicorn's log in the site's own format. It counts each request, and writes no address, path, query or user agent."""

import os
import re
import sys
from datetime import timedelta
from functools import cache
from typing import Any

from gunicorn.config import Config
from gunicorn.glogging import Logger

from ua_tracker import logs, request_counts

# Where the site says in a request's environment which route it took, by its pattern, and which id it has.
ROUTE, NUMBER = "ua_tracker.route", "ua_tracker.request"
UNCOUNTED = {"/healthz", "/readyz", "/metrics"}

_CONVERTED = re.compile(r"<\w+:(\w+)>")


@cache
def route_name(rule: str) -> str:
    """The rule of a route as log and counts name it: `/<lang>/actions/<slug>`."""
    return _CONVERTED.sub(r"<\1>", rule)


class ServerLog(Logger):
    """The logger of master and workers (gunicorn's setting logger_class)."""

    @classmethod
    def instead_of(cls, log: Any) -> "ServerLog":
        """A logger with the same handlers, for a server that was started with another class."""
        if isinstance(log, cls):
            return log
        own = cls.__new__(cls)
        vars(own).update(vars(log))
        own.dress()
        return own

    def setup(self, cfg: Config) -> None:
        """Makes the handlers that gunicorn's settings ask for."""
        super().setup(cfg)
        self.dress()

    def dress(self) -> None:
        """Gives every handler the site's format."""
        for log in (self.error_log, self.access_log):
            for handler in log.handlers:
                handler.setFormatter(logs.formatter(os.environ.get("LOG_FORMAT", "").strip().lower()))

    def access(self, resp: Any, _req: Any, environ: dict[str, Any], request_time: timedelta) -> None:
        """Counts an answered request; where gunicorn's `accesslog` is set, writes a line about it too."""
        method = environ["REQUEST_METHOD"]
        if method not in request_counts.METHODS:
            method = "other"
        microseconds = request_time.seconds * 1_000_000 + request_time.microseconds
        route = environ.get(ROUTE, request_counts.NO_ROUTE)
        self.answered(method, route, resp.status[:3], microseconds, environ.get(NUMBER))

    def answered(self, method: str, route: str, status: str, microseconds: int, number: str | None) -> None:
        """The same of a request with this method (one of METHODS or `other`), route, status code, time and id."""
        if request_counts.own is not None:
            request_counts.own.add(method, route, status, microseconds)
        if self.access_log_enabled and route not in UNCOUNTED:
            facts = {"method": method, "route": route, "status": int(status), "milliseconds": microseconds // 1000}
            self.access_log.info(
                "%s %s %s %d ms%s", method, route, status, microseconds // 1000, f" [{number}]" if number else "",
                extra={**facts, **({"request": number} if number else {})},
            )  # fmt: skip

    def exception(self, msg: Any, *_args: Any, **_: Any) -> None:
        """An error with its traceback. gunicorn's message names the address, which can be a private link."""
        self.error_log.error(str(msg).partition(" %s")[0], exc_info=True)

    def warning(self, msg: Any, *args: Any, **named: Any) -> None:
        """A warning. Of a request that cannot be read, only what is wrong with it: no network, no part of it."""
        if str(msg).startswith("Invalid request"):
            kind = sys.exc_info()[0]
            self.error_log.info("A request that cannot be read: %s", kind.__name__ if kind else "-")
        else:
            super().warning(msg, *args, **named)
