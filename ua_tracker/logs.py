"""How log lines are written: as plain text, or one JSON object a line, and never with what people typed.

The message of an exception can hold a value that somebody typed. So of an exception only its kind and its places in the
code are written, unless LOG_LEVEL is DEBUG.
"""

import json
import logging
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, NamedTuple

PLAIN, AS_JSON = "text", "json"
# What a line of the log of requests says beside its message.
FACTS = ("method", "route", "status", "milliseconds", "request")


class Request(NamedTuple):
    """The request that this thread answers: its id, its method, and the pattern of its route."""

    number: str
    method: str
    route: str


current: ContextVar[Request | None] = ContextVar("request", default=None)


class _Careful(logging.Formatter):
    """Writes exceptions without their messages."""

    def formatException(self, ei: Any) -> str:  # noqa: N802 - the name that the library calls
        """The kinds of the exception and of those that led to it, each with its places in the code."""
        if logging.getLogger("ua_tracker").isEnabledFor(logging.DEBUG):
            return super().formatException(ei)
        lines, error = [], ei[1]
        while error is not None:
            lines += [f"{type(error).__module__}.{type(error).__qualname__}"]
            lines += [
                f"  {one.filename}:{one.lineno} in {one.name}" for one in traceback.extract_tb(error.__traceback__)
            ]
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        return "\n".join(lines)


class PlainLines(_Careful):
    """Lines for people: time, process, level, message, and the id of the request."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s [%(process)d] %(levelname)s %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - the name that the library calls
        """The line without its exception."""
        request = current.get()
        return super().formatMessage(record) + (f" [{request.number}]" if request else "")


class JsonLines(_Careful):
    """Lines for programs: one JSON object each, in ASCII."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        request = current.get()
        facts: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "process": record.process,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if request:
            facts |= {"request": request.number, "method": request.method, "route": request.route}
        facts |= {name: vars(record)[name] for name in FACTS if name in vars(record)}
        if record.exc_info:
            facts["exception"] = self.formatException(record.exc_info)
        return json.dumps(facts)


def formatter(log_format: str) -> logging.Formatter:
    """The formatter for this value of the setting LOG_FORMAT."""
    return JsonLines() if log_format == AS_JSON else PlainLines()


def set_up(log_format: str, level: str) -> None:
    """Writes the log to standard error in this format, unless the program that runs the site writes it already."""
    logging.basicConfig()
    for handler in logging.getLogger().handlers:
        if type(handler) is logging.StreamHandler:  # not what a test has put there to listen
            handler.setFormatter(formatter(log_format))
    logging.getLogger("ua_tracker").setLevel(level)
