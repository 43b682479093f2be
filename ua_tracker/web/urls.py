"""The URLs of the site: what a route may contain, the language in the path, and which requests are let in at all.

Before anything else, redirects included, every request is checked for a URL that this site can have.

Links and redirects are built from the request's path and host. Browsers read a path that begins with two slashes, or
with what they treat as such, as another host (WHATWG URL, 4.4). The site is never served below a path.
"""

import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from flask import Flask, g
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import BaseConverter, IntegerConverter, Map
from werkzeug.sansio.utils import host_is_trusted

from ua_tracker import languages, refused_requests, short_codes, slugs
from ua_tracker.refusals import RequestMalformed
from ua_tracker.web.request import language

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

# One slash, not followed by another or by a backslash, which browsers read as a slash; they drop tabs and line ends.
_PATH = re.compile(r"/(?![\t\r\n]*[/\\])")


class LanguageInPath(BaseConverter):
    """`<lang:lang>` in a route: the code of a language that is in the table when the app is made."""

    part_isolating = True

    def __init__(self, url_map: Map) -> None:
        super().__init__(url_map)
        self.regex = "|".join(languages.LANGUAGES)


class SlugInPath(BaseConverter):
    """`<slug:slug>` in a route: small letters, digits and hyphens."""

    regex = slugs.SHAPE


class CaseInPath(BaseConverter):
    """`<case:case>` in a route: the number of a case, like 12/26, with a hyphen."""

    regex = "[0-9]{2,4}-[0-9]{2}"

    def to_python(self, value: str) -> str:
        """The number as it is stored."""
        return value.replace("-", "/")

    def to_url(self, value: str) -> str:
        """The number as it stands in the path."""
        return value.replace("/", "-")


class CodeInPath(BaseConverter):
    """`<code:code>` in a route: the short code of an action, which people type."""

    regex = short_codes.SHAPE


class TokenInPath(BaseConverter):
    """`<token:token>` in a route: the token of a private link."""

    regex = "[A-Za-z0-9_-]{16,100}"


class DigestInPath(BaseConverter):
    """`<digest:digest>` in a route: 32 hexadecimal digits that stand for the content of a file."""

    regex = "[0-9a-f]{32}"


class RowInPath(IntegerConverter):
    """`<int:number>` in a route: the number of a row, which every database can hold."""

    def __init__(self, url_map: Map) -> None:
        super().__init__(url_map, max=2**31 - 1)


class PossibleUrls:
    """A WSGI middleware that passes on requests for possible URLs only, and answers 400 to all others.

    The host is passed on in lower case. Whether it is a host of this site is checked later.
    """

    def __init__(self, inner: Callable[..., Iterable[bytes]]) -> None:
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
    """Whether a request target that names a host names the same host as the request (RFC 9112, 3.2.2)."""
    target = environ.get("RAW_URI", "/")
    if target.startswith("/"):
        return True
    try:
        parts = urlsplit(target)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(host) and parts.netloc.lower() == host.lower()


def _refused(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
    for_programs = environ["PATH_INFO"].startswith("/api/")
    kind, body = refused_requests.content(RequestMalformed(), for_programs=for_programs)
    headers = [
        ("Content-Type", kind),
        ("Content-Length", str(len(body))),
        ("Cache-Control", "no-store"),
        ("X-Content-Type-Options", "nosniff"),
    ]
    start_response(RequestMalformed.status, headers)
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]


def _with_known_scheme(inner: "WSGIApplication") -> "WSGIApplication":
    """Treats every scheme but https as http: a proxy may pass on what the client wrote in X-Forwarded-Proto."""

    def called(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if environ["wsgi.url_scheme"] != "https":
            environ["wsgi.url_scheme"] = "http"
        return inner(environ, start_response)

    return called


def register(app: Flask) -> None:
    """Registers the converters of routes, and the language in their paths, on the app."""
    app.url_map.converters.update(
        lang=LanguageInPath,
        slug=SlugInPath,
        case=CaseInPath,
        code=CodeInPath,
        token=TokenInPath,
        digest=DigestInPath,
        int=RowInPath,
    )
    app.url_map.strict_slashes = False
    _put_language_in_paths(app)


def register_layer(app: Flask) -> None:
    """Puts the check of URLs in front of the app, and before it the headers of trusted proxies."""
    # Flask's documentation puts a middleware before an app in this way.
    app.wsgi_app = PossibleUrls(app.wsgi_app)  # type: ignore[method-assign]
    if app.config["TRUSTED_PROXIES"]:
        hops = app.config["TRUSTED_PROXIES"]
        app.wsgi_app = ProxyFix(_with_known_scheme(app.wsgi_app), x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]


def _put_language_in_paths(app: Flask) -> None:
    @app.url_value_preprocessor
    def take_language(_endpoint: str | None, values: dict[str, str] | None) -> None:
        if values and "lang" in values:
            g.lang = values.pop("lang")

    @app.url_defaults
    def give_language(endpoint: str, values: dict[str, str]) -> None:
        if "lang" not in values and app.url_map.is_endpoint_expecting(endpoint, "lang"):
            values["lang"] = language()
