"""Writing: the text of each letter, to change, copy, mail or print, and its envelope."""

from typing import Any

from flask import Blueprint, render_template, request

from ua_tracker import actions, deadlines, letter_texts
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
    return render_template("write/show.html", **_composed(slug))


@bp.get("/envelopes")
def envelopes(slug: str) -> str:
    """An envelope for each recipient, to print."""
    return render_template("write/envelopes.html", **_composed(slug))


@bp.get("/labels")
def labels(slug: str) -> str:
    """A sheet of address labels, for a letter evening."""
    composed = _composed(slug)
    letters, count = composed["letters"], LABELS[str(composed["paper"])]
    sheet = [letters[place % len(letters)] for place in range(count)] if letters else []
    return render_template("write/labels.html", **composed, sheet=sheet)


def _composed(slug: str) -> dict[str, Any]:
    action, at = actions.find_published(db.session(), slug), now()
    share, paper = embed_options.share(db.session(), action), request.args.get("paper")
    is_open = deadlines.state(action, at) is State.OPEN
    return {
        "action": action,
        "date": letter_texts.dated(deadlines.today(action, at), action),
        "group": {"group": share.slug} if share and share.group else {},
        "letters": letter_texts.letters(action) if is_open else [],
        "paper": paper if paper in PAPERS else PAPERS[0],
        "state": deadlines.state(action, at),
    }
