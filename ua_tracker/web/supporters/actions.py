"""The front page with all actions, and the page of each action."""

from datetime import datetime
from typing import Any

from flask import Blueprint, Response, make_response, redirect, render_template, url_for
from werkzeug import Response as AnyResponse

from ua_tracker import actions, cards, deadlines, happenings, languages, public_notes, revisions
from ua_tracker.actions import pictures
from ua_tracker.database import db
from ua_tracker.deadlines import State
from ua_tracker.models import Action
from ua_tracker.web import counter
from ua_tracker.web.forms.pledging import PledgeForm
from ua_tracker.web.live import versions
from ua_tracker.web.live.kept_views import kept
from ua_tracker.web.request import language, now
from ua_tracker.web.sharing import embed_options
from ua_tracker.web.sharing.embed_codes import Codes

bp = Blueprint("actions", __name__)


@bp.get("/")
def root() -> AnyResponse:
    """Redirects to the front page in the language that the browser prefers."""
    response = redirect(url_for("actions.index"))
    response.headers["Vary"] = "Accept-Language"
    return response


@bp.get("/<lang:lang>/")
def index() -> str:
    """All actions: open first, then reporting, then closed."""
    return render_template("actions/index.html", **_listing(now()))


@bp.get("/<lang:lang>/listing")
@kept(revisions.OF_LISTING)
def listing() -> Response:
    """The list of actions alone, which an open page polls."""
    at = now()
    found = _listing(at)
    response = make_response(render_template("actions/_list.html", **found))
    shown = [*found["listing"].open, *found["listing"].reporting]
    changes = [found["listing"].next_publication, *(deadlines.next_change(action, at) for action, _ in shown)]
    changes += [deadlines.first_instant_after(deadlines.today(one, at), one.timezone) for one in found["today"]]
    until = min((one for one in changes if one), default=None)
    return versions.versioned(response, found["stamp"], found["phase"], until)


@bp.get("/<lang:lang>/actions/<slug:slug>")
def show(slug: str) -> str:
    """The action: counter, demands, targets and copies, and the pledge form while it is open."""
    action = actions.find_published(db.session(), slug, now())
    return page(action, PledgeForm.for_action(action))


@bp.get("/<lang:lang>/actions/<slug:slug>/standing")
def standing(slug: str) -> str:
    """What can be done and until when, and the addresses. An open page requests it when pledging locks."""
    status = _status(actions.find_published(db.session(), slug, now()))
    recipients = render_template("actions/_recipients.html", beside=True, **status)
    return render_template("actions/_hero.html", **status) + recipients


def page(action: Action, form: PledgeForm) -> str:
    """The page of the action, with this form."""
    return render_template("actions/show.html", form=form, **facts_of(action))


def facts_of(action: Action) -> dict[str, Any]:
    """The values of the action's page, except its form."""
    status = _status(action)
    preview = _link_preview(action, status["counter"].state)
    facts = {"notes": public_notes.of(db.session(), action), "preview": preview, **status}
    facts["picture"] = pictures.find(db.session(), action)
    return facts


def _link_preview(action: Action, state: State) -> dict[str, object]:
    """The values for link previews on other sites (ogp.me): the page's URL and picture, with the group in the URL."""
    choices = embed_options.of_request(db.session(), action)
    codes = Codes(action, choices)
    return {
        "card": codes.card,
        "height": cards.HEIGHT,
        "lead": action.lead if state is State.OPEN else None,
        "locale": languages.LANGUAGES[language()].locale,
        "page": codes.page,
        "width": cards.WIDTH,
        "wordpress": codes.wordpress,
    }


def _status(action: Action) -> dict[str, Any]:
    at = now()
    view = counter.counter_of(db.session(), action, at)
    choices = embed_options.of_request(db.session(), action)
    return {
        "action": action,
        "counter": view,
        "days_left": deadlines.days_left(action, at),
        "happened": happenings.last(db.session(), action),
        "page": Codes(action, choices).page,
    }


def _listing(at: datetime) -> dict[str, Any]:
    stamp, interval = revisions.of_listing(db.session()), versions.current().interval
    found = actions.listing(db.session(), at)
    everything = [action for action, _ in (*found.open, *found.reporting, *found.closed)]
    today = [one for one in everything if one.closed_at and deadlines.is_today(one, one.closed_at, at)]
    # While nothing is stored, an action only moves on in this order, or joins: each of it changes a number.
    phase = f"{len(found.open)}o{len(found.reporting)}r{len(found.closed)}c{len(today)}t"
    token = versions.Version(interval, stamp, phase).token
    return {
        "at": at,
        "happenings": happenings.of_all(db.session(), everything),
        "listing": found,
        "today": today,
        "stamp": stamp,
        "phase": phase,
        "interval": interval,
        "token": token,
        "revision": stamp.last_event * 10**9 + stamp.action_revisions + stamp.tally_revisions,
    }
