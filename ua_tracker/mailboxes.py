"""How many mails may one mailbox get? A few within a day, whatever anybody asks: everybody can type any address.

What a mailbox got is counted by the outbox's own rows, under a hash of the address that is blanked when the day is
over. The rule holds where a sender claims a mail; where a mail is queued, it bounds what waits.
"""

import hashlib
from datetime import datetime, timedelta

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import ColumnElement, and_, func, or_, select, update
from sqlalchemy.orm import Session

from ua_tracker.models import Mail

WINDOW = timedelta(days=1)
SUPPORTERS, ACCOUNTS = "supporters", "accounts"
# Accounts are counted apart: who fills a coordinator's mailbox with pledges must not keep a new password from her.
MOST_A_DAY = {SUPPORTERS: 5, ACCOUNTS: 4}
OF_ACCOUNTS = ("new_password", "invitation", "wrong_tries")
_LOCKS = 1024  # PostgreSQL keeps advisory locks in a table of fixed size


def hashed(address: str) -> str:
    """What stands for the mailbox: one for all spellings of it.

    Case is folded, the domain written as IDNA (RFC 5890), and what follows a + left out (RFC 5233): it names a
    folder of the same mailbox.
    """
    try:
        valid = validate_email(address.strip(), check_deliverability=False)
        name, domain = valid.local_part, valid.ascii_domain
    except EmailNotValidError:
        name, _, domain = address.strip().rpartition("@")
    name = name.partition("+")[0] or name
    return hashlib.sha256(f"{name.casefold()}@{domain.casefold()}".encode()).hexdigest()


def lock(session: Session, mailbox: str) -> None:
    """Lets nobody else count this mailbox's mails until the transaction ends. On SQLite writers take turns anyhow."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(_lock_number(mailbox))))


def try_lock(session: Session, mailbox: str) -> bool:
    """The same without waiting; whether it was free."""
    if session.get_bind().dialect.name == "postgresql":
        return bool(session.scalar(select(func.pg_try_advisory_xact_lock(_lock_number(mailbox)))))
    return True


def may_get_another(session: Session, mailbox: str, kind: str, now: datetime) -> bool:
    """Whether one more mail of this kind may wait by itself; the last of the day is kept for what comes together."""
    most = MOST_A_DAY[ACCOUNTS] if kind in OF_ACCOUNTS else MOST_A_DAY[SUPPORTERS] - 1
    counted = or_(Mail.due_at.is_not(None), _sent_within(now))
    query = select(func.count()).select_from(Mail).where(Mail.mailbox == mailbox, _counted_with(kind), counted)
    return (session.scalar(query) or 0) < most


def free_from(session: Session, number: int, now: datetime) -> datetime | None:
    """When the claimed mail of this number may go, if not now: a day after the mail that fills its mailbox's day."""
    mailbox, kind = session.execute(select(Mail.mailbox, Mail.kind).where(Mail.id == number)).one()
    if mailbox is None:
        return None
    most = MOST_A_DAY[ACCOUNTS if kind in OF_ACCOUNTS else SUPPORTERS]
    of_others = (Mail.mailbox == mailbox, Mail.id != number, _counted_with(kind))
    under_way = and_(Mail.due_at > now, Mail.tries > 0, Mail.reason.is_(None))
    busy = session.scalar(select(func.count()).select_from(Mail).where(*of_others, under_way)) or 0
    sent = session.scalars(select(Mail.ended_at).where(*of_others, _sent_within(now)).order_by(Mail.ended_at.desc()))
    instants = [*[now] * busy, *sent]
    return instants[most - 1] + WINDOW if len(instants) >= most else None


def forget(session: Session, now: datetime) -> None:
    """Blanks the hash of every mailbox whose mail left the outbox a day ago or earlier."""
    over = (Mail.mailbox.is_not(None), Mail.ended_at <= now - WINDOW)
    session.execute(update(Mail).where(*over).values(mailbox=None).execution_options(synchronize_session=False))


def _sent_within(now: datetime) -> ColumnElement[bool]:
    return and_(Mail.ending == "sent", Mail.ended_at > now - WINDOW)


def _counted_with(kind: str) -> ColumnElement[bool]:
    return Mail.kind.in_(OF_ACCOUNTS) if kind in OF_ACCOUNTS else Mail.kind.not_in(OF_ACCOUNTS)


def _lock_number(mailbox: str) -> int:
    return int(mailbox[:8], 16) % _LOCKS
