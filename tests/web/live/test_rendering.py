"""A response is rendered from a request made of its key alone."""

import io

from ua_tracker.web.live.rendering import Renderer
from ua_tracker.web.live.responses import CacheKey
from ua_tracker.web.live.versions import ENVIRON_KEY, Version

KEY = CacheKey("http", "localhost", "/en/", "")


class Body(list):
    closed = False

    def close(self) -> None:
        self.closed = True


def test_it_is_read_to_its_end_and_closed():
    body, seen = Body([b"one ", b"two"]), {}

    def inner(environ, start_response):
        seen.update(environ)
        start_response("404 Not Found", [("X", "y")])
        return body

    version = Version(5)
    rendered = Renderer(inner).render(KEY, io.StringIO(), version)
    assert (rendered.status, rendered.headers, rendered.body) == ("404 Not Found", [("X", "y")], b"one two")
    assert not rendered.is_good
    assert body.closed
    assert seen[ENVIRON_KEY] is version
    assert not [name for name in seen if name.startswith("HTTP_") and name != "HTTP_HOST"]


def test_one_key_has_one_turn():
    renderer = Renderer(lambda _environ, _start: [])
    assert renderer.turn_of(KEY) is renderer.turn_of(KEY._replace())
