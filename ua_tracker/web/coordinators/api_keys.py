"""API keys for programs: a coordinator makes one, sees it once, and revokes it."""

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug import Response as AnyResponse

from ua_tracker.database import db, writing
from ua_tracker.models import Coordinator
from ua_tracker.programs import keys
from ua_tracker.refusals import Refusal
from ua_tracker.web.coordinators.login import require_coordinator, require_proof
from ua_tracker.web.forms.accounts import CoordinatorForm
from ua_tracker.web.forms.api_keys import RIGHT_WORDS, ApiKeyForm
from ua_tracker.web.forms.fields import one_line
from ua_tracker.web.request import now

bp = Blueprint("api_keys", __name__, url_prefix="/<lang:lang>/dashboard/keys")


def _description() -> str:
    return gettext("Make an API key for “%(name)s”", name=one_line(request.form.get("name")) or "–")


@bp.get("")
@require_coordinator()
def index(coordinator: Coordinator) -> Response:
    """The keys, and the form to make one."""
    return _page(coordinator)


@bp.post("")
@require_coordinator()
@require_proof(_description)
def make(coordinator: Coordinator) -> AnyResponse:
    """Makes a key and shows it, this once."""
    form = ApiKeyForm.offering(_own_group(coordinator))
    if not form.validate_on_submit():
        return _page(coordinator, form, form.status)
    try:
        with writing() as session:
            made, secret = keys.make(session, coordinator, form.grant(), now())
    except Refusal as refusal:
        return _page(coordinator, form.refused(refusal), form.status)
    return _page(coordinator, made=made, secret=secret)


@bp.post("/<int:number>/revoke")
@require_coordinator()
def revoke(coordinator: Coordinator, number: int) -> AnyResponse:
    """Ends a key: from now on it works nowhere."""
    form = CoordinatorForm()
    if not form.validate_on_submit():
        return _page(coordinator, status=form.status)
    with writing() as session:
        made = keys.revoke(session, coordinator, number, now())
    flash(gettext("The key “%(name)s” does not work any more.", name=made.name))
    return redirect(url_for("api_keys.index"), 303)


def _own_group(coordinator: Coordinator) -> str | None:
    return coordinator.group.slug if coordinator.group else None


def _page(coordinator: Coordinator, form: ApiKeyForm | None = None, status: int = 200, **made: object) -> Response:
    found, at = keys.listing(db.session(), coordinator), now()
    facts = {
        "button": CoordinatorForm(formdata=None),
        "coordinator": coordinator,
        "external_id": keys.external_id,
        "form": form or ApiKeyForm.offering(_own_group(coordinator), fresh=True),
        "keys": [(one, keys.is_over(one, at)) for one in found],
        "prefix": keys.PREFIX,
        "right_words": RIGHT_WORDS,
        **made,
    }
    return make_response(render_template("api_keys/index.html", **facts), status)
