"""The local group that a request chose: it stays in every link and form of the pages of that action.

A link or a form names it by its slug, in `?group=`. Templates need not pass it on: `url_for` adds it to each address of
the same action, with the heir of a group that was merged. A group that is unknown or retired is left out.
"""

import re
from dataclasses import dataclass
from typing import Any

from flask import Flask, g, has_request_context, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from ua_tracker import groups, slugs
from ua_tracker.database import db
from ua_tracker.models import Group
from ua_tracker.refusals import NoSuchGroup
from ua_tracker.web import damaged_links, evening_keys

# The views of an action that supporters use, by blueprint.
OF_ACTION = {"actions", "pledges", "letters", "write", "share", "wall", "calendars"}
# Those to which the key of a letter evening goes along.
_REPORTING = "letters"
# Those that name an action in the query: whoever has lost a link is led back to its page.
_LOST_LINKS = "private_links"
_LONGEST = 60
# Where a form of an action goes: who opens such a URL again gets 405, and no view is known then.
_OF_ACTION = re.compile(r"/[a-z]{2}/actions/(?P<slug>[a-z0-9-]+)/")


@dataclass(frozen=True)
class Chosen:
    """An active group. `name` is None where the database could not be asked for it."""

    slug: str
    name: str | None


def typed() -> str:
    """The slug in the request's URL, as someone may have typed it or a program ended it; empty without one."""
    named = request.args.get("group", "")
    return cleaned(damaged_links.without_tail(named) or named)


def cleaned(name: str) -> str:
    """The name of a group as it can be looked up: PostgreSQL takes no NUL."""
    return name.replace("\0", "").strip()[:_LONGEST]


def found(slug: str) -> Chosen | None:
    """The active group with this slug, or the one it was merged into; None if there is none."""
    try:
        group = groups.find(db.session(), slug) if slug else None
    except NoSuchGroup:
        return None
    return Chosen(group.slug, group.name) if group else None


def of_request() -> Chosen | None:
    """The group that the request chose for the pages of its action: in the posted form, else in the URL."""
    if "chosen_group" not in g:
        g.chosen_group = found(_named()) if action_slug() else None
    chosen: Chosen | None = g.chosen_group
    return chosen


def choose(action: str, group: Group | None) -> None:
    """Chooses this group for the pages of this action, where the URL names neither: at a private link, in a mail."""
    g.chosen_action, g.chosen_group = action, found(group.slug if group else "")


def without_database() -> None:
    """Keeps the group in links as it was typed, for a page that must be made without the database."""
    slug = _named() if action_slug() else ""
    g.chosen_group = Chosen(slug, None) if slugs.is_slug(slug) else None


def action_slug() -> str | None:
    """The slug of the action to whose pages the request belongs; None for any other request."""
    if "chosen_action" in g:
        return str(g.chosen_action)
    if request.blueprint == _LOST_LINKS:
        named = request.args.get("action", "")
        return named if slugs.is_slug(named) else None
    if isinstance(request.routing_exception, MethodNotAllowed):
        of_action = _OF_ACTION.match(request.path)
        return of_action and of_action["slug"]
    return (request.view_args or {}).get("slug") if request.blueprint in OF_ACTION else None


def register(app: Flask) -> None:
    """Registers on the app that links keep the group, and what templates ask about it."""
    app.jinja_env.globals.update(chosen_group=of_request, action_of_request=action_slug)

    @app.url_defaults
    def keep(endpoint: str, values: dict[str, Any]) -> None:
        blueprint = endpoint.partition(".")[0]
        if blueprint not in (*OF_ACTION, _LOST_LINKS) or not has_request_context():
            return
        named = values.get("action" if blueprint == _LOST_LINKS else "slug")
        if action_slug() is None or named not in (action_slug(), [action_slug()]):  # a list, from the query
            return
        if "group" not in values and (chosen := of_request()):
            values["group"] = chosen.slug
        if blueprint == request.blueprint == _REPORTING and "evening" not in values:
            values["evening"] = evening_keys.checked(request.args.get("evening"))


def _named() -> str:
    """The group in the posted form, where somebody may have chosen none, else in the URL."""
    try:
        posted = request.form.get("group") if request.method == "POST" else None
    except HTTPException:  # the body is too large or cannot be read, and the page that says so has links too
        posted = None
    return typed() if posted is None else cleaned(posted)
