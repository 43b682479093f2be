"""How templates write a number, a date, and what people or documents wrote; and what every page knows.

What people or documents wrote is text. Jinja escapes it, `finalized` takes out what no page can hold, and htmx looks
at nothing inside the elements that hold it: `isolated` and `written_in` say so.
"""

from datetime import UTC, date, datetime
from typing import Any

from flask import Flask, current_app, g, request, url_for
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup, escape

from ua_tracker import deadlines, languages
from ua_tracker.models import Action
from ua_tracker.texts import printable
from ua_tracker.web import headers
from ua_tracker.web.request import absolute, is_private, language

# htmx 2 heeds nothing inside an element with the first name, htmx 4 nothing inside one with the second.
THEIRS = Markup("hx-disable hx-ignore")


def register(app: Flask) -> None:
    """Puts the filters and the pages' common facts on the app."""
    app.jinja_env.filters.update(
        {one.__name__: one for one in (number, grouped, day, decimal, instant, moment, short_day, weekday, isolated)}
    )
    app.jinja_env.globals.update(
        absolute=absolute,
        asset=headers.asset,
        closed_early=deadlines.is_closed_early,
        closing_words=closing_words,
        over_words=over_words,
        percent=percent,
        session_token=generate_csrf,
        theirs=THEIRS,
        written_in=written_in,
    )
    app.jinja_env.finalize = finalized
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.context_processor(_common)


def _common() -> dict[str, Any]:
    return {
        "lang": language(),
        "from_the_right": languages.runs_from_the_right(language()),
        "site": current_app.config,
        "other_languages": _other_languages(),
        "private": is_private(),
        "signed_in": g.get("coordinator"),
    }


def _other_languages() -> list[tuple[languages.Language, str]]:
    """Every language with the address of this very page in it; the front page where there is no such page."""
    is_page = request.endpoint is not None and request.method == "GET" and "lang" in _arguments()
    endpoint = request.endpoint if is_page else "actions.index"
    values = {"group": request.args.get("group"), **(request.view_args or {})} if is_page else {}
    return [(one, url_for(endpoint, **{**values, "lang": one.code})) for one in languages.LANGUAGES.values()]


def _arguments() -> set[str]:
    return set(request.url_rule.arguments) if request.url_rule else set()


def finalized(value: Any) -> Any:
    """What a template puts out: nothing for None, and no sign that no page, picture or mail can hold."""
    if value is None or isinstance(value, int | float):
        return "" if value is None else value
    if not isinstance(value, str):  # a field's label is markup, a lazy sentence is text
        value = escape(value) if hasattr(value, "__html__") else str(value)
    return value if value.isprintable() else type(value)(printable(value))


def number(value: int) -> str:
    """A whole number with the language's grouping."""
    return languages.number(value, language())


def grouped(value: int) -> Markup:
    """A number whose text is plain digits, for machines, and whose thousands the style sheet sets apart, for eyes."""
    digits = str(value)
    first = len(digits) % 3 or 3
    parts = [digits[:first], *(digits[start : start + 3] for start in range(first, len(digits), 3))]
    return Markup('<span class="thousands"></span>').join(parts)


def percent(part: int, whole: int) -> str:
    """Part of whole in per cent."""
    return languages.percent(part, whole, language())


def day(value: date) -> str:
    """A date in words."""
    return languages.day(value, language())


def weekday(value: date) -> str:
    """A date in words with its day of the week."""
    return languages.weekday(value, language())


def short_day(value: date) -> str:
    """A date as short as a plot wants it: `Mar 5`, `5 mars`."""
    return languages.short_day(value, language())


def moment(value: datetime, action: Action) -> str:
    """An instant on the action's clock."""
    return languages.moment(value, action.timezone, language())


def decimal(value: float) -> str:
    """A number with at most one decimal."""
    return languages.decimal(value, language())


def isolated(text: str | None) -> Markup:
    """What people or documents wrote, on a line: it keeps its own writing direction, and htmx heeds nothing in it."""
    return Markup("<bdi {}>{}</bdi>").format(THEIRS, escape(text or ""))


def written_in(code: str | None = None) -> Markup:
    """The attributes of an element whose text people or documents wrote, in this language if it is known."""
    told = Markup('lang="{}" ').format(code) if code else Markup()
    return Markup('{}dir="auto" {}').format(told, THEIRS)


def instant(at: datetime) -> str:
    """An instant for machines, in UTC, to the second: HTML takes at most three digits of a fraction (2.3.5.7)."""
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def closing_words(action: Action) -> dict[str, str]:
    """When pledging closed or closes, in words: `at` the moment on the zone's clock, `zone`, and its `place`."""
    return _moment_words(action, deadlines.closes_at(action))


def over_words(action: Action) -> dict[str, str]:
    """When reporting closed or closes, in words."""
    return _moment_words(action, deadlines.reporting_closes_at(action))


def _moment_words(action: Action, at: datetime | None) -> dict[str, str]:
    if at is None:
        raise ValueError("a draft without a deadline never closes")
    code = language()
    return {
        "at": languages.moment(at, action.timezone, code),
        "zone": languages.zone_name(action.timezone, at, code),
        "place": languages.place_of(action.timezone, code),
    }
