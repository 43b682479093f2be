"""The link that shows a draft to somebody without an account: the office makes it, and revokes it."""

from flask import Blueprint, Response, flash, make_response, redirect, url_for
from flask_babel import gettext
from werkzeug import Response as AnyResponse

from ua_tracker import actions, previews
from ua_tracker.database import db, writing
from ua_tracker.models import Coordinator
from ua_tracker.refusals import Refusal
from ua_tracker.web.coordinators import dashboard
from ua_tracker.web.coordinators.login import require_coordinator
from ua_tracker.web.errors import sentence_of
from ua_tracker.web.forms.accounts import CoordinatorForm
from ua_tracker.web.request import absolute, now

bp = Blueprint("preview_links", __name__, url_prefix="/<lang:lang>/dashboard/<slug:slug>/preview")


@bp.post("")
@require_coordinator("office")
def make(coordinator: Coordinator, slug: str) -> AnyResponse:
    """Makes a link and shows it, this once. The link before ends."""
    if not CoordinatorForm().validate_on_submit():
        return _page(coordinator, slug, 400)
    try:
        with writing() as session:
            token = previews.make(session, actions.find(session, slug), actor=coordinator.actor, now=now())
    except Refusal as refusal:
        return _page(coordinator, slug, 409, wrong=sentence_of(refusal))
    return _page(coordinator, slug, 200, preview_address=absolute(url_for("previews.show", token=token)))


@bp.post("/revoke")
@require_coordinator("office")
def revoke(coordinator: Coordinator, slug: str) -> AnyResponse:
    """Ends the link."""
    if not CoordinatorForm().validate_on_submit():
        return _page(coordinator, slug, 400)
    with writing() as session:
        previews.revoke(session, actions.find(session, slug), actor=coordinator.actor, now=now())
    flash(gettext("The link does not work any more."))
    return redirect(url_for("dashboard.show", slug=slug), 303)


def _page(coordinator: Coordinator, slug: str, status: int, **facts: object) -> Response:
    return make_response(dashboard.page(coordinator, actions.find(db.session(), slug), **facts), status)
