"""Writing: the text of each letter, to change, copy, mail or print, and its envelope.

Opened from a private link, the same pages stand below it, so that "I sent it" leads back to the pledge. The path keeps
the headers of private pages (web/headers.py).
"""

from datetime import timedelta
from math import ceil
from typing import Any

from flask import Blueprint, render_template, request, url_for

from ua_tracker import actions, deadlines, letter_texts, paper, private_links
from ua_tracker.database import db
from ua_tracker.deadlines import State
from ua_tracker.models import Action
from ua_tracker.web import chosen_group
from ua_tracker.web.request import now
from ua_tracker.web.sharing import embed_options

bp = Blueprint("write", __name__, url_prefix="/<lang:lang>")
PUBLIC, OWN = "/actions/<slug:slug>/write", "/pledges/<token:token>/write"
PAPERS = ("letter", "a4")
# The labels on a common sheet: 2 by 5 on Letter, 2 by 4 on A4.
LABELS = {"letter": 10, "a4": 8}


@bp.get(PUBLIC)
@bp.get(OWN)
def show(**place: str) -> str:
    """All letters on one page: to change on the screen, and to print one on each sheet."""
    return render_template("write/show.html", **_composed(place), window=paper.WINDOW)


@bp.get(f"{PUBLIC}/envelopes")
@bp.get(f"{OWN}/envelopes")
def envelopes(**place: str) -> str:
    """An envelope for each recipient, to print."""
    return render_template("write/envelopes.html", **_composed(place), place=paper.COVER)


@bp.get(f"{PUBLIC}/labels")
@bp.get(f"{OWN}/labels")
def labels(**place: str) -> str:
    """A sheet of address labels, for a letter evening. An address that is too long for a label stands on another."""
    composed = _composed(place)
    chosen = str(composed["paper"])
    label = paper.LABELS[chosen]
    fitting = [letter for letter in composed["letters"] if label.size(letter.envelope)]
    too_long = [letter for letter in composed["letters"] if letter not in fitting]
    count = LABELS[chosen] * ceil(len(fitting) / LABELS[chosen])
    sheet = [fitting[number % len(fitting)] for number in range(count)]
    return render_template("write/labels.html", **composed, place=label, sheet=sheet, too_long=too_long)


def _composed(place: dict[str, str]) -> dict[str, Any]:
    """What all pages show. `place` is the action's slug, or the token of a private link: where the pages stand."""
    at = now()
    if "token" in place:
        pledge = private_links.find(db.session(), place["token"])
        action = db.session.get_one(Action, pledge.action_id)
        sent = url_for("manage.show", token=place["token"], _anchor="report")
        chosen_group.choose(action.slug, pledge.group)
    else:
        action, sent = actions.find_published(db.session(), place["slug"], at), None
    share, chosen = embed_options.share(db.session(), action), request.args.get("paper")
    is_open = deadlines.state(action, at) is State.OPEN
    group = {"group": share.slug} if share and share.group else {}
    days_kept = letter_texts.days_kept(action, at)
    return {
        "action": action,
        "date": letter_texts.dated(deadlines.today(action, at), action),
        "days_kept": days_kept,
        "group": group,
        "kept_until": deadlines.today(action, at) + timedelta(days=days_kept - 1),
        "letters": letter_texts.letters(action) if is_open else [],
        "longest_link": letter_texts.LONGEST_LINK,
        "of": {**place, **group},
        "sent": sent,
        "paper": chosen if chosen in PAPERS else PAPERS[0],
        "state": deadlines.state(action, at),
    }
