"""The pledges and letters behind the numbers: searching and filtering them, and taking them back with a reason."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, abort, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug import Response as AnyResponse

from ua_tracker import coordinators, corrections, groups, ledger, letters, pledges
from ua_tracker.database import db, writing
from ua_tracker.ledger import Wanted
from ua_tracker.models import Action, Coordinator, Pledge, Report
from ua_tracker.refusals import Refusal
from ua_tracker.web.coordinators import dashboard
from ua_tracker.web.coordinators.dashboard import seen
from ua_tracker.web.coordinators.login import require_coordinator
from ua_tracker.web.errors import sentence_of
from ua_tracker.web.forms.dashboard import NoteForm, ReasonForm
from ua_tracker.web.forms.fields import one_line
from ua_tracker.web.labels import CHANNEL_NAMES
from ua_tracker.web.request import day_in, now, number_in
from ua_tracker.web.translation import lazy_gettext

bp = Blueprint("ledger", __name__, url_prefix="/<lang:lang>/dashboard/<slug:slug>")
TABLES: dict[str, type[Pledge] | type[Report]] = {"pledges": Pledge, "letters": Report}
PAGES = {"pledges": "ledger/pledges.html", "letters": "ledger/letters.html"}
STATES = {"pledges": (ledger.STANDING, ledger.WITHDRAWN, ledger.VOID), "letters": (ledger.STANDING, ledger.VOID)}
SORTS = {"pledges": ledger.PLEDGE_SORTS, "letters": ledger.REPORT_SORTS}
FILTER = ("text", "group", "state", "first", "last", "sort")
STATE_WORDS = {
    ledger.STANDING: lazy_gettext("counted"),
    ledger.WITHDRAWN: lazy_gettext("withdrawn"),
    ledger.VOID: lazy_gettext("taken back"),
}
SORT_WORDS = {
    "made": lazy_gettext("When entered"),
    "name": lazy_gettext("Name"),
    "letters": lazy_gettext("Letters"),
    "sent_on": lazy_gettext("Day sent"),
    "people": lazy_gettext("People"),
}


@bp.get("/<any(pledges, letters):noun>")
@require_coordinator()
def rows(coordinator: Coordinator, slug: str, noun: str) -> AnyResponse:
    """A page of rows: of all groups for the office, else of the coordinator's own group."""
    action = seen(db.session(), coordinator, slug)
    try:
        shown = _rows(coordinator, action, noun)
    except (ValueError, Refusal) as wrong:
        sentence = sentence_of(wrong) if isinstance(wrong, Refusal) else gettext("This filter could not be understood.")
        nothing = {"page": ledger.Page([], None), "wrong": sentence}
        return make_response(_page(coordinator, action, noun, **nothing), 422)
    return make_response(_page(coordinator, action, noun, page=shown))


@bp.post("/<any(pledges, letters):noun>/<int:number>/void")
@require_coordinator()
def void(coordinator: Coordinator, slug: str, noun: str, number: int) -> AnyResponse:
    """Takes one row back, with a reason. It stays in the list and no longer counts."""
    form = ReasonForm()
    scope = coordinators.seen_group(coordinator)
    if not form.validate_on_submit():
        action = seen(db.session(), coordinator, slug)
        asked = _row(action, scope, noun, number)
        return make_response(_page(coordinator, action, noun, page=ledger.Page([asked], None), form=form), form.status)
    with writing() as session:
        action = seen(session, coordinator, slug, to_write=True)
        take_back: dict[str, Callable[..., None]] = {"pledges": pledges.void, "letters": letters.void}
        row = _row(action, scope, noun, number)
        take_back[noun](session, row, str(form.reason.data), now(), actor=coordinator.actor)
    flash(gettext("Taken back. The totals are updated."))
    return redirect(url_for("ledger.rows", slug=slug, noun=noun), 303)


@bp.get("/<any(pledges, letters):noun>/void")
@require_coordinator()
def preview(coordinator: Coordinator, slug: str, noun: str) -> AnyResponse:
    """What would change if every row that matches the filter were taken back."""
    return _preview(coordinator, seen(db.session(), coordinator, slug), noun, ReasonForm(formdata=None))


@bp.post("/<any(pledges, letters):noun>/void")
@require_coordinator()
def void_all(coordinator: Coordinator, slug: str, noun: str) -> AnyResponse:
    """Takes back what the preview showed, all rows or none."""
    form = ReasonForm()
    if not form.validate_on_submit():
        return _preview(coordinator, seen(db.session(), coordinator, slug), noun, form, form.status)
    by: dict[str, Any] = {"actor": coordinator.actor, "now": now()}
    try:
        with writing() as session:
            action = seen(session, coordinator, slug)
            which = (TABLES[noun], action, coordinators.seen_group(coordinator), _filter())
            effect = corrections.void_all(
                session, *which, reason=str(form.reason.data), shown=str(form.shown.data), **by
            )
    except ValueError:
        abort(400)
    except Refusal as refusal:
        return _preview(coordinator, seen(db.session(), coordinator, slug), noun, form, 409, sentence_of(refusal))
    flash(gettext("%(rows)s rows are taken back. The totals are updated.", rows=effect.rows))
    return redirect(url_for("ledger.rows", slug=slug, noun=noun), 303)


@bp.post("/notes")
@require_coordinator("office")
def note(coordinator: Coordinator, slug: str) -> AnyResponse:
    """Publishes a note about a correction."""
    form = NoteForm()
    if not form.validate_on_submit():
        return make_response(dashboard.page(coordinator, seen(db.session(), coordinator, slug), note=form), form.status)
    with writing() as session:
        action = seen(session, coordinator, slug)
        text, at = str(form.note.data), now()
        corrections.add_note(session, action, text, action.language, actor=coordinator.actor, now=at)
    flash(gettext("The note stands on the action’s page."))
    return redirect(url_for("dashboard.show", slug=slug), 303)


def _row(action: Action, scope: int | None, noun: str, number: int) -> Any:
    find = {"pledges": ledger.find_pledge, "letters": ledger.find_report}[noun]
    return find(db.session(), action, scope, number)


def _filter() -> Wanted:
    """The filter in the URL. Raises ValueError for a day or a state that does not exist."""
    asked = request.args
    state = asked.get("state") or None
    if state not in (None, *STATE_WORDS):
        raise ValueError(state)
    days = [day_in(asked[name]) if asked.get(name) else None for name in ("first", "last")]
    text, group = (one_line(asked.get(name)) or "" for name in ("text", "group"))
    return Wanted(text, group or None, state, *days)


def _filter_query() -> dict[str, str]:
    """The filter as the query of the next URL, without any other names of this one."""
    return {name: value for name in FILTER if (value := one_line(request.args.get(name)))}


def _rows(coordinator: Coordinator, action: Action, noun: str) -> ledger.Page[Any]:
    read: dict[str, Callable[..., ledger.Page[Any]]] = {"pledges": ledger.pledges, "letters": ledger.reports}
    sort, after = request.args.get("sort") or "-made", request.args.get("after")
    scope = coordinators.seen_group(coordinator)
    if after and number_in(after) is None:
        raise ValueError(after)
    return read[noun](db.session(), action, scope, _filter(), sort=sort, after=number_in(after))


def _page(coordinator: Coordinator, action: Action, noun: str, **facts: Any) -> str:
    return render_template(
        PAGES[noun],
        action=action,
        asked=_filter_query(),
        channels=CHANNEL_NAMES,
        coordinator=coordinator,
        groups=groups.listing(db.session()),
        noun=noun,
        sorts=[(name, SORT_WORDS[name]) for name in SORTS[noun]],
        states=[(name, STATE_WORDS[name]) for name in STATES[noun]],
        **{"form": ReasonForm(formdata=None), **facts},
    )


def _preview(
    coordinator: Coordinator, action: Action, noun: str, form: ReasonForm, status: int = 200, wrong: str = ""
) -> Response:
    try:
        effect = corrections.preview(
            db.session(), TABLES[noun], action, coordinators.seen_group(coordinator), _filter()
        )
    except ValueError:
        abort(400)
    form.shown.data = effect.shown
    facts = {
        "action": action,
        "asked": _filter_query(),
        "coordinator": coordinator,
        "noun": noun,
        "state_words": STATE_WORDS,
    }
    return make_response(render_template("ledger/void.html", effect=effect, form=form, wrong=wrong, **facts), status)
