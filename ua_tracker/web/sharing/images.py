"""The counter as a picture: a badge for sites that forbid scripts, and a card for mails and link previews."""

from datetime import datetime
from functools import cache
from pathlib import Path
from textwrap import shorten

from flask import Blueprint, Flask, Response, current_app, jsonify, make_response, render_template, request
from flask_babel import gettext, ngettext

from ua_tracker import actions, cards, happenings, languages, revisions
from ua_tracker.cards import Card, Fill, Words
from ua_tracker.database import db
from ua_tracker.deadlines import State
from ua_tracker.groups import Share
from ua_tracker.models import Action
from ua_tracker.refusals import NoSuchAction
from ua_tracker.slugs import is_slug
from ua_tracker.web import chosen_group, counter, happened, headers
from ua_tracker.web.counter import Counter
from ua_tracker.web.errors import error_format_for
from ua_tracker.web.filters import day, number
from ua_tracker.web.live import versions
from ua_tracker.web.live.kept_views import kept
from ua_tracker.web.request import language, now, number_in
from ua_tracker.web.sharing import embed_options, standing
from ua_tracker.web.sharing.standing import Look, Standing

bp = Blueprint("images", __name__, url_prefix="/actions/<slug:slug>")
BADGE_TEXT = 11
# Browsers show the badge in Verdana or a similar font, which is wider than the font used to measure the text.
VERDANA_FACTOR = 1.22
INK, PAPER = "#141413", "#ffffff"
# The looks with a fill: ink for "soon" and "stop", the accent for what is won.
DARK, BRIGHT = {Look.SOON, Look.STOPPED}, {Look.REACHED, Look.GOOD_NEWS}
LONGEST_NAME = 50  # of a group in a picture, in characters
UNKNOWN = "-"  # one card for all unknown groups


def shelf() -> cards.CardCache:
    """The store of drawn cards."""
    kept: cards.CardCache = current_app.extensions["ua_tracker.cards"]
    return kept


def register(app: Flask) -> None:
    """Puts the store of drawn cards on the app: one for the process."""
    app.extensions["ua_tracker.cards"] = cards.CardCache(Path(app.config["INSTANCE_PATH"]) / "cards")


@bp.get("/badge.svg")
@kept(revisions.OF_ACTION, varies_by_query=True)
def badge(slug: str) -> Response:
    """The number in a small SVG, of a group if the URL names one; in French with `?lang=fr`."""
    stands, share, at = _standing_and_share(slug)
    label, message = badge_texts(stands, share)
    look = _look_of_badge(stands, share)
    response = make_response(_svg(label, message, stands.counter, look, bar=not (share and share.group)))
    response.mimetype = "image/svg+xml"
    return _versioned(response, stands, share, at)


@bp.get("/badge.json")
@kept(revisions.OF_ACTION, varies_by_query=True)
def badge_json(slug: str) -> Response:
    """The same texts for badge services that read JSON (Shields, "Endpoint Badge", schema 1)."""
    stands, share, at = _standing_and_share(slug)
    label, message = badge_texts(stands, share)
    colour = (INK if _look_of_badge(stands, share) in DARK else _accent()).lstrip("#")
    data = {"schemaVersion": 1, "label": label, "message": message, "color": colour, "cacheSeconds": 300}
    return _versioned(jsonify(data), stands, share, at)


@bp.get("/card.png")
def card(slug: str) -> Response:
    """The number and its time in a large PNG, or a smaller one with `?width=`.

    A card that was once drawn is never replaced by an error.
    """
    embed_options.use_language_of_query()
    try:
        drawn = _current_card(shelf(), slug)
    except NoSuchAction:
        if _last_card(shelf(), slug) is None:
            raise
        return png(_unavailable_card(language(), _accent()).png)
    except Exception:
        last = _last_card(shelf(), slug)
        if last is None:
            raise
        current_app.logger.warning("a card could not be drawn: the last one is sent")
        drawn = last
    return png(cards.scaled(drawn.png, _width()))


def badge_texts(stands: Standing, share: Share | None) -> tuple[str, str]:
    """The texts of a badge: on the left what is counted, on the right how many, and where the action stands."""
    view = stands.counter
    sent = view.tally.letters_sent
    if share and share.group:
        label, given = shorten(share.group.name, LONGEST_NAME, placeholder=" …"), share.totals.letters_sent
        message = ngettext("one letter sent", "%(sent)s letters sent", given, sent=number(given))
    else:
        label = gettext("letters sent, all groups") if share else gettext("letters sent")
        message = gettext("%(sent)s of %(goal)s", sent=number(sent), goal=number(view.action.goal))
        if stands.is_empty:
            message = gettext("be the first")
    if view.action.practice:
        label = gettext("practice: %(label)s", label=label)
    last = happened.in_a_row(happenings.last(db.session(), view.action), view.state)
    for added in (last, _added(stands, of_all=not (share and share.group))):
        message = gettext("%(message)s, %(added)s", message=message, added=added) if added else message
    return label, message


def _look_of_badge(stands: Standing, share: Share | None) -> Look:
    """The look of the badge. The goal is that of all, so a group's number does not celebrate it."""
    if share and share.group and stands.look is Look.REACHED:
        return Look.SOON if stands.is_soon else Look.OPEN
    return stands.look


def _added(stands: Standing, *, of_all: bool) -> str:
    """What is said after the number; how the number of all stands to the goal is not said of a group's."""
    look, state = stands.look, stands.counter.state
    if look in (Look.STOPPED, Look.GOOD_NEWS):
        return gettext("stopped") if look is Look.STOPPED else gettext("good news")
    if state is not State.OPEN:
        return gettext("pledging closed") if state is State.REPORTING else gettext("action closed")
    if of_all and stands.is_reached:
        return stands.times if stands.is_exceeded else gettext("goal reached")
    return stands.days[0].lower() + stands.days[1:] if stands.is_soon else ""


@error_format_for(r"\.svg$")
def _error_as_badge(status: int, title: str, _sentence: str) -> Response:
    response = make_response(_svg(current_app.config["SITE_NAME"], title), status)
    response.mimetype = "image/svg+xml"
    return response


@error_format_for(r"\.png$")
def _error_as_card(status: int, _title: str, _sentence: str) -> Response:
    return png(_unavailable_card(language(), _accent()).png, status)


def _standing_and_share(slug: str) -> tuple[Standing, Share | None, datetime]:
    """How the action stands, the group's share, and the instant of both."""
    embed_options.use_language_of_query()
    at = now()
    action = actions.find_published(db.session(), slug, at)
    # Read first, so that nothing in the picture is older than its stamp.
    view = counter.counter_of(db.session(), action, at)
    return standing.standing_of(view, at), embed_options.share(db.session(), action), at


def _versioned(response: Response, stands: Standing, share: Share | None, at: datetime) -> Response:
    response.headers["Cache-Control"] = counter.FRESH
    if not embed_options.can_be_kept(share):
        return response
    view = stands.counter
    return versions.versioned(response, view.stamp, stands.phase, standing.next_change(view.action, at))


def _svg(label: str, message: str, view: Counter | None = None, look: Look | None = None, *, bar: bool = False) -> str:
    """The badge with this look, with a bar under the number of all; without a look it is that of an error."""
    is_plain = look is not None and look not in DARK | BRIGHT
    return render_template(
        "images/badge.svg",
        label=label,
        message=message,
        widths=[round(cards.text_width(text, BADGE_TEXT) * VERDANA_FACTOR) for text in (label, message)],
        look=look,
        fill=INK if look in DARK else _accent(),
        ink=PAPER if look in DARK else headers.text_colour_on(_accent()),
        plain=is_plain,
        has_bar=is_plain and bar,
        counter=view,
    )


def _accent() -> str:
    return str(current_app.config["SITE_ACCENT"])


def _width() -> int:
    """The width that the URL asks for, if cards have it, else that of the large one."""
    asked = number_in(request.args.get("width"))
    return asked if asked in cards.WIDTHS else cards.WIDTH


def _last_card(kept: cards.CardCache, slug: str) -> Card | None:
    """The card that was drawn last, found without the database: of the group in the URL, else of all groups."""
    named = chosen_group.typed()
    wanted = [named] if is_slug(named) else []
    found = (kept.last(f"{slug}.{language()}.{group}") for group in (*wanted, UNKNOWN if named else "", ""))
    return next((card for card in found if card), None)


def _current_card(kept: cards.CardCache, slug: str) -> Card:
    stands, share, at = _standing_and_share(slug)
    # The file is named after the stored group: slugs in URLs can be written in many ways and invented without end.
    group = "" if share is None else share.group.slug if share.group else UNKNOWN
    stamp = "-".join(str(part) for part in (*stands.counter.stamp, stands.phase, _accent()))
    name = f"{slug}.{language()}.{group}"
    return kept.get(name, stamp, at, lambda: _drawn(_card_words(stands, share, at), at, stamp))


def _drawn(words: Words, at: datetime, stamp: str) -> Card:
    return cards.draw(words, _accent(), headers.text_colour_on(_accent()), at, stamp)


def _card_words(stands: Standing, share: Share | None, at: datetime) -> Words:
    action, sent, goal = stands.counter.action, stands.counter.tally.letters_sent, stands.counter.action.goal
    ended = action.is_stopped or action.has_good_news
    wanted = ngettext("letter wanted, none sent yet", "letters wanted, none sent yet", goal)
    label, last = _label(stands), happened.leading(happenings.last(db.session(), action), stands.counter.state)
    return Words(
        kicker=" · ".join([last, *_kicker(action)] if last and label else _kicker(action)),
        title=action.title,
        number=number(goal if stands.is_empty else sent),
        beside=wanted if stands.is_empty else ngettext("letter sent", "letters sent", sent),
        reached=None if ended else sent / goal,
        scale=("", "") if ended else (stands.to_the_goal, gettext("Goal: %(goal)s", goal=number(goal))),
        below=(_total(stands) if ended else _deadline(stands), _of_group(share)),
        foot=gettext(
            "As of %(at)s (%(place)s)",
            at=languages.moment(at, action.timezone, language()),
            place=languages.place_of(action.timezone, language()),
        )
        + f" · {current_app.config['SITE_NAME']}",
        label=label or last,
        said=_said(action),
        fill=Fill.STOP if action.is_stopped else Fill.WON if stands.look in BRIGHT else Fill.PAPER,
        hollow=stands.is_empty,
        soon=stands.is_soon,
    )


def _label(stands: Standing) -> str:
    if stands.look is Look.GOOD_NEWS:
        return gettext("Good news")
    return gettext("Goal reached") if stands.look is Look.REACHED else ""


def _said(action: Action) -> str:
    """What ended the action, if something did."""
    if action.is_stopped:
        return gettext("This action was stopped. Please write no more letters.")
    return (action.outcome or gettext("No more letters are needed.")) if action.has_good_news else ""


def _total(stands: Standing) -> str:
    sent, goal = stands.counter.tally.letters_sent, number(stands.counter.action.goal)
    words = ngettext("letter sent, of %(goal)s", "letters sent, of %(goal)s", sent, goal=goal)
    return f"{number(sent)} {words}"


def _kicker(action: Action) -> list[str]:
    case = gettext("UA %(number)s", number=action.case.ua_number) if action.case else ""
    label = gettext("Practice: letters here are not real") if action.practice else gettext("Urgent Action")
    return [part for part in (label, action.country, case) if part]


def _deadline(stands: Standing) -> str:
    deadline, state = stands.counter.action.deadline, stands.counter.state
    if deadline is None:
        return ""
    if state is State.OPEN:
        return stands.days + " " + gettext("until %(day)s", day=day(deadline))
    if state is State.CLOSED:
        return gettext("Closed. This is the final total.")
    return gettext("The deadline was %(day)s", day=day(deadline))


def _of_group(share: Share | None) -> str:
    if share is None:
        return ""
    if share.group is None:
        return gettext("This group is not known here: these are the letters of all.")
    sent = share.totals.letters_sent
    words = ngettext("one letter sent", "%(sent)s letters sent", sent, sent=number(sent))
    return gettext("%(group)s: %(words)s", group=shorten(share.group.name, LONGEST_NAME, placeholder=" …"), words=words)


def png(drawn: bytes, status: int = 200) -> Response:
    """The picture as a response that may be kept for a minute."""
    response = Response(drawn, status, mimetype="image/png")
    response.headers["Cache-Control"] = "public, max-age=60"
    return response


@cache
def _unavailable_card(code: str, accent: str) -> Card:
    """The card for an action that is not or no longer published, in the request's language."""
    words = Words("", gettext("This action is not shown here."), "", "", None, (), "")
    return cards.draw(words, accent, headers.text_colour_on(accent), now(), code)
