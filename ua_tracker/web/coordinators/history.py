"""The history, for the office: who did what, when, and the values before and after."""

from flask import Blueprint, render_template, request

from ua_tracker import actions, audit, coordinators, corrections
from ua_tracker.database import db
from ua_tracker.models import Coordinator
from ua_tracker.web.coordinators.history_words import EVENT_WORDS, described, shown
from ua_tracker.web.coordinators.login import require_coordinator
from ua_tracker.web.forms.fields import one_line
from ua_tracker.web.request import number_in

# The filters of the page, and the name of each in the URL's query.
WANTED = {"subject": "subject", "actor": "actor", "event": "deed"}
bp = Blueprint("history", __name__, url_prefix="/<lang:lang>/dashboard/history")


@bp.get("")
@require_coordinator("office")
def index(coordinator: Coordinator) -> str:
    """A page of events, newest first: of one action or group, of one person, of one kind, or all."""
    asked = {name: one_line(request.args.get(part)) for name, part in WANTED.items()}
    asked |= {name: coordinators.actor_of(db.session(), asked[name]) for name in ("actor", "subject")}
    page = audit.listing(db.session(), **asked, older=number_in(request.args.get("older")))
    who = {entry.actor for entry in page.entries} | {entry.subject for entry in page.entries}
    who |= {asked["actor"] or "", asked["subject"] or ""}
    names = {one: coordinators.email_of_actor(db.session(), one) for one in who}
    facts = {
        "actions": actions.by_slug(db.session(), {entry.subject for entry in page.entries}),
        "is_undoable": corrections.is_undoable,
        "asked": asked,
        "coordinator": coordinator,
        "events": EVENT_WORDS,
        "names": names,
        "page": page,
    }
    return render_template("history/index.html", shown=shown, described=described, **facts)
