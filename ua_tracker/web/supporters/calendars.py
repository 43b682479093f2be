"""The calendar files: of an action's deadline for everybody, and of the day that a supporter chose for writing."""

from datetime import date
from typing import cast

from flask import Blueprint, Response, redirect, url_for
from werkzeug import Response as AnyResponse

from ua_tracker import actions, deadlines, private_links
from ua_tracker.database import db
from ua_tracker.models import Action
from ua_tracker.web import mails
from ua_tracker.web.request import now

bp = Blueprint("calendars", __name__, url_prefix="/<lang:lang>")


@bp.get("/actions/<slug:slug>/deadline.ics")
def deadline(slug: str) -> Response:
    """The last day for letters, while pledging is open. A later file replaces it if the deadline is moved.

    Of an action that was closed before that day, the file cancels it.
    """
    action = actions.find_published(db.session(), slug, now())
    if not deadlines.is_closed_early(action):
        deadlines.require_open(action, now())
    return _file(mails.deadline_file(action, cast("date", action.deadline)), "deadline.ics")


@bp.get("/pledges/<token:token>/writing-day.ics")
def writing_day(token: str) -> AnyResponse:
    """The day that the supporter chose for writing. Nothing in the file leads to the private page."""
    pledge = private_links.find(db.session(), token)
    if pledge.write_on is None:
        return redirect(url_for("manage.show", token=token), 303)
    action = db.session.get_one(Action, pledge.action_id)
    return _file(mails.writing_day_file(action, pledge, pledge.write_on), "writing-day.ics")


def _file(content: bytes, name: str) -> Response:
    response = Response(content, mimetype="text/calendar")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
