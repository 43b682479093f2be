"""When is it time to forget people? Some days after an action has closed; every total stays, and is shown to stay."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Row, Select, func, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from ua_tracker import audit, deadlines, forgetting, tally
from ua_tracker.models import Action, Pledge, PrivateLink, Recipient, Report, ReportLine

BATCH = 500  # rows a transaction: others write in between
Block = Callable[[], AbstractContextManager[Session]]
Totals = list[Row[tuple[object, ...]]]
Table = type[Pledge] | type[Report]


class TotalsMoved(Exception):
    """A purge would have changed a total, which it must never do; the batch in which it was seen is undone."""


@dataclass(frozen=True)
class Purged:
    """How many pledges and reports of an action named somebody and do no more, or would not."""

    slug: str
    pledges: int
    reports: int


@dataclass(frozen=True)
class _Purge:
    """One purge: how it reads and writes, and what its line of the history says."""

    reading: Block
    writing: Block
    now: datetime
    actor: str


def purge(
    reading: Block, writing: Block, now: datetime, days: int, *, actor: str, dry_run: bool = False
) -> list[Purged]:
    """Forgets the people of every action whose reporting closed at least so many days ago.

    Names, e-mail addresses and private links go, and the mails that wait for these addresses; letters, groups, channels
    and days stay. `reading` gives a session that sees one state of the database, `writing` one that is committed at the
    end of its block: each batch of rows is a transaction, and what is cut short goes on the next time.
    The totals per group, channel and day of each batch are counted before and after in its transaction; for the
    whole action the tally is held against the ledger before and after, so that a correction meanwhile is no alarm.
    Answers what was purged, or with `dry_run` would be; actions in which nobody is named any more are left out.
    Raises TotalsMoved.
    """
    done, one = [], _Purge(reading, writing, now, actor)
    with reading() as session:
        due = [(action.id, action.slug) for action in _over(session, now, days)]
    for action_id, slug in due:
        with reading() as session:
            found = _named(session, action_id, slug)
        if not dry_run:
            _purge_action(one, action_id, found)
        if found.pledges or found.reports:
            done.append(found)
    return done


def _over(session: Session, now: datetime, days: int) -> list[Action]:
    published = session.scalars(select(Action).where(Action.published_at.is_not(None)).order_by(Action.slug))
    closing = [(action, deadlines.reporting_closes_at(action)) for action in published]
    return [action for action, over in closing if over is not None and over + timedelta(days=days) <= now]


def _named(session: Session, action_id: int, slug: str) -> Purged:
    numbers = (
        session.scalar(select(func.count()).select_from(table).where(table.action_id == action_id, _people(table))) or 0
        for table in (Pledge, Report)
    )
    return Purged(slug, *numbers)


def _purge_action(purge: _Purge, action_id: int, found: Purged) -> None:
    with purge.reading() as session:
        if not any(_batch(session, table, action_id, 0) for table in (Pledge, Report)):
            return
        wrong = tally.check_one(session, action_id)
    is_told = False
    for table in (Pledge, Report):
        last = 0
        while last is not None:
            with purge.reading() as session:  # a look that holds nobody up: most days there is nothing to do
                rows = _batch(session, table, action_id, last)
            if not rows:
                break
            with purge.writing() as session:
                if not is_told:
                    _tell(session, purge, found)
                last = _forget_batch(session, table, action_id, last, purge.now, found.slug)
            is_told = True
    with purge.reading() as session:
        if is_told and tally.check_one(session, action_id) != wrong:
            raise TotalsMoved(found.slug)


def _tell(session: Session, purge: _Purge, found: Purged) -> None:
    after = {found.slug: {"pledges": found.pledges, "reports": found.reports}}
    audit.note(session, actor=purge.actor, event="purged", subject="retention", now=purge.now, after=after)


def _batch(session: Session, table: Table, action_id: int, last: int, *, lock: bool = False) -> Totals:
    """The next rows in which there is something to forget: their numbers and e-mail addresses."""
    rows = select(table.id, table.email).where(table.action_id == action_id, table.id > last, _due(table))
    return list(
        session.execute(rows.order_by(table.id).limit(BATCH).with_for_update(of=table) if lock else rows.limit(1))
    )


def _forget_batch(session: Session, table: Table, action_id: int, last: int, now: datetime, slug: str) -> int | None:
    """Forgets the people of the next rows; answers the number of the last one, None when there are none."""
    # The action first, as everybody does: so there is no deadlock.
    session.execute(select(Action.id).where(Action.id == action_id).with_for_update(key_share=True))
    rows = _batch(session, table, action_id, last, lock=True)
    if not rows:
        return None
    numbers = [row[0] for row in rows]
    before = _totals(session, table, numbers)
    if table is Pledge:
        _forget_wanted(session, numbers, now)
    for statement in _forgetting(table, numbers, now):
        session.execute(statement.execution_options(synchronize_session=False))
    if _totals(session, table, numbers) != before:
        raise TotalsMoved(slug)
    forgetting.forget_mails(session, {row[1] for row in rows}, now)
    session.expire_all()
    return int(numbers[-1])


def _forget_wanted(session: Session, numbers: list[int], now: datetime) -> None:
    """Forgets the addresses that wait to be confirmed on these pledges."""
    waiting = select(Pledge).where(Pledge.id.in_(numbers), Pledge.email_wanted.is_not(None))
    for pledge in session.scalars(waiting):
        forgetting.forget_wanted(session, pledge, now)
    session.flush()


def _forgetting(table: Table, numbers: list[int], now: datetime) -> list[object]:
    if table is Report:
        return [update(Report).where(Report.id.in_(numbers)).values(name=None, email=None)]
    return [
        update(PrivateLink)
        .where(PrivateLink.pledge_id.in_(numbers), PrivateLink.revoked_at.is_(None))
        .values(revoked_at=now),
        update(Pledge)
        .where(Pledge.id.in_(numbers))
        .values(name=None, email=None, email_key=None, email_wanted=None, write_on=None),
    ]


def _people(table: Table) -> ColumnElement[bool]:
    """Whether a row names somebody."""
    return or_(*(column.is_not(None) for column in (table.name, *_addresses_in(table))))


def _due(table: Table) -> ColumnElement[bool]:
    """Whether there is something to forget: who it names, or a private link that still leads to it."""
    if table is Report:
        return _people(table)
    leads = select(PrivateLink.id).where(PrivateLink.pledge_id == Pledge.id, PrivateLink.revoked_at.is_(None))
    return or_(_people(table), Pledge.email_key.is_not(None), Pledge.write_on.is_not(None), leads.exists())


def _addresses_in(table: Table) -> list[InstrumentedAttribute[str | None]]:
    """Where the table keeps e-mail addresses; one that waits to be confirmed is somebody's too."""
    return [Pledge.email, Pledge.email_wanted] if table is Pledge else [table.email]


def _totals(session: Session, table: Table, numbers: list[int]) -> Totals:
    return list(session.execute((_pledged if table is Pledge else _sent)(numbers)))


def _pledged(numbers: list[int]) -> Select[tuple[object, ...]]:
    ended = (Pledge.withdrawn_at.is_(None), Pledge.voided_at.is_(None))
    told = (Pledge.group_id, *ended, Pledge.made_at)
    return (
        select(*told, func.count(), func.sum(Pledge.letters))
        .where(Pledge.id.in_(numbers))
        .group_by(*told)
        .order_by(*told)
    )


def _sent(numbers: list[int]) -> Select[tuple[object, ...]]:
    told = (Report.group_id, Report.channel, Report.sent_on, Report.voided_at.is_(None), Recipient.kind)
    return (
        select(*told, func.sum(ReportLine.letters))
        .join(ReportLine, ReportLine.report_id == Report.id)
        .join(Recipient, Recipient.id == ReportLine.recipient_id)
        .where(Report.id.in_(numbers))
        .group_by(*told)
        .order_by(*told)
    )
