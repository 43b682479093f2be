"""The picture of an action, for the office: upload, describe, replace, remove."""

from base64 import b64encode
from contextlib import closing
from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug import Response as AnyResponse

from ua_tracker import actions
from ua_tracker.actions import picture_files, pictures
from ua_tracker.actions.pictures import Shown
from ua_tracker.database import db, writing
from ua_tracker.limits import LARGEST_PICTURE_BYTES
from ua_tracker.models import Coordinator, Picture
from ua_tracker.refusals import EditedMeanwhile, Refusal
from ua_tracker.web.coordinators.login import require_coordinator
from ua_tracker.web.errors import sentence_of
from ua_tracker.web.forms.dashboard import PictureForm, RevisionForm
from ua_tracker.web.request import now, number_in

bp = Blueprint("picture", __name__, url_prefix="/<lang:lang>/dashboard")
# A file that is a little too large gets the sentence that says so.
MOST_BYTES = 2 * LARGEST_PICTURE_BYTES


@bp.before_request
def allow_large_file() -> None:
    """Allows a larger body: a picture as a camera makes it."""
    request.max_content_length = MOST_BYTES


@bp.get("/<slug:slug>/picture")
@require_coordinator("office")
def show(coordinator: Coordinator, slug: str) -> AnyResponse:
    """The present picture, and the form for another one or for other words."""
    picture = pictures.find(db.session(), actions.find(db.session(), slug))
    words = {"description": picture.description, "credit": picture.credit} if picture else {}
    return _page(coordinator, slug, PictureForm(data=words))


@bp.post("/<slug:slug>/picture")
@require_coordinator("office")
def store(coordinator: Coordinator, slug: str) -> AnyResponse:
    """Stores the picture, or other words for the present one."""
    form = PictureForm()
    if not form.validate_on_submit():
        return _page(coordinator, slug, form, form.status)
    try:
        shown = _shown(form)  # outside the transaction, because it takes long
        with writing() as session:
            pictures.put(session, actions.find(session, slug), shown, **_seen_by(coordinator, form))
    except EditedMeanwhile as refusal:
        if not pictures.already_shows(_present(slug), shown):  # else pressed twice
            return _page(coordinator, slug, form, 409, sentence_of(refusal))
    except Refusal as refusal:
        return _page(coordinator, slug, form.refused(refusal), 422)
    return _done(slug, gettext("The picture is stored."))


@bp.post("/<slug:slug>/picture/remove")
@require_coordinator("office")
def remove(coordinator: Coordinator, slug: str) -> AnyResponse:
    """Removes the picture."""
    form = RevisionForm()
    if not form.validate_on_submit():
        return _page(coordinator, slug, PictureForm(formdata=None), form.status, str(form.csrf_token.errors[0]))
    try:
        with writing() as session:
            pictures.take_away(session, actions.find(session, slug), **_seen_by(coordinator, form))
    except EditedMeanwhile as refusal:
        if _present(slug) is not None:  # else pressed twice
            return _page(coordinator, slug, PictureForm(formdata=None), 409, sentence_of(refusal))
    return _done(slug, gettext("The picture is removed."))


def _page(coordinator: Coordinator, slug: str, form: PictureForm, status: int = 200, wrong: str = "") -> AnyResponse:
    """The page with the present picture and revision: what is sent next was decided on what it shows."""
    action = actions.find(db.session(), slug)
    picture = pictures.find(db.session(), action)
    revision = {"data": {"revision": str(action.revision)}}
    form.revision.data, form.revision.raw_data = str(action.revision), None
    facts = {
        "action": action,
        "form": form,
        "picture": picture,
        "plain": RevisionForm(formdata=None, **revision),
        "source": _as_url(picture) if picture else "",
        "wrong": wrong,
    }
    return make_response(render_template("editing/picture.html", coordinator=coordinator, **facts), status)


def _as_url(picture: Picture) -> str:
    """The picture within the page: that of a draft has no URL of its own, since the public may not see it."""
    content = b64encode(picture.files[0].content).decode()
    return f"data:{picture_files.MEDIA_TYPE};base64,{content}"


def _shown(form: PictureForm) -> Shown:
    """What the form asks for. Raises what `picture_files.made_of` raises."""
    uploaded = b""
    if form.picture.data:
        with closing(form.picture.data) as file:
            uploaded = file.read(LARGEST_PICTURE_BYTES + 1)
    files = picture_files.made_of(uploaded) if uploaded else []
    return Shown(files, form.description.data, form.credit.data)


def _present(slug: str) -> Picture | None:
    return pictures.find(db.session(), actions.find(db.session(), slug))


def _seen_by(coordinator: Coordinator, form: Any) -> dict[str, Any]:
    return {"revision": number_in(form.revision.data) or 0, "actor": coordinator.actor, "now": now()}


def _done(slug: str, message: str) -> AnyResponse:
    flash(message)
    return redirect(url_for("picture.show", slug=slug), 303)
