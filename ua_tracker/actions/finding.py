"""Which actions are there, and in which state?"""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ua_tracker import deadlines, refusals
from ua_tracker.deadlines import State
from ua_tracker.models import Action, ActionTally
from ua_tracker.tally import Tally


@dataclass(frozen=True)
class Listing:
    """The published actions with their tallies: open by deadline, then reporting, then closed, newest first."""

    open: list[tuple[Action, Tally]] = field(default_factory=list)
    reporting: list[tuple[Action, Tally]] = field(default_factory=list)
    closed: list[tuple[Action, Tally]] = field(default_factory=list)


def find(session: Session, slug: str, *, to_write: bool = False) -> Action:
    """The action with this slug, a draft too. Raises NoSuchAction.

    `to_write` holds the action as it is until the transaction ends, so that nobody closes it meanwhile. It is
    for what people give to an action; whoever changes the action itself finds it plainly (see `lock`).
    """
    query = select(Action).where(Action.slug == slug)
    if to_write:
        query = query.with_for_update(read=True, of=Action)
    action = session.scalar(query)
    if action is None:
        raise refusals.NoSuchAction(slug=slug)
    return action


def find_published(session: Session, slug: str, *, to_write: bool = False) -> Action:
    """The action with this slug as the public may see it. Raises NoSuchAction for a draft."""
    action = find(session, slug, to_write=to_write)
    if action.published_at is None:
        raise refusals.NoSuchAction(slug=slug)
    return action


def listing(session: Session, now: datetime) -> Listing:
    """All published actions by their state at this UTC instant."""
    found = Listing()
    query = (
        select(Action, ActionTally)
        .join(ActionTally, ActionTally.action_id == Action.id)
        .where(Action.published_at.is_not(None))
        .order_by(Action.deadline.desc(), Action.slug)
    )
    for action, kept in session.execute(query):
        state = deadlines.state(action, now)
        shelf = {State.OPEN: found.open, State.REPORTING: found.reporting}.get(state, found.closed)
        shelf.append((action, _totals(kept)))
    found.open.reverse()
    return found


def all_with_totals(session: Session, *, drafts: bool) -> list[tuple[Action, Tally]]:
    """Every action with its totals, the latest deadline first and drafts before all; or the published ones only."""
    query = (
        select(Action, ActionTally)
        .join(ActionTally, ActionTally.action_id == Action.id)
        .order_by(Action.published_at.is_not(None), Action.deadline.desc(), Action.slug)
    )
    if not drafts:
        query = query.where(Action.published_at.is_not(None))
    return [(action, _totals(kept)) for action, kept in session.execute(query)]


def _totals(kept: ActionTally) -> Tally:
    return Tally(kept.pledges, kept.letters_pledged, kept.letters_sent, kept.copies_sent)


def lock(session: Session, action: Action, revision: int | None = None) -> None:
    """Reads the action anew and keeps everybody else from it until the transaction ends.

    Two who both hold it as it is already (`find(…, to_write=True)`) would wait for each other here.
    `revision` is the one that the coordinator was shown. Raises EditedMeanwhile when it has grown since.
    """
    # Not from rows that merely refer to it: whoever voids a report holds its row already and must not wait here.
    session.refresh(action, with_for_update={"of": Action, "key_share": True})
    if revision is not None and action.revision != revision:
        raise refusals.EditedMeanwhile(slug=action.slug)
