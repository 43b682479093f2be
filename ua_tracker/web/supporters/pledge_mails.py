"""The page on which the mails about a pledge are stopped and started again."""

from contextlib import suppress

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug import Response as AnyResponse

from ua_tracker import pledges, private_links, reminders
from ua_tracker.database import db, writing
from ua_tracker.refusals import PledgeEnded
from ua_tracker.web import one_click
from ua_tracker.web.forms.private_page import ButtonForm, MailsForm
from ua_tracker.web.rate_limits import limit_writing
from ua_tracker.web.request import now
from ua_tracker.web.supporters.private_page import page

bp = Blueprint("pledge_mails", __name__, url_prefix="/<lang:lang>/pledges/<token:token>/mails")


@bp.get("")
def show(token: str) -> str:
    """One button: to stop the mails, or to start them again."""
    pledge = private_links.find(db.session(), token)
    purpose = "mails" if pledge.mails_stopped_at is None else "start"
    facts = {"form": ButtonForm.to(purpose, pledge), "started": "started" in request.args}
    return render_template("manage/mails.html", pledge=pledge, token=token, **facts)


@bp.post("")
@limit_writing
def stop(token: str) -> AnyResponse:
    """Stops reminders and outcome. Older mails unsubscribe with one click here, newer ones have a link of their own."""
    pledge = private_links.find(db.session(), token)
    is_one_click = one_click.is_posted()
    if not is_one_click and not ButtonForm.to("mails", pledge).validate_on_submit():
        return redirect(url_for("pledge_mails.show", token=token), 303)
    if pledge.mails_stopped_at is None:
        with writing() as session:
            reminders.stop(session, private_links.find(session, token), now())
    return Response("", 204) if is_one_click else redirect(url_for("pledge_mails.show", token=token), 303)


@bp.post("/wanted")
@limit_writing
def want(token: str) -> AnyResponse:
    """Sets which mails somebody wants: what came of the action, and whether its case needs letters again."""
    form = MailsForm.of(private_links.find(db.session(), token))
    if not form.validate_on_submit():
        return page(token, private_links.find(db.session(), token), status=form.status)
    wanted = {"outcome": bool(form.wants_outcome.data), "next_issue": bool(form.wants_next.data)}
    with suppress(PledgeEnded), writing() as session:
        pledges.want_mails(session, private_links.find(session, token), **wanted, now=now())
    stored = "-and-".join(name for name, is_wanted in wanted.items() if is_wanted) or "no-outcome"
    return redirect(url_for("manage.show", token=token, stored=stored), 303)


@bp.post("/start")
@limit_writing
def start(token: str) -> AnyResponse:
    """Starts reminders and outcome again."""
    if not ButtonForm.to("start", private_links.find(db.session(), token)).validate_on_submit():
        return redirect(url_for("pledge_mails.show", token=token), 303)
    with writing() as session:
        reminders.start(session, private_links.find(session, token), now())
    return redirect(url_for("pledge_mails.show", token=token, started="yes"), 303)
