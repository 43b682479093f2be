"""The doors: what the site answers to, in one visible list."""

from collections.abc import Iterable
from datetime import datetime
from importlib import import_module
from typing import TYPE_CHECKING

from flask import Flask, current_app, g, request
from flask_babel import Babel, Domain
from flask_compress import Compress
from flask_htmx import HTMX
from flask_limiter import Limiter
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import BaseConverter, IntegerConverter, Map

from ua_tracker import languages, limit_store
from ua_tracker.sources import hashed_source

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


class LanguageInPath(BaseConverter):
    """`<lang:lang>` in a route: `en` or `fr`."""

    regex = "|".join(languages.LANGUAGES)
    part_isolating = True


class SlugInPath(BaseConverter):
    """`<slug:slug>` in a route: small letters, digits and hyphens."""

    regex = "[a-z0-9]+(?:-[a-z0-9]+)*"


class TokenInPath(BaseConverter):
    """`<token:token>` in a route: what a private link is made of."""

    regex = "[A-Za-z0-9_-]{16,100}"


class RowInPath(IntegerConverter):
    """`<int:number>` in a route: the number of a row, which every database can hold."""

    def __init__(self, url_map: Map) -> None:
        super().__init__(url_map, max=2**31 - 1)


class Catalogue(Domain):
    """Flask-Babel's messages, read from the .po files as they stand."""

    def get_translations(self):  # type: ignore[no-untyped-def]
        """The messages of the request's language."""
        return languages.catalogue(language())


class Messages(Babel):
    """Flask-Babel with the catalogue above."""

    domain_instance = Catalogue()


def now() -> datetime:
    """The present instant by the app's clock."""
    return current_app.config["CLOCK"]()


def language() -> str:
    """The request's language: the path's, else the one the browser prefers."""
    if request.path.startswith("/api/"):
        return languages.DEFAULT
    if "lang" not in g:
        first = request.path.strip("/").split("/", 1)[0]
        preferred = request.accept_languages.best_match(languages.LANGUAGES, languages.DEFAULT)
        g.lang = first if first in languages.LANGUAGES else preferred
    return g.lang


def is_private() -> bool:
    """Whether the request's address is one of the coordinators' own: it may set a cookie, and nobody keeps it."""
    parts = request.path.split("/", 3)
    return len(parts) > 2 and parts[2] in PRIVATE


def absolute(path: str) -> str:
    """The whole address of a path of this site, to be given away: under PUBLIC_URL, else as the reader came here."""
    return f"{current_app.config['PUBLIC_URL'] or request.host_url.rstrip('/')}{path}"


def secrets() -> list[str]:
    """The site's secret keys, the newest first."""
    return [current_app.config["SECRET_KEY"], *current_app.config["SECRET_KEY_FALLBACKS"]]


def _source() -> str:
    """Whom the limits count: where the request came from, as it may be stored."""
    if "source" not in g:
        g.source = hashed_source(request.remote_addr, current_app.config["SECRET_KEY"], now().date())
    return str(g.source)


# What stands after the language in the coordinators' own addresses.
PRIVATE = {"login", "dashboard"}
htmx = HTMX()
limiter = Limiter(_source, strategy="moving-window", default_limits=[])
# Sixty people behind one address can pledge and report within ten minutes (a letter evening in a hall), and
# all at once at its end; a script cannot go on for long.
WRITING_LIMIT = "90 per minute; 400 per 10 minutes; 2000 per day"
# Asking for a link again writes to a mailbox that may be another's. What coordinators ask for is counted elsewhere
# (`ua_tracker/coordinators/tries.py`), as are passwords and codes: in the database, whatever the settings say.
ASKING_LIMIT = "20 per 10 minutes; 100 per day"
# All that writes counts together, and all that asks: in whichever language, by whichever address of the site.
limit_writing = limiter.shared_limit(WRITING_LIMIT, "writing")
limit_asking = limiter.shared_limit(ASKING_LIMIT, "asking")

AROUND = ("bodies", "headers", "errors", "filters", "sessions", "login", "images")
DOORS = (
    "actions", "api", "counter", "pledges", "letters", "private_links", "forgotten", "manage", "mail_links",
    "embed", "images", "oembed", "share", "wall", "write",
    "login", "account", "coordinators", "dashboard", "groups", "history", "imports", "editing", "ledger", "evenings",
    "downloads",
)  # fmt: skip


def register(app: Flask) -> None:
    """Puts the doors on the app."""
    app.url_map.converters.update(lang=LanguageInPath, slug=SlugInPath, token=TokenInPath, int=RowInPath)
    app.url_map.strict_slashes = False
    app.config.update(
        MAX_CONTENT_LENGTH=64 * 1024,
        MAX_FORM_PARTS=200,
        SECRET_KEY_FALLBACKS=list(app.config["SECRET_KEY_FALLBACKS"]),
        COMPRESS_ALGORITHM=["br", "gzip"],
        COMPRESS_ALGORITHM_STREAMING=["br", "gzip"],
    )
    _set_up_extensions(app)
    for room in AROUND:
        import_module(f"ua_tracker.web.{room}").register(app)
    for room in DOORS:
        app.register_blueprint(import_module(f"ua_tracker.web.{room}").bp)
    for layer in ("live", "addresses"):
        import_module(f"ua_tracker.web.{layer}").register(app)
    if app.config["TRUSTED_PROXIES"]:
        hops = app.config["TRUSTED_PROXIES"]
        app.wsgi_app = ProxyFix(_with_known_scheme(app.wsgi_app), x_for=hops, x_proto=hops, x_host=hops)
    _put_language_in_addresses(app)


def _with_known_scheme(inner: "WSGIApplication") -> "WSGIApplication":
    """Takes any scheme but https for http: a proxy may hand on what the sender wrote into X-Forwarded-Proto."""

    def called(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if environ["wsgi.url_scheme"] != "https":
            environ["wsgi.url_scheme"] = "http"
        return inner(environ, start_response)

    return called


def _set_up_extensions(app: Flask) -> None:
    Messages(app, locale_selector=lambda: languages.LANGUAGES[language()].locale)
    htmx.init_app(app)
    _set_up_limits(app)
    Compress(app)


def _set_up_limits(app: Flask) -> None:
    def clock() -> float:
        return float(app.config["CLOCK"]().timestamp())

    if app.config["RATELIMIT_ENABLED"]:
        inside = limit_store.opened(app.config["RATELIMIT_STORAGE_URI"], app.config["INSTANCE_PATH"], clock)
        options = {"inside": inside, "clock": clock}
        app.config.update(RATELIMIT_STORAGE_URI=f"{limit_store.LENIENT}:", RATELIMIT_STORAGE_OPTIONS=options)
    limiter.init_app(app)


def _put_language_in_addresses(app: Flask) -> None:
    @app.url_value_preprocessor
    def take(_endpoint: str | None, values: dict[str, str] | None) -> None:
        if values and "lang" in values:
            g.lang = values.pop("lang")

    @app.url_defaults
    def give(endpoint: str, values: dict[str, str]) -> None:
        if "lang" not in values and app.url_map.is_endpoint_expecting(endpoint, "lang"):
            values["lang"] = language()
