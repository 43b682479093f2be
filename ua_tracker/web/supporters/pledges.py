"""Making a pledge, and the notice in place of the form once pledging is locked."""

from datetime import datetime
from functools import partial
from typing import Any

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug import Response as AnyResponse

from ua_tracker import actions, deadlines, pledges, together
from ua_tracker.database import db
from ua_tracker.deadlines import State
from ua_tracker.models import Action
from ua_tracker.refusals import Refusal
from ua_tracker.web import counter
from ua_tracker.web.forms.pledging import PledgeForm
from ua_tracker.web.rate_limits import limit_writing
from ua_tracker.web.request import answered_as, clock, htmx, language, now, secret_keys
from ua_tracker.web.supporters.actions import page as show_page
from ua_tracker.web.supporters.thanks import thanks_for

bp = Blueprint("pledges", __name__, url_prefix="/<lang:lang>/actions/<slug:slug>")


@bp.get("/pledging")
def pledging(slug: str) -> str:
    """The form while pledging is open, then the notice that it has closed. An open page requests it.

    With `another` it is for the next person at the same screen, and the first field takes the focus.
    """
    action = actions.find_published(db.session(), slug, now())
    if deadlines.state(action, now()) is State.OPEN:
        form = PledgeForm.for_action(action)
        if "another" in request.args:
            form.name.render_kw = {**(form.name.render_kw or {}), "autofocus": True}
        return render_template("pledges/_form.html", action=action, form=form)
    return render_template("actions/_locked.html", action=action, state=deadlines.state(action, now()))


@bp.post("/pledges")
@limit_writing
def create(slug: str) -> AnyResponse:
    """Makes a pledge and thanks for it. With an e-mail address the response to a second pledge is the same."""
    form = PledgeForm.of_slug(slug)
    if not form.validate_on_submit():
        return _again(slug, form)
    try:
        token = together.write(_work(slug, form), clock(), about=slug)
    except Refusal as refusal:
        return _again(slug, form.refused(refusal))
    return _thanked(slug, form, token)


def _work(slug: str, form: PledgeForm) -> together.Work[str | None]:
    """What stores this form's pledge, or stores it again with another address than that of the thanks before."""
    wish, wrong = form.wish(language()), form.instead_of.data
    keys: dict[str, Any] = {"once_key": str(form.once_key.data), "secrets": secret_keys(), "arrival": form.arrival()}
    store = partial(pledges.readdress, instead_of=wrong) if wrong else pledges.make_discreetly

    def make(session: Session, at: datetime) -> str | None:
        return store(session, actions.find_terms(session, slug, at), wish, now=at, **keys)

    return make


@bp.get("/pledged")
def pledged(slug: str) -> str:
    """The page of thanks without an address: for the links to other languages."""
    return _thanks_page(actions.find_published(db.session(), slug, now()))


def _thanks_page(action: Action, **facts: Any) -> str:
    view = counter.counter_of(db.session(), action, now())
    return render_template("pledges/pledged.html", action=action, counter=view, **facts)


def _again(slug: str, form: PledgeForm) -> Response:
    """The form with its errors and everything that was typed. Raises PledgingLocked once it is too late."""
    action = actions.find_published(db.session(), slug, now())
    deadlines.require_open(action, now())
    page = render_template("pledges/_form.html", action=action, form=form) if htmx else show_page(action, form)
    return make_response(page, form.status)


def _thanked(slug: str, form: PledgeForm, token: str | None) -> AnyResponse:
    if token and not htmx:
        return redirect(url_for("manage.show", token=token, new="yes"), 303)
    if token:
        return make_response(thanks_for(slug, int(form.letters.data or 0), token) + counter.moved(slug))
    action: Action = actions.find_published(db.session(), slug, now())
    facts = {"letters": form.letters.data, "email": form.email.data, "typed": form.to_correct()}
    if not htmx:  # no redirect, whose page would not know the address (docs/decisions/0008-outbox.md)
        answered_as("pledges.pledged", slug=slug)
        return make_response(_thanks_page(action, **facts), {"Cache-Control": "no-store"})
    thanks = render_template("pledges/_thanks.html", action=action, alone=False, token=None, **facts)
    return make_response(thanks + counter.moved(slug))
