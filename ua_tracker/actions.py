"""Which actions are there, in which state, and may this one be published or removed?"""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from ua_tracker import deadlines, refusals
from ua_tracker.deadlines import State
from ua_tracker.models import (
    Action,
    ActionTally,
    GroupTally,
    Pledge,
    PrivateLink,
    Recipient,
    Report,
    ReportLine,
)
from ua_tracker.tally import Tally


@dataclass(frozen=True)
class Listing:
    """The published actions with their tallies: open by deadline, then reporting, then closed, newest first."""

    open: list[tuple[Action, Tally]] = field(default_factory=list)
    reporting: list[tuple[Action, Tally]] = field(default_factory=list)
    closed: list[tuple[Action, Tally]] = field(default_factory=list)


def find(session: Session, slug: str, *, to_write: bool = False) -> Action:
    """The action with this slug, a draft too. Raises NoSuchAction.

    `to_write` holds the action as it is until the transaction ends, so that nobody closes it meanwhile.
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
        totals = Tally(kept.pledges, kept.letters_pledged, kept.letters_sent, kept.copies_sent)
        state = deadlines.state(action, now)
        shelf = {State.OPEN: found.open, State.REPORTING: found.reporting}.get(state, found.closed)
        shelf.append((action, totals))
    found.open.reverse()
    return found


def publish(session: Session, action: Action, now: datetime) -> None:
    """Shows the action to the public. Published twice is published once.

    Raises EndsTheCase for a stop action, NoDeadline, or NobodyToWriteTo.
    """
    if action.sequence == "stop action":
        raise refusals.EndsTheCase(slug=action.slug)
    if action.deadline is None:
        raise refusals.NoDeadline(slug=action.slug)
    if not action.targets:
        raise refusals.NobodyToWriteTo(slug=action.slug)
    if action.published_at is None:
        action.published_at = now


def remove(session: Session, action: Action) -> None:
    """Removes a practice copy, or a draft nobody gave anything to, with all that hangs on it.

    Raises HoldsPeoplesWords for any other action.
    """
    given = session.scalar(select(Pledge.id).where(Pledge.action_id == action.id).limit(1)) or session.scalar(
        select(Report.id).where(Report.action_id == action.id).limit(1)
    )
    if not action.practice and (action.published_at is not None or given):
        raise refusals.HoldsPeoplesWords(slug=action.slug)
    pledges = select(Pledge.id).where(Pledge.action_id == action.id)
    reports = select(Report.id).where(Report.action_id == action.id)
    session.execute(delete(PrivateLink).where(PrivateLink.pledge_id.in_(pledges)))
    session.execute(delete(ReportLine).where(ReportLine.report_id.in_(reports)))
    for table in (Report, Pledge, Recipient, ActionTally, GroupTally):
        session.execute(delete(table).where(table.action_id == action.id))
    session.execute(delete(Action).where(Action.id == action.id))
