"""Short addresses, for people who type them from a wall or a poster: they lead to the action or to its report form.

Both lead to the page in the language that the reader's browser prefers. Small and capital letters are the same.
"""

from flask import Blueprint, redirect, request, url_for
from werkzeug import Response as AnyResponse

from ua_tracker import short_codes
from ua_tracker.database import db
from ua_tracker.groups import Share
from ua_tracker.models import Action
from ua_tracker.web import evening_keys
from ua_tracker.web.request import absolute, now

bp = Blueprint("short", __name__)


@bp.get("/<code:code>")
def page(code: str) -> AnyResponse:
    """Leads to the page of the action, with the group chosen."""
    return _redirect("actions.show", code)


@bp.get("/r/<code:code>")
def report(code: str) -> AnyResponse:
    """Leads to the form that reports letters, with the group chosen."""
    return _redirect("letters.new", code)


@bp.get("/R/<code:code>")
def report_in_capitals(code: str) -> AnyResponse:
    """The same for those who type capitals."""
    return _redirect("letters.new", code)


def address(endpoint: str, action: Action, share: Share | None, evening: str | None = None) -> str:
    """The whole short URL of one of the views above, for this action, the group whose share this is, and an evening.

    `evening` is the key of a letter evening.
    """
    code = short_codes.code_of(action, share.group if share else None)
    return absolute(url_for(endpoint, code=code, e=evening or None))


def typed(url: str) -> str:
    """The URL as people type it: without its scheme."""
    return url.partition("://")[2]


def _redirect(endpoint: str, code: str) -> AnyResponse:
    action, group = short_codes.find(db.session(), code, now())
    evening, slug = evening_keys.checked(request.args.get("e")), group.slug if group else None
    response = redirect(url_for(endpoint, slug=action.slug, group=slug, evening=evening))
    response.headers["Vary"] = "Accept-Language"
    return response
