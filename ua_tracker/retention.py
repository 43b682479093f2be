"""When is it time to forget people? Some days after an action has closed; every total stays, and is shown to stay."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Row, Select, func, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from ua_tracker import deadlines, forgetting
from ua_tracker.models import Action, Pledge, PrivateLink, Recipient, Report, ReportLine

Totals = list[Row[tuple[object, ...]]]


class TotalsMoved(Exception):
    """A purge would have changed a total, which it must never do; nothing was purged."""


@dataclass(frozen=True)
class Purged:
    """How many pledges and reports of an action named somebody and do no more, or would not."""

    slug: str
    pledges: int
    reports: int


def purge(session: Session, now: datetime, days: int, *, dry_run: bool) -> list[Purged]:
    """Forgets the people of every action whose reporting closed at least so many days ago.

    Names, e-mail addresses and private links go; letters, groups, channels and days stay. The totals per
    action, group, channel and day are counted before and after in this transaction. Answers what was
    purged, or with `dry_run` would be; actions in which nobody is named any more are left out. Raises TotalsMoved.
    """
    done = []
    for action in session.scalars(select(Action).where(Action.published_at.is_not(None)).order_by(Action.slug)):
        over = deadlines.reporting_closes_at(action)
        if over is None or over + timedelta(days=days) > now:
            continue
        found = _named(session, action)
        if not found.pledges and not found.reports:
            continue
        done.append(found)
        if not dry_run:
            before = _totals(session, action)
            _forget(session, action, now)
            if _totals(session, action) != before:
                raise TotalsMoved(action.slug)
    return done


def _named(session: Session, action: Action) -> Purged:
    pledges = select(func.count()).select_from(Pledge).where(*_people(Pledge, action))
    reports = select(func.count()).select_from(Report).where(*_people(Report, action))
    return Purged(action.slug, session.scalar(pledges) or 0, session.scalar(reports) or 0)


def _people(table: type[Pledge] | type[Report], action: Action) -> tuple[object, object]:
    told = [table.name, *_addresses_in(table)]
    return table.action_id == action.id, or_(*(column.is_not(None) for column in told))


def _addresses_in(table: type[Pledge] | type[Report]) -> list[InstrumentedAttribute[str | None]]:
    """Where the table keeps e-mail addresses; one that waits to be confirmed is somebody's too."""
    return [Pledge.email, Pledge.email_wanted] if table is Pledge else [table.email]


def _forget(session: Session, action: Action, now: datetime) -> None:
    addresses = {
        address
        for table in (Pledge, Report)
        for column in _addresses_in(table)
        for address in session.scalars(select(column).where(table.action_id == action.id).distinct())
    }
    of_action = select(Pledge.id).where(Pledge.action_id == action.id)
    for statement in (
        update(PrivateLink).where(PrivateLink.pledge_id.in_(of_action), PrivateLink.revoked_at.is_(None))
        .values(revoked_at=now),
        update(Pledge).where(*_people(Pledge, action)).values(
            name=None, email=None, email_key=None, email_wanted=None, write_on=None
        ),
        update(Report).where(*_people(Report, action)).values(name=None, email=None),
    ):  # fmt: skip
        session.execute(statement.execution_options(synchronize_session=False))
    forgetting.forget_mails(session, addresses, now)
    session.expire_all()


def _totals(session: Session, action: Action) -> tuple[Totals, Totals]:
    return list(session.execute(_pledged(action))), list(session.execute(_sent(action)))


def _pledged(action: Action) -> Select[tuple[object, ...]]:
    ended = (Pledge.withdrawn_at.is_(None), Pledge.voided_at.is_(None))
    return (
        select(Pledge.group_id, *ended, Pledge.made_at, func.count(), func.sum(Pledge.letters))
        .where(Pledge.action_id == action.id)
        .group_by(Pledge.group_id, *ended, Pledge.made_at)
        .order_by(Pledge.group_id, *ended, Pledge.made_at)
    )


def _sent(action: Action) -> Select[tuple[object, ...]]:
    told = (Report.group_id, Report.channel, Report.sent_on, Report.voided_at.is_(None), Recipient.kind)
    return (
        select(*told, func.sum(ReportLine.letters))
        .join(ReportLine, ReportLine.report_id == Report.id)
        .join(Recipient, Recipient.id == ReportLine.recipient_id)
        .where(Report.action_id == action.id)
        .group_by(*told)
        .order_by(*told)
    )
