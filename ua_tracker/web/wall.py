"""The wall at a letter evening: the numbers for a projector, and the way for every phone to report."""

from flask import Blueprint, Response, make_response, render_template

from ua_tracker import actions, deadlines, letters
from ua_tracker.database import db
from ua_tracker.deadlines import State
from ua_tracker.web import choices, counter, now

bp = Blueprint("wall", __name__, url_prefix="/<lang:lang>/actions/<slug:slug>/wall")


@bp.get("")
def show(slug: str) -> str:
    """The full screen, with the numbers and a QR code to report from a phone."""
    return render_template("wall/show.html", **_numbers(slug))


@bp.get("/numbers")
def numbers(slug: str) -> Response:
    """The numbers alone, as the wall asks for them."""
    found = _numbers(slug)
    view, share = found["counter"], found["share"]
    response = make_response(render_template("wall/_numbers.html", **found))
    if not choices.can_be_kept(share):
        return response
    _, evening_ends = deadlines.evening(view.action, now())
    changes = [at for at in (deadlines.next_change(view.action, now()), evening_ends) if at]
    return counter.kept(response, view.stamp, view.state, min(changes))


def _numbers(slug: str) -> dict:
    at = now()
    action = actions.find_published(db.session(), slug)
    share = choices.share(db.session(), action)
    began, _ = deadlines.evening(action, at)
    group_id = share.group.id if share and share.group else None
    view = counter.counter_of(db.session(), action, at)
    return {
        "action": action,
        "counter": view,
        "group": {"group": share.slug} if share and share.group else {},
        "is_live": view.state is not State.CLOSED,
        "share": share,
        "tonight": letters.sent_since(db.session(), action.id, began, group_id),
    }
