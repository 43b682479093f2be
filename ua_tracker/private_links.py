"""Who may come back to a pledge? Whoever holds its private link: a token of which only the hash is stored.

A token is good for one purpose: the private page, to confirm a new address, or to stop the mails. What is sent to a
mailbox that nobody has confirmed, or stands in a mail's header, can do no more than it is there for.

The token is not drawn at random when the pledge is made but derived from the form's once-only key, which
was drawn at random when the form was shown. So a double click or a retry is answered with the same link,
although nothing stored could give it back. A mail that brings the link waits in the outbox with that key, and
its sender derives the link anew (docs/decisions/0008-outbox.md).
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
    """The 43 characters of the link of this purpose under this key: HMAC-SHA256 (RFC 2104), URL-safe."""
    label = b"private link" if purpose == PAGE else f"{purpose} link".encode()
    digest = hmac.new(secret.encode(), label + b"\0" + once_key.encode(), hashlib.sha256).digest()
    return urlsafe_b64encode(digest).rstrip(b"=").decode()


def hashed(secret_text: str) -> str:
    """What is stored in place of a token or a once-only key. Both are long and random, so no salt is needed."""
    return hashlib.sha256(secret_text.encode()).hexdigest()


def issue(session: Session, pledge_id: int, token: str, now: datetime, purpose: str = PAGE) -> None:
    """Stores the token's hash as a way to the pledge, for this purpose alone."""
    expires_at = now + CONFIRMED_WITHIN if purpose == CONFIRM else None
    session.add(
        PrivateLink(
            pledge_id=pledge_id, token_hash=hashed(token), purpose=purpose, issued_at=now, expires_at=expires_at
        )
    )


def issued(session: Session, pledge: Pledge, tokens: list[str]) -> str | None:
    """The one of these tokens that leads to the pledge: after a change of the secret an older one may."""
    known = session.scalars(select(PrivateLink.token_hash).where(PrivateLink.pledge_id == pledge.id)).all()
    return next((token for token in tokens if hashed(token) in known), None)


def find(session: Session, token: str, purpose: str = PAGE) -> Pledge:
    """The pledge that the token of this purpose leads to. Raises NoSuchPledge for any other, or one revoked."""
    link = session.scalar(_links(token, purpose).where(PrivateLink.revoked_at.is_(None)))
    if link is None:
        raise refusals.NoSuchPledge()
    return link.pledge


def find_confirmation(session: Session, token: str, now: datetime) -> PrivateLink:
    """The link that confirms an address, also when it was used: then it has a `used_at` and does nothing more.

    Raises NoSuchPledge for a token of any other purpose, ConfirmationOver for one that a later question ended, that
    is older than seven days, or whose pledge wants no new address any more.
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
    """Ends every link to the pledge, or those of these purposes."""
    ended = update(PrivateLink).where(PrivateLink.pledge_id == pledge_id, PrivateLink.revoked_at.is_(None))
    if purposes:
        ended = ended.where(PrivateLink.purpose.in_(purposes))
    session.execute(ended.values(revoked_at=now))


def replace(session: Session, pledge: Pledge, token: str, now: datetime) -> None:
    """Ends every link to the pledge and makes this token the only one: for whoever gave the old one away.

    Only what stops the mails stays: it stands in mails that were sent, and shows nothing.
    """
    revoke(session, pledge.id, now, PAGE, CONFIRM)
    issue(session, pledge.id, token, now)


def mail_first(session: Session, pledge: Pledge, once_key: str, now: datetime) -> None:
    """Queues the mail that brings the link to a pledge just made under this once-only key, at most once."""
    _queue(session, pledge, "pledge_made", once_key, f"pledge_made:{pledge.once_key}", now)


def mail_again(session: Session, pledge: Pledge, kind: str, secret: str, now: datetime) -> None:
    """Issues one more link to the pledge and queues the mail of this kind that brings it to the pledge's address.

    At most one such mail an hour for each pledge: whoever knows an address can ask for it. Earlier links stay good.
    """
    hour = now.astimezone(UTC).strftime("%Y-%m-%dT%H")
    key = secrets.token_urlsafe(24)
    if _queue(session, pledge, kind, key, f"{kind}:{pledge.once_key}:{hour}", now):
        issue(session, pledge.id, token_for(key, secret), now)


def mail_once(session: Session, pledge: Pledge, kind: str, secret: str, now: datetime) -> bool:
    """Queues this kind of mail to the pledge, with links of its own; whether it had not been queued before.

    One link is the private page, for the mailbox's owner; the other only stops the mails, and may stand in a header.
    """
    key = secrets.token_urlsafe(24)
    queued = _queue(session, pledge, kind, key, f"{kind}:{pledge.once_key}", now, sort=kind, lock=False)
    if queued:
        issue(session, pledge.id, token_for(key, secret), now)
        issue(session, pledge.id, token_for(key, secret, STOP), now, STOP)
    return queued


def mail_new_address(session: Session, pledge: Pledge, secret: str, now: datetime) -> None:
    """Queues a mail to the address that the pledge is to have, with a link that confirms it and does nothing else.

    A link sent to another address before is ended. Asked for the same address again within the hour, the mail that
    was queued then is enough.
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
    """Queues the mail that tells the old address of the change, without naming the new one."""
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
    """How the once-only keys of the mails begin that ask somebody to confirm an address for this pledge."""
    return f"new_address:{pledge.once_key}:"


def _links(token: str, purpose: str) -> Select[tuple[PrivateLink]]:
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
