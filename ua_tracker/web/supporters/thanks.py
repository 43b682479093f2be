"""The thanks that htmx puts in the place of the form, kept as text around the private link's token.

Else each pledge would read the action and its recipients once more, and render what the one before was thanked with. It
is kept as pages are (docs/decisions/0019-pages-with-holes.md): until the stamp of the action's page changes.
"""

import time
from datetime import datetime
from typing import NamedTuple

from flask import current_app, render_template, request

from ua_tracker import actions, revisions
from ua_tracker.database import db
from ua_tracker.revisions import RevisionStamp
from ua_tracker.web import chosen_group
from ua_tracker.web.kept_pages import until_today_ends
from ua_tracker.web.live import layer
from ua_tracker.web.request import language, now

MOST_KEPT = 500
_Key = tuple[str, str, str, str, int]


class _Kept(NamedTuple):
    """The parts between which the token stands, and until which instant they hold."""

    stamp: RevisionStamp
    until: datetime
    parts: list[str]


def thanks_for(slug: str, letters: int, token: str) -> str:
    """The thanks for a pledge to this action of so many letters, with the private link that has this token."""
    known: dict[_Key, _Kept] = current_app.extensions.setdefault("ua_tracker.thanks", {})
    group = chosen_group.of_request()
    key = (request.host_url, language(), slug, group.slug if group else "", letters)
    stamp = layer.of(current_app).stamps.read(revisions.OF_PAGE, slug, time.monotonic())
    kept = known.get(key)
    if kept is not None and kept.stamp == stamp and now() < kept.until:
        return token.join(kept.parts)
    action = actions.find_published(db.session(), slug, now())
    facts = {"letters": letters, "token": token, "email": None}
    text = render_template("pledges/_thanks.html", action=action, alone=False, **facts)
    if stamp is not None:
        if len(known) >= MOST_KEPT:  # a client can invent host names and ports
            known.pop(next(iter(known), key), None)
        known[key] = _Kept(stamp, until_today_ends(action, now()), text.split(token))
    return text
