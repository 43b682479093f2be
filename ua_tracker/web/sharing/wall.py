"""The wall at a letter evening: the numbers for a projector, and a QR code to report letters from a phone."""

from typing import Any

from flask import Blueprint, Response, make_response, render_template, request

from ua_tracker import actions, deadlines, happenings, progress, revisions
from ua_tracker.database import db
from ua_tracker.deadlines import State
from ua_tracker.web import counter, evening_keys
from ua_tracker.web.live import versions
from ua_tracker.web.live.kept_views import kept
from ua_tracker.web.request import now
from ua_tracker.web.sharing import embed_options, short, standing

bp = Blueprint("wall", __name__, url_prefix="/<lang:lang>/actions/<slug:slug>/wall")


@bp.get("")
def show(slug: str) -> str:
    """The whole screen, with the numbers and a QR code to report from a phone.

    With `evening`, the key of a letter evening, the code carries it: what is reported with it counts at once.
    """
    return render_template(
        "wall/show.html", evening=evening_keys.checked(request.args.get("evening")), **_numbers(slug)
    )


@bp.get("/numbers")
@kept(revisions.OF_ACTION, varies_by_query=True)
def numbers(slug: str) -> Response:
    """The numbers alone, which the wall polls."""
    found = _numbers(slug)
    response = make_response(render_template("wall/_numbers.html", **found))
    if not embed_options.can_be_kept(found["share"]):
        return response
    return versions.versioned(response, found["counter"].stamp, found["phase"], found["until"])


def _numbers(slug: str) -> dict[str, Any]:
    at = now()
    action = actions.find_published(db.session(), slug, at)
    view = counter.counter_of(db.session(), action, at)  # read first, so that nothing is older than its stamp
    share = embed_options.share(db.session(), action)
    began, ends = deadlines.evening(action, at)
    group_id = share.group.id if share and share.group else None
    stands = standing.standing_of(view, at)
    phase = f"{stands.phase}{began:%j}"  # a new day starts at zero without a new report
    return {
        "action": action,
        "counter": view,
        "happened": happenings.last(db.session(), action),
        "group": {"group": share.slug} if share and share.group else {},
        "is_live": view.state is not State.CLOSED,
        "phase": phase,
        "share": share,
        "standing": stands,
        "typed": short.typed(short.address("short.report", action, share)),
        "token": versions.Version(view.interval, view.stamp, phase).token,
        "tonight": progress.sent_since(db.session(), action.id, began, group_id),
        "until": min(at for at in (standing.next_change(action, at), ends) if at),
    }
