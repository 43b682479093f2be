"""The public page of a case: all its issues in their order, what changed, the letters of all, and what came of it."""

from datetime import datetime

from flask import Blueprint, render_template

from ua_tracker import deadlines, revisions
from ua_tracker.actions import case_history, cases
from ua_tracker.actions.case_history import History
from ua_tracker.database import db
from ua_tracker.web import chosen_group
from ua_tracker.web.kept_pages import until_today_ends
from ua_tracker.web.labels import SEQUENCE_WORDS
from ua_tracker.web.live import versions
from ua_tracker.web.live.kept_views import kept_page
from ua_tracker.web.request import now

bp = Blueprint("cases", __name__)


@bp.get("/<lang:lang>/cases/<case:case>")
@kept_page(revisions.OF_CASE)
def show(case: str) -> str:
    """The case with this UA number, which has a hyphen in the path. A group in the query stays in the links."""
    at = now()
    history = case_history.find(db.session(), case, at)
    group = chosen_group.found(chosen_group.typed())
    if group or not chosen_group.typed():  # anybody can invent the names of others
        versions.keep_page(_next_change(history, at))
    facts = {
        "at": at,
        "group": group.slug if group else None,
        "history": history,
        "sequence_words": SEQUENCE_WORDS,
        "states": {one.action.id: deadlines.state(one.action, at) for one in history.issues},
    }
    return render_template("cases/show.html", **facts)


def _next_change(history: History, at: datetime) -> datetime:
    """When the state of an issue changes, another issue is published, or the day ends."""
    changes = [until_today_ends(one.action, at) for one in history.issues]
    upcoming = cases.next_publication(db.session(), history.newest, at)
    return min([*changes, *([upcoming] if upcoming else [])])
