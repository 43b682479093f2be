"""What a local group has done: its letters in every published action, and at its letter evenings."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ua_tracker import actions, deadlines, tally
from ua_tracker.deadlines import State
from ua_tracker.models import Action, Evening, Group
from ua_tracker.totals import Tally

MOST_EVENINGS = 20


@dataclass(frozen=True)
class Part:
    """An action in which the group can take part, or did: the totals of all, and the group's own."""

    action: Action
    state: State
    totals: Tally
    own: Tally


@dataclass(frozen=True)
class PastEvening:
    """A letter evening that is over: its day in the action's time zone, and how many of its letters count."""

    action: Action
    day: date
    letters: int


@dataclass(frozen=True)
class GroupLetters:
    """The parts of a group, what ends first before what is over, and its last evenings, the newest first."""

    group: Group
    parts: Sequence[Part]
    evenings: Sequence[PastEvening]
    changes: Sequence[datetime]  # when an action is published by itself, or an evening that runs now is over

    @property
    def totals(self) -> Tally:
        """The group's totals in all actions together, without those for practice."""
        return sum((part.own for part in self.parts if not part.action.practice), Tally())

    def in_state(self, *states: State) -> list[Part]:
        """The parts in actions of these states."""
        return [part for part in self.parts if part.state in states]


def of(session: Session, group: Group, now: datetime) -> GroupLetters:
    """The letters of this group at this UTC instant: of every open action, and of the others that it has letters in."""
    own, listing = tally.read_of_group(session, group.id), actions.listing(session, now)
    by_state = {State.OPEN: listing.open, State.REPORTING: listing.reporting, State.CLOSED: listing.closed}
    rows = [(state, action, totals) for state, found in by_state.items() for action, totals in found]
    parts = [
        Part(action, state, totals, own.get(action.id, Tally()))
        for state, action, totals in rows
        if state is State.OPEN or own.get(action.id, Tally()).letters_sent
    ]
    of_group = select(Evening).where(Evening.group_id == group.id)
    runs = session.scalars(of_group.where(Evening.ends_at > now)).all()
    upcoming = [one for one in (listing.next_publication, *(evening.ends_at for evening in runs)) if one]
    over = of_group.where(Evening.ends_at <= now, Evening.letters_counted > 0)
    newest = session.scalars(over.order_by(Evening.opened_at.desc(), Evening.id.desc()).limit(MOST_EVENINGS))
    real = {action.id: action for _, action, _ in rows if not action.practice}
    evenings = [_past(real[one.action_id], one) for one in newest if one.action_id in real]
    return GroupLetters(group, parts, evenings, upcoming)


def _past(action: Action, evening: Evening) -> PastEvening:
    return PastEvening(action, deadlines.today(action, evening.opened_at), evening.letters_counted)
