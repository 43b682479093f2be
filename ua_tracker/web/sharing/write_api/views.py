"""The addresses of the write API. Cookies are not looked at: a request is what its key says."""

from collections.abc import Callable
from datetime import datetime

from flask import Blueprint, Response, jsonify, make_response, request
from flask_babel import gettext
from sqlalchemy.orm import Session

from ua_tracker import actions, deadlines, together
from ua_tracker.actions import Addressed
from ua_tracker.database import db, writing
from ua_tracker.programs import entries, keys
from ua_tracker.programs.entries import Asked, Entered
from ua_tracker.programs.keys import PLEDGE, READ, REPORT, Known
from ua_tracker.refusals import Refusal
from ua_tracker.trust import Arrival, Quota
from ua_tracker.web.filters import instant
from ua_tracker.web.forms.weighed import thresholds
from ua_tracker.web.request import clock, language, now, secret_keys
from ua_tracker.web.sharing.write_api import answers, bodies, fields, problems
from ua_tracker.web.sharing.write_api.bearer import require_key
from ua_tracker.web.sharing.write_api.bodies import Sent
from ua_tracker.web.sharing.write_api.problems import UNREADABLE, Problem

bp = Blueprint("write_api", __name__, url_prefix="/api/v1")
bp.register_error_handler(Refusal, problems.refused)
bp.register_error_handler(Problem, problems.answered)


@bp.after_request
def never_kept(response: Response) -> Response:
    """No cache keeps what a key opened."""
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.post("/actions/<slug:slug>/pledges")
@require_key(PLEDGE)
def pledge(slug: str, key: Known) -> Response:
    """Makes a pledge."""
    sent, asked = _asked(key, "pledge", slug)
    return _entered(sent, asked, lambda: _pledge(slug, sent, asked))


@bp.post("/actions/<slug:slug>/reports")
@require_key(REPORT)
def report(slug: str, key: Known) -> Response:
    """Reports letters."""
    sent, asked = _asked(key, "report", slug)
    return _entered(sent, asked, lambda: _report(slug, sent, asked))


@bp.delete("/entries/<int:number>")
@require_key()
def take_back(number: int, key: Known) -> Response:
    """Takes back what this key entered."""
    with writing() as session:
        entries.take_back(session, keys.find_again(session, key.key_hash, now()), number, now())
    return make_response("", 204)


@bp.get("/actions/<slug:slug>/pledges")
@require_key(READ)
def read(slug: str, key: Known) -> Response:
    """The pledges of the key's group, or of all for a key of the office, the oldest first, in pages."""
    after = _cursor()
    action = actions.find_published(db.session(), slug, now())
    if keys.is_first_reading(db.session(), key, slug, now()):
        with writing() as session:
            keys.note_reading(session, key, slug, now())
        action = actions.find_published(db.session(), slug, now())
    return jsonify(answers.of_pledges(action, key, after))


@bp.get("/actions/<slug:slug>/recipients")
@require_key()
def recipients(slug: str, key: Known) -> Response:
    """To whom letters of this action go, with the ids that a report names."""
    found = _addressed(slug).recipients
    return jsonify(recipients=[{"id": to.id, "kind": to.kind, "title": to.title} for to in found])


@bp.get("/key")
@require_key()
def show_key(key: Known) -> Response:
    """What this key may do."""
    until = instant(key.expires_at) if key.expires_at else None
    told = {"name": key.name, "group": key.group, "rights": list(key.rights), "letters_a_day": key.most_letters}
    return jsonify(**told, expires_at=until)


@bp.get("/problems/<slug:slug>")
def problem(slug: str) -> Response:
    """What a type of problem means."""
    return answers.of_problem(slug)


def _asked(key: Known, kind: str, slug: str) -> tuple[Sent, Asked]:
    """What was sent, and the request as the rules know it. Raises Problem, OnceKeyMissing."""
    once_key, sent = bodies.once_key(), bodies.sent()
    quota = Quota(key.id, key.most_letters)
    arrival = Arrival(None, thresholds(), quota=quota)
    return sent, Asked(key, once_key, f"{kind} {slug} {sent.spelling}", secret_keys(), arrival)


def _entered(sent: Sent, asked: Asked, enter: Callable[[], Entered]) -> Response:
    """The answer to an entry: that of an earlier try, whatever has changed since, or of a new one."""
    done = entries.earlier(db.session(), asked) or enter()
    return make_response(jsonify(answers.of_entry(done, sent.fields)), 201)


def _pledge(slug: str, sent: Sent, asked: Asked) -> Entered:
    action = actions.find_published(db.session(), slug, now())
    form = fields.pledge_form(sent.fields, asked.key)
    if not form.validate():
        deadlines.require_open(action, now())
        raise fields.problem_of(form)
    wish = form.wish(language())

    def store(session: Session, at: datetime) -> Entered:
        return entries.pledge(session, asked, actions.find_terms(session, slug, at), wish, at)

    return together.write(store, clock(), about=slug)


def _report(slug: str, sent: Sent, asked: Asked) -> Entered:
    action = _addressed(slug)
    form, pointers = fields.report_form(sent.fields, action, asked.key)
    if not form.validate():
        deadlines.require_reporting(action, now())
        raise fields.problem_of(form, pointers)
    sending, code = form.sending(), language()

    def store(session: Session, at: datetime) -> Entered:
        return entries.report(session, asked, actions.find_terms(session, slug, at), sending, code, at)

    return together.write(store, clock(), about=slug)


def _addressed(slug: str) -> Addressed:
    return actions.find_addressed(db.session(), slug, now())


def _cursor() -> int | None:
    """The id after which a page begins. Raises Problem for any other parameter than `after`, and for no id."""
    unknown = sorted(set(request.args) - {"after"})
    if unknown:
        raise Problem(UNREADABLE, gettext("There is no field “%(name)s” here.", name=unknown[0]))
    after = request.args.get("after")
    number = answers.number_of(after) if after is not None else None
    if after is not None and number is None:
        raise Problem(UNREADABLE, gettext("“after” is the id of a pledge, as ua-pledge-12."))
    return number
