"""Writing and changing an action: its text, its terms, its recipients; publishing, extending, closing."""

from collections.abc import Callable
from datetime import date, time
from typing import Any, cast

from flask import Blueprint, Response, current_app, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug import Response as AnyResponse

from ua_tracker import actions
from ua_tracker.actions import cases
from ua_tracker.database import db, writing
from ua_tracker.models import Action, Coordinator
from ua_tracker.refusals import EditedMeanwhile, Refusal
from ua_tracker.web.coordinators import dashboard
from ua_tracker.web.coordinators.login import require_coordinator
from ua_tracker.web.errors import sentence_of
from ua_tracker.web.forms.accounts import CoordinatorForm
from ua_tracker.web.forms.actions import ActionForm, NewActionForm
from ua_tracker.web.forms.dashboard import CloseForm, EndCaseForm, ExtendForm, RevisionForm
from ua_tracker.web.forms.scheduling import ScheduleForm
from ua_tracker.web.request import now, number_in

bp = Blueprint("editing", __name__, url_prefix="/<lang:lang>/dashboard")


@bp.before_request
def allow_long_text() -> None:
    """Allows a larger body: the form holds the whole text of an action."""
    request.max_content_length = request.max_form_memory_size = 512 * 1024


@bp.get("/new")
@require_coordinator("office")
def new(coordinator: Coordinator) -> str:
    """The form of a new action: empty, or with the texts and recipients of the one that `like` names."""
    slug = request.args.get("like")
    like = actions.find(db.session(), slug) if slug else None
    form = NewActionForm.like(like) if like else NewActionForm.empty(current_app.config["DEFAULT_TIMEZONE"])
    return render_template("editing/new.html", coordinator=coordinator, form=form, like=like)


@bp.post("/new")
@require_coordinator("office")
def create(coordinator: Coordinator) -> AnyResponse:
    """Stores a draft."""
    form = NewActionForm()
    if form.proposes_title() or not form.validate_on_submit():
        return _new_again(coordinator, form)
    try:
        with writing() as session:
            action = actions.create(
                session,
                form.changes(set()),
                ua_number=form.ua_number.data,
                ai_index=form.ai_index.data,
                sequence=form.sequence.data,
                default_timezone=current_app.config["DEFAULT_TIMEZONE"],
                **_by(coordinator),
            )
    except Refusal as refusal:
        return _new_again(coordinator, form.refused(refusal))
    return redirect(url_for("dashboard.show", slug=action.slug), 303)


@bp.get("/<slug:slug>/edit")
@require_coordinator("office")
def edit(coordinator: Coordinator, slug: str) -> str:
    """The form with the action's present values."""
    action = actions.find(db.session(), slug)
    return render_template("editing/edit.html", action=action, coordinator=coordinator, form=ActionForm.of(action))


@bp.post("/<slug:slug>/edit")
@require_coordinator("office")
def change(coordinator: Coordinator, slug: str) -> AnyResponse:
    """Stores the changes, unless someone else changed the action meanwhile: then both are shown, nothing is stored."""
    form = ActionForm()
    if form.proposes_title() or not form.validate_on_submit():
        return _again(coordinator, slug, form, form.status)
    try:
        with writing() as session:
            action = actions.find(session, slug)
            known = {one.id for one in action.recipients}
            actions.edit(session, action, form.changes(known), revision=_revision(form), **_by(coordinator))
    except EditedMeanwhile as refusal:
        if actions.already_has(actions.find(db.session(), slug), form.changes(known)):  # pressed twice
            return _changed(slug)
        _refresh(form, slug)
        return _again(coordinator, slug, form, 409, sentence_of(refusal))
    except Refusal as refusal:
        return _again(coordinator, slug, form.refused(refusal), 422)
    return _changed(slug)


@bp.post("/<slug:slug>/publish")
@require_coordinator("office")
def publish(coordinator: Coordinator, slug: str) -> AnyResponse:
    """Publishes a draft."""
    form = RevisionForm()

    def event(session: Session, action: Action) -> None:
        actions.publish(session, action, revision=_revision(form), **_by(coordinator))

    return _done(coordinator, slug, "plain", form, event, gettext("The action is published."))


@bp.post("/<slug:slug>/schedule")
@require_coordinator("office")
def schedule(coordinator: Coordinator, slug: str) -> AnyResponse:
    """Sets or moves the day and hour at which a draft is published by itself."""
    form = ScheduleForm()

    def event(session: Session, action: Action) -> None:
        day, hour = cast("date", form.publish_on.data), cast("time", form.publish_at.data)
        actions.schedule(session, action, day, hour, revision=_revision(form), **_by(coordinator))

    return _done(coordinator, slug, "schedule", form, event, gettext("The action will be published by itself."))


@bp.post("/<slug:slug>/unschedule")
@require_coordinator("office")
def cancel_publication(coordinator: Coordinator, slug: str) -> AnyResponse:
    """Leaves the draft a draft after all."""
    form = RevisionForm()

    def event(session: Session, action: Action) -> None:
        actions.cancel_publication(session, action, revision=_revision(form), **_by(coordinator))

    return _done(coordinator, slug, "plain", form, event, gettext("The action stays a draft."))


@bp.post("/<slug:slug>/extend")
@require_coordinator("office")
def extend(coordinator: Coordinator, slug: str) -> AnyResponse:
    """Moves the deadline to a later day, or to an earlier one where it was wrong."""
    form = ExtendForm()
    move = actions.correct_deadline if form.is_earlier.data else actions.extend

    def event(session: Session, action: Action) -> None:
        deadline = cast("date", form.deadline.data)  # no form is valid without one
        move(session, action, deadline, revision=_revision(form), **_by(coordinator))

    done = gettext("The deadline is corrected.") if form.is_earlier.data else gettext("The deadline is extended.")
    return _done(coordinator, slug, "extend", form, event, done)


@bp.post("/<slug:slug>/close")
@require_coordinator("office")
def close(coordinator: Coordinator, slug: str) -> AnyResponse:
    """Ends the action before its deadline."""
    form = CloseForm()

    def event(session: Session, action: Action) -> None:
        reason, outcome = str(form.reason.data), (form.outcome.data or "").strip() or None
        actions.close(session, action, reason, outcome=outcome, revision=_revision(form), **_by(coordinator))

    return _done(coordinator, slug, "close", form, event, gettext("The action is closed."))


@bp.post("/<slug:slug>/end-case")
@require_coordinator("office")
def end_case(coordinator: Coordinator, slug: str) -> AnyResponse:
    """Closes every running action of the case that this update ends."""
    form = EndCaseForm()

    def event(session: Session, action: Action) -> None:
        outcome = (form.outcome.data or "").strip() or None
        seen = (form.shown.data or "").split()
        cases.end(session, action, seen, str(form.reason.data), outcome=outcome, **_by(coordinator))

    return _done(coordinator, slug, "end_case", form, event, gettext("The actions of the case are closed."))


@bp.post("/<slug:slug>/reopen")
@require_coordinator("office")
def reopen(coordinator: Coordinator, slug: str) -> AnyResponse:
    """Reopens an action that was closed early."""
    form = RevisionForm()

    def event(session: Session, action: Action) -> None:
        actions.reopen(session, action, revision=_revision(form), **_by(coordinator))

    return _done(coordinator, slug, "plain", form, event, gettext("The action is reopened; its deadline applies."))


def _done(
    coordinator: Coordinator,
    slug: str,
    name: str,
    form: CoordinatorForm,
    event: Callable[[Session, Action], None],
    message: str,
) -> AnyResponse:
    """Carries out the event and says so. A refusal shows the action's page with the reason and what was typed."""
    if not form.validate_on_submit():
        return _shown(coordinator, slug, form.status, **{name: form})
    try:
        with writing() as session:
            event(session, actions.find(session, slug))
    except Refusal as refusal:
        if refusal.field in form:
            return _shown(coordinator, slug, 422, **{name: form.refused(refusal)})
        _refresh(form, slug)
        return _shown(coordinator, slug, 409, wrong=sentence_of(refusal), opened=name, **{name: form})
    flash(message)
    return redirect(url_for("dashboard.show", slug=slug), 303)


def _shown(coordinator: Coordinator, slug: str, status: int, **facts: Any) -> Response:
    action = actions.find(db.session(), slug)
    return make_response(dashboard.page(coordinator, action, **facts), status)


def _new_again(coordinator: Coordinator, form: NewActionForm) -> Response:
    return make_response(render_template("editing/new.html", coordinator=coordinator, form=form), form.status)


def _again(coordinator: Coordinator, slug: str, form: ActionForm, status: int, wrong: str = "") -> Response:
    action = actions.find(db.session(), slug)
    facts = {"action": action, "coordinator": coordinator, "form": form, "wrong": wrong}
    return make_response(render_template("editing/edit.html", **facts), status)


def _changed(slug: str) -> AnyResponse:
    flash(gettext("The changes are stored."))
    return redirect(url_for("dashboard.show", slug=slug), 303)


def _refresh(form: Any, slug: str) -> None:
    """Gives the form the present revision: it is sent again by someone who has now seen the present state."""
    action = actions.find(db.session(), slug)
    form.revision.data = str(action.revision)
    form.revision.raw_data = None
    if "shown" in form:
        form.shown.data = " ".join(one.slug for one in cases.running(db.session(), action, now()))
        form.shown.raw_data = None


def _revision(form: Any) -> int:
    return number_in(form.revision.data) or 0


def _by(coordinator: Coordinator) -> dict[str, Any]:
    return {"actor": coordinator.actor, "now": now()}
