"""Has Flask render a response that is to be kept, one thread at a time."""

from collections.abc import Callable
from typing import Any, NamedTuple

from ua_tracker.web.live.responses import CacheKey, Headers
from ua_tracker.web.live.turns import Turn
from ua_tracker.web.live.versions import ENVIRON_KEY, Version

TURNS = 16  # responses that can be rendered at the same moment


class Rendered(NamedTuple):
    """A response of Flask."""

    status: str
    headers: Headers
    body: bytes

    @property
    def is_good(self) -> bool:
        """Whether it is the answer of a view and not an error or a redirect."""
        return self.status.startswith("200")

    def send(self, start_response: Callable[..., Any]) -> list[bytes]:
        """Responds with it, to one request only."""
        start_response(self.status, self.headers)
        return [self.body]


class Renderer:
    """Renders responses to requests made of a key alone; what another thread renders meanwhile is waited for."""

    def __init__(self, inner: Callable[..., Any]) -> None:
        self._inner = inner
        self._turns = [Turn() for _ in range(TURNS)]

    def render(self, key: CacheKey, errors: Any, version: Version) -> Rendered:
        """The response of Flask. The view writes into `version` what its response depends on."""
        started: list[Any] = []

        def start(status: str, headers: Headers, exc_info: Any = None) -> Callable[[bytes], object]:
            started[:] = [status, headers]
            return lambda _bytes: None

        answer = self._inner(key.environ(errors) | {ENVIRON_KEY: version}, start)
        try:
            body = b"".join(answer)
        finally:
            if hasattr(answer, "close"):
                answer.close()
        return Rendered(started[0], started[1], body)

    def turn_of(self, key: CacheKey) -> Turn:
        """The turn to render the response with this key."""
        return self._turns[hash(key) % len(self._turns)]
