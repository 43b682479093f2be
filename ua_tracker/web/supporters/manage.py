"""What is done on a private page: change, report, take back, withdraw, replace the link, erase."""

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

from flask import Blueprint, Response, jsonify, redirect, render_template, url_for
from sqlalchemy.orm import Session
from werkzeug import Response as AnyResponse

from ua_tracker import deadlines, forgetting, letters, pledges, private_links
from ua_tracker.database import db, writing
from ua_tracker.models import Pledge, Report
from ua_tracker.private_links import Holder
from ua_tracker.refusals import NoSuchGroup, PledgeEnded, Refusal
from ua_tracker.web import chosen_group
from ua_tracker.web.forms.private_page import AddressForm, ButtonForm, ChangeForm, SureForm, WhoForm
from ua_tracker.web.forms.reporting import ReportForm, stored
from ua_tracker.web.forms.weighed import thresholds
from ua_tracker.web.rate_limits import limit_asking, limit_writing
from ua_tracker.web.request import language, now, secret_keys
from ua_tracker.web.supporters.private_page import (
    TAKES_REPORTS,
    action_of,
    letters_left,
    page,
    proof_of,
    report_form,
)

bp = Blueprint("manage", __name__, url_prefix="/<lang:lang>/pledges/<token:token>")


@bp.get("")
def show(token: str) -> Response:
    """The page of the pledge that the private link leads to, or of the report."""
    return page(token, private_links.find_holder(db.session(), token))


@bp.post("/letters")
@limit_writing
def report(token: str) -> AnyResponse:
    """Stores a report for this pledge."""
    pledge = private_links.find(db.session(), token)
    form = report_form(pledge)
    made = stored(form, form.sending(), partial(_reported, token, form))
    if isinstance(made, Report):
        return redirect(url_for("manage.show", token=token, reported="yes"), 303)
    if made is None:
        deadlines.require_reporting(action_of(db.session(), pledge), now())
        return page(token, pledge, form, form.status)
    return page(token, pledge, form.refused(made), form.status)


def _reported(token: str, form: ReportForm, session: Session, once_key: str) -> Report:
    pledge = private_links.find(session, token)
    action, arrival = action_of(session, pledge, to_write=True), form.arrival(proof=proof_of(pledge), typed=False)
    how: dict[str, Any] = {"once_key": once_key, "pledge": pledge, "arrival": arrival}
    return letters.report(session, action, form.sending(), now=now(), **how)


@bp.post("/change")
@limit_writing
def change(token: str) -> AnyResponse:
    """Changes the number of letters, or the day to write on."""
    pledge = private_links.find(db.session(), token)
    form = ChangeForm.of(pledge)
    if not form.validate_on_submit():
        return page(token, pledge, status=form.status, change=form)
    promised, day = int(form.letters.data or 0), form.write_on.data
    try:
        with writing() as session:
            pledge = private_links.find(session, token)
            action = action_of(session, pledge, to_write=True)
            wanted: dict[str, Any] = {"letters": promised, "write_on": day}
            arrival = form.arrival(proof=proof_of(pledge))
            pledges.change(session, action, pledge, now=now(), arrival=arrival, **wanted)
    except Refusal as refusal:
        return page(token, pledge, status=409 if refusal.field is None else 422, change=form.refused(refusal))
    return redirect(url_for("manage.show", token=token, stored="change"), 303)


@bp.post("/who")
@limit_writing
def change_who(token: str) -> AnyResponse:
    """Changes the name and the local group."""
    pledge = private_links.find(db.session(), token)
    form = WhoForm.of(pledge)
    if not form.validate_on_submit():
        return page(token, pledge, status=form.status, who=form)
    try:
        with writing() as session:
            pledge = private_links.find(session, token)
            action = action_of(session, pledge, to_write=True)
            named: dict[str, Any] = {"name": form.name.data, "group": form.group.data or None}
            pledges.change_who(session, action, pledge, now=now(), **named)
    except NoSuchGroup as refusal:
        return page(token, pledge, status=422, who=form.refused(refusal))
    return redirect(url_for("manage.show", token=token, stored="who"), 303)


@bp.post("/withdraw")
@limit_writing
def withdraw(token: str) -> AnyResponse:
    """Withdraws the pledge."""
    return _done_to_pledge(token, "withdraw", lambda session, pledge: pledges.withdraw(session, pledge, now()))


@bp.post("/restore")
@limit_writing
def restore(token: str) -> AnyResponse:
    """Makes a withdrawn pledge count again."""

    def restore(session: Session, pledge: Pledge) -> None:
        pledges.restore(session, action_of(session, pledge, to_write=True), pledge, now())

    return _done_to_pledge(token, "restore", restore)


@bp.post("/release")
@limit_writing
def release(token: str) -> AnyResponse:
    """Releases what is held, a pledge with its reports or a report: who has the mailed link reads the mailbox."""
    limits = thresholds()

    def release(session: Session, holder: Holder) -> None:
        if isinstance(holder, Pledge):
            pledges.release_own(session, holder, now(), limits)
        else:
            letters.release_own(session, holder, now(), limits)

    return _done(token, "release", release)


@bp.post("/reports/<int:number>/undo")
@limit_writing
def undo(token: str, number: int) -> AnyResponse:
    """Takes a report back, for as long as letters may be reported."""

    def void(session: Session, holder: Holder) -> None:
        action_of(session, holder, to_write=True)
        entry = next((one for one in letters.reports_of(session, holder) if one.id == number), None)
        if entry is not None:  # pressed twice
            letters.undo(session, entry, now())

    return _done(token, "undo", void)


@bp.post("/email")
@limit_writing
def remove_email(token: str) -> AnyResponse:
    """Removes the e-mail address. The private link still leads to this page."""
    return _done_to_pledge(token, "email", lambda session, pledge: forgetting.remove_email(session, pledge, now()))


@bp.post("/address")
@limit_asking
def want_address(token: str) -> AnyResponse:
    """Sends a link to the new address. The response is the same whether or not another pledge has that address."""
    pledge = private_links.find(db.session(), token)
    form = AddressForm.of(pledge)
    if not form.validate_on_submit():
        return page(token, pledge, status=form.status, address_form=form)
    with suppress(PledgeEnded), writing() as session:
        wanted, pledge = str(form.email.data), private_links.find(session, token)
        pledges.want_email(session, pledge, wanted, secret_keys()[0], now(), language())
    return redirect(url_for("manage.show", token=token, asked="yes"), 303)


@bp.get("/answer")
def answer(token: str) -> AnyResponse | str:
    """Asks whether the letters were sent. Only a button acts, so a mail scanner that opens the link changes nothing."""
    pledge = private_links.find(db.session(), token)
    action, left = action_of(db.session(), pledge), letters_left(pledge)
    if not left or deadlines.state(action, now()) not in TAKES_REPORTS:
        return redirect(url_for("manage.show", token=token), 303)
    chosen_group.choose(action.slug, pledge.group)
    forms = {"form": report_form(pledge), "withdraw": ButtonForm.to("withdraw", pledge)}
    return render_template("manage/answer.html", action=action, left=left, pledge=pledge, token=token, **forms)


@bp.post("/link")
@limit_writing
def replace(token: str) -> AnyResponse:
    """Ends this private link and redirects to a new one, which is shown only now."""
    holder = private_links.find_holder(db.session(), token)
    form = ButtonForm.to("link", holder)
    if not form.validate_on_submit():
        return page(token, holder, status=form.status)
    fresh = private_links.token_for(str(form.once_key.data), secret_keys()[0])
    with writing() as session:
        private_links.replace(session, private_links.find_holder(session, token), fresh, now())
    return redirect(url_for("manage.show", token=fresh, stored="link"), 303)


@bp.get("/data.json")
def data(token: str) -> Response:
    """Everything that is stored about the supporter, as a file."""
    response = jsonify(forgetting.known_of(db.session(), private_links.find_holder(db.session(), token)))
    response.headers["Content-Disposition"] = 'attachment; filename="my-pledge.json"'
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.post("/erase")
@limit_writing
def erase(token: str) -> AnyResponse:
    """Erases who made the pledge or report. The numbers stay, and the link stops working."""
    holder = private_links.find_holder(db.session(), token)
    form = SureForm.to("erase", holder)
    if not form.validate_on_submit():
        return page(token, holder, status=form.status, erase=form)
    with writing() as session:
        forgetting.erase(session, private_links.find_holder(session, token), now())
    return redirect(url_for("forgotten.show"), 303)


def _done(token: str, purpose: str, act: Callable[[Session, Holder], None]) -> AnyResponse:
    """Does what a form with one button is for, and shows the page again, which says that it is stored."""
    holder = private_links.find_holder(db.session(), token)
    form = ButtonForm.to(purpose, holder)
    if not form.validate_on_submit():
        return page(token, holder, status=form.status)
    try:
        with writing() as session:
            act(session, private_links.find_holder(session, token))
    except PledgeEnded:  # the button was pressed twice, and the first press ended it
        return redirect(url_for("manage.show", token=token), 303)
    return redirect(url_for("manage.show", token=token, stored=purpose), 303)


def _done_to_pledge(token: str, purpose: str, act: Callable[[Session, Pledge], None]) -> AnyResponse:
    """As `_done`, for what can be done to a pledge only. Raises NoSuchPledge for the link of a report."""
    private_links.find(db.session(), token)
    return _done(token, purpose, lambda session, _: act(session, private_links.find(session, token)))
