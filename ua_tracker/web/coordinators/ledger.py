"""The pledges and letters behind the numbers: searching and filtering them, and taking them back with a reason."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug import Response as AnyResponse

from ua_tracker import coordinators, groups, ledger, letters, pledges, public_notes
from ua_tracker.database import db, writing
from ua_tracker.models import Action, Coordinator
from ua_tracker.programs import keys
from ua_tracker.refusals import Refusal
from ua_tracker.web.coordinators import dashboard, ledger_filter
from ua_tracker.web.coordinators.dashboard import seen
from ua_tracker.web.coordinators.login import require_coordinator
from ua_tracker.web.errors import sentence_of
from ua_tracker.web.forms.accounts import CoordinatorForm
from ua_tracker.web.forms.dashboard import NoteForm, ReasonForm
from ua_tracker.web.labels import CHANNEL_NAMES
from ua_tracker.web.request import language, now
from ua_tracker.web.translation import lazy_gettext

bp = Blueprint("ledger", __name__, url_prefix="/<lang:lang>/dashboard/<slug:slug>")
PAGES = {"pledges": "ledger/pledges.html", "letters": "ledger/letters.html"}
STATES = {
    "pledges": (ledger.STANDING, ledger.HELD, ledger.WITHDRAWN, ledger.VOID),
    "letters": (ledger.STANDING, ledger.HELD, ledger.VOID),
}
SORTS = {"pledges": ledger.PLEDGE_SORTS, "letters": ledger.REPORT_SORTS}
SORT_WORDS = {
    "made": lazy_gettext("When entered"),
    "name": lazy_gettext("Name"),
    "letters": lazy_gettext("Letters"),
    "sent_on": lazy_gettext("Day sent"),
    "people": lazy_gettext("People"),
    "source": lazy_gettext("Network"),
    "domain": lazy_gettext("Mail domain"),
    "state": lazy_gettext("State"),
    "reported": lazy_gettext("Reported"),
}


@bp.get("/<any(pledges, letters):noun>")
@require_coordinator()
def rows(coordinator: Coordinator, slug: str, noun: str) -> AnyResponse:
    """A page of rows: of all groups for the office, else of the coordinator's own group."""
    action = seen(db.session(), coordinator, slug)
    try:
        if like := _networks_of_chosen(coordinator, action, noun):
            return redirect(url_for("ledger.rows", slug=slug, noun=noun, like=like))
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
        public_notes.add(session, action, text, action.language, actor=coordinator.actor, now=at)
    flash(gettext("The note stands on the action’s page."))
    return redirect(url_for("dashboard.show", slug=slug), 303)


@bp.post("/notes/<int:number>/withdraw")
@require_coordinator("office")
def withdraw_note(coordinator: Coordinator, slug: str, number: int) -> AnyResponse:
    """Takes a note off the page of the action. Another one can be published instead."""
    form = CoordinatorForm()
    if not form.validate_on_submit():
        return make_response(dashboard.page(coordinator, seen(db.session(), coordinator, slug)), form.status)
    with writing() as session:
        action = seen(session, coordinator, slug)
        public_notes.withdraw(session, action, number, actor=coordinator.actor, now=now())
    flash(gettext("The note no longer stands on the action’s page."))
    return redirect(url_for("dashboard.show", slug=slug), 303)


def _row(action: Action, scope: int | None, noun: str, number: int) -> Any:
    find = {"pledges": ledger.find_pledge, "letters": ledger.find_report}[noun]
    return find(db.session(), action, scope, number)


def _rows(coordinator: Coordinator, action: Action, noun: str) -> ledger.Page[Any]:
    read: dict[str, Callable[..., ledger.Page[Any]]] = {"pledges": ledger.pledges, "letters": ledger.reports}
    sort, scope = ledger_filter.query().get("sort") or "-made", coordinators.seen_group(coordinator)
    return read[noun](db.session(), action, scope, ledger_filter.wanted(), sort=sort, after=ledger_filter.after())


def _networks_of_chosen(coordinator: Coordinator, action: Action, noun: str) -> str:
    """One row of each network of the ticked rows, if these networks are asked for: what `like` is in the URL."""
    if "networks" not in request.args:
        return ""
    scope, chosen = coordinators.seen_group(coordinator), ledger_filter.chosen()
    found = ledger.of_each_network(db.session(), ledger.TABLES[noun], action, scope, chosen)
    return ", ".join(str(number) for number in found)


def _page(coordinator: Coordinator, action: Action, noun: str, **facts: Any) -> str:
    rows, scope = facts["page"].rows, coordinators.seen_group(coordinator)
    asked, here = ledger_filter.query(), {str(row.id) for row in rows}
    return render_template(
        PAGES[noun],
        action=action,
        api_keys={one.id: one.name for one in keys.listing(db.session(), coordinator)},
        asked=asked,
        elsewhere=[number for number in asked.get(ledger_filter.ROW, []) if number not in here],
        of=ledger_filter.shown(),
        filter=ledger_filter.query(without=(ledger_filter.ROW,)),
        channels=CHANNEL_NAMES,
        coordinator=coordinator,
        groups=groups.listing(db.session(), language()),
        most_of_a_network=ledger.MOST_OF_A_SOURCE,
        noun=noun,
        own_reasons=(letters.UNDONE, letters.CORRECTED),
        reported=ledger.reported(db.session(), rows) if noun == "pledges" else {},
        sizes=ledger.sizes_of_sources(db.session(), type(rows[0]), action, scope, rows) if rows else {},
        sorts=[(name, SORT_WORDS[name]) for name in SORTS[noun]],
        reason_words=ledger_filter.REASON_WORDS,
        states=[(name, ledger_filter.STATE_WORDS[name]) for name in STATES[noun]],
        **{"form": ReasonForm(formdata=None), **facts},
    )
