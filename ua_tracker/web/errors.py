"""Every "no" in the reader's language, with its status; a page, or a fragment where htmx asks for one."""

import re
import traceback
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from math import ceil
from typing import Any

from flask import Flask, Response, current_app, g, make_response, render_template, request
from flask_babel import gettext, ngettext
from flask_limiter import RateLimitExceeded
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException, SecurityError

from ua_tracker import actions, database_faults, deadlines, languages, refusals
from ua_tracker.database import db
from ua_tracker.refusals import Kind, NotStored, Refusal
from ua_tracker.texts import printable
from ua_tracker.web import sessions
from ua_tracker.web.rate_limits import limiter
from ua_tracker.web.request import htmx, language, now, number_in
from ua_tracker.web.translation import lazy_gettext

STATUSES = {
    Kind.WRONG: 422,
    Kind.UNREADABLE: 400,
    Kind.SIGNED_OUT: 401,
    Kind.FORBIDDEN: 403,
    Kind.UNKNOWN: 404,
    Kind.TOO_LATE: 409,
    Kind.TOO_OFTEN: 429,
    Kind.NOT_OFFERED: 501,
}
# Of these the page says what the action's state still allows.
LOCKS = (refusals.PledgingLocked, refusals.ReportingClosed)
TITLES = {
    400: lazy_gettext("This request could not be read"),
    401: lazy_gettext("You are signed out"),
    403: lazy_gettext("This is not allowed"),
    404: lazy_gettext("This page does not exist"),
    405: lazy_gettext("This cannot be done here"),
    409: lazy_gettext("It is too late for this"),
    413: lazy_gettext("This is too much at once"),
    422: lazy_gettext("Something is missing"),
    429: lazy_gettext("Too many at once"),
    500: lazy_gettext("Something went wrong on our side"),
    503: lazy_gettext(NotStored.title),
}
SENTENCES = {
    400: lazy_gettext(refusals.RequestMalformed.sentence),
    403: lazy_gettext("The form was sent from another site. Open the page here and send it again."),
    404: lazy_gettext("The address may be mistyped, or the action is not published."),
    405: lazy_gettext("This address is not made for that. Please start from the page of the action."),
    413: lazy_gettext(refusals.BodyTooLarge.sentence),
    500: lazy_gettext(NotStored.sentence),
    503: lazy_gettext(NotStored.sentence),
}
# What of a form a page shows again, by the names people know; keys and tokens are not for eyes.
TYPED = {
    "name": lazy_gettext("Name or initials"),
    "letters": lazy_gettext("Letters"),
    "email": lazy_gettext("E-mail"),
    "group": lazy_gettext("Local group"),
    "write_on": lazy_gettext("I will write on"),
    "sent_on": lazy_gettext("Day sent"),
    "channel": lazy_gettext("Sent by"),
}
# A refusal that time mends: the same form can be sent again, under the same once-only key.
PASSING = {401, 429, 503}
# A form with one of these is typed anew: they never stand in a page.
KEYS = {"csrf_token", "once_key", "revision", "shown", "whom"}
# After so many seconds a program may ask again what was answered 503 (RFC 9110, 10.2.3).
RETRY_SECONDS = 5
MOST_TYPED = 1024 * 1024
SECRETS = {"password", "new_password", "code", "proof"}
DASHBOARD = re.compile(r"^/[a-z]+/dashboard(?:/|$)")


# How an error is answered where another format than a page was asked for; takes status, title and sentence.
Answer = Callable[[int, str, str], Response]
_formats: list[tuple[re.Pattern[str], Answer]] = []


def answers_errors(path: str) -> Callable[[Answer], Answer]:
    """Makes the decorated function answer the errors of all paths that hold this regular expression."""

    def declare(answer: Answer) -> Answer:
        _formats.append((re.compile(path), answer))
        return answer

    return declare


@answers_errors(r"^/api/|^/actions/.*\.json$")
def as_json(status: int, _title: str, sentence: str) -> Response:
    """The error as JSON."""
    return make_response({"error": sentence}, status)


def words(refusal: Refusal) -> str:
    """The refusal's sentence in the reader's language, its dates in words."""
    facts = {name: _in_words(fact) for name, fact in refusal.facts.items()}
    return str(gettext(refusal.sentence, **facts))


def _in_words(fact: Any) -> Any:
    return languages.day(fact, language()) if isinstance(fact, date) else fact


def register(app: Flask) -> None:
    """Puts the handlers on the app."""
    app.register_error_handler(Refusal, _refused)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(DBAPIError, _database_failed)
    app.register_error_handler(PoolTimeout, _database_failed)
    app.register_error_handler(NotStored, _not_stored)
    app.log_exception = _log_without_address  # type: ignore[method-assign]


def _refused(refusal: Refusal) -> Response:
    status = STATUSES[refusal.kind]
    if isinstance(refusal, LOCKS):
        action = actions.find(db.session(), refusal.facts["slug"])
        return _shown(status, "errors/_locked.html", action=action, state=action and deadlines.state(action, now()))
    page = _shown(
        status, "errors/_plain.html", sentence=words(refusal), lost=isinstance(refusal, refusals.NoSuchPledge)
    )
    return waiting(page, refusal) if isinstance(refusal, refusals.TooManyTries) else page


def waiting(page: Response, refusal: refusals.TooManyTries) -> Response:
    """The answer, with when to try again (RFC 9110, 10.2.3)."""
    page.headers["Retry-After"] = str(refusal.facts["seconds"])
    return page


def make_room_for_typed() -> None:
    """Lets a long form in that is to be given back, from whoever has been signed in; a stranger may send no more."""
    if sessions.was_here():
        request.max_content_length = request.max_form_memory_size = MOST_TYPED


def _http(error: HTTPException) -> Response | HTTPException:
    status = error.code or 500
    if status < 400:
        return error
    if isinstance(error, SecurityError):
        return _stranger(error)
    if status >= 500 and "coordinator" not in g:
        sessions.ask_nobody()
    if isinstance(error, RateLimitExceeded):
        return _too_many(error)
    known = status if status in SENTENCES else (400 if status < 500 else 500)
    response = _shown(status, "errors/_plain.html", title=TITLES[known], sentence=SENTENCES[known])
    kept = {name: value for name, value in error.get_headers() if name in {"Allow", "Retry-After"}}
    response.headers.update(kept)
    return response


def _too_many(error: RateLimitExceeded) -> Response:
    """Says how long to wait: until the oldest of what counts against the limit counts no more."""
    breached = limiter.current_limit
    seconds = max(1, ceil(breached.window.reset_time - now().timestamp())) if breached else 60
    sentence = error.description if error.limit.error_message else _wait(seconds)
    response = _shown(429, "errors/_plain.html", sentence=sentence)
    response.headers["Retry-After"] = str(seconds)
    return response


def _wait(seconds: int) -> str:
    minutes = ceil(seconds / 60)
    if minutes < 120:
        return ngettext(
            "Many people write from your address at this moment. Wait a minute and press the button again.",
            "Many people write from your address at this moment. Wait %(num)s minutes and press the button again.",
            minutes,
        )
    return gettext(
        "Very many people have written from your address today. Wait %(hours)s hours and press the button again.",
        hours=ceil(minutes / 60),
    )


def _stranger(error: SecurityError) -> Response:
    """For a host name that is not ours no address can be built: a bare sentence, mostly read by the operator."""
    sentence = gettext("This site does not answer to this name. Its operator can add it with PUBLIC_URL.")
    if request.path.startswith("/api/"):
        return as_json(error.code or 400, "", sentence)
    return Response(f"{sentence}\n", error.code, mimetype="text/plain")


def _database_failed(error: DBAPIError | PoolTimeout) -> Response:
    """The database took too long to come free, or is away: nothing was stored, and a second try may go through.

    What is no fault of the database's own, as a row that it refuses, is raised on.
    """
    told = database_faults.sentence(error)
    if told is None and not isinstance(error, OperationalError):
        raise error
    current_app.logger.error("database: %s %s", type(getattr(error, "orig", None) or error).__name__, told or "")
    return _without_database(TITLES[503], SENTENCES[503])


def _not_stored(refusal: NotStored) -> Response:
    current_app.logger.error("database: %s", refusal)
    return _without_database(gettext(refusal.title), gettext(refusal.sentence))


def _without_database(title: Any, sentence: Any) -> Response:
    """A page that is drawn without asking the database anything."""
    with suppress(SQLAlchemyError, NotStored):
        db.session.rollback()
    sessions.ask_nobody()
    return _shown(503, "errors/_plain.html", title=title, sentence=sentence)


def _shown(status: int, fragment: str, **facts: Any) -> Response:
    response = _drawn(status, fragment, **facts)
    response.headers["Cache-Control"] = "no-store"
    if status == 503:
        response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response


def _drawn(status: int, fragment: str, **facts: Any) -> Response:
    facts.setdefault("title", TITLES.get(status, TITLES[400]))
    for path, answer in _formats:
        if path.search(request.path):
            return answer(status, str(facts["title"]), str(facts.get("sentence", facts["title"])))
    if DASHBOARD.match(request.path) and status in {500, *PASSING}:  # the room's own limit may not be set yet
        make_room_for_typed()
    facts["typed"] = _typed(status)
    facts["file_lost"] = status in PASSING and _holds_file()
    again = facts["typed"] and status in PASSING and not facts["file_lost"] and not SECRETS & set(request.form)
    facts["again"] = [(name, printable(value)) for name, value in request.form.items(multi=True)] if again else []
    template = fragment if htmx else "errors/page.html"
    return make_response(render_template(template, fragment=fragment, status=status, **facts), status)


def _typed(status: int) -> list[tuple[str, str]]:
    """What was typed into the refused form, so that nothing is lost; a body that is too large is not read."""
    if status == 413 or request.method != "POST":
        return []
    try:
        pairs = list(request.form.items(multi=True))
    except HTTPException:
        return []
    return [(_named(name), printable(value)) for name, value in pairs if value.strip() and _named(name)]


def _holds_file() -> bool:
    try:
        return any(file.filename for file in request.files.values())
    except HTTPException:
        return False


def _named(name: str) -> str:
    """What a typed value is called where it is shown again. A coordinator's long form is shown whole."""
    is_long = DASHBOARD.match(request.path) and name not in KEYS | SECRETS
    return _called(name) or (name if is_long else "")


def _called(name: str) -> str:
    if name.startswith("letters-") and number_in(name[8:]) is not None:
        return str(gettext("Letters to recipient %(number)s", number=name[8:]))
    return str(TYPED.get(name, ""))


def _log_without_address(exc_info: Any) -> None:
    """Logs an unforeseen error under the route's pattern: an address can hold a private link.

    Of an error of the database only kind and place are told: its own words can hold the row that it refused.
    """
    route = request.url_rule or "an unknown route"
    error = exc_info[1]
    if isinstance(error, DBAPIError):
        place = "".join(traceback.format_tb(error.__traceback__)[-12:])
        kind = type(error.orig).__name__
        current_app.logger.error("%s on %s [%s]: %s\n%s", kind, route, request.method, error.statement, place)
        return
    current_app.logger.error("Exception on %s [%s]", route, request.method, exc_info=exc_info)
