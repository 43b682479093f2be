"""Puts right the e-mail address of a report that was made in public a moment ago, from its thanks."""

from datetime import datetime
from itertools import count

from sqlalchemy import select
from sqlalchemy.orm import Session

from ua_tracker import evening_tallies, forgetting, private_links, refusals, refused_addresses
from ua_tracker.deadlines import Dated
from ua_tracker.letters import own, reporting, walk_ins
from ua_tracker.letters.reporting import Sending
from ua_tracker.mailboxes import domain_of, email_key
from ua_tracker.models import Report
from ua_tracker.trust import Arrival


def readdress(
    session: Session,
    action: Dated,
    sending: Sending,
    *,
    instead_of: str,
    once_key: str,
    secrets: list[str],
    language: str,
    now: datetime,
    arrival: Arrival | None = None,
) -> tuple[Report, str | None]:
    """Replaces the report that the form made with a wrong address by one with the address of `sending`, or with none.

    It counts once, belongs to the pledge of the new address, and the answer is that of `report_discreetly`, whose
    arguments these are: it tells nothing about either address. The wrong mailbox keeps nothing: the link to the report
    ends, and a receipt that is still queued is not sent. Whoever has the form's key has made the report. Raises
    TakenBackSince if the report was taken back or corrected since by somebody who has its link, and as `correct`.
    """
    key = _key(session, once_key, sending.email)
    is_same = email_key(instead_of) == email_key(sending.email)
    made = _made_with(session, once_key, instead_of) if is_same else reporting.reported_under(session, key, sending)
    is_new = made is None
    if made is None:
        wrong = _made_with(session, once_key, instead_of)
        made = _replaced(session, action, wrong, sending, key, now, arrival)
    return walk_ins.answered(session, made, is_new, once_key=key, secrets=secrets, language=language, now=now)


def _replaced(
    session: Session, action: Dated, wrong: Report, sending: Sending, key: str, now: datetime, arrival: Arrival | None
) -> Report:
    typed = wrong.email
    private_links.revoke(session, wrong, now)
    made = own.correct(session, action, wrong, sending, once_key=key, now=now, arrival=arrival)
    made.pledge_id, made.mail_domain = reporting.promised_by(session, made), domain_of(made.email)
    session.flush()
    refused_addresses.forget_of(session, reports=[made.id])
    forgetting.forget_mails(session, {typed}, now)
    return made


def _made_with(session: Session, once_key: str, email: str) -> Report:
    """The standing report that the form with this key made with this address, locked. Raises TakenBackSince."""
    keys = [private_links.hashed(key) for key in (once_key, _key(session, once_key, email))]
    mine = select(Report).where(Report.once_key.in_(keys), Report.email_key == email_key(email))
    found = session.scalar(mine.where(Report.voided_at.is_(None)))
    if found is not None:
        evening_tallies.lock(session, found.evening_id)
        session.refresh(found, with_for_update={"of": Report})
    if found is None or found.voided_at is not None:
        raise refusals.TakenBackSince()
    return found


def _key(session: Session, once_key: str, email: str | None) -> str:
    """The key of the form's report with this address: another one each time that somebody comes back to an address."""
    keys = (f"{once_key} {email_key(email) or ''} {turn}" for turn in count())
    return next(key for key in keys if not _has_ended(session, key))


def _has_ended(session: Session, key: str) -> bool:
    ended = select(Report.id).where(Report.once_key == private_links.hashed(key), Report.voided_at.is_not(None))
    return session.scalar(ended) is not None
