"""The calendar files: of an action's deadline for everybody, and of the day that a supporter chose for writing."""

from datetime import date
from typing import cast

from flask import Blueprint, Response, redirect, url_for
from flask_babel import gettext
from werkzeug import Response as AnyResponse

from ua_tracker import actions, calendar_files, deadlines, private_links
from ua_tracker.database import db
from ua_tracker.models import Action, Pledge
from ua_tracker.web import mails
from ua_tracker.web.request import absolute, now

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
    return _file(_writing_day_file(action, pledge, pledge.write_on), "writing-day.ics")


def _file(content: bytes, name: str) -> Response:
    response = Response(content, mimetype="text/calendar")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _writing_day_file(action: Action, pledge: Pledge, day: date) -> bytes:
    """The calendar file of the day that somebody chose for writing. A later file replaces an earlier one."""
    return calendar_files.of_day(
        uid=f"writing-{pledge.once_key[:16]}@{mails.sender().domain}",
        sequence=max(0, int((now() - pledge.made_at).total_seconds())),  # changes of the day are not counted
        day=day,
        alarm=calendar_files.SAME_DAY,
        summary=gettext("Write letters: %(title)s", title=action.title),
        description=gettext("You wanted to write on this day. The letter is ready at this address."),
        url=absolute(url_for("write.show", slug=action.slug, group=pledge.group and pledge.group.slug)),
        now=now(),
    )
