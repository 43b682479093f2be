"""Who may sign in: the office invites coordinators and removes them."""

from flask import Blueprint, Response, current_app, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy.orm import Session
from werkzeug import Response as AnyResponse

from ua_tracker import coordinators, groups
from ua_tracker.database import db, writing
from ua_tracker.models import Coordinator
from ua_tracker.refusals import Refusal
from ua_tracker.web.coordinators.login import require_coordinator, require_proof
from ua_tracker.web.errors import sentence_of
from ua_tracker.web.forms.accounts import CoordinatorForm, InvitationForm
from ua_tracker.web.forms.base import STALE
from ua_tracker.web.forms.fields import one_line
from ua_tracker.web.request import absolute, language, now, secret_keys

bp = Blueprint("coordinators", __name__, url_prefix="/<lang:lang>/dashboard/coordinators")


def _invitation_description() -> str:
    email, group = (one_line(request.form.get(name)) or "–" for name in ("email", "group"))
    if request.form.get("role") == "group":
        group = groups.names(db.session()).get(group, group)
        return gettext("Invite %(email)s to coordinate the group %(group)s", email=email, group=group)
    return gettext("Invite %(email)s to coordinate for the office, with all its rights", email=email)


def _email_of(number: int) -> str:
    return coordinators.email_of_actor(db.session(), f"coordinator {number}")


@bp.get("")
@require_coordinator("office")
def index(coordinator: Coordinator) -> Response:
    """All coordinators, and the form to invite someone, for the first time or again."""
    return _page(coordinator, InvitationForm.offering())


@bp.post("")
@require_coordinator("office")
@require_proof(_invitation_description)
def invite(coordinator: Coordinator) -> AnyResponse:
    """Invites by mail. Where the site sends no mail, the link is shown once."""
    form = InvitationForm.offering()
    if not form.validate_on_submit():
        return _page(coordinator, form, form.status)
    try:
        with writing() as session:
            token = _invite(session, coordinator, form)
    except Refusal as refusal:
        return _refused(coordinator, form, refusal)
    return _invitation(coordinator, str(form.email.data), token)


@bp.post("/<int:number>/invite")
@require_coordinator("office")
@require_proof(lambda number: gettext("Invite %(email)s again", email=_email_of(number)))
def invite_again(coordinator: Coordinator, number: int) -> AnyResponse:
    """Invites a coordinator again; role and group stay."""
    form = InvitationForm.offering(fresh=True)
    if not CoordinatorForm().validate_on_submit():
        return _page(coordinator, form, 400, wrong=str(STALE))
    by, at = coordinator.actor, now()
    try:
        with writing() as session:
            known, token = coordinators.locked(session, coordinators.find_by_id(session, number)), None
            if current_app.config["MAIL_URL"]:
                coordinators.mail_again(session, known, language=language(), secret=secret_keys()[0], by=by, now=at)
            else:
                token = coordinators.invite_again(session, known, by=by, now=at)
    except Refusal as refusal:
        return _refused(coordinator, form, refusal)
    return _invitation(coordinator, known.email, token)


@bp.post("/<int:number>/remove")
@require_coordinator("office")
@require_proof(lambda number: gettext("Take the access of %(email)s away", email=_email_of(number)))
def remove(coordinator: Coordinator, number: int) -> AnyResponse:
    """Takes the access away at once: sessions, links, password and codes end."""
    form = InvitationForm.offering(fresh=True)
    if not CoordinatorForm().validate_on_submit():
        return _page(coordinator, form, 400, wrong=str(STALE))
    try:
        with writing() as session:
            known = coordinators.find_by_id(session, number)
            coordinators.remove(session, known.email, by=coordinator.actor, now=now())
    except Refusal as refusal:
        return _refused(coordinator, form, refusal)
    flash(gettext("%(email)s may no longer sign in.", email=known.email))
    return redirect(url_for("coordinators.index"), 303)


def _invitation(coordinator: Coordinator, email: str, token: str | None) -> AnyResponse:
    """Says that the mail will be sent. Where the site sends none, shows the link once."""
    if token:
        link = absolute(url_for("login.choose", token=token))
        return _page(coordinator, InvitationForm.offering(fresh=True), invited=email, link=link)
    flash(gettext("The invitation is on its way to %(email)s.", email=email))
    return redirect(url_for("coordinators.index"), 303)


def _invite(session: Session, coordinator: Coordinator, form: InvitationForm) -> str | None:
    """Invites, and returns the token if the site sends no mail, else None."""
    email, role, group = str(form.email.data), str(form.role.data), form.group.data or None
    change, by, at = form.change.data, coordinator.actor, now()
    if not current_app.config["MAIL_URL"]:
        return coordinators.invite(session, email=email, role=role, group=group, change=change, by=by, now=at)
    coordinators.invite_by_mail(
        session, email=email, role=role, group=group, language=language(), secret=secret_keys()[0], change=change,
        by=by, now=at,
    )  # fmt: skip
    return None


def _refused(coordinator: Coordinator, form: InvitationForm, refusal: Refusal) -> Response:
    if refusal.field in form:
        return _page(coordinator, form.refused(refusal), form.status)
    return _page(coordinator, form, 409, wrong=sentence_of(refusal))


def _page(coordinator: Coordinator, form: InvitationForm, status: int = 200, wrong: str = "", **more: str) -> Response:
    facts = {
        "coordinator": coordinator,
        "days": coordinators.INVITATION_DAYS,
        "everybody": coordinators.listing(db.session()),
        "form": form,
        "plain": CoordinatorForm(formdata=None),
        "wrong": wrong,
        **more,
    }
    return make_response(render_template("coordinators/index.html", **facts), status)
