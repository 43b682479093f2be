"""The card of the list of actions: the picture that other sites show beside a link to it."""

from datetime import datetime

from flask import Blueprint, Response, current_app
from flask_babel import gettext, ngettext

from ua_tracker import actions, cards, languages, revisions
from ua_tracker.actions import Listing
from ua_tracker.cards import Words
from ua_tracker.database import db
from ua_tracker.web import headers
from ua_tracker.web.filters import number
from ua_tracker.web.request import language, now
from ua_tracker.web.sharing import embed_options
from ua_tracker.web.sharing.images import png, shelf

bp = Blueprint("site_card", __name__)


@bp.get("/card.png")
def show() -> Response:
    """How many actions are open, and how many letters were sent in all that are listed."""
    embed_options.use_language_of_query()
    at, accent = now(), str(current_app.config["SITE_ACCENT"])
    listing = actions.listing(db.session(), at)
    stamp = "-".join(str(part) for part in (*revisions.of_listing(db.session()), len(listing.open), accent))
    drawn = shelf().get(
        f"list.{language()}",
        stamp,
        at,
        lambda: cards.draw(_words(listing, at), accent, headers.text_colour_on(accent), at, stamp),
    )
    return png(drawn.png)


def _words(listing: Listing, at: datetime) -> Words:
    listed = [*listing.open, *listing.reporting, *listing.closed]
    sent = sum(totals.letters_sent for action, totals in listed if not action.practice)
    running = sum(not action.practice for action, _ in listing.open)
    zone = str(current_app.config["DEFAULT_TIMEZONE"])
    opened = ngettext("action is open", "actions are open", running)
    return Words(
        kicker=str(current_app.config["SITE_OWNER"] or gettext("Urgent Actions")),
        title=gettext("Write letters for people in danger, and see them counted."),
        number=number(sent or running),
        beside=ngettext("letter sent", "letters sent", sent) if sent else opened,
        reached=None,
        below=(f"{number(running)} {opened}" if sent else "", ""),
        foot=gettext(
            "As of %(at)s (%(place)s)",
            at=languages.moment(at, zone, language()),
            place=languages.place_of(zone, language()),
        )
        + f" · {current_app.config['SITE_NAME']}",
    )
