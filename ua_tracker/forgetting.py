"""Reads and deletes the personal data of a supporter, who has a pledge or only a report. The totals do not change."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from ua_tracker import letters, outbox, private_links, refused_addresses, search_words
from ua_tracker.letters import UNKNOWN
from ua_tracker.mailboxes import email_key, hashed
from ua_tracker.models import Action, ApiEntry, Mail, Pledge, Report
from ua_tracker.private_links import Holder
from ua_tracker.programs import entries
from ua_tracker.webhooks import events


def remove_email(session: Session, pledge: Pledge, now: datetime) -> None:
    """Deletes the pledge's e-mail address and the mails that are queued for it."""
    emails = {pledge.email}
    private_links.revoke(session, pledge, now, private_links.CONFIRM)
    forget_wanted(session, pledge, now)
    pledge.email = pledge.email_key = pledge.mail_domain = None
    session.flush()
    entries.forget_bodies(session, ApiEntry.pledge_id == pledge.id)
    search_words.replace(session, pledge)
    refused_addresses.forget_of(session, pledges=[pledge.id])
    forget_mails(session, emails, now)
    events.tell_person(session, pledge, now)


def erase(session: Session, holder: Holder, now: datetime) -> None:
    """Deletes name and e-mail address from a pledge and its reports, or from one report, and ends every link to it.

    Numbers of letters, groups, channels and days stay, so that no total changes.
    """
    private_links.revoke(session, holder, now)
    emails = {holder.email, *_erased_from_reports(session, holder)}
    if isinstance(holder, Pledge):
        _erase_pledge(session, holder, now)
    forget_mails(session, emails, now)
    for entry in _rows_of(session, holder):
        events.tell_erased(session, entry, now)


def _rows_of(session: Session, holder: Holder) -> list[Holder]:
    if isinstance(holder, Report):
        return [holder]
    return [holder, *session.scalars(select(Report).where(Report.pledge_id == holder.id))]


def _erase_pledge(session: Session, pledge: Pledge, now: datetime) -> None:
    forget_wanted(session, pledge, now)
    pledge.name = pledge.email = pledge.email_key = pledge.write_on = None
    pledge.source = pledge.mail_domain = None
    pledge.name_key = ""
    session.flush()
    search_words.forget(session, Pledge, Pledge.id == pledge.id)
    refused_addresses.forget_of(session, pledges=[pledge.id])
    entries.forget_bodies(session, ApiEntry.pledge_id == pledge.id)


def _erased_from_reports(session: Session, holder: Holder) -> set[str | None]:
    """Deletes the personal data of the holder's reports, also of void ones; returns the e-mail addresses they had."""
    whose = Report.pledge_id if isinstance(holder, Pledge) else Report.id
    emails = set(session.scalars(select(Report.email).where(whose == holder.id)))
    forgetting = update(Report).where(whose == holder.id).values(UNKNOWN)
    session.execute(forgetting.execution_options(synchronize_session=False))
    search_words.forget(session, Report, whose == holder.id)
    refused_addresses.forget_of(session, reports=select(Report.id).where(whose == holder.id))
    entries.forget_bodies(session, ApiEntry.report_id.in_(select(Report.id).where(whose == holder.id)))
    session.expire_all()
    return emails


def known_of(session: Session, holder: Holder) -> dict[str, Any]:
    """All personal data stored with this pledge, or with this report, as JSON values (GDPR, article 15)."""
    slug = session.scalars(select(Action.slug).where(Action.id == holder.action_id)).one()
    reports = [_reported(report) for report in letters.reports_of(session, holder)]
    if isinstance(holder, Report):
        return {"action": slug, "name": holder.name, "email": holder.email, "reports": reports}
    return {**_promised(slug, holder), "reports": reports}


def _promised(slug: str, pledge: Pledge) -> dict[str, Any]:
    return {
        "action": slug,
        "name": pledge.name,
        "email": pledge.email,
        "email_to_confirm": pledge.email_wanted,
        "wants_outcome": pledge.wants_outcome,
        "wants_next": pledge.wants_next,
        "mails_stopped_at": pledge.mails_stopped_at.isoformat() if pledge.mails_stopped_at else None,
        "group": pledge.group.slug if pledge.group else None,
        "letters_pledged": pledge.letters,
        "write_on": pledge.write_on.isoformat() if pledge.write_on else None,
        "language": pledge.language,
        "made_at": pledge.made_at.isoformat(),
        "is_held": pledge.is_held,
        "withdrawn_at": pledge.withdrawn_at.isoformat() if pledge.withdrawn_at else None,
    }


def _reported(report: Report) -> dict[str, Any]:
    return {
        "reported_at": report.reported_at.isoformat(),
        "sent_on": report.sent_on.isoformat(),
        "channel": report.channel,
        "group": report.group.slug if report.group else None,
        "is_held": report.is_held,
        "name": report.name,
        "email": report.email,
        "letters": {line.recipient.title: line.letters for line in report.lines},
    }


def forget_wanted(session: Session, pledge: Pledge, now: datetime) -> None:
    """Deletes the unconfirmed address of a pledge, and the mails that ask to confirm it.

    The address may be somebody else's, so other mails to it stay.
    """
    if pledge.email_wanted is not None:
        outbox.forget_with_key_prefix(session, pledge.email_wanted, private_links.confirmations_of(pledge), now)
    pledge.email_wanted = None


def addresses_in_mails(
    session: Session, table: type[Pledge] | type[Report], rows: ColumnElement[bool]
) -> set[str | None]:
    """The e-mail addresses of these rows that mails still have: those of a mail that was sent are deleted then."""
    of_rows = select(table.email).where(rows)
    return set(session.scalars(select(Mail.address).where(Mail.address.in_(of_rows)).distinct()))


def forget_mails(session: Session, emails: set[str | None], now: datetime) -> None:
    """Deletes the mails to these addresses, however spelled, except to those that another pledge or report has."""
    keys = {email: email_key(email) for email in emails if email is not None}
    in_use = {
        key
        for table in (Pledge, Report)
        for key in session.scalars(select(table.email_key).where(table.email_key.in_(set(keys.values()))).distinct())
    }
    gone = {email: key for email, key in keys.items() if key not in in_use}
    mailboxes = {hashed(email) for email in gone}
    spelled = session.scalars(
        select(Mail.address).where(Mail.mailbox.in_(mailboxes), Mail.address.is_not(None)).distinct()
    )
    others = {email for email in spelled if email and email_key(email) in gone.values()}
    outbox.forget_addresses(session, sorted({*gone, *others}), now)
