"""Private links to pledges, which replace accounts. Only the hash of a link's token is stored.

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

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from ua_tracker import outbox, refusals
from ua_tracker.models import Pledge, PrivateLink

PAGE, CONFIRM, STOP = "page", "confirm", "stop"
CONFIRMED_WITHIN = timedelta(days=7)
ASKED_AGAIN_AFTER = timedelta(hours=1)


def token_for(once_key: str, secret: str, purpose: str = PAGE) -> str:
    """The token for this purpose: HMAC-SHA256 (RFC 2104) of the key, as 43 URL-safe characters."""
    label = b"private link" if purpose == PAGE else f"{purpose} link".encode()
    digest = hmac.new(secret.encode(), label + b"\0" + once_key.encode(), hashlib.sha256).digest()
    return urlsafe_b64encode(digest).rstrip(b"=").decode()


def hashed(secret_text: str) -> str:
    """The hash that is stored for a token or an idempotency key. Both are long and random, so no salt is needed."""
    return hashlib.sha256(secret_text.encode()).hexdigest()


def issue(session: Session, pledge_id: int, token: str, now: datetime, purpose: str = PAGE) -> None:
    """Stores a link to the pledge with this token's hash and purpose."""
    expires_at = now + CONFIRMED_WITHIN if purpose == CONFIRM else None
    session.add(
        PrivateLink(
            pledge_id=pledge_id, token_hash=hashed(token), purpose=purpose, issued_at=now, expires_at=expires_at
        )
    )


def issued(session: Session, pledge: Pledge, tokens: list[str]) -> str | None:
    """The first of these tokens that belongs to the pledge: an older one if the secret key was changed since."""
    known = session.scalars(select(PrivateLink.token_hash).where(PrivateLink.pledge_id == pledge.id)).all()
    return next((token for token in tokens if hashed(token) in known), None)


def find(session: Session, token: str, purpose: str = PAGE) -> Pledge:
    """The pledge of the link with this token and purpose. Raises NoSuchPledge if it is unknown or revoked."""
    link = session.scalar(_links(token, purpose).where(PrivateLink.revoked_at.is_(None)))
    if link is None:
        raise refusals.NoSuchPledge()
    return link.pledge


def find_confirmation(session: Session, token: str, now: datetime) -> PrivateLink:
    """The link that confirms an e-mail address. A link that was used is returned too, with its `used_at`.

    Raises NoSuchPledge for a token of another purpose. Raises ConfirmationOver for a link that was revoked, is older
    than seven days, or whose pledge has no unconfirmed address.
    """
    link = session.scalar(_links(token, CONFIRM))
    if link is None:
        raise refusals.NoSuchPledge()
    if link.used_at is not None:
        return link
    expired = link.expires_at is not None and link.expires_at <= now
    if link.revoked_at is not None or expired or link.pledge.email_wanted is None:
        raise refusals.ConfirmationOver()
    return link


def revoke(session: Session, pledge_id: int, now: datetime, *purposes: str) -> None:
    """Revokes every link to the pledge, or those with these purposes."""
    ended = update(PrivateLink).where(PrivateLink.pledge_id == pledge_id, PrivateLink.revoked_at.is_(None))
    if purposes:
        ended = ended.where(PrivateLink.purpose.in_(purposes))
    session.execute(ended.values(revoked_at=now))


def replace(session: Session, pledge: Pledge, token: str, now: datetime) -> None:
    """Revokes the links to the pledge and adds this token: for a supporter whose link became known to others.

    Links that stop the mails stay valid: they are in mails that were sent, and they show no data.
    """
    revoke(session, pledge.id, now, PAGE, CONFIRM)
    issue(session, pledge.id, token, now)


def mail_first(session: Session, pledge: Pledge, once_key: str, now: datetime) -> None:
    """Queues the mail with the link to a new pledge, at most once. `once_key` is the form's idempotency key."""
    _queue(session, pledge, "pledge_made", once_key, f"pledge_made:{pledge.once_key}", now)


def mail_again(session: Session, pledge: Pledge, kind: str, secret: str, now: datetime) -> None:
    """Adds another link to the pledge and queues a mail of this kind with it. Earlier links stay valid.

    At most one such mail an hour for each pledge, since anybody who knows the address can request it.
    """
    hour = now.astimezone(UTC).strftime("%Y-%m-%dT%H")
    key = secrets.token_urlsafe(24)
    if _queue(session, pledge, kind, key, f"{kind}:{pledge.once_key}:{hour}", now):
        issue(session, pledge.id, token_for(key, secret), now)


def mail_once(session: Session, pledge: Pledge, kind: str, secret: str, now: datetime) -> bool:
    """Queues a mail of this kind to the pledge, with new links; returns false if one was queued before.

    One link opens the private page, the other only stops the mails and can be put in a mail header.
    """
    key = secrets.token_urlsafe(24)
    queued = _queue(session, pledge, kind, key, f"{kind}:{pledge.once_key}", now, sort=kind, lock=False)
    if queued:
        issue(session, pledge.id, token_for(key, secret), now)
        issue(session, pledge.id, token_for(key, secret, STOP), now, STOP)
    return queued


def mail_new_address(session: Session, pledge: Pledge, secret: str, now: datetime) -> None:
    """Queues a mail to the unconfirmed address, with a link that confirms it and does nothing else.

    Earlier links of this kind are revoked. A second request within an hour for the same address queues no mail.
    """
    wanted, key = str(pledge.email_wanted), secrets.token_urlsafe(24)
    of_pledge = select(PrivateLink.id).where(PrivateLink.pledge_id == pledge.id, PrivateLink.purpose == CONFIRM)
    open_ones = of_pledge.where(PrivateLink.revoked_at.is_(None), PrivateLink.used_at.is_(None))
    if session.scalar(open_ones.where(PrivateLink.issued_at > now - ASKED_AGAIN_AFTER).limit(1)) is not None:
        return
    revoke(session, pledge.id, now, CONFIRM)
    outbox.queue(
        session,
        kind="new_address",
        to=wanted,
        language=pledge.language,
        facts={"key": key},
        now=now,
        once_key=f"{confirmations_of(pledge)}{key}",
        about=f"{CONFIRM}:{pledge.once_key}",
    )
    issue(session, pledge.id, token_for(key, secret, CONFIRM), now, CONFIRM)


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
) -> bool:
    if pledge.email is None:
        return False
    return outbox.queue(
        session,
        kind=kind,
        to=pledge.email,
        language=pledge.language,
        facts={"key": key},
        once_key=once_key,
        now=now,
        about=f"{sort}:{pledge.once_key}",
        lock=lock,
    )
