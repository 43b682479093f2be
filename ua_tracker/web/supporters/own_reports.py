"""Correcting a report on its private page, or on that of the pledge it belongs to."""

import dataclasses
from functools import partial
from typing import Any

from flask import Blueprint, Response, make_response, redirect, render_template, url_for
from sqlalchemy.orm import Session
from werkzeug import Response as AnyResponse

from ua_tracker import deadlines, letters, private_links
from ua_tracker.database import db
from ua_tracker.letters import Sending
from ua_tracker.models import Report
from ua_tracker.refusals import NoSuchPledge
from ua_tracker.web.forms.reporting import ReportForm, stored
from ua_tracker.web.rate_limits import limit_writing
from ua_tracker.web.request import answered_as, now
from ua_tracker.web.supporters.private_page import TAKES_REPORTS, action_of, page, proof_of

bp = Blueprint("own_reports", __name__, url_prefix="/<lang:lang>/pledges/<token:token>")


@bp.post("/correct")
@limit_writing
def correct(token: str) -> AnyResponse:
    """Replaces the report of this link, which has no pledge, by what is typed."""
    entry = _report_of(db.session(), token)
    form = ReportForm.correcting(action_of(db.session(), entry), entry, now(), token)
    return _correction(token, form, None) or page(token, entry, form, form.status)


@bp.get("/reports/<int:number>")
def correcting(token: str, number: int) -> AnyResponse:
    """The form that corrects one report of this pledge."""
    entry = _report_of(db.session(), token, number)
    action = action_of(db.session(), entry)
    if entry.voided_at is not None or deadlines.state(action, now()) not in TAKES_REPORTS:
        return redirect(url_for("manage.show", token=token), 303)
    return _correcting_page(token, entry, ReportForm.correcting(action, entry, now(), token))


@bp.post("/reports/<int:number>/correct")
@limit_writing
def correct_one(token: str, number: int) -> AnyResponse:
    """Replaces one report of this pledge by what is typed."""
    entry = _report_of(db.session(), token, number)
    form = ReportForm.correcting(action_of(db.session(), entry), entry, now(), token)
    return _correction(token, form, number) or _correcting_page(token, entry, form, form.status)


def _correction(token: str, form: ReportForm, number: int | None) -> AnyResponse | None:
    """Stores the correction and shows the private page; None if the form has errors, which are then in it."""
    entry = _report_of(db.session(), token, number)
    made = stored(form, _as_named(entry, form), partial(_corrected, token, form, number))
    if isinstance(made, Report):
        return redirect(url_for("manage.show", token=token, stored="correct"), 303)
    if made is not None:
        form.refused(made)
    deadlines.require_reporting(action_of(db.session(), entry), now())
    return None


def _corrected(token: str, form: ReportForm, number: int | None, session: Session, once_key: str) -> Report:
    entry, holder = _report_of(session, token, number), private_links.find_holder(session, token)
    action = action_of(session, entry, to_write=True)
    how: dict[str, Any] = {"once_key": once_key, "arrival": form.arrival(proof=proof_of(holder))}
    return letters.correct(session, action, entry, _as_named(entry, form), now=now(), **how)


def _correcting_page(token: str, entry: Report, form: ReportForm, status: int = 200) -> Response:
    answered_as("own_reports.correcting", token=token, number=entry.id)
    facts = {"action": action_of(db.session(), entry), "form": form, "report": entry, "token": token}
    return make_response(render_template("manage/correcting.html", **facts), status)


def _report_of(session: Session, token: str, number: int | None = None) -> Report:
    """The report without a pledge that this link leads to, or the one with this number of the pledge it leads to.

    Raises NoSuchPledge where there is none.
    """
    holder = private_links.find_holder(session, token)
    entry = holder if number is None else session.get(Report, number)
    if not isinstance(entry, Report) or (number is not None and entry.pledge_id != holder.id):
        raise NoSuchPledge()
    return entry


def _as_named(entry: Report, form: ReportForm) -> Sending:
    """What the form says was sent, by who made the report. That of a pledge is by whoever made the pledge."""
    if entry.pledge_id is not None:
        return form.sending()
    return dataclasses.replace(form.sending(), name=entry.name, email=entry.email)
