"""What every view asks of the present request: the instant, the language, whole addresses, numbers and days."""

import re
from datetime import date, datetime

from flask import current_app, g, request
from flask_htmx import HTMX

from ua_tracker import languages

# What stands after the language in the coordinators' own addresses.
PRIVATE = {"login", "dashboard"}
htmx = HTMX()
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


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


def secret_keys() -> list[str]:
    """The site's secret keys, the newest first."""
    return [current_app.config["SECRET_KEY"], *current_app.config["SECRET_KEY_FALLBACKS"]]


def number_in(text: str | None) -> int | None:
    """The number of a row as a page names it: up to nine of the digits 0 to 9, which every database can hold."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else None


def day_in(text: str) -> date:
    """A day as browsers send it, 2026-01-31. Raises ValueError for every other way to write one (ISO 8601 has many)."""
    if not _DAY.fullmatch(text):
        raise ValueError("not a day")
    return date.fromisoformat(text)
