"""What was sent? The ledger of letters: each report is a row, and a wrong one is voided, never edited away."""

from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ua_tracker import deadlines, groups, refusals, tally
from ua_tracker.models import Action, Pledge, Recipient, Report, ReportLine
from ua_tracker.private_links import hashed
from ua_tracker.tally import Tally


@dataclass(frozen=True)
class Sending:
    """What somebody says was sent: letters by recipient id (each from 1 to 500), on one day, by one channel."""

    sent_on: date
    channel: str
    letters: dict[int, int] = field(default_factory=dict)
    name: str | None = None
    email: str | None = None
    group: str | None = None


def report(
    session: Session, action: Action, sending: Sending, *, once_key: str, now: datetime, pledge: Pledge | None = None
) -> Report:
    """The report made under this once-only key: new, or the one that an earlier try under the key made.

    Raises ReportingClosed after the days of grace, NoLetters when nothing was sent to a recipient of this
    action, SentTooEarly, SentAfterDeadline or SentInFuture for an impossible day, NoSuchGroup.
    """
    earlier = reported_under(session, once_key)
    if earlier is not None:
        return earlier
    deadlines.require_reporting(action, now)
    deadlines.require_sent_on(action, sending.sent_on, now)
    ours = {recipient.id: recipient for recipient in action.recipients}
    lines = {ours[number]: letters for number, letters in sending.letters.items() if number in ours and letters > 0}
    if not lines:
        raise refusals.NoLetters()
    entry = _entry(session, action, sending, once_key, now, pledge)
    try:
        with session.begin_nested():
            session.add(entry)
            session.flush()
            session.add_all(ReportLine(report_id=entry.id, recipient_id=to.id, letters=n) for to, n in lines.items())
    except IntegrityError:
        earlier = reported_under(session, once_key)
        if earlier is None:
            raise
        return earlier
    tally.move(session, action.id, entry.group_id, _counted(lines))
    return entry


def void(session: Session, entry: Report, reason: str, now: datetime) -> None:
    """Takes a report back, with its reason; the tally follows. A report already void stays as it is."""
    taken = session.execute(
        update(Report)
        .where(Report.id == entry.id, Report.voided_at.is_(None))
        .values(voided_at=now, void_reason=reason)
        .execution_options(synchronize_session="fetch")
    )
    if taken.rowcount:
        counted = _counted({line.recipient: -line.letters for line in entry.lines})
        tally.move(session, entry.action_id, entry.group_id, counted)


def reported_for(session: Session, pledge: Pledge) -> Tally:
    """How many letters and copies the pledge's standing reports tell of."""
    rows = session.execute(
        select(Recipient.kind, func.sum(ReportLine.letters))
        .join(ReportLine, ReportLine.recipient_id == Recipient.id)
        .join(Report, Report.id == ReportLine.report_id)
        .where(Report.pledge_id == pledge.id, Report.voided_at.is_(None))
        .group_by(Recipient.kind)
    )
    by_kind = dict(rows.all())
    return Tally(letters_sent=by_kind.get("target", 0), copies_sent=by_kind.get("copy", 0))


def reports_of(session: Session, pledge: Pledge) -> list[Report]:
    """The pledge's standing reports, newest first."""
    return list(
        session.scalars(
            select(Report)
            .where(Report.pledge_id == pledge.id, Report.voided_at.is_(None))
            .order_by(Report.reported_at.desc(), Report.id.desc())
        )
    )


def sent_since(session: Session, action_id: int, since: datetime, group_id: int | None = None) -> int:
    """How many letters to targets were reported from this UTC instant on, by everybody or by one group."""
    query = (
        select(func.coalesce(func.sum(ReportLine.letters), 0))
        .join(Report, Report.id == ReportLine.report_id)
        .join(Recipient, Recipient.id == ReportLine.recipient_id)
        .where(Report.action_id == action_id, Report.voided_at.is_(None), Report.reported_at >= since)
        .where(Recipient.kind == "target")
    )
    if group_id is not None:
        query = query.where(Report.group_id == group_id)
    return int(session.scalar(query) or 0)


def reported_under(session: Session, once_key: str) -> Report | None:
    """The report that an earlier try with this form made, if there was one."""
    return session.scalar(select(Report).where(Report.once_key == hashed(once_key)))


def _counted(lines: dict[Recipient, int]) -> Tally:
    return Tally(
        letters_sent=sum(letters for recipient, letters in lines.items() if recipient.kind == "target"),
        copies_sent=sum(letters for recipient, letters in lines.items() if recipient.kind == "copy"),
    )


def _entry(
    session: Session, action: Action, sending: Sending, once_key: str, now: datetime, pledge: Pledge | None
) -> Report:
    group_id = groups.find(session, sending.group).id if sending.group else None
    return Report(
        action_id=action.id,
        pledge_id=pledge.id if pledge else None,
        group_id=group_id,
        name=sending.name,
        email=sending.email,
        channel=sending.channel,
        sent_on=sending.sent_on,
        once_key=hashed(once_key),
        reported_at=now,
    )
