"""The pages to choose a password, by an invitation or by a link that was requested and sent by mail."""

from flask import Response, current_app, flash, redirect, request, url_for
from flask_babel import gettext
from werkzeug import Response as AnyResponse

from ua_tracker import coordinators
from ua_tracker.coordinators import ASKING, LINK
from ua_tracker.database import db, writing
from ua_tracker.models import CoordinatorLink
from ua_tracker.refusals import LinkSpent, Refusal
from ua_tracker.web import sessions
from ua_tracker.web.coordinators.login.signing_in import bp, page
from ua_tracker.web.coordinators.login.tries import count, sources
from ua_tracker.web.forms.accounts import ChoosePasswordForm, ForgottenForm
from ua_tracker.web.request import language, now, secret_keys


@bp.get("/forgotten")
def forgotten() -> Response:
    """The form to ask for a link by mail. Where the site sends no mail, it says whom to ask."""
    return page("login/forgotten.html", ForgottenForm(), sent="sent" in request.args)


@bp.post("/forgotten")
def send_link() -> AnyResponse:
    """Queues the mail if the address is a coordinator's. The response is the same if it is not."""
    form = ForgottenForm()
    if not form.validate_on_submit():
        return page("login/forgotten.html", form, form.status, sent=False)
    count(ASKING)
    if current_app.config["MAIL_URL"]:
        with writing() as written:
            coordinators.mail_reset(written, form.email.data, language(), secret_keys()[0], now())
    return redirect(url_for("login.forgotten", sent="yes"), 303)


@bp.get("/password/<token:token>")
def choose(token: str) -> Response:
    """The page behind the link. Opening it does not use the link up, since mail scanners open links too."""
    return page("login/choose.html", ChoosePasswordForm(), link=_link(token), token=token)


@bp.post("/password/<token:token>")
def set_password(token: str) -> AnyResponse:
    """Sets the password and uses the link up. An invitation also signs in; after a reset one signs in as always."""
    link, form = _link(token), ChoosePasswordForm()
    is_invitation = link.kind == "invitation"
    if not form.validate_on_submit():
        return page("login/choose.html", form, form.status, link=link, token=token)
    try:
        password = str(form.new_password.data)
        sessions.require_good_password(password, link.coordinator.email)
        _use_up(token, sessions.hashed(password), signs_in=is_invitation)
    except Refusal as refusal:
        return page("login/choose.html", form.refused(refusal), form.status, link=link, token=token)
    if is_invitation:
        flash(gettext("Your password is set. You are signed in."))
        return redirect(url_for("dashboard.index"), 303)
    flash(gettext("Your password is set. Sign in with it."))
    return redirect(url_for("login.show"), 303)


def _use_up(token: str, password_hash: str, *, signs_in: bool) -> None:
    """Sets the password, which works from here at once, because the link proves the mailbox.

    Only an invitation turns two-factor codes off, so nobody who signs in by one passes them.
    """
    with writing() as written:
        chosen = coordinators.choose_password(written, token, password_hash, now())
        coordinators.remember_source(written, chosen, sources(), now())
        if signs_in:
            coordinators.signed_in(written, chosen, now())
            sessions.begin(written, chosen)


def _link(token: str) -> CoordinatorLink:
    """The link of this token. Unknown tokens are counted. Raises LinkSpent, AskedTooOften."""
    try:
        return coordinators.find_link(db.session(), token, now())
    except LinkSpent:
        count(LINK)
        raise
