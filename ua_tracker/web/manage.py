"""The private page of a pledge: what was promised, what was reported, and the form to report more."""

from flask import Blueprint, Response, make_response, redirect, render_template, url_for
from sqlalchemy.orm import Session
from werkzeug import Response as AnyResponse

from ua_tracker import deadlines, letters, private_links
from ua_tracker.database import db, writing
from ua_tracker.deadlines import State
from ua_tracker.models import Action, Pledge
from ua_tracker.refusals import Refusal
from ua_tracker.web import WRITING_LIMIT, counter, limiter, now
from ua_tracker.web.forms import ReportForm

bp = Blueprint("manage", __name__, url_prefix="/<lang:lang>/pledges/<token:token>")


@bp.get("")
def show(token: str) -> Response:
    """The pledge that the link leads to."""
    pledge = private_links.find(db.session(), token)
    return _page(token, pledge, ReportForm.for_action(_action(db.session(), pledge), now(), pledge=pledge))


@bp.post("/letters")
@limiter.limit(WRITING_LIMIT)
def report(token: str) -> AnyResponse:
    """Takes a report for this pledge."""
    pledge = private_links.find(db.session(), token)
    form = ReportForm.for_action(_action(db.session(), pledge), now(), pledge=pledge)
    if letters.reported_under(db.session(), str(form.once_key.data)) is not None:
        return redirect(url_for("manage.show", token=token), 303)
    if not form.validate_on_submit():
        deadlines.require_reporting(_action(db.session(), pledge), now())
        return _page(token, pledge, form, form.status)
    try:
        with writing() as session:
            pledge = private_links.find(session, token)
            action = _action(session, pledge, to_write=True)
            sending = form.sending(action)
            letters.report(session, action, sending, once_key=str(form.once_key.data), now=now(), pledge=pledge)
    except Refusal as no:
        return _page(token, pledge, form.refused(no), form.status)
    return redirect(url_for("manage.show", token=token), 303)


def _action(session: Session, pledge: Pledge, *, to_write: bool = False) -> Action:
    lock = {"read": True, "of": Action} if to_write else None
    return session.get_one(Action, pledge.action_id, with_for_update=lock)


def _page(token: str, pledge: Pledge, form: ReportForm, status: int = 200) -> Response:
    at = now()
    action = _action(db.session(), pledge)
    page = render_template(
        "manage/show.html",
        action=action,
        counter=counter.counter_of(db.session(), action, at),
        form=form,
        pledge=pledge,
        reported=letters.reported_for(db.session(), pledge),
        reports=letters.reports_of(db.session(), pledge),
        takes_reports=deadlines.state(action, at) in (State.OPEN, State.REPORTING),
        token=token,
    )
    return make_response(page, status)
