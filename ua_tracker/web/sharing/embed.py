"""The counter for other sites: the embedded page, and the script that puts it in place of a link.

Only this page may be framed. It has no form, sets no cookie and loads nothing from other sites.
"""

import json
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, make_response, render_template, request

from ua_tracker import actions, happenings, languages, revisions
from ua_tracker.actions import cases
from ua_tracker.database import db
from ua_tracker.revisions import CaseStamp
from ua_tracker.web import counter, headers
from ua_tracker.web.counter import Counter
from ua_tracker.web.errors import error_format_for
from ua_tracker.web.live import versions
from ua_tracker.web.live.kept_views import kept
from ua_tracker.web.request import absolute, now
from ua_tracker.web.sharing import embed_options, standing
from ua_tracker.web.sharing.embed_codes import Codes
from ua_tracker.web.sharing.embed_options import Choices

bp = Blueprint("embed", __name__)


@bp.get("/<lang:lang>/embed/<slug:slug>")
@kept(revisions.OF_ACTION_AND_CASE, varies_by_query=True)
def frame(slug: str) -> Response:
    """The counter of an action or of its case, with a group's share if the URL names a group. It updates itself."""
    at = now()
    action = actions.find_published(db.session(), slug, at)
    # Read first, so that nothing on the page is older than its stamp.
    stamp = revisions.of_action_and_case(db.session(), slug)
    view = counter.counter_of(db.session(), action, at)
    choices = embed_options.of_request(db.session(), action)
    newer = cases.newer(db.session(), action, at)
    facts = _facts(view, choices, stamp, at)
    response = make_response(render_template("embed/frame.html", newer=newer, **facts))
    response.headers["Cache-Control"] = counter.FRESH
    if not embed_options.can_be_kept(choices.group):
        return response
    phase = f"{facts['standing'].phase}{f'n{newer.id}' if newer else ''}"
    changes = (standing.next_change(action, at), cases.next_publication(db.session(), action, at))
    return versions.versioned(response, stamp, phase, min((one for one in changes if one), default=None))


def _facts(view: Counter, choices: Choices, stamp: CaseStamp, at: datetime) -> dict[str, Any]:
    """What the page shows of this counter, or of its whole case if that is chosen."""
    action = view.action
    whole = cases.together(db.session(), action, at) if choices.count == "case" else None
    return {
        "address": Codes(action, choices).framed,
        "choices": choices,
        "counter": view,
        "happened": happenings.last(db.session(), action),
        "revision": sum(stamp) if whole else view.revision,
        "standing": standing.standing_of(view, at, whole.totals if whole else None),
        "whole": whole,
    }


@error_format_for(rf"^/{languages.IN_PATH}/embed/")
def _error_as_frame(status: int, title: str, sentence: str) -> Response:
    choices = embed_options.without_group()
    return make_response(render_template("embed/refused.html", choices=choices, title=title, sentence=sentence), status)


@bp.get("/embed.js")
def script() -> Response:
    """The script for other sites, with this site's URL in it. Its own URL never changes: it is cached for an hour.

    The comments stay here: every page that shows a counter loads it.
    """
    lines = [line.strip() for line in (headers.FILES["embed.js"] / "embed.js").read_text().splitlines()]
    text = "\n".join(line for line in lines if line and not line.startswith("//"))
    response = Response(text.replace('"SITE"', json.dumps(absolute(""))), mimetype="text/javascript")
    response.headers["Cache-Control"] = "public, max-age=3600"
    response.add_etag()
    response.make_conditional(request)
    return response
