"""Reporting letters that were sent, with or without a pledge."""

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug import Response as AnyResponse

from ua_tracker import actions, deadlines, letters
from ua_tracker.database import db
from ua_tracker.models import Action, Report
from ua_tracker.refusals import Refusal
from ua_tracker.web import counter
from ua_tracker.web.forms.reporting import ReportForm, stored
from ua_tracker.web.rate_limits import limit_writing
from ua_tracker.web.request import htmx, now

bp = Blueprint("letters", __name__, url_prefix="/<lang:lang>/actions/<slug:slug>/letters")


@bp.get("")
def new(slug: str) -> str:
    """The report form, or the notice that reporting has closed."""
    action = actions.find_published(db.session(), slug)
    return _page(action, ReportForm.for_action(action, now(), group=request.args.get("group")))


@bp.post("")
@limit_writing
def create(slug: str) -> AnyResponse:
    """Stores the report and shows the page of thanks."""
    action = actions.find_published(db.session(), slug)
    form = ReportForm.for_action(action, now())
    sending = form.sending()

    def store(session: Session, once_key: str) -> Report:
        action = actions.find_published(session, slug, to_write=True)
        return letters.report(session, action, sending, once_key=once_key, now=now())

    made = stored(form, sending, store)
    return _thanked(action, made) if isinstance(made, Report) else _again(slug, form, made)


@bp.get("/thanks")
def thanks(slug: str) -> str:
    """The page of thanks, for a browser without JavaScript."""
    action = actions.find_published(db.session(), slug)
    view = counter.counter_of(db.session(), action, now())
    return render_template("letters/thanks.html", action=action, counter=view)


def _page(action: Action, form: ReportForm) -> str:
    view = counter.counter_of(db.session(), action, now())
    return render_template("letters/new.html", action=action, form=form, counter=view)


def _again(slug: str, form: ReportForm, refusal: Refusal | None) -> Response:
    """The form with its errors and everything that was typed. Raises ReportingClosed after the reporting period."""
    form = form.refused(refusal) if refusal is not None else form
    action = actions.find_published(db.session(), slug)
    deadlines.require_reporting(action, now())
    if htmx:
        address = url_for("letters.create", slug=slug)
        return make_response(
            render_template("letters/_report.html", action=action, form=form, address=address), form.status
        )
    return make_response(_page(action, form), form.status)


def _thanked(action: Action, report: Report) -> AnyResponse:
    if not htmx:
        return redirect(url_for("letters.thanks", slug=action.slug), 303)
    thanks = render_template("letters/_thanks.html", action=action, report=report)
    return make_response(thanks + counter.moved(action))
