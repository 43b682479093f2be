"""Who may come back to a pledge? Whoever holds its private link: a token of which only the hash is stored.

The token is not drawn at random when the pledge is made but derived from the form's once-only key, which
was drawn at random when the form was shown. So a double click or a retry is answered with the same link,
although nothing stored could give it back. A mail that brings the link waits in the outbox with that key, and
its sender derives the link anew (docs/decisions/0008-outbox.md).
"""

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode
from datetime import UTC, datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from ua_tracker import outbox, refusals
from ua_tracker.models import Pledge, PrivateLink


def token_for(once_key: str, secret: str) -> str:
    """The 43 characters of the link for the pledge made under this key: HMAC-SHA256 (RFC 2104), URL-safe."""
    digest = hmac.new(secret.encode(), b"private link\0" + once_key.encode(), hashlib.sha256).digest()
    return urlsafe_b64encode(digest).rstrip(b"=").decode()


def hashed(secret_text: str) -> str:
    """What is stored in place of a token or a once-only key. Both are long and random, so no salt is needed."""
    return hashlib.sha256(secret_text.encode()).hexdigest()


def issue(session: Session, pledge_id: int, token: str, now: datetime) -> None:
    """Stores the token's hash as a way to the pledge."""
    session.add(PrivateLink(pledge_id=pledge_id, token_hash=hashed(token), issued_at=now))


def issued(session: Session, pledge: Pledge, tokens: list[str]) -> str | None:
    """The one of these tokens that leads to the pledge: after a change of the secret an older one may."""
    known = session.scalars(select(PrivateLink.token_hash).where(PrivateLink.pledge_id == pledge.id)).all()
    return next((token for token in tokens if hashed(token) in known), None)


def find(session: Session, token: str) -> Pledge:
    """The pledge the token leads to. Raises NoSuchPledge for a token that is unknown or revoked."""
    link = session.scalar(
        select(PrivateLink).where(PrivateLink.token_hash == hashed(token), PrivateLink.revoked_at.is_(None))
    )
    if link is None:
        raise refusals.NoSuchPledge()
    return link.pledge


def revoke(session: Session, pledge_id: int, now: datetime) -> None:
    """Ends every link to the pledge."""
    session.execute(
        update(PrivateLink)
        .where(PrivateLink.pledge_id == pledge_id, PrivateLink.revoked_at.is_(None))
        .values(revoked_at=now)
    )


def replace(session: Session, pledge: Pledge, token: str, now: datetime) -> None:
    """Ends every link to the pledge and makes this token the only one: for whoever gave the old one away."""
    revoke(session, pledge.id, now)
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
    """Queues this kind of mail to the pledge, with a link of its own; whether it had not been queued before."""
    key = secrets.token_urlsafe(24)
    queued = _queue(session, pledge, kind, key, f"{kind}:{pledge.once_key}", now)
    if queued:
        issue(session, pledge.id, token_for(key, secret), now)
    return queued


def mail_new_address(session: Session, pledge: Pledge, secret: str, now: datetime) -> None:
    """Queues a mail to the address that the pledge is to have, with a link to confirm it; at most one an hour."""
    key, hour = secrets.token_urlsafe(24), now.astimezone(UTC).strftime("%Y-%m-%dT%H")
    queued = outbox.queue(
        session, kind="new_address", to=str(pledge.email_wanted), language=pledge.language, facts={"key": key},
        once_key=f"new_address:{pledge.once_key}:{hashed(str(pledge.email_wanted))[:16]}:{hour}", now=now,
    )  # fmt: skip
    if queued:
        issue(session, pledge.id, token_for(key, secret), now)


def _queue(session: Session, pledge: Pledge, kind: str, key: str, once_key: str, now: datetime) -> bool:
    if pledge.email is None:
        return False
    facts = {"key": key}
    return outbox.queue(
        session, kind=kind, to=pledge.email, language=pledge.language, facts=facts, once_key=once_key, now=now
    )
