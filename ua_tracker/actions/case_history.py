"""The life of a case: its published issues in their order, what changed from one to the next, and all letters."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from ua_tracker import deadlines, refusals, totals
from ua_tracker.actions.cases import age
from ua_tracker.models import Action, ActionTally, Case, Recipient
from ua_tracker.totals import Tally

Kept = TypeVar("Kept")


@dataclass(frozen=True)
class Changes:
    """What an issue asks unlike the one before it. `deadline` has the days before and after, if they differ."""

    demands_added: list[str] = field(default_factory=list)
    demands_dropped: list[str] = field(default_factory=list)
    officials_added: list[Recipient] = field(default_factory=list)
    officials_dropped: list[Recipient] = field(default_factory=list)
    deadline: tuple[date, date] | None = None

    @property
    def are_none(self) -> bool:
        """Whether the issue asks for the same, of the same officials, until the same day."""
        return self == Changes()


@dataclass(frozen=True)
class Issue:
    """A published issue with its totals. `changes` is None if there is nothing before it to compare it with."""

    action: Action
    totals: Tally
    changes: Changes | None


@dataclass(frozen=True)
class History:
    """The published issues of a case, the oldest first; never empty."""

    case: Case
    issues: list[Issue]

    @property
    def newest(self) -> Action:
        """The newest issue."""
        return self.issues[-1].action

    @property
    def ended(self) -> Action | None:
        """The newest issue if a coordinator closed it: then the case has ended, and the issue says how."""
        return self.newest if self.newest.closed_at is not None else None

    @property
    def totals(self) -> Tally:
        """The totals of all issues together. Who pledged for two issues is counted in both."""
        return sum((one.totals for one in self.issues), Tally())


def find(session: Session, ua_number: str, now: datetime) -> History:
    """The history of the case with this number, like 12/26. Raises NoSuchCase, also if no issue is published."""
    case = session.scalar(select(Case).where(Case.ua_number == ua_number))
    found = of_case(session, case, now) if case else None
    if found is None:
        raise refusals.NoSuchCase()
    return found


def of_case(session: Session, case: Case, now: datetime) -> History | None:
    """The history of this case; None if none of its issues is published."""
    query = (
        select(Action, ActionTally)
        .join(ActionTally, ActionTally.action_id == Action.id)
        .where(Action.case_id == case.id, deadlines.published(now))
    )
    found = sorted(session.execute(query).all(), key=lambda row: age(row[0]))
    issues = [
        Issue(action, totals.of_kept(kept), _changes(action, [one for one, _ in found[:place]]))
        for place, (action, kept) in enumerate(found)
    ]
    return History(case, issues) if issues else None


def _changes(action: Action, before: Sequence[Action]) -> Changes | None:
    """Compared with the last issue in the same language: a translation has other words for the same demands."""
    last = next((one for one in reversed(before) if one.language == action.language), None)
    if last is None:
        return None
    demands = [{_key(text): text for text in one.demands} for one in (last, action)]
    officials = [{_key(to.name or to.title): to for to in one.recipients} for one in (last, action)]
    moved = last.deadline is not None and action.deadline is not None and last.deadline != action.deadline
    return Changes(
        demands_added=_missing(demands[1], demands[0]),
        demands_dropped=_missing(demands[0], demands[1]),
        officials_added=_missing(officials[1], officials[0]),
        officials_dropped=_missing(officials[0], officials[1]),
        deadline=(last.deadline, action.deadline) if moved and last.deadline and action.deadline else None,
    )


def _missing(here: dict[str, Kept], there: dict[str, Kept]) -> list[Kept]:
    return [one for key, one in here.items() if key not in there]


def _key(text: str) -> str:
    """What makes two texts the same: not their capitals, spaces, or the mark at their end."""
    return " ".join(text.casefold().split()).rstrip(".;,")
