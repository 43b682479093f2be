"""Holds the tallies against the ledger, and corrects them: totals, days and letter evenings."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from ua_tracker import day_tallies, evening_tallies, totals
from ua_tracker.evening_tallies import EveningDifference
from ua_tracker.models import Action, ActionTally, Group, GroupTally, Pledge, Report
from ua_tracker.tally import moving
from ua_tracker.totals import COUNTED, Tally


@dataclass(frozen=True)
class Difference:
    """A difference between the stored and the counted totals; `group` is None for the action's totals."""

    slug: str
    group: str | None
    kept: Tally
    counted: Tally


@dataclass(frozen=True)
class DayDifference:
    """A difference in the tallies of a day: `name` is the number that differs, `group` None for people without one."""

    slug: str
    group: str | None
    day: date
    name: str
    kept: int
    counted: int


AnyDifference = Difference | DayDifference | EveningDifference


def check(session: Session) -> list[AnyDifference]:
    """Counts every action, group, day and evening from the ledger; returns where the tally differs. Changes nothing.

    The session must see one state of the database, or else a concurrent write would look like a difference.
    """
    return [one for action_id, slug in _actions(session) for one in _all_differences(session, action_id, slug)]


def check_one(session: Session, action_id: int) -> list[AnyDifference]:
    """As `check`, for one action."""
    [(number, slug)] = _actions(session, Action.id == action_id)
    return _all_differences(session, number, slug)


def recount(session: Session, slug: str | None = None) -> list[AnyDifference]:
    """Corrects the tallies of this action, or of all, from the ledger; returns the differences."""
    which = [] if slug is None else [Action.slug == slug]
    # Waits for transactions that have written a row but not its tally, and blocks further ones.
    evening_tallies.lock_all(session, *which)
    rows = select(ActionTally.action_id).join(Action, Action.id == ActionTally.action_id).where(*which)
    session.execute(rows.order_by(Action.slug).with_for_update(of=ActionTally)).all()
    corrected: list[AnyDifference] = []
    for action_id, name in _actions(session, *which):
        for difference, group_id in _differences(session, action_id, name):
            corrected.append(difference)
            change = difference.counted + -difference.kept
            if group_id is None:
                moving.move_action(session, action_id, change)
            else:
                moving.move_group(session, action_id, group_id, change)
        days = _day_differences(session, action_id, name)
        if days:
            day_tallies.recount(session, action_id)
        corrected += [*days, *evening_tallies.recount(session, action_id, name)]
    return corrected


def _actions(session: Session, *which: ColumnElement[bool]) -> list[tuple[int, str]]:
    rows = session.execute(select(Action.id, Action.slug).where(*which).order_by(Action.slug))
    return [(number, slug) for number, slug in rows]


def _all_differences(session: Session, action_id: int, slug: str) -> list[AnyDifference]:
    of_totals = [difference for difference, _ in _differences(session, action_id, slug)]
    of_evenings = evening_tallies.check(session, action_id, slug)
    return [*of_totals, *_day_differences(session, action_id, slug), *of_evenings]


def _differences(session: Session, action_id: int, slug: str) -> list[tuple[Difference, int | None]]:
    counted, kept = _count(session, action_id), _kept(session, action_id)
    numbers = sorted({*counted, *kept}, key=lambda key: key or 0)
    pairs = [(group_id, kept.get(group_id, Tally()), counted.get(group_id, Tally())) for group_id in numbers]
    wrong = [pair for pair in pairs if pair[1] != pair[2]]
    names = _group_names(session) if wrong else {}
    return [(Difference(slug, names.get(group_id), here, there), group_id) for group_id, here, there in wrong]


def _day_differences(session: Session, action_id: int, slug: str) -> list[DayDifference]:
    kept, counted = day_tallies.kept(session, action_id), day_tallies.counted(session, action_id)
    wrong = [place for place, number in day_tallies.difference(kept, counted).items() if number]
    names = _group_names(session) if wrong else {}
    return [
        DayDifference(slug, names.get(place[0]), place[1], place[2], kept.get(place, 0), counted.get(place, 0))
        for place in sorted(wrong)
    ]


def _group_names(session: Session) -> dict[int | None, str]:
    names: dict[int | None, str] = dict(session.execute(select(Group.id, Group.slug)).all())
    return names


def _kept(session: Session, action_id: int) -> dict[int | None, Tally]:
    rows = session.execute(
        select(GroupTally.group_id, *(getattr(GroupTally, name) for name in COUNTED)).where(
            GroupTally.action_id == action_id
        )
    )
    return {None: moving.read(session, action_id), **{row[0]: Tally(*row[1:]) for row in rows}}


def _count(session: Session, action_id: int) -> dict[int | None, Tally]:
    """Sums over the ledger's standing rows, by group id; under None for the whole action."""
    pledged = totals.by_group(session, Pledge, Pledge.action_id == action_id, *totals.standing(Pledge))
    sent = totals.by_group(session, Report, Report.action_id == action_id, *totals.standing(Report))
    by_group = {key: pledged.get(key, Tally()) + sent.get(key, Tally()) for key in {*pledged, *sent}}
    whole = sum(by_group.values(), Tally())
    return {None: whole, **{key: part for key, part in by_group.items() if key is not None}}
