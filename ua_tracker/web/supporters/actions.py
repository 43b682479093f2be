"""The front page with all actions, and the page of each action."""

from datetime import datetime
from typing import Any

from flask import Blueprint, Response, make_response, redirect, render_template, url_for
from werkzeug import Response as AnyResponse

from ua_tracker import actions, cards, deadlines, happenings, public_notes, revisions
from ua_tracker.actions import cases, pictures
from ua_tracker.database import db
from ua_tracker.deadlines import State
from ua_tracker.models import Action
from ua_tracker.web import counter
from ua_tracker.web.forms.pledging import PledgeForm
from ua_tracker.web.kept_pages import keep_today
from ua_tracker.web.live import versions
from ua_tracker.web.live.kept_views import kept, kept_page
from ua_tracker.web.request import now
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
@kept_page(revisions.OF_LISTING, fragment="actions.listing")
def index() -> str:
    """All actions: open first, then reporting, then closed."""
    versions.keep_page(until=None)
    preview = {"height": cards.HEIGHT, "width": cards.WIDTH}
    return render_template("actions/index.html", preview=preview, **_listing(now()))


@bp.get("/<lang:lang>/listing")
@kept(revisions.OF_LISTING)
def listing() -> Response:
    """The list of actions alone, which an open page polls."""
    at = now()
    found = _listing(at)
    response = make_response(render_template("actions/_list.html", **found))
    shown = [*found["listing"].open, *found["listing"].reporting]
    changes = [found["listing"].next_publication, *(deadlines.next_change(action, at) for action, _ in shown)]
    in_days = [*found["today"], *(action for action, _ in found["listing"].open)]
    changes += [deadlines.first_instant_after(deadlines.today(one, at), one.timezone) for one in in_days]
    until = min((one for one in changes if one), default=None)
    return versions.versioned(response, found["stamp"], found["phase"], until)


@bp.get("/<lang:lang>/actions/<slug:slug>")
@kept_page(revisions.OF_PAGE_AND_COUNTER, fragment="counter.show", reads=("theme", "size", "count"))
def show(slug: str) -> str:
    """The action: counter, demands, targets and copies, and the pledge form while it is open."""
    at = now()
    action = actions.find_published(db.session(), slug, at)
    form = PledgeForm.for_action(action)
    keys = form.keys if deadlines.state(action, at) is State.OPEN else None
    keep_today(action, at, keys, also=cases.next_publication(db.session(), action, at))
    return page(action, form)


@bp.get("/<lang:lang>/actions/<slug:slug>/standing")
def standing(slug: str) -> str:
    """What can be done and until when, the addresses, and the notice in place of the form once pledging has closed.

    An open page requests it when pledging locks.
    """
    status = _status(actions.find_published(db.session(), slug, now()))
    beside = ["actions/_recipients.html"]
    if status["counter"].state != State.OPEN:
        beside.append("actions/_locked.html")
    more = [render_template(name, beside=True, state=status["counter"].state, **status) for name in beside]
    return "".join([render_template("actions/_hero.html", **status), *more])


def page(action: Action, form: PledgeForm) -> str:
    """The page of the action, with this form."""
    return render_template("actions/show.html", form=form, **facts_of(action))


def facts_of(action: Action) -> dict[str, Any]:
    """The values of the action's page, except its form."""
    status = _status(action)
    preview = _link_preview(action, status["counter"].state)
    facts = {"notes": public_notes.of(db.session(), action), "preview": preview, **status}
    facts["newer"] = cases.newer(db.session(), action, now())
    facts["picture"] = pictures.find(db.session(), action)
    return facts


def _link_preview(action: Action, state: State) -> dict[str, object]:
    choices = embed_options.of_request(db.session(), action)
    return {**Codes(action, choices).preview, "lead": action.lead if state is State.OPEN else None}


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
    days_left = {action.id: deadlines.days_left(action, at) for action, _ in found.open}
    # While nothing is stored, an action only moves on in this order, or joins: each of it changes a number.
    counts = f"{len(found.open)}o{len(found.reporting)}r{len(found.closed)}c{len(today)}t"
    phase = f"{counts}{sum(days_left.values())}d"
    token = versions.Version(interval, stamp, phase).token
    return {
        "at": at,
        "days_left": days_left,
        "happenings": happenings.of_all(db.session(), everything),
        "listing": found,
        "today": today,
        "stamp": stamp,
        "phase": phase,
        "interval": interval,
        "token": token,
        "revision": stamp.last_event * 10**9 + stamp.action_revisions + stamp.tally_revisions,
    }
