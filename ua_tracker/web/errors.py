"""Every error as a response: its status, and a sentence in the reader's language; as a page, or a fragment for htmx."""

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

from ua_tracker import actions, database_faults, deadlines, languages, refusals, refused_requests
from ua_tracker.channels import CHANNEL_LABELS
from ua_tracker.database import db
from ua_tracker.refusals import Kind, NotStored, Refusal
from ua_tracker.texts import printable
from ua_tracker.web import chosen_group, sessions
from ua_tracker.web.error_words import DASHBOARD, OPENED, SECRET_FIELDS, SENTENCES, TITLES, label_of
from ua_tracker.web.rate_limits import limiter
from ua_tracker.web.request import htmx, language, now
from ua_tracker.web.translation import with_grouping

STATUSES = {
    Kind.WRONG: 422,
    Kind.UNREADABLE: 400,
    Kind.SIGNED_OUT: 401,
    Kind.FORBIDDEN: 403,
    Kind.UNKNOWN: 404,
    Kind.TOO_LATE: 409,
    Kind.TOO_OFTEN: 429,
    Kind.BUSY: 503,
    Kind.NOT_OFFERED: 501,
}
# For these the page says what can still be done with the action.
LOCKED = (refusals.PledgingLocked, refusals.ReportingClosed)
# After these errors the same form can be sent again later, with the same idempotency key.
RETRYABLE = {401, 429, 503}
# After this many seconds a program may repeat a request that got 503 (RFC 9110, 10.2.3).
RETRY_SECONDS = 5
LONG_FORM_BYTES = 1024 * 1024
# Makes the response for an error in another format than a page, from its status, title and sentence.
ErrorFormat = Callable[[int, str, str], Response]
_formats: list[tuple[re.Pattern[str], ErrorFormat]] = []


def error_format_for(path: str) -> Callable[[ErrorFormat], ErrorFormat]:
    """Makes the decorated function format the errors of all paths in which this regular expression is found."""

    def register_format(error_format: ErrorFormat) -> ErrorFormat:
        _formats.append((re.compile(path), error_format))
        return error_format

    return register_format


@error_format_for(r"^/actions/.*\.json$")
def as_json(status: int, _title: str, sentence: str) -> Response:
    """The error as JSON."""
    return make_response({"error": sentence}, status)


def sentence_of(refusal: Refusal) -> str:
    """The refusal's sentence in the reader's language, with dates in words and thousands apart."""
    facts = with_grouping({name: _readable(fact) for name, fact in refusal.facts.items()})
    return str(gettext(refusal.sentence, **facts))


def _readable(fact: Any) -> Any:
    return languages.day(fact, language()) if isinstance(fact, date) else fact


def register(app: Flask) -> None:
    """Registers the error handlers on the app."""
    app.register_error_handler(Refusal, _refused)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(DBAPIError, _database_failed)
    app.register_error_handler(PoolTimeout, _database_failed)
    app.register_error_handler(NotStored, _not_stored)
    app.log_exception = _log_without_url  # type: ignore[method-assign]  # Flask has no other place for it


def _refused(refusal: Refusal) -> Response:
    status = STATUSES[refusal.kind]
    if isinstance(refusal, LOCKED):
        action = actions.find(db.session(), refusal.facts["slug"])
        return _error_response(status, "errors/_locked.html", action=action, state=deadlines.state(action, now()))
    facts: dict[str, Any] = {"sentence": sentence_of(refusal), "lost": isinstance(refusal, refusals.NoSuchPledge)}
    if isinstance(refusal, refusals.LinkSpent):
        facts |= {"spent": True, "title": gettext("This link no longer works")}
    page = _error_response(status, "errors/_plain.html", **facts)
    return with_retry_after(page, refusal) if isinstance(refusal, refusals.TooManyTries) else page


def with_retry_after(page: Response, refusal: refusals.TooManyTries) -> Response:
    """The response with the time after which to try again (RFC 9110, 10.2.3)."""
    page.headers["Retry-After"] = str(refusal.facts["seconds"])
    return page


def allow_long_form() -> None:
    """Raises the size limit for a cookie from a session, so that a coordinator's long form can be shown again."""
    if sessions.was_signed_in():
        request.max_content_length = request.max_form_memory_size = LONG_FORM_BYTES


def _http(error: HTTPException) -> Response | HTTPException:
    status = error.code or 500
    if status < 400:
        return error
    if isinstance(error, SecurityError):
        return _unknown_host(error)
    if status >= 500:
        chosen_group.without_database()
    if status >= 500 and "coordinator" not in g:
        sessions.treat_as_signed_out()
    if isinstance(error, RateLimitExceeded):
        return _too_many(error)
    known = status if status in SENTENCES else (400 if status < 500 else 500)
    response = _error_response(status, "errors/_plain.html", title=TITLES[known], sentence=SENTENCES[known])
    response.headers.update({name: value for name, value in error.get_headers() if name in {"Allow", "Retry-After"}})
    return response


def _too_many(error: RateLimitExceeded) -> Response:
    """Says how long to wait: until the oldest request that counts against the limit expires."""
    breached = limiter.current_limit
    seconds = max(1, ceil(breached.window.reset_time - now().timestamp())) if breached else 60
    sentence = error.description if error.limit.error_message else _wait_sentence(seconds)
    response = _error_response(429, "errors/_plain.html", sentence=sentence)
    response.headers["Retry-After"] = str(seconds)
    return response


def _wait_sentence(seconds: int) -> str:
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


def _unknown_host(error: SecurityError) -> Response:
    """A bare sentence, mostly read by the operator: for an unknown host name no URL can be built."""
    sentence = gettext("This site is not set up for this host name. Its operator can add it with PUBLIC_URL.")
    if request.path.startswith("/api/"):
        told = refused_requests.problem(400, str(TITLES[400]), sentence)
        return Response(told, 400, {"Cache-Control": "no-store"}, content_type=refused_requests.PROBLEM)
    contact = str(current_app.config["CONTACT"])
    lines = [sentence, " ".join([gettext("Questions:"), contact])] if contact else [sentence]
    return Response("\n".join([*lines, ""]), error.code, mimetype="text/plain")


def _database_failed(error: DBAPIError | PoolTimeout) -> Response:
    """The database was busy for too long or is out of reach: nothing was stored, and a retry may succeed.

    Any other database error, such as a row that a constraint refuses, is raised again.
    """
    known_cause = database_faults.sentence(error)
    if known_cause is None and not isinstance(error, OperationalError):
        raise error
    current_app.logger.error("database: %s %s", type(getattr(error, "orig", None) or error).__name__, known_cause or "")
    return _without_database(TITLES[503], SENTENCES[503])


def _not_stored(refusal: NotStored) -> Response:
    current_app.logger.error("database: %s", refusal)
    return _without_database(gettext(refusal.title), gettext(refusal.sentence))


def _without_database(title: Any, sentence: Any) -> Response:
    """A page that is rendered without the database."""
    with suppress(SQLAlchemyError, NotStored):
        db.session.rollback()
    sessions.treat_as_signed_out()
    chosen_group.without_database()
    return _error_response(503, "errors/_plain.html", title=title, sentence=sentence)


def _error_response(status: int, fragment: str, **facts: Any) -> Response:
    response = _rendered(status, fragment, **facts)
    response.headers["Cache-Control"] = "no-store"
    if status == 503:
        response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response


def _rendered(status: int, fragment: str, **facts: Any) -> Response:
    facts.setdefault("title", TITLES.get(status, TITLES[400]))
    if status in {500, 503} and request.method in {"GET", "HEAD"}:
        facts |= {"title": TITLES[500], "sentence": OPENED}
    for path, error_format in _formats:
        if path.search(request.path):
            return error_format(status, str(facts["title"]), str(facts.get("sentence", facts["title"])))
    facts["in_dashboard"] = bool(DASHBOARD.match(request.path))
    if facts["in_dashboard"] and status in {500, *RETRYABLE}:  # the view's own size limit may not be set yet
        allow_long_form()
    facts["typed"] = _typed(status)
    facts["file_lost"] = status in RETRYABLE and _holds_file()
    resend = facts["typed"] and status in RETRYABLE and not facts["file_lost"] and not SECRET_FIELDS & set(request.form)
    facts["resend"] = [(name, printable(value)) for name, value in request.form.items(multi=True)] if resend else []
    template = fragment if htmx else "errors/page.html"
    facts["swapped"] = bool(htmx)
    return make_response(render_template(template, fragment=fragment, status=status, **facts), status)


def _typed(status: int) -> list[tuple[str, str]]:
    """What was typed into the refused form, so that nothing is lost. A body that is too large is not read."""
    if status == 413 or request.method != "POST":
        return []
    try:
        pairs = list(request.form.items(multi=True))
    except HTTPException:
        return []
    shown = ((label_of(name), _as_shown(name, value)) for name, value in pairs if value.strip())
    return list(dict.fromkeys(pair for pair in shown if pair[0]))  # the day of a report is sent by two fields


def _as_shown(name: str, value: str) -> str:
    """The value in the words of its form, where that has a list to choose from."""
    if name == "channel" and value in CHANNEL_LABELS:
        return str(gettext(CHANNEL_LABELS[value]))
    chosen = chosen_group.of_request() if name == "group" else None
    return printable(chosen.name if chosen and chosen.name else value)


def _holds_file() -> bool:
    try:
        return any(file.filename for file in request.files.values())
    except HTTPException:
        return False


def _log_without_url(exc_info: Any) -> None:
    """Logs an unforeseen error with the pattern of its route, since the URL can hold a private link.

    Of a database error only type and place are logged: its message can hold the values of a row.
    """
    route = request.url_rule or "an unknown route"
    error = exc_info[1]
    if isinstance(error, DBAPIError):
        place = "".join(traceback.format_tb(error.__traceback__)[-12:])
        of = (type(error.orig).__name__, route, request.method, error.statement, place)
        current_app.logger.error("%s on %s [%s]: %s\n%s", *of)
        return
    current_app.logger.error("Exception on %s [%s]", route, request.method, exc_info=exc_info)
