"""How templates write numbers, dates and text that people or documents wrote, and the variables of every page.

Text that people or documents wrote is never markup. Jinja escapes it, `finalized` removes characters that no page can
hold, and htmx ignores the elements that contain it: those of `isolated` and `written_in`, fields of forms, and what is
marked with `htmx_ignored` (static/page.js tells htmx so).
"""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from flask import Flask, current_app, g, request, url_for
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup, escape

from ua_tracker import deadlines, languages, mailboxes
from ua_tracker.models import Action
from ua_tracker.texts import printable
from ua_tracker.web import happened, headers, page_script, sessions
from ua_tracker.web.chosen_group import action_slug
from ua_tracker.web.request import absolute, is_private, language, now
from ua_tracker.web.template_lines import WithoutIndentation

# htmx 2 ignores an element with this attribute and all that it contains, as it does `bdi`, `.field` and `dir="auto"`.
HTMX_IGNORED = Markup("hx-disable")

# What public pages show by their query, apart from the group: paper, the lost link’s action, the kept report,
# the codes to embed.
OF_VIEWS = {"paper", "action", "channel", "sent_on", "size", "theme", "mailed"}


def register(app: Flask) -> None:
    """Registers the filters, and the variables of every page, on the app."""
    app.jinja_env.filters.update({one.__name__: one for one in (number, grouped, decimal, instant, isolated, mailbox)})
    app.jinja_env.filters.update(
        {one.__name__: _unbroken(one) for one in (day, moment, office_moment, short_day, weekday)}
    )
    app.jinja_env.filters["unbroken"] = languages.unbroken
    app.jinja_env.globals.update(
        absolute=absolute,
        asset=headers.asset,
        closed_early=deadlines.is_closed_early,
        is_published=is_published,
        office_place=office_place,
        pledging_closes=pledging_closes,
        reporting_closes=reporting_closes,
        page_script=page_script.name_for,
        percent=percent,
        session_token=sessions.form_token,
        text_colour_on=headers.text_colour_on,
        closing_words=happened.closing,
        happened_label=happened.label,
        leading_label=happened.leading,
        happened_sentence=happened.sentence,
        htmx_ignored=HTMX_IGNORED,
        written_in=written_in,
    )
    app.jinja_env.finalize = finalized
    app.jinja_env.add_extension(WithoutIndentation)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.context_processor(_common)


def _common() -> dict[str, Any]:
    return {
        "lang": language(),
        "from_the_right": languages.runs_from_the_right(language()),
        # The attribute of an element with an address or a number; nobody sees a difference on the other pages.
        "from_the_left": Markup(' dir="ltr"') if languages.runs_from_the_right(language()) else "",
        "site": current_app.config,
        "contact_url": contact_url(),
        "other_languages": _other_languages(),
        "private": is_private(),
        "signed_in": g.get("coordinator"),
    }


def contact_url() -> str:
    """The URL of CONTACT: of a page, or of a mail to an address; empty without one."""
    contact = str(current_app.config["CONTACT"])
    return contact if "@" not in contact or "://" in contact else f"mailto:{contact}"


def _other_languages() -> list[tuple[languages.Language, str]]:
    """Every language with the URL of this page in it, else of its action, else of the front page."""
    own = request.endpoint if request.method == "GET" and "lang" in _arguments() else None
    slug = None if own else action_slug()
    page = own or ("actions.show" if slug else "actions.index")
    values: dict[str, Any] = dict(request.view_args or {}) if own else {"slug": slug} if slug else {}
    if own:
        values = {**_what_is_shown(), **values}
    elif "answered_as" in g:
        page, values = g.answered_as
    return [(one, url_for(page, **{**values, "lang": one.code})) for one in languages.LANGUAGES.values()]


def _what_is_shown() -> dict[str, list[str]]:
    """The arguments in the query that say what the page shows. Those that say what was just done are left out."""
    if not is_private():
        names = OF_VIEWS
    else:  # a name that `url_for` takes for itself would be no argument
        names = {one for one in request.args if not one.startswith("_")} - {"endpoint", "lang", "sent"}
    return {name: request.args.getlist(name) for name in names if name in request.args}


def _arguments() -> set[str]:
    return set(request.url_rule.arguments) if request.url_rule else set()


def finalized(value: Any) -> Any:
    """What a template writes: nothing for None, and no character that a page, a picture or a mail cannot hold."""
    if value is None or isinstance(value, int | float):
        return "" if value is None else value
    if not isinstance(value, str):  # a field's label is markup, a lazy sentence is text
        value = escape(value) if hasattr(value, "__html__") else str(value)
    return value if value.isprintable() else type(value)(printable(value))


def number(value: int) -> str:
    """A whole number with the language's grouping."""
    return languages.number(value, language())


def grouped(value: int) -> Markup:
    """A number as plain digits for programs; the style sheet shows the thousands apart."""
    digits = str(value)
    first = len(digits) % 3 or 3
    parts = [digits[:first], *(digits[start : start + 3] for start in range(first, len(digits), 3))]
    return Markup('<span class="thousands"></span>').join(parts)


def percent(part: int, whole: int) -> str:
    """A part of a whole as a percentage."""
    return languages.percent(part, whole, language())


def _unbroken(written: Callable[..., str]) -> Callable[..., str]:
    """The filter that keeps day and month of a date on one line of a page; plain text breaks as it likes."""

    @pass_eval_context
    def filtered(context: EvalContext, *values: Any) -> str:
        words = written(*values)
        return languages.unbroken(words) if context.autoescape else words

    return filtered


def day(value: date) -> str:
    """A date in words."""
    return languages.day(value, language())


def weekday(value: date) -> str:
    """A date in words with its day of the week."""
    return languages.weekday(value, language())


def short_day(value: date) -> str:
    """A short date, for a plot: `Mar 5`, `5 mars`."""
    return languages.short_day(value, language())


def moment(value: datetime, action: Action) -> str:
    """An instant in the action's time zone."""
    return languages.moment(value, action.timezone, language())


def office_moment(value: datetime) -> str:
    """An instant that belongs to no action, in the time zone of the office."""
    return languages.moment(value, current_app.config["DEFAULT_TIMEZONE"], language())


def office_place() -> str:
    """The city that the time zone of the office is named after."""
    return languages.place_of(current_app.config["DEFAULT_TIMEZONE"], language())


def decimal(value: float) -> str:
    """A number with at most one decimal."""
    return languages.decimal(value, language())


def isolated(text: str | None) -> Markup:
    """A line that people or documents wrote: it keeps its own writing direction, and htmx ignores it."""
    return Markup("<bdi>{}</bdi>").format(escape(text or ""))


def mailbox(address: str | None) -> Markup:
    """An e-mail address as a person reads it, isolated."""
    return isolated(mailboxes.readable(address) if address else None)


def written_in(code: str | None = None) -> Markup:
    """The attributes of an element that holds text of people or documents.

    `code` is the text's language, if it is known; it is not said where it is the page's.
    """
    if not code or code == language():
        return Markup("dir=auto")
    is_word = code.isascii() and code.isalpha()  # else it stands in quotation marks, which it cannot leave
    return Markup("lang={} dir=auto").format(code) if is_word else Markup('lang="{}" dir=auto').format(code)


def instant(at: datetime) -> str:
    """An instant for programs, in UTC, to the second: HTML allows at most three digits of a fraction (2.3.5.7)."""
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def is_published(action: Action) -> bool:
    """Whether the public sees the action now."""
    return deadlines.is_published(action, now())


def pledging_closes(action: Action) -> dict[str, str]:
    """When pledging closes or closed, in words: `at` the moment, `zone` its time zone, `place` the zone's city."""
    return _moment_parts(action, deadlines.closes_at(action))


def reporting_closes(action: Action) -> dict[str, str]:
    """When reporting closes or closed, in the same words."""
    return _moment_parts(action, deadlines.reporting_closes_at(action))


def _moment_parts(action: Action, at: datetime | None) -> dict[str, str]:
    if at is None:
        raise ValueError("a draft without a deadline never closes")
    code = language()
    return {
        "at": languages.unbroken(languages.moment(at, action.timezone, code)),
        "zone": languages.zone_name(action.timezone, at, code),
        "place": languages.place_of(action.timezone, code),
    }
