"""A draft as the public will see it, behind a link that the office gives away. Nothing can be done on its pages."""

from dataclasses import replace
from functools import partial
from typing import Any

from flask import Blueprint, Response, abort, redirect, render_template, url_for
from werkzeug import Response as AnyResponse

from ua_tracker import deadlines, letter_texts, previews, refusals
from ua_tracker.actions import pictures
from ua_tracker.actions.picture_files import MEDIA_TYPE
from ua_tracker.database import db
from ua_tracker.web import chosen_group
from ua_tracker.web.forms.pledging import PledgeForm
from ua_tracker.web.request import now
from ua_tracker.web.supporters.actions import facts_of

bp = Blueprint("previews", __name__, url_prefix="/<lang:lang>/preview/<token:token>")


@bp.get("")
def show(token: str) -> AnyResponse | str:
    """The draft, with its forms switched off and without scripts; once it is published, its public page instead."""
    at = now()
    action = previews.find(db.session(), token, at)
    if deadlines.is_published(action, at):
        return redirect(url_for("actions.show", slug=action.slug))
    if action.deadline is None:
        raise refusals.NoDeadline(slug=action.slug)
    facts = facts_of(action)
    facts["counter"] = replace(facts["counter"], state=deadlines.state_once_published(action, at))
    facts["preview"] = {}  # no values for link previews on other sites
    form = PledgeForm.for_action(action)
    facts |= {"letters": letter_texts.letters(action), "url_for": partial(_url_for, token, action.slug)}
    return render_template("actions/show.html", form=form, is_preview=True, token=token, **facts)


def _url_for(token: str, slug: str, endpoint: str, /, **values: Any) -> str:
    """The address of a page, for the templates; instead of a page that the draft does not have yet, of its preview."""
    is_of_draft = values.get("slug") == slug and endpoint.partition(".")[0] in chosen_group.OF_ACTION
    if is_of_draft and not endpoint.endswith(".create"):  # where a form is sent to says nothing before publication
        return url_for("previews.show", token=token, _anchor=values.get("_anchor"))
    return url_for(endpoint, **values)


@bp.get("/picture/<digest:digest>.webp")
def picture(token: str, digest: str) -> Response:
    """The picture of the draft in one size."""
    shown = pictures.find(db.session(), previews.find(db.session(), token, now()))
    content = next((one.content for one in shown.files if one.digest == digest), None) if shown else None
    if content is None:
        abort(404)
    return Response(content, mimetype=MEDIA_TYPE)
