"""Taking back and releasing many rows at once, each after a preview; and undoing an event of the history."""

from typing import Any

from flask import Blueprint, Response, abort, flash, make_response, redirect, render_template, url_for
from flask_babel import gettext, ngettext
from werkzeug import Response as AnyResponse

from ua_tracker import coordinators, corrections, groups, ledger
from ua_tracker.corrections import Correction
from ua_tracker.database import db, writing
from ua_tracker.models import Coordinator
from ua_tracker.refusals import NotUndoable, Refusal
from ua_tracker.web.coordinators import ledger_filter
from ua_tracker.web.coordinators.dashboard import seen
from ua_tracker.web.coordinators.history_words import EVENT_WORDS
from ua_tracker.web.coordinators.login import require_coordinator
from ua_tracker.web.errors import sentence_of
from ua_tracker.web.forms.dashboard import ReasonForm
from ua_tracker.web.request import now

bp = Blueprint("corrections", __name__, url_prefix="/<lang:lang>/dashboard/<slug:slug>")
CORRECTIONS = {"void": Correction.VOID, "release": Correction.RELEASE}
ROUTE = "/<any(pledges, letters):noun>/<any(void, release):what>"
UNDO = "/corrections/<int:number>/undo"


@bp.get(ROUTE)
@require_coordinator()
def preview(coordinator: Coordinator, slug: str, noun: str, what: str) -> AnyResponse:
    """What would change if every row that matches the filter were taken back, or released."""
    return _preview(coordinator, slug, noun, what, ReasonForm(formdata=None))


@bp.post(ROUTE)
@require_coordinator()
def correct(coordinator: Coordinator, slug: str, noun: str, what: str) -> AnyResponse:
    """Does what the preview showed, for all rows or none."""
    form = ReasonForm()
    if not form.validate_on_submit():
        return _preview(coordinator, slug, noun, what, form, form.status)
    try:
        with writing() as session:
            action = seen(session, coordinator, slug)
            scope, wanted = coordinators.seen_group(coordinator), ledger_filter.wanted(of_chosen=True)
            which = (session, ledger.TABLES[noun], action, scope, wanted, CORRECTIONS[what])
            effect = corrections.correct(*which, **_words(form, coordinator))
    except ValueError:
        abort(400)
    except Refusal as refusal:
        return _preview(coordinator, slug, noun, what, form, 409, sentence_of(refusal))
    _tell(what, effect.rows)
    left = ledger_filter.query(without=(ledger_filter.ROW,))
    return redirect(url_for("ledger.rows", slug=slug, noun=noun, **left), 303)


@bp.get(UNDO)
@require_coordinator()
def preview_undo(coordinator: Coordinator, slug: str, number: int) -> AnyResponse:
    """What would change if this event of the history were undone."""
    return _preview_undo(coordinator, slug, number, ReasonForm(formdata=None))


@bp.post(UNDO)
@require_coordinator()
def undo(coordinator: Coordinator, slug: str, number: int) -> AnyResponse:
    """Undoes the event, for all its rows or none."""
    form = ReasonForm()
    if not form.validate_on_submit():
        return _preview_undo(coordinator, slug, number, form, form.status)
    try:
        with writing() as session:
            seen(session, coordinator, slug)
            scope = coordinators.seen_group(coordinator)
            corrections.undo(session, number, slug, scope, **_words(form, coordinator))
    except NotUndoable:
        raise
    except Refusal as refusal:
        return _preview_undo(coordinator, slug, number, form, 409, sentence_of(refusal))
    flash(gettext("Undone. The totals are updated."))
    return redirect(url_for("dashboard.show", slug=slug), 303)


def _words(form: ReasonForm, coordinator: Coordinator) -> dict[str, Any]:
    return {
        "reason": str(form.reason.data),
        "shown": str(form.shown.data),
        "actor": coordinator.actor,
        "now": now(),
    }


def _tell(what: str, rows: int) -> None:
    if what == "void":
        flash(ngettext("One row is taken back.", "%(num)s rows are taken back.", rows))
    else:
        flash(ngettext("One row is released: it counts now.", "%(num)s rows are released: they count now.", rows))


def _preview(
    coordinator: Coordinator, slug: str, noun: str, what: str, form: ReasonForm, status: int = 200, wrong: str = ""
) -> Response:
    action, scope = seen(db.session(), coordinator, slug), coordinators.seen_group(coordinator)
    try:
        wanted = ledger_filter.wanted(of_chosen=True)
        effect = corrections.preview(db.session(), ledger.TABLES[noun], action, scope, wanted, CORRECTIONS[what])
    except ValueError:
        abort(400)
    form.shown.data = effect.shown
    if what == "release":
        form.asking(gettext("Why is it released?"))
    facts = {
        "action": action,
        "asked": ledger_filter.query(),
        "chosen": len(wanted.numbers),
        "coordinator": coordinator,
        "effect": effect,
        "filter_labels": ledger_filter.LABELS,
        "group_names": groups.names(db.session()),
        "noun": noun,
        "reason_words": ledger_filter.REASON_WORDS,
        "state_words": ledger_filter.STATE_WORDS,
        "what": what,
    }
    return make_response(render_template("ledger/correction.html", form=form, wrong=wrong, **facts), status)


def _preview_undo(
    coordinator: Coordinator, slug: str, number: int, form: ReasonForm, status: int = 200, wrong: str = ""
) -> Response:
    action, scope = seen(db.session(), coordinator, slug), coordinators.seen_group(coordinator)
    entry, effect = corrections.preview_undo(db.session(), number, slug, scope)
    form.asking(gettext("Why is it undone?")).shown.data = effect.shown
    facts = {"action": action, "coordinator": coordinator, "effect": effect, "entry": entry, "events": EVENT_WORDS}
    facts["group_names"] = groups.names(db.session())
    return make_response(render_template("ledger/undo.html", form=form, wrong=wrong, **facts), status)
