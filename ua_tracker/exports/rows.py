"""The rows of the files, read in pages by primary key, each page in a short transaction of its own."""

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import Column, ColumnElement, Select, String, Table, func, or_, select, type_coerce
from sqlalchemy.orm import Session

from ua_tracker.models import Base, Pledge
from ua_tracker.totals import counted

PAGE = 1000
_AT_ONCE = 10_000  # ids that are read at a time
_SPREAD = 20  # how many pledges may stand between two of a page on average, so that the reports of all are looked at
Stored = str | datetime  # an instant in the driver's own form: SQLite's text, always in UTC, or PostgreSQL's value
Conditions = list[ColumnElement[bool]]
Numbers: TypeAlias = "array[int]"  # the ids of rows, in order: eight bytes each
Mine: TypeAlias = "Conditions | Numbers"

# Core tables: mapped classes would take more time for each row than the rest of an export.
PLEDGES, REPORTS, LINES, RECIPIENTS, GROUPS = (
    Base.metadata.tables[name] for name in ("pledges", "reports", "report_lines", "recipients", "groups")
)


@dataclass(frozen=True)
class Page:
    """Some rows, as the queries below name their columns.

    Of pledges, `sent` has the letters reported by pledge and kind of recipient, and `told` the pledges with a report.
    """

    rows: Sequence[Any]
    sent: dict[tuple[int, str], int] = field(default_factory=dict)
    told: set[int] = field(default_factory=set)


def seen(session: Session, table: Table, action_id: int, group_id: int | None) -> Conditions:
    """Conditions for the rows that the coordinator may see and that exist now."""
    of = table.c
    rows = [of.action_id == action_id]
    if group_id is not None:
        rows = [_unindexed(of.action_id) == action_id, of.group_id == group_id]
    last = session.scalar(select(func.max(of.id)).where(*rows))
    return [*rows, of.id <= (last or 0)]


def agreed() -> Conditions:
    """Conditions for the pledges whose owners the site tells by mail what comes of the action.

    They asked for it and gave an address, did not stop the mails, and the pledge counts.
    """
    of = PLEDGES.c
    return [*counted(Pledge), of.email_key.is_not(None), of.wants_outcome.is_(True), of.mails_stopped_at.is_(None)]


def picked(session: Session, table: Table, which: Conditions) -> Numbers:
    """The ids of the rows that match now, oldest first. They are read once: later others may match."""
    query = select(table.c.id).where(*which).order_by(table.c.id)
    return array("q", session.scalars(query.execution_options(yield_per=_AT_ONCE)))


def count(session: Session, of: Table, mine: Mine) -> int:
    """How many rows there are: of pledges, or of the lines of reports."""
    if isinstance(mine, array):
        return len(mine) if of is PLEDGES else sum(count(session, of, [of.c.id.in_(ids)]) for ids in _parts(mine))
    rows = of if of is PLEDGES else of.join(LINES)
    return session.scalar(select(func.count()).select_from(rows).where(*mine)) or 0


def pledges(session: Session, mine: Mine) -> Iterator[Page]:
    """The pledges, page by page, without what was reported for them."""
    if isinstance(mine, array):
        for ids in _parts(mine):
            if found := session.execute(_pledge_query([PLEDGES.c.id.in_(ids)])).all():  # none of a removed action
                yield Page(found)
        return
    query, after = _pledge_query(mine), 0
    while rows := session.execute(query.where(PLEDGES.c.id > after)).all():
        after = rows[-1].id
        yield Page(rows)


def pledges_with_reports(session: Session, mine: Mine, group_id: int | None) -> Iterator[Page]:
    """The pledges, page by page; with `group_id` the letters reported are those of that group's reports."""
    for page in pledges(session, mine):
        of_page = _of(page.rows)
        yield Page(page.rows, _reported(session, group_id, of_page), _told(session, of_page))


def letters(session: Session, mine: Mine) -> Iterator[Page]:
    """The lines of reports, page by page."""
    if isinstance(mine, array):
        for ids in _parts(mine):
            yield from letters(session, [REPORTS.c.id.in_(ids)])
        return
    query = _letter_query(mine)
    report, line, to = REPORTS.c.id, LINES.c.report_id, LINES.c.recipient_id
    after = (0, 0)
    # Both conditions, although report and line have the same id: else PostgreSQL reads all lines from the first one.
    while rows := session.execute(
        query.where(report >= after[0], line >= after[0], or_(line > after[0], to > after[1]))
    ).all():
        after = rows[-1][:2]
        yield Page(rows)


def state(voided: Any, withdrawn: Any, held: bool) -> str:
    """The state of a row, as the files name it."""
    return "void" if voided else "withdrawn" if withdrawn else "held" if held else "standing"


def _unindexed(column: Column[int]) -> ColumnElement[int]:
    """The column's value in a form that keeps the database from using this column's index.

    SQLite does not know how many rows a group or an action has, and could read a million rows to find ten.
    """
    return column + 0


def _pledge_query(mine: Conditions) -> Select[Any]:
    of = PLEDGES.c
    return (
        select(
            *(of.id, of.name, of.email, GROUPS.c.slug, of.letters, _stored(of.write_on), of.language),
            *(_stored(of.made_at), _stored(of.withdrawn_at), _stored(of.voided_at), of.is_held, of.void_reason),
            *(of.wants_outcome, _stored(of.mails_stopped_at), of.email_key, of.api_key_id),
        )
        .select_from(PLEDGES.outerjoin(GROUPS))
        .where(*mine)
        .order_by(of.id)
        .limit(PAGE)
    )


def _parts(numbers: Numbers) -> Iterator[list[int]]:
    for place in range(0, len(numbers), PAGE):
        yield numbers[place : place + PAGE].tolist()


def _of(pledges: Sequence[Any]) -> ColumnElement[bool]:
    """The condition for the reports of these pledges: by where they begin and end, unless many others are between."""
    first, last, whose = pledges[0].id, pledges[-1].id, REPORTS.c.pledge_id
    is_dense = last - first < _SPREAD * len(pledges)
    return whose.between(first, last) if is_dense else whose.in_([row.id for row in pledges])


def _reported(session: Session, group_id: int | None, of_page: ColumnElement[bool]) -> dict[tuple[int, str], int]:
    """Letters of standing reports by pledge and kind of recipient; with `group_id` only from that group's reports."""
    whose = REPORTS.c.pledge_id
    query = (
        select(whose, RECIPIENTS.c.kind, func.sum(LINES.c.letters))
        .select_from(REPORTS.join(LINES).join(RECIPIENTS, RECIPIENTS.c.id == LINES.c.recipient_id))
        .where(of_page, REPORTS.c.voided_at.is_(None), REPORTS.c.is_held.is_(False))
        .group_by(whose, RECIPIENTS.c.kind)
    )
    if group_id is not None:
        query = query.where(_unindexed(REPORTS.c.group_id) == group_id)
    return {(number, kind): letters for number, kind, letters in session.execute(query).all()}


def _told(session: Session, of_page: ColumnElement[bool]) -> set[int]:
    """The pledges with a report that was not taken back, a held one too, whichever group it was made for."""
    return set(session.scalars(select(REPORTS.c.pledge_id).where(of_page, REPORTS.c.voided_at.is_(None))))


def _letter_query(mine: Conditions) -> Select[Any]:
    of, to = REPORTS.c, RECIPIENTS.c
    joined = REPORTS.join(LINES).join(RECIPIENTS, to.id == LINES.c.recipient_id)
    return (
        select(
            *(of.id, to.id, of.pledge_id, to.kind, to.role, to.name, of.channel, _stored(of.sent_on)),
            *(LINES.c.letters, of.people, of.name, of.email, GROUPS.c.slug, _stored(of.reported_at)),
            *(_stored(of.voided_at), of.is_held, of.void_reason, of.email_key, of.api_key_id),
        )
        .select_from(joined.outerjoin(GROUPS, GROUPS.c.id == of.group_id))
        .where(*mine)
        .order_by(of.id, LINES.c.recipient_id)
        .limit(PAGE)
    )


def _stored(column: Column[Any]) -> ColumnElement[Any]:
    """A day or an instant in the driver's own form, so that SQLite's text is not parsed and formatted again."""
    return type_coerce(column, String)
