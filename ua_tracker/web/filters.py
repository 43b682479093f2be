"""How templates write a number, a date, a postal address; and what every page knows."""

from datetime import date, datetime
from typing import Any

from flask import Flask, current_app, g, request, url_for
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup, escape

from ua_tracker import deadlines, languages
from ua_tracker.models import Action
from ua_tracker.web import absolute, headers, is_private, language


def register(app: Flask) -> None:
    """Puts the filters and the pages' common facts on the app."""
    app.jinja_env.filters.update(
        {one.__name__: one for one in (number, grouped, day, decimal, moment, short_day, weekday, isolated)}
    )
    app.jinja_env.globals.update(
        absolute=absolute,
        asset=headers.asset,
        closed_early=deadlines.is_closed_early,
        closing_words=closing_words,
        over_words=over_words,
        percent=percent,
        session_token=generate_csrf,
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.context_processor(_common)


def _common() -> dict[str, Any]:
    return {
        "lang": language(),
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
    """A name or address line that keeps its own writing direction inside the page's."""
    return Markup("<bdi>{}</bdi>").format(escape(text or ""))


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
