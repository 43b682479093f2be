"""The private page of a pledge: shows pledge and reports, and has the forms to change, report, withdraw and erase."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from flask import Blueprint, Response, jsonify, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug import Response as AnyResponse

from ua_tracker import deadlines, forgetting, letters, pledges, private_links, reminders
from ua_tracker.database import db, writing
from ua_tracker.deadlines import State
from ua_tracker.models import Action, Pledge, Report
from ua_tracker.refusals import PledgeEnded, Refusal
from ua_tracker.trust import Arrival
from ua_tracker.web import counter
from ua_tracker.web.forms.base import PublicForm
from ua_tracker.web.forms.private_page import AddressForm, ButtonForm, ChangeForm, SureForm
from ua_tracker.web.forms.reporting import ReportForm, stored
from ua_tracker.web.rate_limits import limit_asking, limit_writing
from ua_tracker.web.request import now, secret_keys

TAKES_REPORTS = (State.OPEN, State.REPORTING)
BUTTONS = ("withdraw", "undo", "email", "link", "release")  # the forms that are a button alone
bp = Blueprint("manage", __name__, url_prefix="/<lang:lang>/pledges/<token:token>")


@bp.get("")
def show(token: str) -> Response:
    """The page of the pledge that the private link belongs to."""
    pledge = private_links.find(db.session(), token)
    return _page(token, pledge)


@bp.post("/letters")
@limit_writing
def report(token: str) -> AnyResponse:
    """Stores a report for this pledge."""
    pledge = private_links.find(db.session(), token)
    form = _report_form(pledge)
    sending = form.sending()

    def store(session: Session, once_key: str) -> Report:
        pledge = private_links.find(session, token)
        action = _action(session, pledge, to_write=True)
        how: dict[str, Any] = {"once_key": once_key, "pledge": pledge, "arrival": _by_button(form, pledge)}
        return letters.report(session, action, sending, now=now(), **how)

    made = stored(form, sending, store)
    if isinstance(made, Report):
        return redirect(url_for("manage.show", token=token, reported="yes"), 303)
    if made is None:
        deadlines.require_reporting(_action(db.session(), pledge), now())
        return _page(token, pledge, form, form.status)
    return _page(token, pledge, form.refused(made), form.status)


@bp.post("/change")
@limit_writing
def change(token: str) -> AnyResponse:
    """Changes the number of letters, or the day to write on."""
    pledge = private_links.find(db.session(), token)
    form = ChangeForm.of(pledge)
    if not form.validate_on_submit():
        return _page(token, pledge, status=form.status, change=form)
    promised, day = int(form.letters.data or 0), form.write_on.data
    try:
        with writing() as session:
            pledge = private_links.find(session, token)
            action = _action(session, pledge, to_write=True)
            wanted: dict[str, Any] = {"letters": promised, "write_on": day}
            arrival = form.arrival(proven=_is_proven(pledge))
            pledges.change(session, action, pledge, now=now(), arrival=arrival, **wanted)
    except Refusal as refusal:
        return _page(token, pledge, status=409 if refusal.field is None else 422, change=form.refused(refusal))
    return redirect(url_for("manage.show", token=token), 303)


@bp.post("/withdraw")
@limit_writing
def withdraw(token: str) -> AnyResponse:
    """Withdraws the pledge."""
    return _done(token, "withdraw", lambda session, pledge: pledges.withdraw(session, pledge, now()))


@bp.post("/release")
@limit_writing
def release(token: str) -> AnyResponse:
    """Releases a held pledge and its reports: who has the mailed link reads the mailbox."""
    return _done(token, "release", lambda session, pledge: pledges.release_own(session, pledge))


@bp.post("/reports/<int:number>/undo")
@limit_writing
def undo(token: str, number: int) -> AnyResponse:
    """Takes a report back, for as long as letters may be reported."""

    def void(session: Session, pledge: Pledge) -> None:
        entry = next((one for one in letters.reports_of(session, pledge) if one.id == number), None)
        if entry is not None:  # pressed twice
            letters.undo(session, entry, now())

    return _done(token, "undo", void)


@bp.post("/email")
@limit_writing
def remove_email(token: str) -> AnyResponse:
    """Removes the e-mail address. The private link still leads to this page."""
    return _done(token, "email", lambda session, pledge: forgetting.remove_email(session, pledge, now()))


@bp.post("/address")
@limit_asking
def want_address(token: str) -> AnyResponse:
    """Sends a link to the new address. The response is the same whether or not another pledge has that address."""
    pledge = private_links.find(db.session(), token)
    form = AddressForm.of(pledge)
    if not form.validate_on_submit():
        return _page(token, pledge, status=form.status, address_form=form)
    with suppress(PledgeEnded), writing() as session:
        pledges.want_email(session, private_links.find(session, token), str(form.email.data), secret_keys()[0], now())
    return redirect(url_for("manage.show", token=token, asked="yes"), 303)


@bp.get("/answer")
def answer(token: str) -> AnyResponse | str:
    """Asks whether the letters were sent. Only a button acts, so a mail scanner that opens the link changes nothing."""
    pledge = private_links.find(db.session(), token)
    action, left = _action(db.session(), pledge), _letters_left(pledge)
    if not left or deadlines.state(action, now()) not in TAKES_REPORTS:
        return redirect(url_for("manage.show", token=token), 303)
    forms = {"form": _report_form(pledge), "withdraw": ButtonForm.to("withdraw", pledge)}
    return render_template("manage/answer.html", action=action, left=left, pledge=pledge, token=token, **forms)


@bp.get("/mails")
def mails(token: str) -> str:
    """The page to stop the mails: one button."""
    pledge = private_links.find(db.session(), token)
    return render_template("manage/mails.html", form=ButtonForm.to("mails", pledge), pledge=pledge, token=token)


@bp.post("/mails")
@limit_writing
def stop_mails(token: str) -> AnyResponse:
    """Stops reminders and outcome. Older mails unsubscribe with one click here, newer ones have a link of their own."""
    pledge = private_links.find(db.session(), token)
    one_click = request.form.get("List-Unsubscribe") == "One-Click"
    if not one_click and not ButtonForm.to("mails", pledge).validate_on_submit():
        return redirect(url_for("manage.mails", token=token), 303)
    with writing() as session:
        reminders.stop(session, private_links.find(session, token), now())
    return Response("", 204) if one_click else redirect(url_for("manage.mails", token=token), 303)


@bp.post("/link")
@limit_writing
def replace(token: str) -> AnyResponse:
    """Ends this private link and redirects to a new one, which is shown only now."""
    pledge = private_links.find(db.session(), token)
    form = ButtonForm.to("link", pledge)
    if not form.validate_on_submit():
        return _page(token, pledge, status=form.status)
    fresh = private_links.token_for(str(form.once_key.data), secret_keys()[0])
    with writing() as session:
        private_links.replace(session, private_links.find(session, token), fresh, now())
    return redirect(url_for("manage.show", token=fresh), 303)


@bp.get("/data.json")
def data(token: str) -> Response:
    """Everything that is stored about the supporter, as a file."""
    response = jsonify(forgetting.known_of(db.session(), private_links.find(db.session(), token)))
    response.headers["Content-Disposition"] = 'attachment; filename="my-pledge.json"'
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.post("/erase")
@limit_writing
def erase(token: str) -> AnyResponse:
    """Erases who made the pledge. The numbers stay, and the link stops working."""
    pledge = private_links.find(db.session(), token)
    form = SureForm.to("erase", pledge)
    if not form.validate_on_submit():
        return _page(token, pledge, status=form.status, erase=form)
    with writing() as session:
        forgetting.erase(session, private_links.find(session, token), now())
    return redirect(url_for("forgotten.show"), 303)


def _done(token: str, purpose: str, act: Callable[[Session, Pledge], None]) -> AnyResponse:
    """Does what a form with one button is for, and shows the page again."""
    pledge = private_links.find(db.session(), token)
    form = ButtonForm.to(purpose, pledge)
    if not form.validate_on_submit():
        return _page(token, pledge, status=form.status)
    with suppress(PledgeEnded), writing() as session:  # the button was pressed twice, and the first press ended it
        act(session, private_links.find(session, token))
    return redirect(url_for("manage.show", token=token), 303)


def _by_button(form: ReportForm, pledge: Pledge) -> Arrival:
    """How a report of the private page arrived, where one press reports all."""
    return form.arrival(proven=_is_proven(pledge), typed=False)


def _is_proven(pledge: Pledge) -> bool:
    """Whether the private link was mailed to the pledge's address, so that who has it reads that mailbox."""
    return pledge.email is not None


def _action(session: Session, pledge: Pledge, *, to_write: bool = False) -> Action:
    lock = {"read": True, "of": Action} if to_write else None
    return session.get_one(Action, pledge.action_id, with_for_update=lock)


def _stands(pledge: Pledge) -> bool:
    return pledge.withdrawn_at is None and pledge.voided_at is None


def _letters_left(pledge: Pledge) -> int:
    """The number of promised letters that are not reported yet; 0 for a pledge that has ended."""
    reported = letters.reported_for(db.session(), pledge)
    return max(0, pledge.letters - reported.letters_sent) if _stands(pledge) else 0


def _report_form(pledge: Pledge, *, fresh: bool = False) -> ReportForm:
    """The form for what is still promised; with `fresh` it ignores the posted data."""
    action = _action(db.session(), pledge)
    return ReportForm.for_action(action, now(), pledge=pledge, letters=_letters_left(pledge), fresh=fresh)


def _page(
    token: str, pledge: Pledge, report: ReportForm | None = None, status: int = 200, **forms: PublicForm
) -> Response:
    """The page; `forms` are those that were posted, with their errors. Every other form ignores the posted data."""
    at, action = now(), _action(db.session(), pledge)
    state = deadlines.state(action, at)
    reports, left = letters.reports_of(db.session(), pledge), _letters_left(pledge)
    facts = {
        "action": action,
        "counter": counter.counter_of(db.session(), action, at),
        "buttons": {purpose: ButtonForm.to(purpose, pledge, fresh=True) for purpose in BUTTONS},
        "form": report or _report_form(pledge, fresh=True),
        "address_form": AddressForm.of(pledge, fresh=True),
        "asked": "asked" in request.args,
        "change": ChangeForm.of(pledge, fresh=True),
        "erase": SureForm.to("erase", pledge, fresh=True),
        "left": left,
        "pledge": pledge,
        "reported": letters.reported_for(db.session(), pledge),
        "reports": reports,
        "stands": _stands(pledge),
        "told": reports[0] if reports and "reported" in request.args else None,
        "takes_reports": state in TAKES_REPORTS,
        "token": token,
        **forms,
    }
    return make_response(render_template("manage/show.html", **facts), status)
