"""The dashboard: the list of actions, and the page of each action with its pace, its plot and links to all else."""

import math
from dataclasses import dataclass, replace
from datetime import datetime

from flask import Blueprint, render_template
from flask_babel import gettext
from sqlalchemy.orm import Session

from ua_tracker import (
    actions,
    alphabet,
    coordinators,
    deadlines,
    groups,
    leaders,
    mail_standing,
    next_issues,
    not_reported,
    previews,
    progress,
    public_notes,
    refused_addresses,
    tally,
)
from ua_tracker.actions import cases
from ua_tracker.database import db
from ua_tracker.deadlines import State
from ua_tracker.models import STOP_ACTION, Action, Coordinator, Group
from ua_tracker.progress import Pace
from ua_tracker.totals import Tally
from ua_tracker.web import counter
from ua_tracker.web.coordinators import plots, search
from ua_tracker.web.coordinators.login import require_coordinator
from ua_tracker.web.counter import Counter
from ua_tracker.web.forms.accounts import CoordinatorForm
from ua_tracker.web.forms.dashboard import CloseForm, EndCaseForm, ExtendForm, NoteForm, RevisionForm
from ua_tracker.web.forms.scheduling import ScheduleForm
from ua_tracker.web.labels import CHANNEL_NAMES, REASON_WORDS
from ua_tracker.web.request import language, now
from ua_tracker.web.translation import Sentence, lazy_gettext
from ua_tracker.webhooks import registering

bp = Blueprint("dashboard", __name__, url_prefix="/<lang:lang>/dashboard")
STATE_WORDS = {
    State.DRAFT: lazy_gettext("draft"),
    State.OPEN: lazy_gettext("open"),
    State.REPORTING: lazy_gettext("reporting"),
    State.CLOSED: lazy_gettext("closed"),
}


SOON = 7  # days before the deadline


@dataclass(frozen=True)
class Badge:
    """The state of an action in words, and the class that gives them a fill or a border."""

    words: Sentence
    look: str


BADGES = {
    State.DRAFT: Badge(STATE_WORDS[State.DRAFT], "draft"),
    State.OPEN: Badge(STATE_WORDS[State.OPEN], ""),
    State.REPORTING: Badge(STATE_WORDS[State.REPORTING], ""),
    State.CLOSED: Badge(STATE_WORDS[State.CLOSED], "off"),
}
CLOSES_SOON = Badge(lazy_gettext("closes soon"), "hot")
REACHED = Badge(lazy_gettext("goal reached"), "won")
GOOD_NEWS = Badge(lazy_gettext("Good news"), "won")
STOPPED = Badge(lazy_gettext("Stopped"), "hot")


@dataclass(frozen=True)
class Row:
    """One action in the list, with the totals of the coordinator's own group; `days_left` is None unless it is open.

    `lately` is the number of letters a day in the last seven days, `unreported` that of pledges without a report: of
    the coordinator's own group, or of all for the office. Both are None when they are not counted.
    """

    action: Action
    state: State
    badge: Badge
    totals: Tally
    own: Tally
    pace: Pace
    days_left: int | None
    lately: float | None = None
    unreported: int | None = None

    @property
    def is_on_the_way(self) -> bool:
        """Whether the goal is reached by the deadline if as many letters come a day as in the last seven days."""
        return self.pace.needed is not None and self.lately is not None and self.lately >= self.pace.needed


@bp.get("/")
@require_coordinator()
def index(coordinator: Coordinator) -> str:
    """The actions that are searched for, or all, with their pace. Only the office sees drafts."""
    wanted, rows = search.asked(), _rows(coordinator, now())
    found = [row for row in rows if wanted.finds(row.action, row.state)]
    facts = {
        "asked": wanted,
        "coordinator": coordinator,
        "has_actions": bool(rows),
        "mails": mail_standing.trouble(db.session()) if coordinator.role == "office" else None,
        "hooks": registering.in_trouble(db.session()) if coordinator.role == "office" else [],
        "rows": sorted(_with_counts(coordinator, found, now()), key=_urgency),
        "state_words": STATE_WORDS,
    }
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
    action = seen(db.session(), coordinator, slug)
    view = counter.counter_of(db.session(), action, now())
    return render_template("dashboard/_plot.html", **_plot_facts(coordinator, view))


def _rows(coordinator: Coordinator, at: datetime) -> list[Row]:
    found = actions.all_with_totals(db.session(), at, drafts=coordinator.role == "office")
    own = tally.read_of_group(db.session(), coordinator.group.id) if coordinator.group else {}
    return [_row(action, totals, own.get(action.id, Tally()), at) for action, totals in found]


def _with_counts(coordinator: Coordinator, rows: list[Row], at: datetime) -> list[Row]:
    """The rows with what is counted in the ledger, for actions for which letters can be reported."""
    scope = coordinators.seen_group(coordinator)
    running = [row for row in rows if row.state in (State.OPEN, State.REPORTING)]
    lately = progress.lately(db.session(), [row.action for row in running], at, scope)
    pledges = {row.action.id: (row.totals if scope is None else row.own).pledges for row in running}
    unreported = not_reported.counts(db.session(), pledges, scope)
    return [
        replace(row, lately=lately.get(row.action.id), unreported=unreported.get(row.action.id))
        if row.action.id in pledges
        else row
        for row in rows
    ]


def _row(action: Action, totals: Tally, own: Tally, at: datetime) -> Row:
    state = deadlines.state(action, at)
    left = deadlines.days_left(action, at) if state is State.OPEN else None
    pace = progress.pace(action, totals.letters_sent, at)
    return Row(action, state, _badge(action, state, totals, left), totals, own, pace, left)


def _urgency(row: Row) -> tuple[int, float]:
    """Open actions first, then reporting and drafts, what ends first on top; then closed ones, the latest first."""
    order = (State.OPEN, State.REPORTING, State.DRAFT, State.CLOSED)
    ends = deadlines.closes_at if row.state is State.OPEN else deadlines.reporting_closes_at
    at = ends(row.action)
    seconds = at.timestamp() if at else math.inf
    return order.index(row.state), -seconds if row.state is State.CLOSED else seconds


def _badge(action: Action, state: State, totals: Tally, days_left: int | None) -> Badge:
    if action.is_stopped:
        return STOPPED
    if action.has_good_news:
        return GOOD_NEWS
    if state in (State.OPEN, State.REPORTING) and totals.letters_sent >= action.goal:
        return REACHED
    return CLOSES_SOON if days_left is not None and days_left <= SOON else BADGES[state]


def seen(session: Session, coordinator: Coordinator, slug: str, *, to_write: bool = False) -> Action:
    """The action, if this coordinator may see it: drafts are for the office only. Raises NoSuchAction."""
    if coordinator.role == "office":
        return actions.find(session, slug, to_write=to_write)
    return actions.find_published(session, slug, now(), to_write=to_write)


def page(coordinator: Coordinator, action: Action, **forms: object) -> str:
    """The page of the action; `forms` are those that were posted, with their errors, by name."""
    revision = {"data": {"revision": str(action.revision)}}
    view = counter.counter_of(db.session(), action, now())
    left = deadlines.days_left(action, now()) if view.state is State.OPEN else None
    ends = cases.running(db.session(), action, now()) if action.sequence == STOP_ACTION else []
    facts = {
        "badge": _badge(action, view.state, view.tally, left),
        "days_left": left,
        "extend": ExtendForm(formdata=None, **revision),
        "schedule": ScheduleForm.of(action),
        "preview_link": previews.standing(db.session(), action, now()),
        "close": CloseForm(formdata=None, **revision),
        "end_case": EndCaseForm.of(action, ends),
        "ends": ends,
        "told_of_it": next_issues.waiting(db.session(), action) if view.state is State.DRAFT else 0,
        "plain": RevisionForm(formdata=None, **revision),
        "note": NoteForm(formdata=None),
        "button": CoordinatorForm(formdata=None),
        "notes": public_notes.of(db.session(), action),
        "networks": leaders.networks(db.session(), action, now()),
        "domains": leaders.domains(db.session(), action, now()),
        "refused": refused_addresses.count(db.session(), action, coordinators.seen_group(coordinator)),
        **_plot_facts(coordinator, view),
        **forms,
    }
    return render_template("dashboard/show.html", **facts)


def _plot_facts(coordinator: Coordinator, view: Counter) -> dict[str, object]:
    numbers = plots.read(coordinator, view, now())
    return {
        "action": view.action,
        "bars": _bars(db.session(), view.action, numbers.group),
        "coordinator": coordinator,
        "counter": view,
        "days": numbers.days,
        "narrow": plots.drawing(numbers, plots.NARROW),
        "own": numbers.totals if numbers.group else None,
        "reason_words": REASON_WORDS,
        "state": view.state,
        "state_words": STATE_WORDS,
        "summary": plots.summary(numbers),
        "wide": plots.drawing(numbers, plots.WIDE),
    }


def _bars(session: Session, action: Action, group: Group | None) -> list[tuple[str, list[tuple[str, int]]]]:
    channels = progress.by_channel(session, action, group.id if group else None)
    bars = [(gettext("Letters by channel"), [(str(CHANNEL_NAMES[name]), sent) for name, sent in channels.items()])]
    if group is None:
        names = groups.names(session)
        shares = tally.read_groups(session, action.id)
        rows = [(names.get(slug, slug), part.letters_sent) for slug, part in shares.items()]
        if rows:
            bars.append((gettext("Letters by group"), sorted(rows, key=_largest_first)))
    return bars


def _largest_first(row: tuple[str, int]) -> tuple[int, alphabet.Place]:
    name, letters = row
    return -letters, alphabet.place(name, language())
