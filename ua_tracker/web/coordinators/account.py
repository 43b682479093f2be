"""A coordinator's own account: password, two-factor codes, open sessions."""

from typing import Any

import segno
from flask import Blueprint, Response, abort, flash, make_response, redirect, render_template, session, url_for
from flask_babel import gettext
from werkzeug import Response as AnyResponse

from ua_tracker import coordinators
from ua_tracker import two_factor as codes
from ua_tracker.database import db, writing
from ua_tracker.models import Coordinator
from ua_tracker.refusals import Refusal, WrongPassword
from ua_tracker.web import sessions
from ua_tracker.web.coordinators.login import require_coordinator, require_proof
from ua_tracker.web.coordinators.login.tries import prove, sources
from ua_tracker.web.forms.accounts import ChangePasswordForm, CodeForm, CodesOffForm, CoordinatorForm
from ua_tracker.web.request import now

bp = Blueprint("account", __name__, url_prefix="/<lang:lang>/dashboard/account")


@bp.get("")
@require_coordinator()
def show(coordinator: Coordinator) -> Response:
    """The account, with its open sessions."""
    begun, mine = coordinators.open_sessions(db.session(), coordinator, now()), sessions.current_session()
    return _page("account/show.html", CoordinatorForm(), coordinator, begun=begun, current_session=mine)


@bp.get("/password")
@require_coordinator()
def password(coordinator: Coordinator) -> Response:
    """The page to change the password."""
    return _page("account/password.html", ChangePasswordForm(), coordinator)


@bp.post("/password")
@require_coordinator()
def change_password(coordinator: Coordinator) -> AnyResponse:
    """Changes the password. All other sessions end; this one goes on."""
    form = ChangePasswordForm()
    if not form.validate_on_submit():
        return _page("account/password.html", form, coordinator, form.status)
    try:
        before, after = str(form.password.data), str(form.new_password.data)
        prove(coordinator, before)
        sessions.require_good_password(after, coordinator.email, before=before)
        hashed = sessions.hashed(after)
        with writing() as written:
            coordinators.change_password(written, coordinators.locked(written, coordinator), hashed, now())
            coordinators.remember_source(written, coordinator, sources(), now())
            sessions.begin(written, coordinator)
    except Refusal as refusal:
        return _page("account/password.html", form.refused(refusal), coordinator, form.status)
    flash(gettext("Your password is changed. All other sessions have ended."))
    return redirect(url_for("account.show"), 303)


@bp.get("/codes")
@require_coordinator()
def two_factor(coordinator: Coordinator) -> Response:
    """The page to turn two-factor codes on or off."""
    return _codes_page(coordinator, CodesOffForm() if coordinator.codes_secret else CodeForm())


@bp.post("/codes")
@require_coordinator()
@require_proof(lambda: gettext("Turn two-factor codes on"))
def turn_codes_on(coordinator: Coordinator) -> AnyResponse:
    """Turns two-factor codes on once a code proves that the authenticator works, and shows the recovery codes."""
    form, secret = CodeForm(), session.get("new_secret")
    if coordinator.codes_secret or secret is None:
        return redirect(url_for("account.two_factor"), 303)
    if not form.validate_on_submit():
        return _codes_page(coordinator, form, form.status)
    try:
        with writing() as written:
            mine = coordinators.locked(written, coordinator)
            recovery = codes.turn_on(written, mine, sessions.totp(), secret, str(form.code.data), now())
    except Refusal as refusal:
        return _codes_page(coordinator, form.refused(refusal), form.status)
    session.pop("new_secret")
    return make_response(render_template("account/recovery.html", recovery=recovery))


@bp.post("/codes/off")
@require_coordinator()
def turn_codes_off(coordinator: Coordinator) -> AnyResponse:
    """Turns two-factor codes off. Asks for the password."""
    form = CodesOffForm()
    if not form.validate_on_submit():
        return _codes_page(coordinator, form, form.status)
    try:
        prove(coordinator, str(form.password.data))
    except WrongPassword as refusal:
        return _codes_page(coordinator, form.refused(refusal), form.status)
    with writing() as written:
        codes.turn_off(written, coordinators.locked(written, coordinator), now())
    flash(gettext("Two-factor codes are off."))
    return redirect(url_for("account.show"), 303)


@bp.post("/everywhere")
@require_coordinator()
def leave_everywhere(coordinator: Coordinator) -> AnyResponse:
    """Ends every session of the coordinator, also this one."""
    if not CoordinatorForm().validate_on_submit():
        abort(400)
    with writing() as written:
        coordinators.end_sessions(written, coordinators.locked(written, coordinator), now())
        sessions.end(written)
    flash(gettext("You are signed out everywhere."))
    return redirect(url_for("login.show"), 303)


def _codes_page(coordinator: Coordinator, form: CoordinatorForm, status: int = 200) -> Response:
    if coordinator.codes_secret:
        off = form if isinstance(form, CodesOffForm) else CodesOffForm()
        return _page("account/codes_off.html", off, coordinator, status)
    if isinstance(form, CodesOffForm):
        form = CodeForm()
    secret = session.setdefault("new_secret", codes.new_secret(sessions.totp()))
    uri = codes.address(sessions.totp(), secret, coordinator.email)
    drawn = segno.make(uri, error="m").svg_data_uri(scale=4, border=4, light="white")
    spelled = codes.spelled(sessions.totp(), secret)
    return _page("account/codes_on.html", form, coordinator, status, drawn=drawn, spelled=spelled)


def _page(template: str, form: CoordinatorForm, coordinator: Coordinator, status: int = 200, **facts: Any) -> Response:
    return make_response(render_template(template, form=form, coordinator=coordinator, **facts), status)
