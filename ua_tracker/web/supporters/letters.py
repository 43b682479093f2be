"""Reporting letters that were sent, with or without a pledge."""

from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug import Response as AnyResponse

from ua_tracker import actions, deadlines, evenings, letters, revisions, together
from ua_tracker.database import db
from ua_tracker.deadlines import State
from ua_tracker.letters import Sending
from ua_tracker.letters.readdressing import readdress
from ua_tracker.models import Action, Evening, Report
from ua_tracker.refusals import Refusal
from ua_tracker.web import counter, evening_keys
from ua_tracker.web.forms.reporting import ReportForm, earlier_under
from ua_tracker.web.kept_pages import keep_today
from ua_tracker.web.live.kept_views import kept_page
from ua_tracker.web.rate_limits import limit_writing
from ua_tracker.web.request import answered_as, clock, day_in, htmx, language, now, secret_keys
from ua_tracker.web.supporters.addressed import addressed

bp = Blueprint("letters", __name__, url_prefix="/<lang:lang>/actions/<slug:slug>/letters")


class Made(NamedTuple):
    """The id of a stored report, and the token of the private link that it got on the screen, if any."""

    number: int
    token: str | None


@bp.get("")
@kept_page(revisions.OF_PAGE_AND_COUNTER, fragment="counter.show", reads=("evening", "channel", "sent_on", "done"))
def new(slug: str) -> str:
    """The report form, or the notice that reporting has closed. At a letter evening, with what the last one chose."""
    at = now()
    action = actions.find_published(db.session(), slug, at)
    asked = request.args
    kept: dict[str, Any] = {"evening": asked.get("evening", ""), "channel": asked.get("channel", "post")}
    with suppress(KeyError, ValueError):
        kept["sent_on"] = day_in(asked["sent_on"])
    form = ReportForm.for_action(action, at, kept=kept)
    keep_today(action, at, None if deadlines.state(action, at) is State.CLOSED else form.keys)
    return _page(action, form, is_next="done" in asked)


@bp.post("")
@limit_writing
def create(slug: str) -> AnyResponse:
    """Stores the report and shows the page of thanks; at a letter evening, the form for the next person."""
    form = ReportForm.for_action(addressed(slug), now())
    once_key, sending = str(form.once_key.data), form.sending()
    if form.validate_on_submit():
        try:
            made = together.write(_work(slug, form, once_key, sending), clock(), about=slug)
        except Refusal as refusal:
            return _again(slug, form, refusal)
    else:
        earlier = earlier_under(once_key, sending)
        if earlier is None:
            return _again(slug, form, None)
        made = Made(earlier.id, letters.link_of(db.session(), earlier, once_key, secret_keys()))
    return _answered(slug, form, made)


def _work(slug: str, form: ReportForm, once_key: str, sending: Sending) -> together.Work[Made]:
    """What stores this form's report, or stores it again with another address than that of the thanks before."""
    arrival = form.arrival(evening=evening_keys.number_of(form.evening.data))
    how: dict[str, Any] = {"secrets": secret_keys(), "language": language(), "arrival": arrival}
    wrong = form.instead_of.data
    report = partial(readdress, instead_of=wrong) if wrong else letters.report_discreetly

    def store(session: Session, at: datetime) -> Made:
        action = actions.find_terms(session, slug, at)
        made, token = report(session, action, sending, once_key=once_key, now=at, **how)
        return Made(made.id, token)

    return store


@bp.get("/thanks")
def thanks(slug: str) -> str:
    """The page of thanks, for a browser without JavaScript. With `?mailed=yes` it says that a receipt is on its way."""
    return _thanks_page(actions.find_published(db.session(), slug, now()), mailed="mailed" in request.args)


def _thanks_page(action: Action, **facts: Any) -> str:
    view = counter.counter_of(db.session(), action, now())
    return render_template("letters/thanks.html", action=action, counter=view, **facts)


def _evening(action: Action, form: ReportForm) -> Evening | None:
    """The letter evening at which this form is sent, while it is going on."""
    return evenings.running(db.session(), action, evening_keys.number_of(form.evening.data), now())


def _page(action: Action, form: ReportForm, *, is_next: bool = False) -> str:
    facts = {"counter": counter.counter_of(db.session(), action, now()), "evening": _evening(action, form)}
    return render_template("letters/new.html", action=action, form=form, is_next=is_next, **facts)


def _again(slug: str, form: ReportForm, refusal: Refusal | None) -> Response:
    """The form with its errors and everything that was typed. Raises ReportingClosed after the reporting period."""
    form = form.refused(refusal) if refusal is not None else form
    action = actions.find_published(db.session(), slug, now())
    deadlines.require_reporting(action, now())
    page = _fragment(action, form) if htmx else _page(action, form)
    return make_response(page, form.status)


def _fragment(action: Action, form: ReportForm, *, is_next: bool = False) -> str:
    facts = {"address": url_for("letters.create", slug=action.slug), "evening": _evening(action, form)}
    return render_template("letters/_report.html", action=action, form=form, is_next=is_next, **facts)


def _answered(slug: str, form: ReportForm, made: Made) -> AnyResponse:
    """The thanks with the private link, or with the word that a receipt is on its way to the address.

    Without JavaScript the private page is the answer, since its URL is the link. At a letter evening it is the form for
    the next person.
    """
    if not htmx and made.token is not None and not form.evening.data:
        return redirect(url_for("manage.show", token=made.token, stored="report"), 303)
    action = actions.find_published(db.session(), slug, now())
    if _evening(action, form):
        return _next_person(action, form)
    return _thanked(action, form, made)


def _thanked(action: Action, form: ReportForm, made: Made) -> AnyResponse:
    if not htmx and made.token is not None:
        return redirect(url_for("manage.show", token=made.token, stored="report"), 303)
    report = db.session().get_one(Report, made.number)
    facts = {"report": report, "token": made.token, "email": form.email.data, "typed": form.to_correct()}
    if not htmx and form.email.data:
        # No redirect: its page would not know the address (docs/decisions/0008-outbox.md).
        answered_as("letters.thanks", slug=action.slug, mailed="yes")
        return make_response(_thanks_page(action, mailed=True, **facts), {"Cache-Control": "no-store"})
    if not htmx:
        return redirect(url_for("letters.thanks", slug=action.slug), 303)
    thanks = render_template("letters/_thanks.html", action=action, **facts)
    return make_response(thanks + counter.moved(action.slug))


def _next_person(action: Action, form: ReportForm) -> AnyResponse:
    """The empty form with evening, group, day and channel kept, for the next one in the queue at one computer."""
    kept: dict[str, Any] = {"evening": form.evening.data, "channel": form.channel.data, "sent_on": form.sent_on.data}
    if not htmx:
        return redirect(url_for("letters.new", slug=action.slug, group=form.group.data, done="yes", **kept), 303)
    fresh = ReportForm.for_action(action, now(), group=form.group.data, kept=kept, fresh=True)
    return make_response(_fragment(action, fresh, is_next=True) + counter.moved(action.slug))
