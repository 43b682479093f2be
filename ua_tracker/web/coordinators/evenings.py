"""The form for a letter evening: one entry for all letters written there, with numbers and without names."""

from flask import Blueprint, flash, make_response, redirect, render_template, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug import Response as AnyResponse

from ua_tracker import coordinators, deadlines, letters
from ua_tracker.database import db
from ua_tracker.deadlines import State
from ua_tracker.models import Action, Coordinator, Report
from ua_tracker.refusals import Refusal
from ua_tracker.web.coordinators.dashboard import seen
from ua_tracker.web.coordinators.login import require_coordinator
from ua_tracker.web.forms.dashboard import EveningForm
from ua_tracker.web.forms.reporting import stored
from ua_tracker.web.request import now

bp = Blueprint("evenings", __name__, url_prefix="/<lang:lang>/dashboard/<slug:slug>/evening")


@bp.get("")
@require_coordinator()
def new(coordinator: Coordinator, slug: str) -> str:
    """The form: for the coordinator's own group, or for any group at the office."""
    action = seen(db.session(), coordinator, slug)
    return _page(coordinator, action, _form(coordinator, action))


@bp.post("")
@require_coordinator()
def create(coordinator: Coordinator, slug: str) -> AnyResponse:
    """Enters the evening. The same form sent twice enters it once."""
    action = seen(db.session(), coordinator, slug)
    form = _form(coordinator, action)
    evening = form.evening()

    def store(session: Session, once_key: str) -> Report:
        action = seen(session, coordinator, slug, to_write=True)
        scope = coordinators.seen_group(coordinator)
        return letters.enter_evening(
            session, action, scope, evening, once_key=once_key, actor=coordinator.actor, now=now()
        )

    made = stored(form, evening, store)
    return _entered(slug) if isinstance(made, Report) else _again(coordinator, action, form, made)


def _entered(slug: str) -> AnyResponse:
    flash(gettext("The evening is entered. Thank you all!"))
    return redirect(url_for("ledger.rows", slug=slug, noun="letters"), 303)


def _again(coordinator: Coordinator, action: Action, form: EveningForm, refusal: Refusal | None) -> AnyResponse:
    """The form with its errors and everything that was typed; an error page once letters can no longer be reported."""
    if deadlines.state(action, now()) in (State.CLOSED, State.DRAFT):
        if refusal is not None:
            raise refusal
        deadlines.require_reporting(action, now())
    form = form.refused(refusal) if refusal is not None else form
    return make_response(_page(coordinator, action, form), form.status)


def _form(coordinator: Coordinator, action: Action) -> EveningForm:
    return EveningForm.for_action(action, now(), coordinator.group.slug if coordinator.group else None)


def _page(coordinator: Coordinator, action: Action, form: EveningForm) -> str:
    state = deadlines.state(action, now())
    return render_template("evenings/new.html", action=action, coordinator=coordinator, form=form, state=state)
