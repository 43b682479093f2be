"""A person found by e-mail address: what is stored in all actions, to download it or to erase it.

The address stands in no URL, and so in no log: every form here is posted, and its answer is the page itself.
"""

from typing import Any

from flask import Blueprint, Response, flash, jsonify, make_response, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug import Response as AnyResponse

from ua_tracker import person, refusals
from ua_tracker.database import db, writing
from ua_tracker.models import Action, Coordinator
from ua_tracker.person import Found
from ua_tracker.refusals import Refusal
from ua_tracker.web.coordinators.login import require_coordinator, require_proof
from ua_tracker.web.errors import STATUSES, sentence_of
from ua_tracker.web.forms.fields import one_line
from ua_tracker.web.forms.person import ErasePersonForm, PersonForm
from ua_tracker.web.labels import MAIL_WORDS
from ua_tracker.web.request import now, secret_keys

bp = Blueprint("person", __name__, url_prefix="/<lang:lang>/dashboard/people")


def _email() -> str:
    return one_line(request.form.get("email")) or "–"


@bp.get("")
@require_coordinator("office")
def ask(coordinator: Coordinator) -> Response:
    """Asks for the address."""
    return _page(PersonForm(formdata=None))


@bp.post("")
@require_coordinator("office")
@require_proof(lambda: gettext("See what is stored under %(email)s", email=_email()))
def find(coordinator: Coordinator) -> Response:
    """Shows what is stored under the address, with a link to each row."""
    form = PersonForm()
    if not form.validate_on_submit():
        return _page(form, form.status)
    return _found(str(form.email.data))


@bp.post("/data")
@require_coordinator("office")
@require_proof(lambda: gettext("Download what is stored under %(email)s", email=_email()))
def data(coordinator: Coordinator) -> Response:
    """The same as a file, for whoever asked what is known of them. The history says that it was downloaded."""
    form = PersonForm()
    if not form.validate_on_submit():
        return _page(form, form.status)
    with writing() as session:
        found = person.find(session, str(form.email.data), secret_keys())
        known = person.known(session, found)
        person.note_download(session, found, actor=coordinator.actor, now=now())
    response = jsonify(known)
    response.headers["Content-Disposition"] = 'attachment; filename="stored.json"'
    return response


@bp.post("/erase")
@require_coordinator("office")
@require_proof(lambda: gettext("Erase what is stored under %(email)s", email=_email()))
def erase(coordinator: Coordinator) -> AnyResponse:
    """Erases what was shown, if it is still the same."""
    form = ErasePersonForm()
    address, chosen = str(form.email.data or ""), {"reason": str(form.reason.data), "shown": str(form.shown.data)}
    if not form.validate_on_submit():
        return _found(address, form, form.status)
    try:
        with writing() as session:
            person.erase(session, address, secret_keys(), actor=coordinator.actor, now=now(), **chosen)
    except refusals.ReasonNamesSomebody as refusal:
        return _found(address, form.refused(refusal), form.status)
    except Refusal as refusal:
        return _found(address, None, STATUSES[refusal.kind], wrong=sentence_of(refusal))
    flash(gettext("Erased. Every number stays as it was."))
    return redirect(url_for("person.ask"), 303)


def _found(address: str, form: ErasePersonForm | None = None, status: int = 200, **more: Any) -> Response:
    session = db.session()
    found = person.find(session, address, secret_keys())
    asking = form or ErasePersonForm(formdata=None)
    asking.asking(gettext("Why is it erased?"))
    asking.email.data, asking.shown.data = address, found.shown
    facts = {
        "actions": _actions_of(found),
        "address": address,
        "erase": asking,
        "found": found,
        "mail_words": MAIL_WORDS,
        "most": person.MOST,
        "plain": PersonForm(formdata=None),
    }
    return _page(PersonForm(formdata=None, data={"email": address}), status, **facts, **more)


def _actions_of(found: Found) -> dict[int, Action]:
    numbers = {row.action_id for row in (*found.pledges, *found.unconfirmed)} | {row.action_id for row in found.reports}
    return {number: db.session.get_one(Action, number) for number in numbers}


def _page(form: PersonForm, status: int = 200, **facts: Any) -> Response:
    return make_response(render_template("person/show.html", form=form, **facts), status)
