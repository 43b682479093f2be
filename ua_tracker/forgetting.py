"""Reads and deletes the personal data of a supporter. The totals do not change."""

from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from ua_tracker import letters, outbox, private_links
from ua_tracker.models import Action, Pledge, Report


def remove_email(session: Session, pledge: Pledge, now: datetime) -> None:
    """Deletes the pledge's e-mail address and the mails that are queued for it."""
    emails = {pledge.email}
    private_links.revoke(session, pledge.id, now, private_links.CONFIRM)
    forget_wanted(session, pledge, now)
    pledge.email = pledge.email_key = pledge.mail_domain = None
    session.flush()
    forget_mails(session, emails, now)


def erase(session: Session, pledge: Pledge, now: datetime) -> None:
    """Deletes name and e-mail address from the pledge and its reports, and ends every link to it.

    Numbers of letters, groups, channels and days stay, so that no total changes.
    """
    emails = {pledge.email}
    private_links.revoke(session, pledge.id, now)
    forget_wanted(session, pledge, now)
    pledge.name = pledge.email = pledge.email_key = pledge.write_on = None
    pledge.source = pledge.mail_domain = None
    session.flush()
    session.execute(
        update(Report)
        .where(Report.pledge_id == pledge.id)
        .values(name=None, email=None, source=None, mail_domain=None)
        .execution_options(synchronize_session=False)
    )
    forget_mails(session, emails, now)


def known_of(session: Session, pledge: Pledge) -> dict[str, Any]:
    """All personal data stored with this pledge, as JSON values (GDPR, article 15)."""
    action = session.get_one(Action, pledge.action_id)
    return {
        "action": action.slug,
        "name": pledge.name,
        "email": pledge.email,
        "email_to_confirm": pledge.email_wanted,
        "wants_outcome": pledge.wants_outcome,
        "mails_stopped_at": pledge.mails_stopped_at.isoformat() if pledge.mails_stopped_at else None,
        "group": pledge.group.slug if pledge.group else None,
        "letters_pledged": pledge.letters,
        "write_on": pledge.write_on.isoformat() if pledge.write_on else None,
        "language": pledge.language,
        "made_at": pledge.made_at.isoformat(),
        "is_held": pledge.is_held,
        "withdrawn_at": pledge.withdrawn_at.isoformat() if pledge.withdrawn_at else None,
        "reports": [_reported(report) for report in letters.reports_of(session, pledge)],
    }


def _reported(report: Report) -> dict[str, Any]:
    return {
        "reported_at": report.reported_at.isoformat(),
        "sent_on": report.sent_on.isoformat(),
        "channel": report.channel,
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


def forget_mails(session: Session, emails: set[str | None], now: datetime) -> None:
    """Deletes the mails to these addresses, except to addresses that another pledge still has."""
    given = [email for email in emails if email is not None]
    in_use = set(session.scalars(select(Pledge.email).where(Pledge.email.in_(given)).distinct()))
    outbox.forget_addresses(session, sorted(set(given) - in_use), now)
