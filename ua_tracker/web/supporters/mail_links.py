"""The links in mails with one purpose: confirm a new address, or stop the mails. They show nothing of the pledge."""

from flask import Blueprint, Response, make_response, redirect, render_template, url_for
from werkzeug import Response as AnyResponse

from ua_tracker import pledges, private_links, reminders
from ua_tracker.database import db, writing
from ua_tracker.models import Pledge
from ua_tracker.web import one_click
from ua_tracker.web.forms.private_page import TokenForm
from ua_tracker.web.rate_limits import limit_writing
from ua_tracker.web.request import answered_as, now

bp = Blueprint("mail_links", __name__, url_prefix="/<lang:lang>/pledges/<token:token>")


@bp.get("/address")
def address(token: str) -> Response:
    """The page behind the link to confirm an address: one button, then the confirmation."""
    return _confirming(token)


@bp.post("/address/confirm")
@limit_writing
def confirm(token: str) -> AnyResponse:
    """Gives the pledge its new address. A second press changes nothing."""
    link, _ = private_links.find_confirmation(db.session(), token, now())
    form = TokenForm.to("confirm", token)
    if link.used_at is None and not form.validate_on_submit():
        return _confirming(token, form)
    with writing() as session:
        pledges.confirm_email(session, token, now())
    return redirect(url_for("mail_links.address", token=token), 303)


@bp.get("/stop")
def stopping(token: str) -> Response:
    """The page to stop the mails: one button."""
    return _stopping(token, _to_stop(token))


@bp.post("/stop")
@limit_writing
def stop(token: str) -> AnyResponse:
    """Stops reminders and outcome: from the page, or without a form from a mail program, in one click (RFC 8058)."""
    pledge = _to_stop(token)
    is_one_click = one_click.is_posted()
    if not is_one_click and not (form := TokenForm.to("stop", token)).validate_on_submit():
        return _stopping(token, pledge, form)
    if pledge.mails_stopped_at is None:
        with writing() as session:
            reminders.stop(session, private_links.find(session, token, private_links.STOP), now())
    return Response("", 204) if is_one_click else redirect(url_for("mail_links.stopping", token=token), 303)


def _to_stop(token: str) -> Pledge:
    return private_links.find(db.session(), token, private_links.STOP)


def _confirming(token: str, form: TokenForm | None = None) -> Response:
    answered_as("mail_links.address", token=token)
    link, pledge = private_links.find_confirmation(db.session(), token, now())
    wanted = None if link.used_at else pledge.email_wanted
    fresh = form or TokenForm.to("confirm", token)
    page = render_template("manage/address.html", form=fresh, token=token, wanted=wanted)
    return make_response(page, form.status if form else 200)


def _stopping(token: str, pledge: Pledge, form: TokenForm | None = None) -> Response:
    answered_as("mail_links.stopping", token=token)
    stopped, fresh = pledge.mails_stopped_at is not None, form or TokenForm.to("stop", token)
    page = render_template("manage/stop.html", form=fresh, token=token, stopped=stopped)
    return make_response(page, form.status if form else 200)
