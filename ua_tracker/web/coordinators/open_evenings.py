"""Letter evenings that a coordinator opens: reports through their key count at once, and stand together."""

from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, url_for
from flask_babel import gettext
from werkzeug import Response as AnyResponse

from ua_tracker import coordinators, deadlines, evenings, totals
from ua_tracker.database import db, writing
from ua_tracker.models import Action, Coordinator, Evening, Report
from ua_tracker.refusals import Refusal
from ua_tracker.web.coordinators.dashboard import seen
from ua_tracker.web.coordinators.login import require_coordinator
from ua_tracker.web.evening_keys import key_of
from ua_tracker.web.forms.accounts import CoordinatorForm
from ua_tracker.web.forms.open_evenings import OpenEveningForm, PaperCountForm
from ua_tracker.web.request import now

bp = Blueprint("open_evenings", __name__, url_prefix="/<lang:lang>/dashboard/<slug:slug>/evenings")


@bp.get("")
@require_coordinator()
def index(coordinator: Coordinator, slug: str) -> str:
    """The evenings of the action, newest first, and the form to open one."""
    return _page(coordinator, seen(db.session(), coordinator, slug))


@bp.post("")
@require_coordinator()
def create(coordinator: Coordinator, slug: str) -> AnyResponse:
    """Opens an evening from now on."""
    form = OpenEveningForm.offering(_own_group(coordinator))
    if not form.validate_on_submit():
        return make_response(_page(coordinator, seen(db.session(), coordinator, slug), form), form.status)
    chosen: dict[str, Any] = {
        "group": form.group.data,
        "hours": int(form.hours.data or 0),
        "most_letters": int(form.most_letters.data or 0),
    }
    try:
        with writing() as session:
            action = seen(session, coordinator, slug, to_write=True)
            scope = coordinators.seen_group(coordinator)
            evenings.open_for(session, action, scope, actor=coordinator.actor, now=now(), **chosen)
    except Refusal as refusal:
        form = form.refused(refusal)
        return make_response(_page(coordinator, seen(db.session(), coordinator, slug), form), form.status)
    flash(gettext("The evening is open. Show its wall: people scan the QR code on it."))
    return redirect(url_for("open_evenings.index", slug=slug), 303)


@bp.post("/<int:number>/close")
@require_coordinator()
def close(coordinator: Coordinator, slug: str, number: int) -> AnyResponse:
    """Ends an evening now: its QR code no longer counts at once."""
    form = CoordinatorForm()
    if not form.validate_on_submit():
        return make_response(_page(coordinator, seen(db.session(), coordinator, slug)), form.status)
    with writing() as session:
        action, evening = _find(coordinator, slug, number)
        evenings.close(session, action, evening, actor=coordinator.actor, now=now())
    flash(gettext("The evening has ended."))
    return redirect(url_for("open_evenings.index", slug=slug), 303)


@bp.post("/<int:number>/paper")
@require_coordinator()
def count_paper(coordinator: Coordinator, slug: str, number: int) -> AnyResponse:
    """Stores how many letters lay on the tables."""
    form = PaperCountForm()
    if not form.validate_on_submit():
        page = _page(coordinator, seen(db.session(), coordinator, slug), paper={number: form})
        return make_response(page, form.status)
    with writing() as session:
        action, evening = _find(coordinator, slug, number)
        count = int(form.paper_count.data or 0)
        evenings.count_paper(session, action, evening, count, actor=coordinator.actor, now=now())
    return redirect(url_for("open_evenings.index", slug=slug), 303)


def _find(coordinator: Coordinator, slug: str, number: int) -> tuple[Action, Evening]:
    action = seen(db.session(), coordinator, slug)
    return action, evenings.find(db.session(), action, coordinators.seen_group(coordinator), number)


def _own_group(coordinator: Coordinator) -> str | None:
    return coordinator.group.slug if coordinator.group else None


def _page(
    coordinator: Coordinator,
    action: Action,
    form: OpenEveningForm | None = None,
    paper: dict[int, PaperCountForm] | None = None,
) -> str:
    session, at = db.session(), now()
    found = evenings.listing(session, action, coordinators.seen_group(coordinator))
    facts = {
        "action": action,
        "button": CoordinatorForm(formdata=None),
        "coordinator": coordinator,
        "evenings": found,
        "form": form or OpenEveningForm.offering(_own_group(coordinator), fresh=True),
        "keys": {one.id: key_of(one) for one in found},
        "now": at,
        "paper": {one.id: _paper_form(one) for one in found} | (paper or {}),
        "state": deadlines.state(action, at),
        "sums": {one.id: totals.of_rows(session, Report, Report.evening_id == one.id) for one in found},
    }
    return render_template("evenings/index.html", **facts)


def _paper_form(evening: Evening) -> PaperCountForm:
    return PaperCountForm(formdata=None, data={"paper_count": evening.paper_count})
