"""The coordinators' first page: who is signed in, and where to from here."""

from flask import Blueprint, Response, make_response, render_template

from ua_tracker.models import Coordinator
from ua_tracker.web.login import require_coordinator

bp = Blueprint("dashboard", __name__, url_prefix="/<lang:lang>/dashboard")


@bp.get("/")
@require_coordinator()
def index(coordinator: Coordinator) -> Response:
    """The first page."""
    return make_response(render_template("dashboard/index.html", coordinator=coordinator))
