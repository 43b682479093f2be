"""Reads actions: one by slug, lists by state. Locks the row of an action."""

from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import String, and_, bindparam, func, select
from sqlalchemy.orm import Session

from ua_tracker import alphabet, deadlines, refusals, totals
from ua_tracker.deadlines import State, Terms
from ua_tracker.models import Action, ActionTally, Recipient
from ua_tracker.statements import Fixed
from ua_tracker.totals import COUNTED, Tally
from ua_tracker.webhooks.events import HAS_HOOKS

_COLUMNS = [HAS_HOOKS if one.name == "has_hooks" else getattr(Action, one.name) for one in fields(Terms)]
_IS_SLUG = Action.slug == bindparam("slug", type_=String())
_TERMS = Fixed(select(*_COLUMNS).where(_IS_SLUG).with_for_update(read=True, of=Action))
_ADDRESSED = Fixed(
    select(*_COLUMNS, Recipient.id, Recipient.kind, Recipient.role, Recipient.name)
    .outerjoin(Recipient, and_(Recipient.action_id == Action.id, Recipient.retired_at.is_(None)))
    .where(_IS_SLUG)
    .order_by(Recipient.position)
)
_COUNTED = Fixed(
    select(
        *_COLUMNS, Action.goal, Action.revision, ActionTally.revision, *(getattr(ActionTally, one) for one in COUNTED)
    )
    .join(ActionTally, ActionTally.action_id == Action.id)
    .where(_IS_SLUG)
)


class To(NamedTuple):
    """A recipient as a form names it: see models.Recipient."""

    id: int
    kind: str
    title: str


@dataclass(frozen=True)
class Addressed(Terms):
    """The terms of an action, and its recipients in their order."""

    recipients: tuple[To, ...]

    @property
    def targets(self) -> list[To]:
        """The officials written to, in order."""
        return [to for to in self.recipients if to.kind == "target"]


@dataclass(frozen=True)
class Counted(Terms):
    """The terms of an action, and what its counter shows: the goal in letters, the totals, and the revision of both."""

    goal: int
    revision: int
    tally_revision: int
    tally: Tally


@dataclass(frozen=True)
class Listing:
    """Published actions with their totals: open ones by next deadline, reporting and closed ones by latest deadline.

    Those of one day are in the alphabetical order of their titles. `next_publication` is the next UTC instant at which
    a draft is published by itself.
    """

    open: list[tuple[Action, Tally]] = field(default_factory=list)
    reporting: list[tuple[Action, Tally]] = field(default_factory=list)
    closed: list[tuple[Action, Tally]] = field(default_factory=list)
    next_publication: datetime | None = None


def find(session: Session, slug: str, *, to_write: bool = False) -> Action:
    """The action with this slug, drafts included. Raises NoSuchAction.

    `to_write` takes a shared lock on the row until the transaction ends, so that no coordinator closes the action
    before. Use it to add pledges and reports. To change the action itself, leave it off and call `lock`.
    """
    query = select(Action).where(Action.slug == slug)
    if to_write:
        query = query.with_for_update(read=True, of=Action)
    action = session.scalar(query)
    if action is None:
        raise refusals.NoSuchAction(slug=slug)
    return action


def find_published(session: Session, slug: str, now: datetime, *, to_write: bool = False) -> Action:
    """The action with this slug that the public sees at this UTC instant. Raises NoSuchAction, also for a draft."""
    action = find(session, slug, to_write=to_write)
    if not deadlines.is_published(action, now):
        raise refusals.NoSuchAction(slug=slug)
    return action


def find_terms(session: Session, slug: str, now: datetime) -> Terms:
    """As `find_published` with `to_write`, without the action's texts: all that the rules of a pledge ask."""
    rows = _TERMS.rows_until_end(session, slug=slug)
    terms = Terms(*rows[0]) if rows else None
    if terms is None or not deadlines.is_published(terms, now):
        raise refusals.NoSuchAction(slug=slug)
    return terms


def find_addressed(session: Session, slug: str, now: datetime) -> Addressed:
    """As `find_published`, without the action's texts: all that a posted form of its letters asks."""
    rows = _ADDRESSED.rows(session, slug=slug)
    number = len(_COLUMNS)
    to = (To(key, kind, role or name or "") for key, kind, role, name in (row[number:] for row in rows) if key)
    addressed = Addressed(**vars(Terms(*rows[0][:number])), recipients=tuple(to)) if rows else None
    if addressed is None or not deadlines.is_published(addressed, now):
        raise refusals.NoSuchAction(slug=slug)
    return addressed


def find_counted(session: Session, slug: str, now: datetime) -> Counted:
    """As `find_published`, without the action's texts: all that its counter shows, of one moment."""
    row = _COUNTED.first(session, slug=slug)
    terms = Terms(*row[: len(_COLUMNS)]) if row else None
    if row is None or terms is None or not deadlines.is_published(terms, now):
        raise refusals.NoSuchAction(slug=slug)
    goal, revision, tally_revision, *numbers = row[len(_COLUMNS) :]
    facts = {"goal": goal, "revision": revision, "tally_revision": tally_revision}
    return Counted(**vars(terms), **facts, tally=Tally(*numbers))


def by_slug(session: Session, slugs: Iterable[str]) -> dict[str, Action]:
    """Those of these slugs that are an action's, each with the action, drafts included."""
    return {one.slug: one for one in session.scalars(select(Action).where(Action.slug.in_(slugs)))}


def listing(session: Session, now: datetime) -> Listing:
    """All published actions, by their state at this UTC instant."""
    upcoming = select(func.min(Action.published_at)).where(Action.published_at > now)
    found = Listing(next_publication=session.scalar(upcoming))
    query = (
        select(Action, ActionTally)
        .join(ActionTally, ActionTally.action_id == Action.id)
        .where(deadlines.published(now))
    )
    for action, kept in sorted(session.execute(query), key=lambda row: _latest_first(row[0])):
        state = deadlines.state(action, now)
        same_state = {State.OPEN: found.open, State.REPORTING: found.reporting}.get(state, found.closed)
        same_state.append((action, totals.of_kept(kept)))
    found.open.sort(key=lambda row: row[0].deadline or date.max)
    return found


def all_with_totals(session: Session, now: datetime, *, drafts: bool) -> list[tuple[Action, Tally]]:
    """Every action with its totals: drafts first (unless `drafts` is false), then the latest deadline first."""
    query = select(Action, ActionTally).join(ActionTally, ActionTally.action_id == Action.id)
    if not drafts:
        query = query.where(deadlines.published(now))
    found = sorted(session.execute(query), key=lambda row: (deadlines.is_published(row[0], now), _latest_first(row[0])))
    return [(action, totals.of_kept(kept)) for action, kept in found]


def _latest_first(action: Action) -> tuple[int, alphabet.Place]:
    """The key that sorts by deadline, the latest first and none before that, then by title."""
    day = action.deadline or date.max
    return -day.toordinal(), alphabet.place(action.title, action.language)


def lock(session: Session, action: Action, revision: int | None = None) -> None:
    """Reads the row again and locks it until the transaction ends.

    Two transactions that both hold the shared lock of `find(…, to_write=True)` would deadlock here.
    `revision` is the revision that the coordinator saw. Raises EditedMeanwhile when it has increased since.
    """
    # FOR NO KEY UPDATE: rows that refer to the action can still be written, so voiding a report does not deadlock.
    session.refresh(action, with_for_update={"of": Action, "key_share": True})
    if revision is not None and action.revision != revision:
        raise refusals.EditedMeanwhile(slug=action.slug)
