"""Private links, which replace accounts: to a pledge, or to a report without one. Only a token's hash is stored.

A token has one purpose: to open the private page, to confirm a new e-mail address, or to stop the mails. So a link
that is sent to an unconfirmed mailbox, or is in a mail header, cannot be used for anything else.

The token is derived from the form's idempotency key, which is a random value made when the form was shown. So a double
click or a retry gets the same link in its response, although the token is not stored. A queued mail has that key, and
the sender derives the token again (docs/decisions/0008-outbox.md).
"""

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, bindparam, insert, select, update
from sqlalchemy.orm import Session

from ua_tracker import outbox, refusals
from ua_tracker.models import Pledge, PrivateLink, Report
from ua_tracker.statements import Fixed, bound

Holder = Pledge | Report
PAGE, CONFIRM, STOP = "page", "confirm", "stop"
CONFIRMED_WITHIN = timedelta(days=7)
ASKED_AGAIN_AFTER = timedelta(hours=1)
_ISSUE = Fixed(
    insert(PrivateLink)
    .values(bound(PrivateLink, "pledge_id", "report_id", "token_hash", "purpose", "issued_at", "expires_at"))
    .inline()
)
_OF_HOLDER = {
    holder: Fixed(select(PrivateLink.token_hash).where(column == bindparam("id", type_=Integer())))
    for holder, column in ((Pledge, PrivateLink.pledge_id), (Report, PrivateLink.report_id))
}


def token_for(once_key: str, secret: str, purpose: str = PAGE) -> str:
    """The token for this purpose: HMAC-SHA256 (RFC 2104) of the key, as 43 URL-safe characters."""
    label = b"private link" if purpose == PAGE else f"{purpose} link".encode()
    digest = hmac.digest(secret.encode(), label + b"\0" + once_key.encode(), "sha256")
    return urlsafe_b64encode(digest).rstrip(b"=").decode()


def hashed(secret_text: str) -> str:
    """The hash that is stored for a token or an idempotency key. Both are long and random, so no salt is needed."""
    return hashlib.sha256(secret_text.encode()).hexdigest()


def issue(session: Session, holder: Holder, token: str, now: datetime, purpose: str = PAGE) -> None:
    """Stores a link to the pledge or report with this token's hash and purpose."""
    expires_at = now + CONFIRMED_WITHIN if purpose == CONFIRM else None
    pledge_id, report_id = (None, holder.id) if isinstance(holder, Report) else (holder.id, None)
    _ISSUE.write(
        session,
        pledge_id=pledge_id,
        report_id=report_id,
        token_hash=hashed(token),
        purpose=purpose,
        issued_at=now,
        expires_at=expires_at,
    )


def issued(session: Session, holder: Holder, tokens: list[str]) -> str | None:
    """The first of these tokens that leads to the holder: an older one if the secret key was changed since."""
    known = {row[0] for row in _OF_HOLDER[type(holder)].rows(session, id=holder.id)}
    return next((token for token in tokens if hashed(token) in known), None)


def shown_for(session: Session, holder: Holder, once_key: str, secrets: list[str]) -> str | None:
    """The token of the link that the form with this key showed for the pledge or report, if it still opens its page.

    None with an e-mail address: there the link went to the mailbox only.
    """
    token = None if holder.email else issued(session, holder, [token_for(once_key, secret) for secret in secrets])
    try:
        return token if token and find_holder(session, token).id == holder.id else None
    except refusals.NoSuchPledge:
        return None


def find(session: Session, token: str, purpose: str = PAGE) -> Pledge:
    """The pledge of the link with this token and purpose. Raises NoSuchPledge for any other, also of a report."""
    holder = find_holder(session, token, purpose)
    if not isinstance(holder, Pledge):
        raise refusals.NoSuchPledge()
    return holder


def find_holder(session: Session, token: str, purpose: str = PAGE) -> Holder:
    """The pledge or report that the link with this token leads to. Raises NoSuchPledge if it is unknown or revoked."""
    link = session.scalar(_links(token, purpose).where(PrivateLink.revoked_at.is_(None)))
    holder = (link.pledge or link.report) if link is not None else None
    if holder is None:
        raise refusals.NoSuchPledge()
    return holder


def find_confirmation(session: Session, token: str, now: datetime) -> tuple[PrivateLink, Pledge]:
    """The link that confirms an e-mail address, and its pledge. One that was used is returned too, with `used_at`.

    Raises NoSuchPledge for a token of another purpose. Raises ConfirmationOver for a link that was revoked, is older
    than seven days, or whose pledge has no unconfirmed address.
    """
    link = session.scalar(_links(token, CONFIRM))
    pledge = link.pledge if link is not None else None
    if link is None or pledge is None:
        raise refusals.NoSuchPledge()
    if link.used_at is not None:
        return link, pledge
    expired = link.expires_at is not None and link.expires_at <= now
    if link.revoked_at is not None or expired or pledge.email_wanted is None:
        raise refusals.ConfirmationOver()
    return link, pledge


def revoke(session: Session, holder: Holder, now: datetime, *purposes: str) -> None:
    """Revokes every link to the pledge or report, or those with these purposes."""
    ended = update(PrivateLink).where(_leads_to(holder), PrivateLink.revoked_at.is_(None))
    if purposes:
        ended = ended.where(PrivateLink.purpose.in_(purposes))
    session.execute(ended.values(revoked_at=now))


def replace(session: Session, holder: Holder, token: str, now: datetime) -> None:
    """Revokes the links to the pledge or report and adds this token, for a supporter whose link became known to others.

    Links that stop the mails stay valid: they are in mails that were sent, and they show no data.
    """
    revoke(session, holder, now, PAGE, CONFIRM)
    issue(session, holder, token, now)


def lead_to(session: Session, gone: Report, fresh: Report) -> None:
    """Makes the links to a report lead to the one that replaces it."""
    session.execute(update(PrivateLink).where(_leads_to(gone)).values(report_id=fresh.id))


def mail_first(session: Session, pledge: Pledge, once_key: str, now: datetime) -> None:
    """Queues the mail with the link to a new pledge, at most once. `once_key` is the form's idempotency key."""
    _queue(session, pledge, "pledge_made", once_key, f"pledge_made:{pledge.once_key}", now)


def mail_again(session: Session, pledge: Pledge, kind: str, language: str, secret: str, now: datetime) -> None:
    """Adds another link to the pledge and queues a mail of this kind and language with it. Earlier links stay valid.

    At most one such mail an hour for each pledge, since anybody who knows the address can request it.
    """
    hour = now.astimezone(UTC).strftime("%Y-%m-%dT%H")
    key = secrets.token_urlsafe(24)
    if _queue(session, pledge, kind, key, f"{kind}:{pledge.once_key}:{hour}", now, language=language):
        issue(session, pledge, token_for(key, secret), now)


def mail_once(session: Session, pledge: Pledge, kind: str, secret: str, now: datetime, of: str | None = None) -> bool:
    """Queues a mail of this kind to the pledge, with new links; returns false if one was queued before.

    With `of`, the name of a deadline or of a day for writing, there is one such mail for each of them. One that was
    queued before and then not needed is queued again: the report because of which it was not sent may have been taken
    back. One link opens the private page, the other only stops the mails and can be put in a mail header.
    """
    key = secrets.token_urlsafe(24)
    once_key = f"{kind}:{pledge.once_key}{f':{of}' if of else ''}"
    outbox.forget_unneeded(session, once_key)
    queued = _queue(session, pledge, kind, key, once_key, now, sort=kind, lock=False)
    if queued:
        issue(session, pledge, token_for(key, secret), now)
        issue(session, pledge, token_for(key, secret, STOP), now, STOP)
    return queued


def mail_receipt(session: Session, report: Report, to: str, holder: Holder, language: str, **how: Any) -> None:
    """Queues the mail that says what was reported, with a link to the pledge that the report belongs to, or to itself.

    At most once for each report. `how` is the site's secret key and the present instant, `secret` and `now`.
    """
    about = f"report:{report.once_key}"
    how |= {"to": to, "language": language, "about": about}
    # Without the lock of the mailbox: the tally is locked by now, and who pledges locks a mailbox before the tally.
    _mail_of_report(session, report, holder, kind="report_made", lock=False, **how)


def mail_report_again(session: Session, report: Report, language: str, secret: str, now: datetime) -> None:
    """Adds another link to a report without a pledge, and queues a mail with it: at most one an hour."""
    hour = now.astimezone(UTC).strftime("%Y-%m-%dT%H")
    about = f"report:{report.once_key}"
    how: dict[str, Any] = {"kind": "report_link", "language": language, "hour": f":{hour}", "about": about}
    _mail_of_report(session, report, report, to=str(report.email), secret=secret, now=now, **how)


def _mail_of_report(
    session: Session,
    report: Report,
    holder: Holder,
    *,
    kind: str,
    secret: str,
    now: datetime,
    hour: str = "",
    **to: Any,
) -> None:
    key = secrets.token_urlsafe(24)
    facts = {"key": key, "report": report.id}
    if outbox.queue(session, kind=kind, facts=facts, once_key=f"{kind}:{report.once_key}{hour}", now=now, **to):
        issue(session, holder, token_for(key, secret), now)


def mail_new_address(session: Session, pledge: Pledge, language: str, secret: str, now: datetime) -> None:
    """Queues a mail to the unconfirmed address, in this language, with a link that confirms it and does nothing else.

    Earlier links of this kind are revoked. A second request within an hour for the same address queues no mail.
    """
    wanted, key = str(pledge.email_wanted), secrets.token_urlsafe(24)
    of_pledge = select(PrivateLink.id).where(PrivateLink.pledge_id == pledge.id, PrivateLink.purpose == CONFIRM)
    open_ones = of_pledge.where(PrivateLink.revoked_at.is_(None), PrivateLink.used_at.is_(None))
    if session.scalar(open_ones.where(PrivateLink.issued_at > now - ASKED_AGAIN_AFTER).limit(1)) is not None:
        return
    revoke(session, pledge, now, CONFIRM)
    outbox.queue(
        session,
        kind="new_address",
        to=wanted,
        language=language,
        facts={"key": key},
        now=now,
        once_key=f"{confirmations_of(pledge)}{key}",
        about=f"{CONFIRM}:{pledge.once_key}",
    )
    issue(session, pledge, token_for(key, secret, CONFIRM), now, CONFIRM)


def mail_changed(session: Session, pledge: Pledge, old: str, link: PrivateLink, now: datetime) -> None:
    """Queues the mail to the old address about the change. It does not contain the new address."""
    outbox.queue(
        session,
        kind="address_changed",
        to=old,
        language=pledge.language,
        facts={"action": pledge.action_id},
        once_key=f"address_changed:{link.token_hash}",
        now=now,
    )


def confirmations_of(pledge: Pledge) -> str:
    """The prefix of the idempotency keys of mails that ask to confirm an address for this pledge."""
    return f"new_address:{pledge.once_key}:"


def _leads_to(holder: Holder) -> ColumnElement[bool]:
    column = PrivateLink.report_id if isinstance(holder, Report) else PrivateLink.pledge_id
    return column == holder.id


def _links(token: str, purpose: str) -> Select[PrivateLink]:
    return select(PrivateLink).where(PrivateLink.token_hash == hashed(token), PrivateLink.purpose == purpose)


def _queue(
    session: Session,
    pledge: Pledge,
    kind: str,
    key: str,
    once_key: str,
    now: datetime,
    sort: str = "link",
    lock: bool = True,
    language: str | None = None,
) -> bool:
    if pledge.email is None:
        return False
    return outbox.queue(
        session,
        kind=kind,
        to=pledge.email,
        language=language or pledge.language,
        facts={"key": key},
        once_key=once_key,
        now=now,
        about=f"{sort}:{pledge.once_key}",
        lock=lock,
    )
