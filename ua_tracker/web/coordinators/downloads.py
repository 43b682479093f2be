"""What coordinators save: pledges and letters as workbooks and CSV files (RFC 4180), and the plot as a picture.

Each download of rows is an event of the history.
"""

from typing import Any

from flask import Blueprint, Response, abort, request, stream_with_context
from sqlalchemy.orm import Session

from ua_tracker import audit, coordinators, exports, ledger
from ua_tracker.database import db, writing
from ua_tracker.exports import OF_PEOPLE, Flavour, Order
from ua_tracker.models import Action, Coordinator
from ua_tracker.plots import Picture, draw
from ua_tracker.web import counter
from ua_tracker.web.coordinators import ledger_filter, plots
from ua_tracker.web.coordinators.dashboard import seen
from ua_tracker.web.coordinators.login import require_coordinator
from ua_tracker.web.request import language, now, secret_keys

bp = Blueprint("downloads", __name__, url_prefix="/<lang:lang>/dashboard/<slug:slug>")
CSV_FLAVOURS = {flavour.value: flavour for flavour in (Flavour.IMPORT, *OF_PEOPLE)}
MIMETYPES = {"csv": "text/csv", "xlsx": exports.WORKBOOK_TYPE}


@bp.get("/<any(pledges, letters):noun>.csv")
@require_coordinator()
def csv(coordinator: Coordinator, slug: str, noun: str) -> Response:
    """The rows that this coordinator may see: for a spreadsheet, with `?flavour=import` unchanged for programs.

    They are those that the filter of the list finds (`ledger_filter`), all without one, oldest first in either case.
    Pledges also with `?flavour=action-network` and `?flavour=civicrm`, of people who agreed to be told the outcome.
    """
    flavour = CSV_FLAVOURS.get(request.args.get("flavour", ""), Flavour.SPREADSHEET)
    if noun == "letters" and flavour in OF_PEOPLE:
        abort(404)
    name = f"{noun}-{flavour}" if flavour in OF_PEOPLE else noun
    return _rows(coordinator, slug, noun, flavour, name, "csv")


@bp.get("/<any(pledges, letters):noun>.xlsx")
@require_coordinator()
def xlsx(coordinator: Coordinator, slug: str, noun: str) -> Response:
    """The same rows as a workbook."""
    return _rows(coordinator, slug, noun, Flavour.WORKBOOK, noun, "xlsx")


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


def _rows(coordinator: Coordinator, slug: str, noun: str, flavour: Flavour, name: str, suffix: str) -> Response:
    """Records the download, and streams it."""
    at, scope = now(), coordinators.seen_group(coordinator)
    group = coordinator.group.slug if scope and coordinator.group else None
    with writing() as session:
        action = seen(session, coordinator, slug)
        after: dict[str, Any] = {"file": f"{noun}.{suffix}", "flavour": flavour.value, "group": group}
        which, in_history = _which(session, noun, action, scope)
        if in_history:
            name, after["filter"] = f"{name}-filtered", in_history
        if request.method == "GET":  # a HEAD request downloads nothing
            audit.note(session, actor=coordinator.actor, event="downloaded", subject=slug, now=at, after=after)
    order = Order(action, scope, flavour, language(), secret_keys()[0], at, which)
    download = {"pledges": exports.pledges, "letters": exports.letters}[noun](db.session(), order)
    response = Response(stream_with_context(download.chunks), mimetype=MIMETYPES[suffix])
    response.headers["Content-Disposition"] = f'attachment; filename="{exports.file_name(action, name, at, suffix)}"'
    response.headers["X-Row-Count"] = str(download.rows)
    return response


def _which(session: Session, noun: str, action: Action, scope: int | None) -> tuple[exports.Conditions, dict[str, Any]]:
    """The conditions of the filter in the URL, and that filter for the history; both empty without one."""
    try:
        wanted = ledger_filter.wanted()
        if wanted == ledger.Wanted():
            return [], {}
        return ledger.matching(session, ledger.TABLES[noun], action, scope, wanted), wanted.in_history
    except ValueError:
        abort(400)


def _picture(coordinator: Coordinator, action: Action) -> Picture:
    at = now()
    return plots.picture(plots.read(coordinator, counter.counter_of(db.session(), action, at), at))


def _saved(action: Action, suffix: str, mimetype: str, data: str | bytes) -> Response:
    response = Response(data, mimetype=mimetype)
    name = exports.file_name(action, "plot", now(), suffix)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
