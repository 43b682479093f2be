"""Signing in and out: a password, a code if two-factor codes are on, and a session that can be ended."""

import re
from typing import Any

from flask import Blueprint, Response, abort, make_response, redirect, render_template, request, session, url_for
from sqlalchemy.orm import Session
from werkzeug import Response as AnyResponse

from ua_tracker import coordinators, languages, refusals, two_factor
from ua_tracker.database import writing
from ua_tracker.models import Coordinator
from ua_tracker.refusals import Refusal, WrongSignIn
from ua_tracker.web import sessions
from ua_tracker.web.coordinators.login import tries
from ua_tracker.web.forms.accounts import CodeForm, CoordinatorForm, SignInForm
from ua_tracker.web.request import now

bp = Blueprint("login", __name__, url_prefix="/<lang:lang>/login")
_OWN_PAGE = re.compile(rf"/{languages.IN_PATH}/dashboard(?:[/?][\x21-\x5b\x5d-\x7e]*)?")


@bp.get("")
def show() -> AnyResponse:
    """The sign-in page."""
    if sessions.current() is not None:
        return redirect(_next_page(), 303)
    return page("login/show.html", SignInForm())


@bp.post("")
def enter() -> AnyResponse:
    """Signs in, or asks for the code."""
    form = SignInForm()
    if not form.validate_on_submit():
        return page("login/show.html", form, form.status)
    try:
        passed = tries.check_password(str(form.email.data), str(form.password.data))
        with writing() as written:
            owes_code = _begin_session(written, passed)
    except WrongSignIn as refusal:
        return page("login/show.html", form.refused(refusal), form.status)
    if owes_code:
        return redirect(url_for("login.code", next=request.args.get("next")), 303)
    return redirect(_next_page(), 303)


@bp.get("/code")
def code() -> AnyResponse:
    """The page for the code."""
    if sessions.halfway() is None:
        return redirect(url_for("login.show", next=request.args.get("next")), 303)
    return page("login/code.html", CodeForm())


@bp.post("/code")
def check_code() -> AnyResponse:
    """Signs in after the right password and the right code."""
    form, coordinator = CodeForm(), sessions.halfway()
    if coordinator is None:
        return redirect(url_for("login.show", next=request.args.get("next")), 303)
    if not form.validate_on_submit():
        return page("login/code.html", form, form.status)
    number, code = tries.count_try(coordinator.email), str(form.code.data)
    try:
        with writing() as written:
            two_factor.use(written, coordinators.locked(written, coordinator), sessions.totp(), code, now())
            if not sessions.end_halfway(written):
                raise refusals.WrongCode()
            _complete_sign_in(written, coordinator, number)
    except Refusal as refusal:
        return page("login/code.html", form.refused(refusal), form.status)
    return redirect(_next_page(), 303)


@bp.post("/out")
def leave() -> AnyResponse:
    """Ends this session."""
    if sessions.current() is not None and not CoordinatorForm().validate_on_submit():
        abort(400)
    if {"key", "halfway"} & set(session):
        with writing() as written:
            sessions.end(written)
    session.clear()
    return redirect(url_for("login.show"), 303)


def _begin_session(written: Session, passed: tries.CheckedPassword) -> bool:
    """Begins a session, or the wait for a code; True if a code is missing. Raises WrongSignIn.

    If the password was changed while this one was being checked, the old one does not sign in any more.
    """
    coordinator = coordinators.locked(written, passed.coordinator)
    if coordinator.password_hash != passed.password_hash:
        raise refusals.WrongSignIn()
    if coordinator.codes_secret is None:
        _complete_sign_in(written, coordinator, passed.number)
        return False
    coordinators.take_back(written, passed.number)
    sessions.begin_halfway(written, coordinator)
    return True


def _complete_sign_in(written: Session, coordinator: Coordinator, number: int) -> None:
    coordinators.take_back(written, number)
    coordinators.signed_in(written, coordinator, now())
    coordinators.remember_source(written, coordinator, tries.sources(), now())
    sessions.begin(written, coordinator)


def _next_page() -> str:
    """The coordinators' page that was requested before the sign-in; never a URL of another site."""
    wanted = request.args.get("next", "")
    return wanted if _OWN_PAGE.fullmatch(wanted) else url_for("dashboard.index")


def page(template: str, form: CoordinatorForm, status: int = 200, **facts: Any) -> Response:
    """A sign-in page, with its form and the page that was requested before."""
    return make_response(render_template(template, form=form, wanted=request.args.get("next"), **facts), status)
