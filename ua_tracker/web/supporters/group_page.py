"""The public page of a local group: its letters in all actions, what it can write for now, and its letter evenings."""

from datetime import datetime

from flask import Blueprint, redirect, render_template, url_for
from werkzeug import Response as AnyResponse

from ua_tracker import deadlines, group_letters, groups, refusals, revisions
from ua_tracker.database import db
from ua_tracker.deadlines import State
from ua_tracker.group_letters import GroupLetters
from ua_tracker.web.kept_pages import until_today_ends
from ua_tracker.web.live import versions
from ua_tracker.web.live.kept_views import kept_page
from ua_tracker.web.request import now

bp = Blueprint("group_page", __name__)


@bp.get("/<lang:lang>/groups/<slug:group>")
@kept_page(revisions.OF_GROUP)
def show(group: str) -> AnyResponse | str:
    """The page of the active group with this slug; that of a merged group leads to its heir."""
    at = now()
    try:
        known = groups.find(db.session(), group)
    except refusals.NoSuchGroup as refusal:
        raise refusals.NoSuchGroupPage() from refusal
    if known.slug != group:
        return redirect(url_for("group_page.show", group=known.slug), 301)
    found = group_letters.of(db.session(), known, at)
    versions.keep_page(_next_change(found, at))
    left = {part.action.id: deadlines.days_left(part.action, at) for part in found.in_state(State.OPEN)}
    return render_template("group_page/show.html", at=at, days_left=left, found=found)


def _next_change(found: GroupLetters, at: datetime) -> datetime | None:
    """When an action changes its state or is published, a running evening is over, or the day ends somewhere."""
    days = [until_today_ends(part.action, at) for part in found.in_state(State.OPEN, State.REPORTING)]
    return min([*days, *found.changes], default=None)
