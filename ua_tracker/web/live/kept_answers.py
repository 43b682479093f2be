"""Which addresses have answers that are kept, and what may such an answer depend on?"""

import re
from io import BytesIO
from typing import Any, NamedTuple

from ua_tracker.slugs import SHAPE


class Face(NamedTuple):
    """What an address asks for: the statement that reads its stamp, the slug in it, and whether its query counts."""

    statement: str
    slug: str | None
    varies: bool


class Key(NamedTuple):
    """Everything of a request that a kept answer may depend on."""

    scheme: str
    host: str
    path: str
    query: str

    def environ(self, errors: Any) -> dict[str, Any]:
        """A request that holds this and nothing else (PEP 3333): what is not in the key cannot get into the answer.

        `errors` is where the server writes its log.
        """
        name, _, port = self.host.rpartition(":") if re.search(r":\d+$", self.host) else (self.host, "", "")
        return {
            "REQUEST_METHOD": "GET",
            "SCRIPT_NAME": "",
            "PATH_INFO": self.path,
            "QUERY_STRING": self.query,
            "SERVER_NAME": name or "localhost",
            "SERVER_PORT": port or {"http": "80", "https": "443"}[self.scheme],
            "SERVER_PROTOCOL": "HTTP/1.1",
            "HTTP_HOST": self.host,
            "REMOTE_ADDR": "127.0.0.1",
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": self.scheme,
            "wsgi.input": BytesIO(),
            "wsgi.errors": errors,
            "wsgi.multithread": True,
            "wsgi.multiprocess": True,
            "wsgi.run_once": False,
        }


_COUNTER = re.compile(rf"/(?:en|fr)/actions/({SHAPE})/counter")
_LISTING = re.compile(r"/(?:en|fr)/listing")
_COUNTER_STAMP = """
    SELECT actions.id, actions.revision, action_tallies.revision FROM actions
    JOIN action_tallies ON action_tallies.action_id = actions.id
    WHERE actions.slug = ? AND actions.published_at IS NOT NULL
"""
_LISTING_STAMP = """
    SELECT (SELECT coalesce(max(id), 0) FROM audit_entries), count(*),
        coalesce(sum(actions.revision), 0), coalesce(sum(action_tallies.revision), 0) FROM actions
    JOIN action_tallies ON action_tallies.action_id = actions.id
    WHERE actions.published_at IS NOT NULL
"""
FACES = (
    (_COUNTER, _COUNTER_STAMP, False),
    (_LISTING, _LISTING_STAMP, False),
    (re.compile(rf"/api/v1/actions/({SHAPE})"), _COUNTER_STAMP, False),
    (re.compile(r"/api/v1/actions"), _LISTING_STAMP, False),
    (re.compile(rf"/(?:en|fr)/embed/({SHAPE})"), _COUNTER_STAMP, True),
    (re.compile(rf"/actions/({SHAPE})/badge\.(?:svg|json)"), _COUNTER_STAMP, True),
    (re.compile(rf"/(?:en|fr)/actions/({SHAPE})/wall/numbers"), _COUNTER_STAMP, True),
)


def face_of(path: str) -> Face | None:
    """What the path of a live answer asks for; None for any other path."""
    for pattern, statement, varies in FACES:
        found = pattern.fullmatch(path)
        if found:
            return Face(statement, found[1] if found.groups() else None, varies)
    return None


def variant(query: str) -> str:
    """What of the query tells one answer from another: all but the token that comes first."""
    return query.partition("&")[2] if query.startswith("v=") else query
