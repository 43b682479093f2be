"""Writing: the text of each letter, to change, copy, mail or print, and its envelope."""

from datetime import timedelta
from math import ceil
from typing import Any

from flask import Blueprint, render_template, request

from ua_tracker import actions, deadlines, letter_texts, paper
from ua_tracker.database import db
from ua_tracker.deadlines import State
from ua_tracker.web.request import now
from ua_tracker.web.sharing import embed_options

bp = Blueprint("write", __name__, url_prefix="/<lang:lang>/actions/<slug:slug>/write")
PAPERS = ("letter", "a4")
# The labels on a common sheet: 2 by 5 on Letter, 2 by 4 on A4.
LABELS = {"letter": 10, "a4": 8}


@bp.get("")
def show(slug: str) -> str:
    """All letters on one page: to change on the screen, and to print one on each sheet."""
    return render_template("write/show.html", **_composed(slug), window=paper.WINDOW)


@bp.get("/envelopes")
def envelopes(slug: str) -> str:
    """An envelope for each recipient, to print."""
    return render_template("write/envelopes.html", **_composed(slug), place=paper.COVER)


@bp.get("/labels")
def labels(slug: str) -> str:
    """A sheet of address labels, for a letter evening. An address that is too long for a label stands on another."""
    composed = _composed(slug)
    chosen = str(composed["paper"])
    place = paper.LABELS[chosen]
    fitting = [letter for letter in composed["letters"] if place.size(letter.envelope)]
    too_long = [letter for letter in composed["letters"] if letter not in fitting]
    count = LABELS[chosen] * ceil(len(fitting) / LABELS[chosen])
    sheet = [fitting[number % len(fitting)] for number in range(count)]
    return render_template("write/labels.html", **composed, place=place, sheet=sheet, too_long=too_long)


def _composed(slug: str) -> dict[str, Any]:
    at = now()
    action = actions.find_published(db.session(), slug, at)
    share, chosen = embed_options.share(db.session(), action), request.args.get("paper")
    is_open = deadlines.state(action, at) is State.OPEN
    days_kept = letter_texts.days_kept(action, at)
    return {
        "action": action,
        "date": letter_texts.dated(deadlines.today(action, at), action),
        "days_kept": days_kept,
        "group": {"group": share.slug} if share and share.group else {},
        "kept_until": deadlines.today(action, at) + timedelta(days=days_kept - 1),
        "letters": letter_texts.letters(action) if is_open else [],
        "longest_link": letter_texts.LONGEST_LINK,
        "paper": chosen if chosen in PAPERS else PAPERS[0],
        "state": deadlines.state(action, at),
    }
