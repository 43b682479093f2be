"""The tally of each letter evening: the letters to targets, and the copies, of its reports that count.

It is changed as the other tallies are (ua_tracker/tally.py): by SQL, in the transaction of the row it counts. What may
still count at once is decided by it, so it is locked before any row of the ledger (docs/decisions/0010-corrections.md).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Integer, bindparam, case, func, select, update
from sqlalchemy.orm import Session

from ua_tracker import totals
from ua_tracker.models import Action, Evening, Recipient, Report, ReportLine
from ua_tracker.statements import Fixed

_IT = Evening.id == bindparam("number", type_=Integer())
_KEPT = (Evening.letters_counted, Evening.copies_counted)
_LOCKED = Fixed(select(*_KEPT, Evening.most_letters).where(_IT).with_for_update(key_share=True))
_MOVE = Fixed(
    update(Evening)
    .where(_IT)
    .values(
        letters_counted=Evening.letters_counted + bindparam("letters", type_=Integer()),
        copies_counted=Evening.copies_counted + bindparam("copies", type_=Integer()),
    )
)
KINDS = ("target", "copy")
Numbers = tuple[int, int]  # letters to targets, and copies
_NONE = (0, 0)


@dataclass(frozen=True)
class EveningDifference:
    """A difference between the stored and the counted numbers of the evening with this id."""

    slug: str
    evening: int
    kept: Numbers
    counted: Numbers


def lock(session: Session, *numbers: int | None) -> None:
    """Locks the tallies of these evenings until the transaction ends; None is no evening."""
    for number in sorted({number for number in numbers if number is not None}):
        _LOCKED.first(session, number=number)


def admit(session: Session, number: int, letters: int, copies: int = 0) -> bool:
    """Whether so many letters to targets and copies may count at once.

    With all that count of this evening, each of the two is within what the coordinator named. What was taken back
    makes place for others. Locks the tally; `move` adds the numbers with the row.
    """
    row = _LOCKED.first(session, number=number)
    if row is None:
        return False
    letters_counted, copies_counted, most = row
    return letters_counted + letters <= most and (copies <= 0 or copies_counted + copies <= most)


def move(session: Session, number: int | None, letters: int, copies: int) -> None:
    """Adds the numbers, which may be negative, to those of this evening; None is no evening."""
    if number is not None and (letters or copies):
        _MOVE.write(session, number=number, letters=letters, copies=copies)


def move_each(session: Session, before: Mapping[int, Numbers], after: Mapping[int, Numbers]) -> None:
    """Adds what the second numbers are more than the first, by the evening's id."""
    for number in sorted({**before, **after}):
        old, new = before.get(number, _NONE), after.get(number, _NONE)
        move(session, number, new[0] - old[0], new[1] - old[1])


def of_rows(session: Session, *which: ColumnElement[bool], held: bool | None = None) -> dict[int, Numbers]:
    """What the reports of these conditions add while they stand, by the evening's id.

    With `held` as if all of them were held, or none of them.
    """
    if held:
        return {}
    shown = [] if held is False else [Report.is_held.is_(False)]
    summed = [func.sum(case((Recipient.kind == kind, ReportLine.letters), else_=0)) for kind in KINDS]
    query = (
        select(Report.evening_id, *summed)
        .join(ReportLine, ReportLine.report_id == Report.id)
        .join(Recipient, Recipient.id == ReportLine.recipient_id)
        .where(Report.evening_id.is_not(None), *which, *shown)
    )
    found = session.execute(query.group_by(Report.evening_id)).all()
    return {number: (int(letters), int(copies)) for number, letters, copies in found if number is not None}


def check(session: Session, action_id: int, slug: str) -> list[EveningDifference]:
    """Where the tally of an evening of this action is not what its reports are."""
    query = select(Evening.id, *_KEPT).where(Evening.action_id == action_id)
    kept: dict[int, Numbers] = {row[0]: (row[1], row[2]) for row in session.execute(query)}
    counted = of_rows(session, Report.action_id == action_id, *totals.standing(Report)) if kept else {}
    pairs = [(number, kept[number], counted.get(number, _NONE)) for number in sorted(kept)]
    return [EveningDifference(slug, *pair) for pair in pairs if pair[1] != pair[2]]


def recount(session: Session, action_id: int, slug: str) -> list[EveningDifference]:
    """Corrects the tallies of the action's evenings from the ledger; returns the differences."""
    wrong = check(session, action_id, slug)
    move_each(session, {one.evening: one.kept for one in wrong}, {one.evening: one.counted for one in wrong})
    return wrong


def lock_all(session: Session, *which: ColumnElement[bool]) -> None:
    """Locks the tallies of the evenings of these actions."""
    rows: Iterable[int] = session.scalars(
        select(Evening.id).join(Action, Action.id == Evening.action_id).where(*which).order_by(Evening.id)
    ).all()
    lock(session, *rows)
