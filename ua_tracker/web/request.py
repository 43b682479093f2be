"""What views read from the present request: instant, language, full URLs, numbers and days."""

import re
from collections.abc import Callable
from datetime import date, datetime, time

from babel import negotiate_locale
from flask import current_app, g, request
from flask_babel import refresh
from flask_htmx import HTMX

from ua_tracker import languages

# The part after the language in the URLs of coordinators' pages.
PRIVATE = {"login", "dashboard"}
htmx = HTMX()
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_HOUR = re.compile(r"[0-9]{2}:[0-9]{2}(?::[0-9]{2})?")


def clock() -> Callable[[], datetime]:
    """The app's clock, for work that another thread may do."""
    of_app: Callable[[], datetime] = current_app.config["CLOCK"]
    return of_app


def now() -> datetime:
    """The present instant, from the app's clock."""
    return clock()()


def language() -> str:
    """The request's language: the one in the path, else the one that the browser or program prefers.

    The public JSON is the same for everybody.
    """
    if "lang" not in g:
        g.lang = languages.DEFAULT if request.blueprint == "api" else _asked_language()
    return str(g.lang)


def speak(code: str) -> None:
    """Answers the rest of this request in this language, which a program named in what it sent."""
    g.lang = code
    refresh()


def answered_as(endpoint: str, **values: str | int) -> None:
    """Says which page shows the answer to this post to others: the links to the other languages lead there."""
    g.answered_as = endpoint, values


def _asked_language() -> str:
    first = request.path.strip("/").split("/", 1)[0]
    return first if first in languages.LANGUAGES else _preferred_language()


def _preferred_language() -> str:
    """The first of the browser's languages that the site has; a reader of fr-CA reads French (RFC 4647, 3.4)."""
    wanted = [tag for tag, quality in request.accept_languages if quality > 0]
    return negotiate_locale(wanted, languages.LANGUAGES, sep="-") or languages.DEFAULT


def is_private() -> bool:
    """Whether the URL is one of the coordinators' pages: it may set a cookie, and must not be cached."""
    parts = request.path.split("/", 3)
    return len(parts) > 2 and parts[2] in PRIVATE


def absolute(path: str) -> str:
    """The full URL of a path of this site: under PUBLIC_URL, else under the host of the request."""
    return f"{current_app.config['PUBLIC_URL'] or request.host_url.rstrip('/')}{path}"


def secret_keys() -> list[str]:
    """The site's secret keys, newest first."""
    return [current_app.config["SECRET_KEY"], *current_app.config["SECRET_KEY_FALLBACKS"]]


def number_in(text: str | None) -> int | None:
    """The number of a row in a request: up to nine digits 0 to 9, which every database can hold; else None."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else None


def day_in(text: str) -> date:
    """A day as browsers send it, 2026-01-31. Raises ValueError for any other form (ISO 8601 has many)."""
    if not _DAY.fullmatch(text):
        raise ValueError("not a day")
    return date.fromisoformat(text)


def hour_in(text: str) -> time:
    """An hour as browsers send it, 09:30, to the minute. Raises ValueError for any other form."""
    if not _HOUR.fullmatch(text):
        raise ValueError("not an hour")
    return time.fromisoformat(text).replace(second=0)
