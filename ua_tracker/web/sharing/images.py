"""The counter as a picture: a badge for sites that forbid scripts, and a card for mails and link previews."""

from datetime import datetime
from functools import cache
from pathlib import Path

from flask import Blueprint, Flask, Response, current_app, jsonify, make_response, render_template
from flask_babel import gettext, ngettext

from ua_tracker import actions, cards, deadlines, languages, revisions
from ua_tracker.cards import Card, Words
from ua_tracker.database import db
from ua_tracker.deadlines import State
from ua_tracker.groups import Share
from ua_tracker.models import Action
from ua_tracker.refusals import NoSuchAction
from ua_tracker.slugs import is_slug
from ua_tracker.web import counter, headers
from ua_tracker.web.counter import Counter
from ua_tracker.web.errors import error_format_for
from ua_tracker.web.filters import day, number
from ua_tracker.web.live import versions
from ua_tracker.web.live.kept_views import kept
from ua_tracker.web.request import language, now
from ua_tracker.web.sharing import embed_options

bp = Blueprint("images", __name__, url_prefix="/actions/<slug:slug>")
BADGE_TEXT = 11
# Browsers show the badge in Verdana or a similar font, which is wider than the font used to measure the text.
VERDANA_FACTOR = 1.22
UNKNOWN = "-"  # one card for all unknown groups


def register(app: Flask) -> None:
    """Puts the store of drawn cards on the app: one for the process."""
    app.extensions["ua_tracker.cards"] = cards.CardCache(Path(app.config["INSTANCE_PATH"]) / "cards")


@bp.get("/badge.svg")
@kept(revisions.OF_ACTION, varies_by_query=True)
def badge(slug: str) -> Response:
    """The number in a small SVG, of a group if the URL names one; in French with `?lang=fr`."""
    view, share, at = _counter_and_share(slug)
    label, message = badge_texts(view, share)
    response = make_response(_svg(label, message, view))
    response.mimetype = "image/svg+xml"
    return _versioned(response, view, share, at)


@bp.get("/badge.json")
@kept(revisions.OF_ACTION, varies_by_query=True)
def badge_json(slug: str) -> Response:
    """The same texts for badge services that read JSON (Shields, "Endpoint Badge", schema 1)."""
    view, share, at = _counter_and_share(slug)
    label, message = badge_texts(view, share)
    colour = current_app.config["SITE_ACCENT"].lstrip("#")
    data = {"schemaVersion": 1, "label": label, "message": message, "color": colour, "cacheSeconds": 300}
    return _versioned(jsonify(data), view, share, at)


@bp.get("/card.png")
def card(slug: str) -> Response:
    """The number and its time in a large PNG. A card that was once drawn is never replaced by an error."""
    embed_options.use_language_of_query()
    shelf: cards.CardCache = current_app.extensions["ua_tracker.cards"]
    try:
        drawn = _current_card(shelf, slug)
    except NoSuchAction:
        if _last_card(shelf, slug) is None:
            raise
        return _png(_unavailable_card(language(), _accent()).png)
    except Exception:
        last = _last_card(shelf, slug)
        if last is None:
            raise
        current_app.logger.warning("a card could not be drawn: the last one is sent")
        drawn = last
    return _png(drawn.png)


def badge_texts(view: Counter, share: Share | None) -> tuple[str, str]:
    """The texts of a badge: on the left what is counted, on the right how many, and whether that is final."""
    sent = view.tally.letters_sent
    if share and share.group:
        label, given = share.group.name, share.totals.letters_sent
        message = ngettext("one letter sent", "%(sent)s letters sent", given, sent=number(given))
    else:
        label = gettext("letters sent, all groups") if share else gettext("letters sent")
        message = gettext("%(sent)s of %(goal)s", sent=number(sent), goal=number(view.action.goal))
        if not sent and view.state is State.OPEN:
            message = gettext("be the first")
    if view.action.practice:
        label = gettext("practice: %(label)s", label=label)
    if view.state is State.REPORTING:
        return label, gettext("%(message)s, pledging closed", message=message)
    return label, gettext("%(message)s, closed", message=message) if view.state is State.CLOSED else message


@error_format_for(r"\.svg$")
def _error_as_badge(status: int, title: str, _sentence: str) -> Response:
    response = make_response(_svg(current_app.config["SITE_NAME"], title, None), status)
    response.mimetype = "image/svg+xml"
    return response


@error_format_for(r"\.png$")
def _error_as_card(status: int, _title: str, _sentence: str) -> Response:
    return _png(_unavailable_card(language(), _accent()).png, status)


def _counter_and_share(slug: str) -> tuple[Counter, Share | None, datetime]:
    """The counter, the group's share, and the instant of both."""
    embed_options.use_language_of_query()
    at, action = now(), actions.find_published(db.session(), slug)
    # Read first, so that nothing in the picture is older than its stamp.
    view = counter.counter_of(db.session(), action, at)
    return view, embed_options.share(db.session(), action), at


def _versioned(response: Response, view: Counter, share: Share | None, at: datetime) -> Response:
    response.headers["Cache-Control"] = counter.FRESH
    if not embed_options.can_be_kept(share):
        return response
    return versions.versioned(response, view.stamp, view.state, deadlines.next_change(view.action, at))


def _svg(label: str, message: str, view: Counter | None) -> str:
    widths = [round(cards.text_width(text, BADGE_TEXT) * VERDANA_FACTOR) for text in (label, message)]
    colours = {"accent": _accent(), "on_accent": headers.text_colour_on(_accent())}
    return render_template("images/badge.svg", label=label, message=message, widths=widths, counter=view, **colours)


def _accent() -> str:
    return str(current_app.config["SITE_ACCENT"])


def _last_card(shelf: cards.CardCache, slug: str) -> Card | None:
    """The card that was drawn last, found without the database: of the group in the URL, else of all groups."""
    named = embed_options.typed_group()
    wanted = [named] if is_slug(named) else []
    found = (shelf.last(f"{slug}.{language()}.{group}") for group in (*wanted, UNKNOWN if named else "", ""))
    return next((card for card in found if card), None)


def _current_card(shelf: cards.CardCache, slug: str) -> Card:
    at = now()
    action = actions.find_published(db.session(), slug)
    view = counter.counter_of(db.session(), action, at)
    share = embed_options.share(db.session(), action)
    # The file is named after the stored group: slugs in URLs can be written in many ways and invented without end.
    group = "" if share is None else share.group.slug if share.group else UNKNOWN
    stamp = "-".join(str(part) for part in (*view.stamp, view.state, _accent()))
    name = f"{slug}.{language()}.{group}"
    return shelf.get(name, stamp, at, lambda: cards.draw(_card_texts(view, share, at), _accent(), at, stamp))


def _card_texts(view: Counter, share: Share | None, at: datetime) -> Words:
    action, sent = view.action, view.tally.letters_sent
    none_yet = gettext("Be the first") if view.state is State.OPEN else gettext("No letters")
    return Words(
        kicker=" · ".join(_kicker(action)),
        title=action.title,
        number=number(sent) if sent else none_yet,
        beside=ngettext("letter sent, of %(goal)s", "letters sent, of %(goal)s", sent, goal=number(action.goal))
        if sent
        else gettext("Goal: %(goal)s letters", goal=number(action.goal)),
        reached=sent / action.goal,
        below=(_deadline(view), _of_group(share)),
        foot=gettext(
            "As of %(at)s (%(place)s)",
            at=languages.moment(at, action.timezone, language()),
            place=languages.place_of(action.timezone, language()),
        )
        + f" · {current_app.config['SITE_NAME']}",
    )


def _kicker(action: Action) -> list[str]:
    case = gettext("UA %(number)s", number=action.case.ua_number) if action.case else ""
    label = gettext("Practice: letters here are not real") if action.practice else gettext("Urgent Action")
    return [part for part in (label, action.country, case) if part]


def _deadline(view: Counter) -> str:
    if view.action.deadline is None:
        return ""
    if view.state is State.OPEN:
        text = gettext("open until %(day)s", day=day(view.action.deadline))
        return text[0].upper() + text[1:]
    if view.state is State.CLOSED:
        return gettext("Closed. This is the final total.")
    return gettext("The deadline was %(day)s", day=day(view.action.deadline))


def _of_group(share: Share | None) -> str:
    if share is None:
        return ""
    if share.group is None:
        return gettext("This group is not known here: these are the letters of all.")
    sent = share.totals.letters_sent
    words = ngettext("one letter sent", "%(sent)s letters sent", sent, sent=number(sent))
    return gettext("%(group)s: %(words)s", group=share.group.name, words=words)


def _png(png: bytes, status: int = 200) -> Response:
    response = Response(png, status, mimetype="image/png")
    response.headers["Cache-Control"] = "public, max-age=60"
    return response


@cache
def _unavailable_card(code: str, accent: str) -> Card:
    """The card for an action that is not or no longer published, in the request's language."""
    texts = Words("", gettext("This action is not shown here."), "", "", None, (), "")
    return cards.draw(texts, accent, now(), code)
