"""Reports that are made in public: each gets a private link on the screen, or a receipt to the address it names."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ua_tracker import private_links
from ua_tracker.deadlines import Dated
from ua_tracker.letters import reporting
from ua_tracker.letters.reporting import Sending
from ua_tracker.mailboxes import email_key
from ua_tracker.models import Action, Pledge, Report
from ua_tracker.trust import Arrival

MOST_MAILED = 50  # links to reports of one address that are mailed at once


def report_discreetly(
    session: Session,
    action: Dated,
    sending: Sending,
    *,
    once_key: str,
    secrets: list[str],
    language: str,
    now: datetime,
    arrival: Arrival | None = None,
) -> tuple[Report, str | None]:
    """Adds a report as `report`, with a way to take it back, and does not disclose whether its address has a pledge.

    Without an e-mail address the second value is `link_of` it, to be shown on the page. With one, a mail in this
    language goes to that mailbox only, with a link to the pledge that the report belongs to, or to the report itself.
    `secrets` are the site's secret keys, the newest first.
    """
    made, is_new = reporting.report_new(session, action, sending, once_key=once_key, now=now, arrival=arrival)
    return answered(session, made, is_new, once_key=once_key, secrets=secrets, language=language, now=now)


def answered(
    session: Session, made: Report, is_new: bool, *, once_key: str, secrets: list[str], language: str, now: datetime
) -> tuple[Report, str | None]:
    """What `report_discreetly` returns for a report that the form with this key made, just now or before."""
    if made.email is not None:
        pledge = session.get(Pledge, made.pledge_id) if made.pledge_id is not None else None
        to = (pledge.email if pledge else None) or made.email
        private_links.mail_receipt(session, made, to, pledge or made, language, secret=secrets[0], now=now)
        return made, None
    token = None if is_new else link_of(session, made, once_key, secrets)
    if token is None and made.evening_id is None:
        token = private_links.token_for(once_key, secrets[0])
        private_links.issue(session, made, token, now)
    return made, token


def link_of(session: Session, made: Report, once_key: str, secrets: list[str]) -> str | None:
    """The token of the private link that this form's report got on the screen.

    None with an e-mail address, and for a report of a letter evening: there the next person uses the same screen.
    """
    return private_links.issued(session, made, [private_links.token_for(once_key, secret) for secret in secrets])


def link_under(session: Session, once_key: str, secrets: list[str]) -> str | None:
    """The token of the private link that the form with this key showed for its report; None if it showed none."""
    report = session.scalar(select(Report).where(Report.once_key == private_links.hashed(once_key)))
    return private_links.shown_for(session, report, once_key, secrets) if report else None


def mail_links(session: Session, action: Action | None, email: str, language: str, secret: str, now: datetime) -> None:
    """Queues a mail with a private link for each report of the address without a pledge, in this action or in all.

    Of the latest MOST_MAILED reports; not of one that was voided.
    """
    wanted = select(Report).where(
        Report.email_key == email_key(email), Report.pledge_id.is_(None), Report.voided_at.is_(None)
    )
    if action is not None:
        wanted = wanted.where(Report.action_id == action.id)
    for report in session.scalars(wanted.order_by(Report.id.desc()).limit(MOST_MAILED)).all():
        private_links.mail_report_again(session, report, language, secret, now)
