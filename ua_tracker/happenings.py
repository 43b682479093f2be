"""What happened last to an action, for everything that leads with it: its page, the list, embeds, mails, the JSON."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from ua_tracker import public_notes
from ua_tracker.deadlines import State
from ua_tracker.models import Action, PublicNote


class What(StrEnum):
    """What can happen to a published action. What ended it counts most, then the later of the others."""

    STOPPED = "stopped"
    GOOD_NEWS = "good news"
    ENDED = "ended"
    EXTENDED = "extended"
    EARLIER = "earlier"
    CORRECTED = "corrected"


@dataclass(frozen=True)
class Happening:
    """What happened, and when (UTC). `days` are the deadlines before and after it was moved, `note` a correction."""

    what: What
    at: datetime
    days: tuple[date, date] | None = None
    note: PublicNote | None = None

    def leads(self, state: State) -> bool:
        """Whether it is said beside the number of an action in this state. What ended one is said in its place.

        That the deadline was moved is said as long as people can pledge, a correction as long as it stands.
        """
        return self.what is What.CORRECTED or (self.moves_deadline and state is State.OPEN)

    @property
    def moves_deadline(self) -> bool:
        """Whether the deadline was moved, to a later or to an earlier day."""
        return self.days is not None


def last(session: Session, action: Action) -> Happening | None:
    """What happened last to this action; None if nothing did."""
    return of(action, next(iter(public_notes.standing(session, action.id)), None))


def of_all(session: Session, actions: list[Action]) -> dict[int, Happening]:
    """The same for many actions at once, by their ids, without those to which nothing happened."""
    notes: dict[int, PublicNote] = {}
    for note in public_notes.standing(session, *(action.id for action in actions)):
        notes.setdefault(note.action_id, note)
    found = {action.id: of(action, notes.get(action.id)) for action in actions}
    return {number: happening for number, happening in found.items() if happening}


def every(action: Action, notes: list[PublicNote]) -> list[Happening]:
    """All that happened to the action, the oldest first. `notes` are its corrections that stand."""
    found = _moves(action)
    found += [Happening(What.CORRECTED, note.at, note=note) for note in notes]
    found += [end] if (end := _end_of(action)) else []
    return sorted(found, key=lambda one: one.at)


def of(action: Action, note: PublicNote | None) -> Happening | None:
    """What happened last, where `note` is the newest correction that stands."""
    if end := _end_of(action):
        return end
    found = [Happening(What.CORRECTED, note.at, note=note)] if note else []
    found += _moves(action)[-1:]
    return max(found, key=lambda one: one.at, default=None)


def _moves(action: Action) -> list[Happening]:
    """Each move of the deadline, the oldest first."""
    days = [*(one.day for one in action.earlier_deadlines), *([action.deadline] if action.deadline else [])]
    return [
        Happening(What.EXTENDED if one.day < day else What.EARLIER, one.until, days=(one.day, day))
        for one, day in zip(action.earlier_deadlines, days[1:], strict=False)
        if one.day != day
    ]


def _end_of(action: Action) -> Happening | None:
    if action.closed_at is None:
        return None
    what = What.STOPPED if action.is_stopped else What.GOOD_NEWS if action.has_good_news else What.ENDED
    return Happening(what, action.closed_at)
