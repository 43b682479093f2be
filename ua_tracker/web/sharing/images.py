"""The counter as a picture: a badge for sites that forbid scripts, and a card for mails and previews."""

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
from ua_tracker.web.errors import answers_errors
from ua_tracker.web.filters import day, number
from ua_tracker.web.live import versions
from ua_tracker.web.live.kept_views import kept
from ua_tracker.web.request import language, now
from ua_tracker.web.sharing import embed_options

bp = Blueprint("images", __name__, url_prefix="/actions/<slug:slug>")
BADGE_TEXT = 11
# Browsers take Verdana or a relative of it, which is wider than the font that measures.
WIDER = 1.22
UNKNOWN = "-"  # the one card of all groups that nobody knows


def register(app: Flask) -> None:
    """Puts the shelf of cards beside the database: one for the process."""
    app.extensions["ua_tracker.cards"] = cards.CardCache(Path(app.config["INSTANCE_PATH"]) / "cards")


@bp.get("/badge.svg")
@kept(revisions.OF_ACTION, varies_by_query=True)
def badge(slug: str) -> Response:
    """The number in a small SVG, with a group's own number if one is named; `?lang=fr` for French."""
    view, share, at = _asked(slug)
    label, message = badge_words(view, share)
    response = make_response(_svg(label, message, view))
    response.mimetype = "image/svg+xml"
    return _versioned(response, view, share, at)


@bp.get("/badge.json")
@kept(revisions.OF_ACTION, varies_by_query=True)
def badge_json(slug: str) -> Response:
    """The same words for badge services that ask for JSON (Shields, "Endpoint Badge", schema 1)."""
    view, share, at = _asked(slug)
    label, message = badge_words(view, share)
    colour = current_app.config["SITE_ACCENT"].lstrip("#")
    told = {"schemaVersion": 1, "label": label, "message": message, "color": colour, "cacheSeconds": 300}
    return _versioned(jsonify(told), view, share, at)


@bp.get("/card.png")
def card(slug: str) -> Response:
    """The number in a large PNG with its moment. What was good once is never answered with an error."""
    embed_options.speak_as_asked()
    shelf: cards.CardCache = current_app.extensions["ua_tracker.cards"]
    try:
        drawn = _drawn(shelf, slug)
    except NoSuchAction:
        if _last(shelf, slug) is None:
            raise
        return _png(_gone(language(), _accent()).png)
    except Exception:
        last = _last(shelf, slug)
        if last is None:
            raise
        current_app.logger.warning("a card is answered as it was drawn before")
        drawn = last
    return _png(drawn.png)


def badge_words(view: Counter, share: Share | None) -> tuple[str, str]:
    """What a badge says: left what is counted, right how many, and whether that is the end."""
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


@answers_errors(r"\.svg$")
def _error_as_badge(status: int, title: str, _sentence: str) -> Response:
    response = make_response(_svg(current_app.config["SITE_NAME"], title, None), status)
    response.mimetype = "image/svg+xml"
    return response


@answers_errors(r"\.png$")
def _error_as_card(status: int, _title: str, _sentence: str) -> Response:
    return _png(_gone(language(), _accent()).png, status)


def _asked(slug: str) -> tuple[Counter, Share | None, datetime]:
    """The view, the share, and the one instant of both."""
    embed_options.speak_as_asked()
    at, action = now(), actions.find_published(db.session(), slug)
    view = counter.counter_of(db.session(), action, at)  # first: what is read after its stamp is never older
    return view, embed_options.share(db.session(), action), at


def _versioned(response: Response, view: Counter, share: Share | None, at: datetime) -> Response:
    response.headers["Cache-Control"] = counter.FRESH
    if not embed_options.can_be_kept(share):
        return response
    return versions.versioned(response, view.stamp, view.state, deadlines.next_change(view.action, at))


def _svg(label: str, message: str, view: Counter | None) -> str:
    widths = [round(cards.text_width(text, BADGE_TEXT) * WIDER) for text in (label, message)]
    colours = {"accent": _accent(), "on_accent": headers.words_on(_accent())}
    return render_template("images/badge.svg", label=label, message=message, widths=widths, counter=view, **colours)


def _accent() -> str:
    return str(current_app.config["SITE_ACCENT"])


def _last(shelf: cards.CardCache, slug: str) -> Card | None:
    """The card as it was drawn last, found without the database: of the group that is named, else of all."""
    named = embed_options.typed_group()
    wanted = [named] if is_slug(named) else []
    found = (shelf.last(f"{slug}.{language()}.{group}") for group in (*wanted, UNKNOWN if named else "", ""))
    return next((card for card in found if card), None)


def _drawn(shelf: cards.CardCache, slug: str) -> Card:
    at = now()
    action = actions.find_published(db.session(), slug)
    view = counter.counter_of(db.session(), action, at)
    share = embed_options.share(db.session(), action)
    # Named after the group that was found: addresses can be typed in many ways, and made up without end.
    group = "" if share is None else share.group.slug if share.group else UNKNOWN
    stamp = "-".join(str(part) for part in (*view.stamp, view.state, _accent()))
    name = f"{slug}.{language()}.{group}"
    return shelf.get(name, stamp, at, lambda: cards.draw(_words(view, share, at), _accent(), at, stamp))


def _words(view: Counter, share: Share | None, at: datetime) -> Words:
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
        words = gettext("open until %(day)s", day=day(view.action.deadline))
        return words[0].upper() + words[1:]
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
def _gone(code: str, accent: str) -> Card:
    """What a card says of an action that is not here, or not here any more. The language is the request's."""
    words = Words("", gettext("This action is not shown here."), "", "", None, (), "")
    return cards.draw(words, accent, now(), code)
