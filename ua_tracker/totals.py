"""What the rows of the ledger add to the totals: pledges and reports, counted or held."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Integer, and_, case, false, func, literal_column, or_, select, true
from sqlalchemy.orm import Session

from ua_tracker.models import ActionTally, Pledge, Recipient, Report, ReportLine

MILESTONES = (100, 75, 50, 25)  # per cent of the goal
Table = type[Pledge] | type[Report]
COUNTED = (
    "pledges", "letters_pledged", "letters_sent", "copies_sent", "pledges_held", "letters_held", "letters_by_link",
    "letters_at_evenings", "letters_by_program",
)  # fmt: skip


@dataclass(frozen=True)
class Tally:
    """The totals of an action or of one group in it: numbers of pledges and letters. Negative only as a change.

    Held rows are not in the first four numbers: `pledges_held` is the number of held pledges, `letters_held` that of
    letters to targets in held reports. Of `letters_sent`, `letters_by_link` were reported through private links,
    `letters_at_evenings` at letter evenings, and `letters_by_program` with API keys; the rest were reported by people
    who walked in.
    """

    pledges: int = 0
    letters_pledged: int = 0
    letters_sent: int = 0
    copies_sent: int = 0
    pledges_held: int = 0
    letters_held: int = 0
    letters_by_link: int = 0
    letters_at_evenings: int = 0
    letters_by_program: int = 0

    @property
    def letters_walked_in(self) -> int:
        """Letters to targets that people reported without a private link and outside letter evenings."""
        return self.letters_sent - self.letters_by_link - self.letters_at_evenings - self.letters_by_program

    def __add__(self, other: "Tally") -> "Tally":
        """Each number plus the other's."""
        return Tally(*(getattr(self, name) + getattr(other, name) for name in COUNTED))

    def __neg__(self) -> "Tally":
        """The change that takes these numbers back."""
        return Tally(*(-getattr(self, name) for name in COUNTED))


def of_kept(kept: ActionTally) -> Tally:
    """The totals that are stored of an action."""
    return Tally(*(getattr(kept, name) for name in COUNTED))


def of_pledge(pledge: Pledge) -> Tally:
    """What a standing pledge adds to the totals: as a counted one, or as a held one."""
    return Tally(pledges_held=1) if pledge.is_held else Tally(pledges=1, letters_pledged=pledge.letters)


def of_report(report: Report, copies_sent: int) -> Tally:
    """What a standing report adds to the totals, with so many copies."""
    if report.is_held:
        return Tally(letters_held=report.letters)
    at_evening = report.evening_id is not None or report.entered_by is not None
    by_program = report.api_key_id is not None and not at_evening and not report.by_link
    return Tally(
        letters_sent=report.letters,
        copies_sent=copies_sent,
        letters_by_link=report.letters if report.by_link and not at_evening else 0,
        letters_at_evenings=report.letters if at_evening else 0,
        letters_by_program=report.letters if by_program else 0,
    )


def standing(table: Table) -> list[ColumnElement[bool]]:
    """Conditions for the rows that are neither voided nor withdrawn: those that count, and those that are held."""
    if table is Pledge:
        return [Pledge.withdrawn_at.is_(None), Pledge.voided_at.is_(None)]
    return [table.voided_at.is_(None)]


def counted(table: Table) -> list[ColumnElement[bool]]:
    """Conditions for the rows that count: standing, and not held."""
    return [*standing(table), table.is_held.is_(False)]


def by_group(
    session: Session, table: Table, *which: ColumnElement[bool], held: bool | None = None
) -> dict[int | None, Tally]:
    """What the rows of these conditions add to the totals while they stand, by group id; None for no group.

    With `held` as if all of them were held, or none of them.
    """
    is_held = table.is_held.is_(True) if held is None else true() if held else false()
    query = (_pledged(is_held) if table is Pledge else _sent(is_held)).where(*which).group_by(table.group_id)
    found = session.execute(query.add_columns(table.group_id)).all()
    return {row[-1]: Tally(*(int(number) for number in row[:-1])) for row in found}


def of_rows(session: Session, table: Table, *which: ColumnElement[bool]) -> Tally:
    """What the standing rows of these conditions add to the totals, all groups together."""
    return sum(by_group(session, table, *which, *standing(table)).values(), Tally())


def _pledged(is_held: ColumnElement[bool]) -> Any:
    promised = case((is_held, 0), else_=Pledge.letters)
    held = func.sum(case((is_held, 1), else_=0))
    numbers = {"pledges": func.count() - held, "letters_pledged": func.sum(promised), "pledges_held": held}
    return select(*_in_order(numbers))


def _sent(is_held: ColumnElement[bool]) -> Any:
    def summed(kind: str, *which: ColumnElement[bool]) -> ColumnElement[Any]:
        return func.sum(case((and_(Recipient.kind == kind, *which), ReportLine.letters), else_=0))

    at_evening = or_(Report.evening_id.is_not(None), Report.entered_by.is_not(None))
    by_link, by_program = Report.by_link.is_(True), Report.api_key_id.is_not(None)
    numbers = {
        "letters_sent": summed("target", ~is_held),
        "copies_sent": summed("copy", ~is_held),
        "letters_held": summed("target", is_held),
        "letters_by_link": summed("target", ~is_held, by_link, ~at_evening),
        "letters_at_evenings": summed("target", ~is_held, at_evening),
        "letters_by_program": summed("target", ~is_held, by_program, ~by_link, ~at_evening),
    }
    return (
        select(*_in_order(numbers))
        .select_from(Report)
        .join(ReportLine, ReportLine.report_id == Report.id)
        .join(Recipient, Recipient.id == ReportLine.recipient_id)
    )


def _in_order(numbers: dict[str, ColumnElement[Any]]) -> list[ColumnElement[Any]]:
    return [numbers.get(name, literal_column("0", Integer)).label(name) for name in COUNTED]
