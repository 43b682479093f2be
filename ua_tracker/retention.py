"""Deletes personal data some days after an action has closed, and checks that no total changes."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Executable, Select, Update, and_, func, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from ua_tracker import audit, deadlines, forgetting, letters, refused_addresses, search_words, tally
from ua_tracker.models import Action, ApiEntry, Pledge, PrivateLink, Recipient, Report, ReportLine
from ua_tracker.programs import entries

BATCH = 1_000  # rows in one transaction, so that other writers do not wait long
_PERSONAL = ("name", "email", "email_key", "email_wanted", "write_on", "source", "mail_domain")  # of a pledge
Block = Callable[[], AbstractContextManager[Session]]
Totals = list[tuple[object, ...]]
Table = type[Pledge] | type[Report]


class TotalsMoved(Exception):
    """A purge would have changed a total. The batch in which this was found is rolled back."""


@dataclass(frozen=True)
class Purged:
    """The numbers of pledges and reports of an action from which personal data was deleted, or would be."""

    slug: str
    pledges: int
    reports: int


@dataclass(frozen=True)
class _Purge:
    """One purge: its transactions, and time and actor for the history."""

    reading: Block
    writing: Block
    now: datetime
    actor: str


def purge(
    reading: Block, writing: Block, now: datetime, days: int, *, actor: str, dry_run: bool = False
) -> list[Purged]:
    """Deletes the personal data of every action whose reporting closed at least `days` days ago.

    Names, e-mail addresses and private links are deleted, and the mails waiting for these addresses; letters, groups,
    channels and days stay. `reading` gives a session that sees one state of the database, `writing` one that is
    committed at the end of its block. Each batch of rows is a transaction, so an interrupted purge continues at the
    next call. The totals of each batch per group, and of reports also per channel and day, are compared before and
    after, within its transaction. For the whole action the differences between tally and ledger are compared, so that
    corrections made meanwhile are not taken for an error. Returns what was purged, or would be with `dry_run`, without
    actions that have no personal data. Raises TotalsMoved.
    """
    done, one = [], _Purge(reading, writing, now, actor)
    with reading() as session:
        due = [(action.id, action.slug) for action in _over(session, now, days)]
        has_refusals = refused_addresses.are_known(session)
    if has_refusals and not dry_run:
        with writing() as session:
            _forget_refusals(session, [action_id for action_id, _ in due], now - timedelta(days=days))
    for action_id, slug in due:
        with reading() as session:
            found = _named(session, action_id, slug)
        if not dry_run:
            _purge_action(one, action_id, found)
        if found.pledges or found.reports:
            done.append(found)
    return done


def _forget_refusals(session: Session, action_ids: list[int], before: datetime) -> None:
    """Deletes what is remembered of refused addresses in these actions, and of those that no pledge or report names."""
    of_actions = (select(table.id).where(table.action_id.in_(action_ids)) for table in (Pledge, Report))
    refused_addresses.forget_of(session, *of_actions)
    refused_addresses.forget_of_nobody(session, before)


def _over(session: Session, now: datetime, days: int) -> list[Action]:
    published = session.scalars(select(Action).where(deadlines.published(now)).order_by(Action.slug))
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
        if not any(_is_due(session, table, action_id, 0) for table in (Pledge, Report)):
            return
        wrong = tally.check_one(session, action_id)
    is_noted = False
    for table in (Pledge, Report):
        last: int | None = 0
        while last is not None:
            with purge.reading() as session:  # a read does not block writers, and mostly there is nothing to do
                is_over = not _is_due(session, table, action_id, last)
            if is_over:
                break
            with purge.writing() as session:
                if not is_noted:
                    _note(session, purge, found)
                last = _forget_batch(session, table, action_id, last, purge.now, found.slug)
            is_noted = True
    with purge.reading() as session:
        if is_noted and tally.check_one(session, action_id) != wrong:
            raise TotalsMoved(found.slug)


def _note(session: Session, purge: _Purge, found: Purged) -> None:
    after = {found.slug: {"pledges": found.pledges, "reports": found.reports}}
    audit.note(session, actor=purge.actor, event="purged", subject="retention", now=purge.now, after=after)


def _is_due(session: Session, table: Table, action_id: int, last: int) -> bool:
    """Whether a row after this one has personal data."""
    return session.scalar(_due_rows(table, action_id, last).limit(1)) is not None


def _batch(session: Session, table: Table, action_id: int, last: int) -> list[int]:
    """The ids of the next rows with personal data, which are locked."""
    return list(session.scalars(_due_rows(table, action_id, last).limit(BATCH).with_for_update(of=table)))


def _due_rows(table: Table, action_id: int, last: int) -> Select[int]:
    return select(table.id).where(table.action_id == action_id, table.id > last, _due(table)).order_by(table.id)


def _forget_batch(session: Session, table: Table, action_id: int, last: int, now: datetime, slug: str) -> int | None:
    """Deletes the personal data of the next rows; returns the id of the last one, None when there are none."""
    # Locks the action first, in the order of all transactions, which avoids deadlocks.
    session.execute(select(Action.id).where(Action.id == action_id).with_for_update(key_share=True))
    due = _batch(session, table, action_id, last)
    if not due:
        return None
    # By the ends of the batch, because a list of all its ids would be sent with every statement.
    rows = and_(table.action_id == action_id, table.id > last, table.id <= due[-1])
    before, addresses = _totals(session, table, rows), forgetting.addresses_in_mails(session, table, rows)
    if table is Pledge:
        _forget_wanted(session, rows, now)
    for statement in _forgetting(table, rows, now):
        session.execute(statement.execution_options(synchronize_session=False))
    search_words.forget(session, table, rows)
    entered = ApiEntry.report_id if table is Report else ApiEntry.pledge_id
    entries.forget_bodies(session, entered.in_(select(table.id).where(rows)))
    if _totals(session, table, rows) != before:
        raise TotalsMoved(slug)
    forgetting.forget_mails(session, addresses, now)
    session.expire_all()
    return due[-1]


def _forget_wanted(session: Session, rows: ColumnElement[bool], now: datetime) -> None:
    """Deletes the unconfirmed addresses of these pledges, and the mails that ask to confirm them."""
    for pledge in session.scalars(select(Pledge).where(rows, Pledge.email_wanted.is_not(None))):
        forgetting.forget_wanted(session, pledge, now)
    session.flush()


def _forgetting(table: Table, rows: ColumnElement[bool], now: datetime) -> list[Update]:
    whose = PrivateLink.report_id if table is Report else PrivateLink.pledge_id
    held_by = whose.in_(select(table.id).where(rows))
    links = update(PrivateLink).where(held_by, PrivateLink.revoked_at.is_(None)).values(revoked_at=now)
    if table is Report:
        return [links, update(Report).where(rows).values(letters.UNKNOWN)]
    return [
        links,
        update(Pledge).where(rows).values({**dict.fromkeys(_PERSONAL), "name_key": ""}),
    ]


def _people(table: Table) -> ColumnElement[bool]:
    """Whether a row has a name or an e-mail address."""
    return or_(*(column.is_not(None) for column in (table.name, *_addresses_in(table))))


def _due(table: Table) -> ColumnElement[bool]:
    """Whether a row has personal data, the hash of a network, or a valid private link."""
    whose = PrivateLink.report_id if table is Report else PrivateLink.pledge_id
    leads = select(PrivateLink.id).where(whose == table.id, PrivateLink.revoked_at.is_(None))
    if table is Report:
        return or_(_people(table), Report.source.is_not(None), leads.exists())
    given = (Pledge.email_key, Pledge.write_on, Pledge.source)
    return or_(_people(table), *(column.is_not(None) for column in given), leads.exists())


def _addresses_in(table: Table) -> list[InstrumentedAttribute[str | None]]:
    """The columns with e-mail addresses, including unconfirmed ones."""
    return [Pledge.email, Pledge.email_wanted] if table is Pledge else [table.email]


def _totals(session: Session, table: Table, rows: ColumnElement[bool]) -> Totals:
    summed: Executable = _pledged(rows) if table is Pledge else _sent(rows)
    return [tuple(row) for row in session.execute(summed)]


def _pledged(rows: ColumnElement[bool]) -> "Select[int | None, bool, bool, bool, datetime, datetime, int, int]":
    by = (Pledge.group_id, Pledge.withdrawn_at.is_(None), Pledge.voided_at.is_(None), Pledge.is_held)
    numbers = (func.min(Pledge.made_at), func.max(Pledge.made_at), func.count(), func.sum(Pledge.letters))
    return select(*by, *numbers).where(rows).group_by(*by).order_by(*by)


def _sent(rows: ColumnElement[bool]) -> "Select[int | None, str, date, bool, bool, str, int]":
    by = (Report.group_id, Report.channel, Report.sent_on, Report.voided_at.is_(None), Report.is_held, Recipient.kind)
    return (
        select(*by, func.sum(ReportLine.letters))
        .join(ReportLine, ReportLine.report_id == Report.id)
        .join(Recipient, Recipient.id == ReportLine.recipient_id)
        .where(rows)
        .group_by(*by)
        .order_by(*by)
    )
