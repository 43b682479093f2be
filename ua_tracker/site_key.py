"""The secret key that the database belongs to, known by its fingerprint, so that no process works with another key.

Links in mails, signatures of forms, sessions and two-factor codes are made with the key. A process with another one
would drop mails as no longer needed, and hand out links that no other process knows.
"""

import hashlib
import hmac
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from ua_tracker.models import SiteKey
from ua_tracker.refusals import AnotherKey, NotStored

Block = Callable[[], AbstractContextManager[Session]]
SHOWN = 8  # characters of a fingerprint in sentences


def fingerprint(secret: str) -> str:
    """32 hexadecimal digits that stand for this key and do not lead back to it."""
    return hmac.new(secret.encode(), b"the key of this site", hashlib.sha256).hexdigest()[:32]


def newest(session: Session) -> SiteKey | None:
    """The key that the database belongs to; None when none was remembered yet."""
    return session.scalar(select(SiteKey).order_by(SiteKey.id.desc()).limit(1))


def require(session: Session, secrets: Sequence[str]) -> None:
    """Raises AnotherKey when none of these keys, the process's own first, is the one that the database belongs to.

    One of the older keys is enough: that is how a key is changed, one process after the other.
    """
    known = newest(session)
    if known is not None and known.key_hash not in map(fingerprint, secrets):
        raise AnotherKey(known=known.key_hash[:SHOWN], since=known.since.date(), own=fingerprint(secrets[0])[:SHOWN])


def is_new(session: Session, secrets: Sequence[str]) -> bool:
    """Whether the process's own key has never been the database's, so that `remember` would add it."""
    return session.scalar(select(SiteKey.id).where(SiteKey.key_hash == fingerprint(secrets[0]))) is None


def remember(session: Session, secrets: Sequence[str], now: datetime) -> None:
    """Makes the process's own key the database's, if it is a new one. Raises AnotherKey, as `require` does.

    A key that was the database's before is not made so again: while a key is being changed, processes that have not
    got the new one first still start now and then.
    """
    require(session, secrets)
    if is_new(session, secrets):
        session.add(SiteKey(key_hash=fingerprint(secrets[0]), since=now))
        session.flush()


def at_start(reading: Block, writing: Block, secrets: Sequence[str], now: datetime) -> None:
    """Does what `remember` does when a process starts, in transactions of its own. Raises AnotherKey.

    While the database cannot be asked, or cannot be written, it does nothing: the site starts all the same, and is not
    ready as long as `require` would refuse (`readiness.py`).
    """
    try:
        with reading() as session:
            require(session, secrets)
            if not is_new(session, secrets):
                return
        with writing() as session:
            remember(session, secrets, now)
    except AnotherKey:
        raise
    except (SQLAlchemyError, NotStored):
        pass


def accept(session: Session, secret: str, now: datetime) -> None:
    """Makes this key the database's, whichever it belonged to before."""
    session.execute(delete(SiteKey).where(SiteKey.key_hash == fingerprint(secret)))
    session.add(SiteKey(key_hash=fingerprint(secret), since=now))
    session.flush()
