"""What coordinators save: pledges and letters as CSV files (RFC 4180), and the plot as a picture.

Each download of rows is an event of the history.
"""

from flask import Blueprint, Response, request, stream_with_context

from ua_tracker import audit, coordinators, exports
from ua_tracker.database import db, writing
from ua_tracker.exports import Flavour
from ua_tracker.models import Action, Coordinator
from ua_tracker.plots import Picture, draw
from ua_tracker.web import counter
from ua_tracker.web.coordinators import plots
from ua_tracker.web.coordinators.dashboard import seen
from ua_tracker.web.coordinators.login import require_coordinator
from ua_tracker.web.request import language, now

bp = Blueprint("downloads", __name__, url_prefix="/<lang:lang>/dashboard/<slug:slug>")


@bp.get("/<any(pledges, letters):noun>.csv")
@require_coordinator()
def csv(coordinator: Coordinator, slug: str, noun: str) -> Response:
    """All rows that this coordinator may see: for a spreadsheet, or with `?flavour=import` unchanged for programs."""
    flavour = Flavour.IMPORT if request.args.get("flavour") == "import" else Flavour.SPREADSHEET
    at, scope = now(), coordinators.seen_group(coordinator)
    group = coordinator.group.slug if scope and coordinator.group else None
    with writing() as session:
        action = seen(session, coordinator, slug)
        after = {"file": f"{noun}.csv", "flavour": flavour.value, "group": group}
        if request.method == "GET":  # a HEAD request downloads nothing
            audit.note(session, actor=coordinator.actor, event="downloaded", subject=slug, now=at, after=after)
    read = {"pledges": exports.pledges, "letters": exports.letters}[noun]
    download = read(db.session(), action, group_id=scope, flavour=flavour, language=language())
    response = Response(stream_with_context(download.chunks), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{exports.file_name(action, noun, at)}"'
    response.headers["X-Row-Count"] = str(download.rows)
    return response


@bp.get("/plot.svg")
@require_coordinator()
def plot_svg(coordinator: Coordinator, slug: str) -> Response:
    """The plot of the page with title, date and source. It names no people, so the history does not record it."""
    action = seen(db.session(), coordinator, slug)
    return _saved(action, "svg", "image/svg+xml", plots.svg(_picture(coordinator, action)))


@bp.get("/plot.png")
@require_coordinator()
def plot_png(coordinator: Coordinator, slug: str) -> Response:
    """The same, drawn."""
    action = seen(db.session(), coordinator, slug)
    return _saved(action, "png", "image/png", draw(_picture(coordinator, action)))


def _picture(coordinator: Coordinator, action: Action) -> Picture:
    at = now()
    return plots.picture(plots.read(coordinator, counter.counter_of(db.session(), action, at), at))


def _saved(action: Action, suffix: str, mimetype: str, data: str | bytes) -> Response:
    response = Response(data, mimetype=mimetype)
    name = exports.file_name(action, "plot", now(), suffix)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
