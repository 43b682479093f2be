"""Answers that the main loop of a server process gives itself, without a thread, because they are kept as bytes.

To give a request to a thread and to take its answer back costs more than such an answer. But the main loop serves all
connections, so that it must wait for nothing: whatever would take longer raises NotAtOnce, and a thread does it.
"""

from typing import Any

LARGEST = 64 * 1024  # bytes of a body that goes into a connection's buffer without waiting for the client


class NotAtOnce(BaseException):
    """The answer has to be made, or waited for. No `Exception`, because those are caught on the way and answered."""


def is_asked(environ: dict[str, Any]) -> bool:
    """Whether it is the main loop that asks (`worker.Worker`)."""
    return bool(getattr(environ.get("gunicorn.socket"), "at_once", False))


def require_thread(environ: dict[str, Any]) -> None:
    """Raises NotAtOnce if it is the main loop that asks."""
    if is_asked(environ):
        raise NotAtOnce


def path_of(request: bytes) -> bytes:
    """The path in the first line of a GET request, without its query; empty for other requests."""
    return request[4 : request.find(b" ", 4)].partition(b"?")[0] if request.startswith(b"GET ") else b""
