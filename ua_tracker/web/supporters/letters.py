"""Reporting letters that were sent, with or without a pledge."""

from contextlib import suppress
from typing import Any

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug import Response as AnyResponse

from ua_tracker import actions, deadlines, evenings, letters
from ua_tracker.database import db
from ua_tracker.models import Action, Evening, Report
from ua_tracker.refusals import Refusal
from ua_tracker.web import counter, evening_keys
from ua_tracker.web.forms.reporting import ReportForm, stored
from ua_tracker.web.rate_limits import limit_writing
from ua_tracker.web.request import day_in, htmx, language, now, secret_keys

bp = Blueprint("letters", __name__, url_prefix="/<lang:lang>/actions/<slug:slug>/letters")


@bp.get("")
def new(slug: str) -> str:
    """The report form, or the notice that reporting has closed. At a letter evening, with what the last one chose."""
    action = actions.find_published(db.session(), slug, now())
    asked = request.args
    kept: dict[str, Any] = {"evening": asked.get("evening", ""), "channel": asked.get("channel", "post")}
    with suppress(KeyError, ValueError):
        kept["sent_on"] = day_in(asked["sent_on"])
    form = ReportForm.for_action(action, now(), kept=kept)
    return _page(action, form, is_next="done" in asked)


@bp.post("")
@limit_writing
def create(slug: str) -> AnyResponse:
    """Stores the report and shows the page of thanks; at a letter evening, the form for the next person."""
    action = actions.find_published(db.session(), slug, now())
    form = ReportForm.for_action(action, now())
    sending = form.sending()

    def store(session: Session, once_key: str) -> Report:
        action = actions.find_published(session, slug, now(), to_write=True)
        arrival = form.arrival(evening=evening_keys.number_of(form.evening.data))
        how: dict[str, Any] = {"secrets": secret_keys(), "language": language(), "arrival": arrival}
        return letters.report_discreetly(session, action, sending, once_key=once_key, now=now(), **how)

    made = stored(form, sending, store)
    if not isinstance(made, Report):
        return _again(slug, form, made)
    return _next_person(action, form) if _evening(action, form) else _thanked(action, form, made)


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


def _thanked(action: Action, form: ReportForm, report: Report) -> AnyResponse:
    """The thanks with the private link, or with the word that a receipt is on its way to the address.

    Without JavaScript the private page is the answer, since its URL is the link.
    """
    token = letters.link_of(db.session(), report, str(form.once_key.data), secret_keys())
    if not htmx and token is not None:
        return redirect(url_for("manage.show", token=token, stored="report"), 303)
    facts = {"report": report, "token": token, "email": form.email.data}
    if not htmx and form.email.data:
        # No redirect: its page would not know the address (docs/decisions/0008-outbox.md).
        return make_response(_thanks_page(action, mailed=True, **facts), {"Cache-Control": "no-store"})
    if not htmx:
        return redirect(url_for("letters.thanks", slug=action.slug), 303)
    thanks = render_template("letters/_thanks.html", action=action, **facts)
    return make_response(thanks + counter.moved(action))


def _next_person(action: Action, form: ReportForm) -> AnyResponse:
    """The empty form with evening, group, day and channel kept, for the next one in the queue at one computer."""
    kept: dict[str, Any] = {"evening": form.evening.data, "channel": form.channel.data, "sent_on": form.sent_on.data}
    if not htmx:
        return redirect(url_for("letters.new", slug=action.slug, group=form.group.data, done="yes", **kept), 303)
    fresh = ReportForm.for_action(action, now(), group=form.group.data, kept=kept, fresh=True)
    return make_response(_fragment(action, fresh, is_next=True) + counter.moved(action))
