"""Who has not reported any letter yet, and one mail to them: its preview, and the button that asks for it."""

from datetime import datetime
from typing import Any

from flask import Blueprint, Flask, current_app, flash, make_response, redirect, render_template, url_for
from flask_babel import gettext, ngettext
from werkzeug import Response as AnyResponse

from ua_tracker import coordinators, deadlines, languages, mailings, tally
from ua_tracker.database import db, writing
from ua_tracker.deadlines import State
from ua_tracker.languages import Language
from ua_tracker.models import Action, Coordinator, Pledge
from ua_tracker.refusals import Refusal
from ua_tracker.web.coordinators.dashboard import seen
from ua_tracker.web.coordinators.login import require_coordinator
from ua_tracker.web.errors import STATUSES, sentence_of
from ua_tracker.web.forms.dashboard import MailingForm
from ua_tracker.web.request import absolute, now
from ua_tracker.web.translation import lazy_gettext

bp = Blueprint("not_reported", __name__, url_prefix="/<lang:lang>/dashboard/<slug:slug>/not-reported")
REASON_WORDS = {
    mailings.NO_ADDRESS: lazy_gettext("no e-mail address"),
    mailings.STOPPED: lazy_gettext("want no more mails"),
    mailings.REFUSED: lazy_gettext("their address refuses mails"),
    mailings.TOLD: lazy_gettext("got this mail before"),
    mailings.REMINDED: lazy_gettext("got a reminder in the last three days"),
    mailings.LATER: lazy_gettext("chose a later day to write"),
}


@bp.get("")
@require_coordinator()
def show(coordinator: Coordinator, slug: str) -> str:
    """How many have not reported, and the mail that they would get."""
    return _page(coordinator, seen(db.session(), coordinator, slug), MailingForm(formdata=None))


@bp.post("")
@require_coordinator()
def ask(coordinator: Coordinator, slug: str) -> AnyResponse:
    """Asks for the mail. It is queued by the command that queues the reminders."""
    form, scope = MailingForm(), coordinators.seen_group(coordinator)
    if not form.validate_on_submit():
        return make_response(_page(coordinator, seen(db.session(), coordinator, slug), form), form.status)
    try:
        with writing() as session:
            action = seen(session, coordinator, slug)
            found = mailings.ask(session, action, scope, actor=coordinator.actor, now=now())
    except Refusal as refusal:
        page = _page(coordinator, seen(db.session(), coordinator, slug), form, wrong=sentence_of(refusal))
        return make_response(page, STATUSES[refusal.kind])
    if found.are_newest:
        flash(gettext("The mail goes to all whom it is for."))
    else:
        flash(ngettext("The mail goes to one person.", "The mail goes to %(num)s people.", found.mailed))
    return redirect(url_for("not_reported.show", slug=slug), 303)


def _page(coordinator: Coordinator, action: Action, form: MailingForm, **more: Any) -> str:
    session, at, scope = db.session(), now(), coordinators.seen_group(coordinator)
    state = deadlines.state(action, at)
    readers = languages.LANGUAGES.values() if state is not State.DRAFT else ()  # the mail names the deadline
    asked_at = mailings.latest(session, action, scope, at)
    facts = {
        "action": action,
        "addressees": mailings.newest_addressees(session, action, scope, at),
        "again_on": deadlines.today(action, asked_at + mailings.AGAIN_AFTER) if asked_at else None,
        "asked_at": asked_at,
        "coordinator": coordinator,
        "form": form,
        "most": mailings.MOST_LOOKED_AT,
        "mails": [(one, *_preview(action.id, one)) for one in readers],
        "reason_words": REASON_WORDS,
        "state": state,
        **more,
    }
    return render_template("not_reported/show.html", **facts)


def _preview(number: int, reader: Language) -> tuple[str, str]:
    """Subject and text of the mail in this language. Each person gets the own number of letters, and own links."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # a proxy, and contexts need the app
    site, at = absolute(""), now()
    with app.app_context(), app.test_request_context(f"/{reader.code}/", base_url=site):
        action = db.session.get_one(Action, number)
        facts = _facts(action, reader, site, at)
        subject = render_template("emails/not_reported.subject.txt", **facts)
        return subject, render_template("emails/not_reported.txt", **facts)


def _facts(action: Action, reader: Language, site: str, at: datetime) -> dict[str, Any]:
    private = f"{site}/{reader.code}/pledges/…"
    return {
        "action": action,
        "answer": f"{private}/answer",
        "pledge": Pledge(letters=3),
        "sent": tally.read(db.session(), action.id).letters_sent,
        "state": deadlines.state(action, at),
        "stop": f"{private}/stop",
    }
