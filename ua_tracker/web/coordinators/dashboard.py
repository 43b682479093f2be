"""The dashboard: the list of actions, and the page of each action with its pace, its plot and links to all else."""

from dataclasses import dataclass

from flask import Blueprint, render_template
from flask_babel import gettext
from sqlalchemy.orm import Session

from ua_tracker import actions, coordinators, deadlines, groups, mail_standing, progress, tally
from ua_tracker.database import db
from ua_tracker.deadlines import State
from ua_tracker.models import Action, Coordinator
from ua_tracker.progress import Pace
from ua_tracker.tally import Tally
from ua_tracker.web import counter
from ua_tracker.web.coordinators.login import require_coordinator
from ua_tracker.web.filters import decimal, number
from ua_tracker.web.forms.dashboard import CloseForm, ExtendForm, NoteForm, RevisionForm
from ua_tracker.web.labels import CHANNEL_NAMES, REASON_WORDS
from ua_tracker.web.request import now
from ua_tracker.web.translation import lazy_gettext

bp = Blueprint("dashboard", __name__, url_prefix="/<lang:lang>/dashboard")
STATE_WORDS = {
    State.DRAFT: lazy_gettext("draft"),
    State.OPEN: lazy_gettext("open"),
    State.REPORTING: lazy_gettext("reporting"),
    State.CLOSED: lazy_gettext("closed"),
}


@dataclass(frozen=True)
class Row:
    """One action in the list, with the totals of the coordinator's own group."""

    action: Action
    state: State
    totals: Tally
    own: Tally
    pace: Pace


@bp.get("/")
@require_coordinator()
def index(coordinator: Coordinator) -> str:
    """All actions with their pace. Only the office sees drafts."""
    at = now()
    found = actions.all_with_totals(db.session(), drafts=coordinator.role == "office")
    own = tally.read_all_groups(db.session())
    slug = coordinator.group.slug if coordinator.group else ""
    rows = [
        Row(
            one,
            deadlines.state(one, at),
            totals,
            own.get(one.id, {}).get(slug, Tally()),
            progress.pace(one, totals.letters_sent, at),
        )
        for one, totals in found
    ]
    mails = mail_standing.read(db.session(), at) if coordinator.role == "office" else None
    facts = {"coordinator": coordinator, "mails": mails, "rows": rows, "state_words": STATE_WORDS}
    return render_template("dashboard/index.html", **facts)


@bp.get("/<slug:slug>")
@require_coordinator()
def show(coordinator: Coordinator, slug: str) -> str:
    """One action: its counter, its plot, and what can be done with it."""
    return page(coordinator, seen(db.session(), coordinator, slug))


@bp.get("/<slug:slug>/plot")
@require_coordinator()
def plot(coordinator: Coordinator, slug: str) -> str:
    """The plot and its tables alone, which the page polls."""
    return render_template("dashboard/_plot.html", **_plot_facts(coordinator, seen(db.session(), coordinator, slug)))


def seen(session: Session, coordinator: Coordinator, slug: str, *, to_write: bool = False) -> Action:
    """The action, if this coordinator may see it: drafts are for the office only. Raises NoSuchAction."""
    find = actions.find if coordinator.role == "office" else actions.find_published
    return find(session, slug, to_write=to_write)


def page(coordinator: Coordinator, action: Action, **forms: object) -> str:
    """The page of the action; `forms` are those that were posted, with their errors, by name."""
    revision = {"data": {"revision": str(action.revision)}}
    facts = {
        "extend": ExtendForm(formdata=None, **revision),
        "close": CloseForm(formdata=None, **revision),
        "plain": RevisionForm(formdata=None, **revision),
        "note": NoteForm(formdata=None),
        **_plot_facts(coordinator, action),
        **forms,
    }
    return render_template("dashboard/show.html", **facts)


def _plot_facts(coordinator: Coordinator, action: Action) -> dict[str, object]:
    session, at, scope = db.session(), now(), coordinators.seen_group(coordinator)
    view = counter.counter_of(session, action, at)
    days = progress.by_day(session, action, at, scope)
    own = tally.read_group(session, action.id, scope) if scope is not None else None
    pace = progress.pace(action, view.tally.letters_sent, at)
    goal, until = action.goal if own is None else None, None if action.closed_at else action.deadline
    return {
        "action": action,
        "bars": _bars(session, action, scope),
        "coordinator": coordinator,
        "counter": view,
        "days": days,
        "own": own,
        "plot": progress.plot(days, goal, until),
        "reason_words": REASON_WORDS,
        "state": view.state,
        "state_words": STATE_WORDS,
        "summary": _summary(view.tally, action, pace) if own is None else _summary_of_group(own),
    }


def _bars(session: Session, action: Action, scope: int | None) -> list[tuple[str, list[tuple[str, int]]]]:
    channels = progress.by_channel(session, action, scope)
    bars = [(gettext("Letters by channel"), [(str(CHANNEL_NAMES[name]), sent) for name, sent in channels.items()])]
    if scope is None:
        names = {group.slug: group.name for group in groups.listing(session)}
        shares = tally.read_groups(session, action.id)
        rows = [(names.get(slug, slug), part.letters_sent) for slug, part in shares.items()]
        if rows:
            bars.append((gettext("Letters by group"), sorted(rows, key=lambda row: -row[1])))
    return bars


def _summary_of_group(own: Tally) -> str:
    """The same for one group. Groups have no goal."""
    sent, pledged = number(own.letters_sent), number(own.letters_pledged)
    return gettext("Your group: %(sent)s letters sent, %(pledged)s pledged.", sent=sent, pledged=pledged)


def _summary(totals: Tally, action: Action, pace: Pace) -> str:
    """What the plot shows, as a sentence: above it, and for screen readers."""
    sent = gettext(
        "%(sent)s of %(goal)s letters sent, %(pledged)s pledged.",
        sent=number(totals.letters_sent),
        goal=number(action.goal),
        pledged=number(totals.letters_pledged),
    )
    rate = gettext("That is %(rate)s a day since the action was published.", rate=decimal(pace.so_far))
    if pace.needed is None:
        return f"{sent} {rate}"
    needed = gettext("%(rate)s a day are needed to reach the goal by the deadline.", rate=decimal(pace.needed))
    return f"{sent} {rate} {needed}"
