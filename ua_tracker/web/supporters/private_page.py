"""Shows the private page: that of a pledge, or of a report without one, and what was stored a moment ago."""

from typing import Any

from flask import Response, make_response, render_template, request
from sqlalchemy.orm import Session

from ua_tracker import deadlines, letters
from ua_tracker.database import db
from ua_tracker.deadlines import State
from ua_tracker.models import Action, Pledge, Report
from ua_tracker.private_links import Holder
from ua_tracker.web import chosen_group, counter
from ua_tracker.web.forms.base import PublicForm
from ua_tracker.web.forms.private_page import AddressForm, ButtonForm, ChangeForm, MailsForm, SureForm, WhoForm
from ua_tracker.web.forms.reporting import ReportForm
from ua_tracker.web.request import answered_as, now
from ua_tracker.web.translation import lazy_gettext

TAKES_REPORTS = (State.OPEN, State.REPORTING)
# The forms that are a button alone.
BUTTONS = ("withdraw", "restore", "undo", "email", "link", "release")
# What the page says after a change, by the value of `stored` in the URL. Nothing else in the URL is shown.
STORED = {
    "change": lazy_gettext("Your promise is changed."),
    "who": lazy_gettext("Your name and group are stored."),
    "restore": lazy_gettext("Your promise counts again."),
    "undo": lazy_gettext("The report is taken back. It counts no more."),
    "correct": lazy_gettext("The correction is stored. What you reported before counts no more."),
    "release": lazy_gettext("Stored: this is yours, and it counts now."),
    "outcome": lazy_gettext("Stored: a mail will tell you what came of it."),
    "next_issue": lazy_gettext("Stored: one mail will tell you if this case needs letters again."),
    "outcome-and-next_issue": lazy_gettext(
        "Stored: a mail will tell you what came of it, and one if this case needs letters again."
    ),
    "no-outcome": lazy_gettext(
        "Stored: no mail will tell you what came of it. Only if the action is closed early while you still have letters"
        " to send, one mail says so: more letters could do harm."
    ),
    "email": lazy_gettext("Your e-mail address is removed. You get no more mails."),
    "link": lazy_gettext("Your private link is replaced. This page has the new one."),
    "report": lazy_gettext("Your report is stored."),
}


def page(
    token: str, holder: Holder, report: ReportForm | None = None, status: int = 200, **forms: PublicForm
) -> Response:
    """The page of this private link; `forms` are those that were posted, with their errors, `report` the report form.

    Every other form ignores the posted data.
    """
    action, at = action_of(db.session(), holder), now()
    answered_as("manage.show", token=token)
    chosen_group.choose(action.slug, holder.group)
    facts = {
        "action": action,
        "counter": counter.counter_of(db.session(), action, at),
        "buttons": {purpose: ButtonForm.to(purpose, holder, fresh=True) for purpose in BUTTONS},
        "erase": SureForm.to("erase", holder, fresh=True),
        "stored": STORED.get(request.args.get("stored", "")),
        "is_thanks": request.args.get("stored") == "report",
        "takes_reports": deadlines.state(action, at) in TAKES_REPORTS,
        "token": token,
    }
    if isinstance(holder, Report):
        form = report or ReportForm.correcting(action, holder, at, token, fresh=True)
        more = {"form": form, "report": holder, "taken_back": letters.is_taken_back(holder)}
        return make_response(render_template("manage/reported.html", **{**facts, **more, **forms}), status)
    facts |= _facts_of(holder)
    facts["form"] = report or report_form(holder, fresh=True)
    return make_response(render_template("manage/show.html", **{**facts, **forms}), status)


def _facts_of(pledge: Pledge) -> dict[str, Any]:
    reports = letters.reports_of(db.session(), pledge)
    return {
        "address_form": AddressForm.of(pledge, fresh=True),
        "asked": "asked" in request.args,
        "change": ChangeForm.of(pledge, fresh=True),
        "left": letters_left(pledge),
        "wanted": MailsForm.of(pledge, fresh=True),
        "pledge": pledge,
        "reported": letters.reported_for(db.session(), pledge),
        "reports": reports,
        "stands": _stands(pledge),
        "told": reports[0] if reports and "reported" in request.args else None,
        "who": WhoForm.of(pledge, fresh=True),
    }


def proof_of(holder: Holder) -> str | None:
    """The address that the private link was mailed to, so that who has it reads that mailbox; None if it was shown."""
    return holder.email


def action_of(session: Session, holder: Holder, *, to_write: bool = False) -> Action:
    """The action of a pledge or report; `to_write` takes a shared lock on its row."""
    lock = {"read": True, "of": Action} if to_write else None
    return session.get_one(Action, holder.action_id, with_for_update=lock)


def _stands(pledge: Pledge) -> bool:
    return pledge.withdrawn_at is None and pledge.voided_at is None


def letters_left(pledge: Pledge) -> int:
    """The number of promised letters that are not reported yet; 0 for a pledge that has ended."""
    reported = letters.reported_for(db.session(), pledge)
    return max(0, pledge.letters - reported.letters_sent) if _stands(pledge) else 0


def report_form(pledge: Pledge, *, fresh: bool = False) -> ReportForm:
    """The form for what is still promised; with `fresh` it ignores the posted data."""
    action, before = action_of(db.session(), pledge), letters.sent_to(db.session(), pledge)
    left = letters_left(pledge)
    return ReportForm.for_action(action, now(), pledge=pledge, letters=left, before=before, fresh=fresh)
