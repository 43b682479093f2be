"""Is this an address that the site can have? Asked of every request before anything else, redirects included.

What stands in links and redirects comes from the request's path and host. A path that begins with two slashes, or with
what browsers take for them, is another host's address there (WHATWG URL, 4.4); a site under a path is not ours.
"""

import re
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from werkzeug.sansio.utils import host_is_trusted

from ua_tracker import languages
from ua_tracker.refusals import RequestMalformed

# One slash, and no other after it, nor what browsers turn into one; tabs and ends of lines they drop.
_PATH = re.compile(r"/(?![\t\r\n]*[/\\])")


class Addresses:
    """A WSGI middleware that lets only requests for possible addresses through, and answers 400 to all others.

    The host is passed on in small letters. Which hosts are this site's is asked further inside.
    """

    def __init__(self, inner: Callable[..., Any]) -> None:
        self._inner = inner

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Passes the request on, or refuses it."""
        host = environ.get("HTTP_HOST", "")
        if environ.get("SCRIPT_NAME") or not _PATH.match(environ["PATH_INFO"]) or not _agrees(environ, host):
            return _refused(environ, start_response)
        if host and not host_is_trusted(host):
            return _refused(environ, start_response)
        if not host.islower():
            environ["HTTP_HOST"] = host.lower()
        return self._inner(environ, start_response)


def _agrees(environ: dict[str, Any], host: str) -> bool:
    """Whether a request target that names a host names the same one as the request does (RFC 9112, 3.2.2)."""
    target = environ.get("RAW_URI", "/")
    if target.startswith("/"):
        return True
    try:
        parts = urlsplit(target)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(host) and parts.netloc.lower() == host.lower()


def _refused(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
    texts = [languages.catalogue(code).gettext(RequestMalformed.sentence) for code in languages.LANGUAGES]
    body = "".join(f"{text}\n" for text in texts).encode()
    headers = [
        ("Content-Type", "text/plain; charset=utf-8"),
        ("Content-Length", str(len(body))),
        ("Cache-Control", "no-store"),
        ("X-Content-Type-Options", "nosniff"),
    ]
    start_response(RequestMalformed.status, headers)
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]


def register(app: Flask) -> None:
    """Puts the check before the app."""
    app.wsgi_app = Addresses(app.wsgi_app)  # type: ignore[method-assign]
