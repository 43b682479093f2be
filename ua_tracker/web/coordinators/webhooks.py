"""The office's webhooks: adding, changing, testing, switching and removing them, new secrets, the last messages."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, current_app, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug import Response as AnyResponse

from ua_tracker.database import db, writing
from ua_tracker.models import Coordinator
from ua_tracker.refusals import HookAdded, Refusal
from ua_tracker.web.coordinators.login import require_coordinator, require_proof
from ua_tracker.web.errors import sentence_of
from ua_tracker.web.forms.accounts import CoordinatorForm
from ua_tracker.web.forms.base import STALE
from ua_tracker.web.forms.fields import one_line
from ua_tracker.web.forms.webhooks import WebhookForm
from ua_tracker.web.labels import TOPIC_WORDS
from ua_tracker.web.request import now, secret_keys
from ua_tracker.web.translation import lazy_gettext
from ua_tracker.webhooks import registering, signing

bp = Blueprint("webhooks", __name__, url_prefix="/<lang:lang>/dashboard/webhooks")
REASON_WORDS = {
    "status": lazy_gettext("it answered with an error"),
    "redirect": lazy_gettext("it pointed to another address, which is not followed"),
    "timeout": lazy_gettext("it took too long"),
    "connection": lazy_gettext("no connection"),
    "certificate": lazy_gettext("its certificate is not valid for this name"),
    "name": lazy_gettext("its name leads nowhere"),
    "private": lazy_gettext("its name leads into a private network"),
    "address": lazy_gettext("its URL is no longer allowed"),
    "secret": lazy_gettext("its secret cannot be read with this site’s key: make a new one"),
    "unmade": lazy_gettext("it could not be made: ask the operator to look into the log"),
    "died": lazy_gettext("no try came to an end"),
}


def _description(number: int | None = None) -> str:
    host = one_line(request.form.get("url")) or "–"
    if request.form.get("gives_people"):
        return gettext("Tell %(url)s what happens, with names and e-mail addresses", url=host)
    return gettext("Tell %(url)s what happens", url=host)


@bp.get("")
@require_coordinator("office")
def index(coordinator: Coordinator) -> str:
    """All webhooks, and how each stands."""
    found = registering.listing(db.session())
    standing = {hook.id: registering.standing(db.session(), hook) for hook in found}
    facts = {"coordinator": coordinator, "hooks": found, "standing": standing, "topic_words": TOPIC_WORDS}
    return render_template("webhooks/index.html", **facts)


@bp.get("/new")
@require_coordinator("office")
def new(coordinator: Coordinator) -> str:
    """The form to add one."""
    return _new_page(coordinator, WebhookForm.offering())


@bp.post("")
@require_coordinator("office")
@require_proof(_description)
def create(coordinator: Coordinator) -> AnyResponse:
    """Adds a webhook, and shows its secret once."""
    form = WebhookForm.offering()
    if not form.validate_on_submit():
        return make_response(_new_page(coordinator, form), form.status)
    how = {"once_key": str(form.once_key.data), "keys": secret_keys(), **_by(coordinator)}
    try:
        with writing() as session:
            hook, secret = registering.add(session, form.wanted(), networks=_networks(), **how)
    except HookAdded as before:
        flash(sentence_of(before))
        return redirect(url_for("webhooks.show", number=before.facts["number"]), 303)
    except Refusal as refusal:
        return make_response(_new_page(coordinator, form.refused(refusal)), form.status)
    return make_response(_page(coordinator, hook.id, secret=secret))


@bp.get("/<int:number>")
@require_coordinator("office")
def show(coordinator: Coordinator, number: int) -> str:
    """One webhook: what it is told, how it stands, its last messages, and what can be done with it."""
    return _page(coordinator, number)


@bp.post("/<int:number>")
@require_coordinator("office")
@require_proof(_description)
def change(coordinator: Coordinator, number: int) -> AnyResponse:
    """Changes where it is and what it is told."""
    form = WebhookForm.offering(registering.find(db.session(), number))
    if not form.validate_on_submit():
        return make_response(_page(coordinator, number, form=form), form.status)
    try:
        with writing() as session:
            registering.change(session, number, form.wanted(), networks=_networks(), **_by(coordinator))
    except Refusal as refusal:
        return make_response(_page(coordinator, number, form=form.refused(refusal)), form.status)
    flash(gettext("The webhook is changed."))
    return redirect(url_for("webhooks.show", number=number), 303)


@bp.post("/<int:number>/secret")
@require_coordinator("office")
@require_proof(lambda number: gettext("Make a new secret for webhook %(number)s", number=number))
def secret(coordinator: Coordinator, number: int) -> AnyResponse:
    """Makes a new secret, and shows it once."""
    if not CoordinatorForm().validate_on_submit():
        return _expired(coordinator, number)
    with writing() as session:
        fresh = registering.new_secret(session, number, keys=secret_keys(), **_by(coordinator))
    return make_response(_page(coordinator, number, secret=fresh))


@bp.post("/<int:number>/on")
@require_coordinator("office")
@require_proof(lambda number: gettext("Switch webhook %(number)s on again", number=number))
def switch_on(coordinator: Coordinator, number: int) -> AnyResponse:
    """Switches it on. What waits is sent first."""
    said = gettext("The webhook is on. What waited is sent first.")
    by = _by(coordinator)
    return _done(coordinator, number, lambda session: registering.switch(session, number, on=True, **by), said)


@bp.post("/<int:number>/off")
@require_coordinator("office")
def switch_off(coordinator: Coordinator, number: int) -> AnyResponse:
    """Switches it off. Nothing is collected for it meanwhile."""
    by = _by(coordinator)
    said = gettext("The webhook is off.")
    return _done(coordinator, number, lambda session: registering.switch(session, number, on=False, **by), said)


@bp.post("/<int:number>/test")
@require_coordinator("office")
def test(coordinator: Coordinator, number: int) -> AnyResponse:
    """Queues a test message, which is sent like any other."""
    said = gettext("The test is on its way. Open this page again in a moment to see what came of it.")
    return _done(coordinator, number, lambda session: registering.send_test(session, number, now=now()), said)


@bp.post("/<int:number>/remove")
@require_coordinator("office")
def remove(coordinator: Coordinator, number: int) -> AnyResponse:
    """Removes it with its secret and its messages."""
    if not CoordinatorForm().validate_on_submit():
        return _expired(coordinator, number)
    with writing() as session:
        registering.remove(session, number, **_by(coordinator))
    flash(gettext("The webhook is removed."))
    return redirect(url_for("webhooks.index"), 303)


def _done(coordinator: Coordinator, number: int, work: Callable[[Session], None], said: str) -> AnyResponse:
    if not CoordinatorForm().validate_on_submit():
        return _expired(coordinator, number)
    try:
        with writing() as session:
            work(session)
    except Refusal as refusal:
        registering.find(db.session(), number)  # raises where there is no page to show it on
        return make_response(_page(coordinator, number, wrong=sentence_of(refusal)), 409)
    flash(said)
    return redirect(url_for("webhooks.show", number=number), 303)


def _expired(coordinator: Coordinator, number: int) -> AnyResponse:
    return make_response(_page(coordinator, number, wrong=str(STALE)), 400)


def _by(coordinator: Coordinator) -> dict[str, Any]:
    return {"actor": coordinator.actor, "now": now()}


def _networks() -> tuple[str, ...]:
    networks: tuple[str, ...] = current_app.config["WEBHOOK_NETWORKS"]
    return networks


def _new_page(coordinator: Coordinator, form: WebhookForm) -> str:
    return render_template("webhooks/new.html", coordinator=coordinator, form=form)


def _page(coordinator: Coordinator, number: int, **more: Any) -> str:
    hook = registering.find(db.session(), number)
    facts = {
        "coordinator": coordinator,
        "form": WebhookForm.offering(hook, fresh=True),
        "hook": hook,
        "messages": registering.latest(db.session(), hook),
        "old_signs": hook.old_secret_until is not None and now() < hook.old_secret_until,
        "old_hours": round(signing.OLD_SECRET_SIGNS.total_seconds() / 3600),
        "plain": CoordinatorForm(formdata=None),
        "reason_words": REASON_WORDS,
        "standing": registering.standing(db.session(), hook),
        "topic_words": TOPIC_WORDS,
        "wrong": "",
        **more,
    }
    return render_template("webhooks/show.html", **facts)
