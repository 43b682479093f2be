"""The counter of an action: its totals at this instant, and the fragment that updates itself."""

import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, NamedTuple, TypeVar

from flask import Blueprint, Response, current_app, make_response
from sqlalchemy.orm import Session

from ua_tracker import actions, deadlines, revisions, tally
from ua_tracker.actions import Counted
from ua_tracker.database import db
from ua_tracker.deadlines import State
from ua_tracker.models import Action
from ua_tracker.revisions import ActionStamp, RevisionStamp
from ua_tracker.totals import MILESTONES, Tally
from ua_tracker.web.live import layer, versions
from ua_tracker.web.live.kept_views import kept
from ua_tracker.web.live.turns import Turn
from ua_tracker.web.request import language, now

bp = Blueprint("counter", __name__, url_prefix="/<lang:lang>")
# A shared cache may keep a response for two seconds: a page that polls every five is never more than ten behind.
FRESH = "public, max-age=2"
_EVER = timedelta(days=1)
_one_renders = Turn()


Shown = TypeVar("Shown", Action, Counted)


@dataclass(frozen=True)
class CounterOf(Generic[Shown]):
    """The totals of an action as they are shown: letters and copies sent, letters pledged, goal in letters.

    A page has the whole action, the fragment alone only what it shows of it.
    """

    action: Shown
    tally: Tally
    state: State
    stamp: ActionStamp
    interval: int

    @property
    def token(self) -> str:
        """The version of this counter, so that an unchanged one is not sent again."""
        return versions.Version(self.interval, self.stamp, self.state).token

    @property
    def revision(self) -> int:
        """Increases with every change; a page never replaces a counter by one of a smaller revision."""
        return sum(self.stamp)

    @property
    def milestone(self) -> int:
        """The greatest of 25, 50, 75 and 100 per cent of the goal that is reached; 0 before."""
        reached = self.tally.letters_sent * 100
        return next((mark for mark in MILESTONES if reached >= mark * self.action.goal), 0)


Counter = CounterOf[Action]


def counter_of(session: Session, action: Action, at: datetime) -> Counter:
    """The counter of this action at this instant."""
    totals, revision = tally.read_with_revision(session, action.id)
    stamp = ActionStamp(action_id=action.id, action_revision=action.revision, tally_revision=revision)
    return Counter(action, totals, deadlines.state(action, at), stamp, versions.current().interval)


def find_counter(session: Session, slug: str, at: datetime) -> CounterOf[Counted]:
    """The counter of the published action with this slug at this instant, by one statement. Raises NoSuchAction."""
    action = actions.find_counted(session, slug, at)
    stamp = ActionStamp(action.id, action.revision, action.tally_revision)
    return CounterOf(action, action.tally, deadlines.state(action, at), stamp, versions.current().interval)


def _rendered(view: CounterOf[Counted], *, beside: bool = False) -> str:
    """The fragment. Flask would make all that a page needs beside it, each time that somebody pledges."""
    return current_app.jinja_env.get_template("counter/_counter.html").render(counter=view, beside=beside)


class _Moved(NamedTuple):
    """A rendered counter, and for which stamp and poll interval and until which instant it is right."""

    stamp: RevisionStamp
    interval: int
    until: datetime | None
    text: str


def moved(slug: str) -> str:
    """The counter after the reader's own change, a fragment that htmx swaps in out of band (`hx-swap-oob`).

    Those who are thanked at the same moment share it.
    """
    known: dict[tuple[str, str], _Moved] = current_app.extensions.setdefault("ua_tracker.moved", {})
    with _one_renders.taken():
        stamp = layer.of(current_app).stamps.read(revisions.OF_ACTION, slug, time.monotonic())
        kept_one, at = known.get((language(), slug)), now()
        if kept_one and kept_one[:2] == (stamp, versions.current().interval) and at < (kept_one.until or at + _EVER):
            return kept_one.text
        view = find_counter(db.session(), slug, at)
        text = _rendered(view, beside=True)
        known[language(), slug] = _Moved(view.stamp, view.interval, deadlines.next_change(view.action, at), text)
    return text


@bp.get("/actions/<slug:slug>/counter")
@kept(revisions.OF_ACTION)
def show(slug: str) -> Response:
    """The counter alone. Once pledging is locked it stops polling, and `HX-Trigger` makes the page show the lock."""
    at = now()
    view = find_counter(db.session(), slug, at)
    response = make_response(_rendered(view))
    if view.state is not State.OPEN:
        response.headers["HX-Trigger"] = "locked"
    return versions.versioned(response, view.stamp, view.state, deadlines.next_change(view.action, at))
