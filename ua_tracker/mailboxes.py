"""The key of a mailbox, and the daily limit of mails to one. Anybody can enter any e-mail address in a form.

The rows of the outbox are counted, by a hash of the address that is deleted after a day. The limit is enforced when a
sender claims a mail; when a mail is queued, it limits the number of waiting mails.
"""

import hashlib
import unicodedata
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import ColumnElement, String, and_, bindparam, func, not_, or_, select, update
from sqlalchemy.orm import Session

from ua_tracker.models import Mail
from ua_tracker.models.column_types import Instant
from ua_tracker.statements import Fixed

WINDOW = timedelta(days=1)
SUPPORTERS, ACCOUNTS = "supporters", "accounts"
# Mails about accounts are counted separately, so that pledges made with a coordinator's address cannot block the mail
# with a new password.
MOST_A_DAY = {SUPPORTERS: 5, ACCOUNTS: 4}
OF_ACCOUNTS = ("new_password", "invitation", "wrong_tries")
LONGEST_DOMAIN = 253
# Below these, in a domain of two letters, domains have an owner each.
_SHARED = frozenset(
    "ab ac asso bc co com edu gc gob gouv gov mb nb ne net nl nom ns nt nu on or org pe qc sch sk yk".split()  # noqa: SIM905
)  # as in ac.uk, gouv.fr, qc.ca
_SAME = {"googlemail.com": "gmail.com", "protonmail.com": "proton.me", "pm.me": "proton.me"} | dict.fromkeys(
    ("me.com", "mac.com"), "icloud.com"
)
_IGNORED = {"gmail.com": str.maketrans("", "", "."), "proton.me": str.maketrans("", "", "._-")}
_LOCKS = 1024  # PostgreSQL keeps advisory locks in a table of fixed size


def _sent_since(since: Any) -> ColumnElement[bool]:
    return and_(Mail.ending == "sent", Mail.ended_at > since)


def _counted_with(of_account: bool) -> ColumnElement[bool]:
    same = or_(*(Mail.kind == kind for kind in OF_ACCOUNTS))
    return same if of_account else not_(same)


def _counted(of_account: bool) -> Fixed:
    """How many mails of a mailbox wait or were sent since an instant, among those that count together."""
    counted = or_(Mail.due_at.is_not(None), _sent_since(bindparam("since", type_=Instant())))
    of_mailbox = Mail.mailbox == bindparam("mailbox", type_=String())
    return Fixed(select(func.count()).select_from(Mail).where(of_mailbox, _counted_with(of_account), counted))


_COUNTED = {of_account: _counted(of_account) for of_account in (True, False)}


def email_key(email: str | None) -> str | None:
    """The address as two spellings of one mailbox have it: without outer spaces, in lower case, in one form of Unicode.

    The domain is the one that its international name means (IDNA 2008), however that is written. `ß` stays, in both
    parts: it is another letter than `ss`.
    """
    return "@".join(_parts(email)) if email else None


def readable(address: str) -> str:
    """The address as people write it: an international domain in its own letters.

    Browsers put the ASCII form of such a domain (IDNA) in the place of what is typed into a field for an address.
    """
    if "xn--" not in address.lower():
        return address
    try:
        return validate_email(address, check_deliverability=False).normalized
    except EmailNotValidError:
        return address


def domain_of(email: str | None) -> str | None:
    """The domain of the address, without sub-domains and in the form of `email_key`; None without an address.

    Who owns a domain makes as many below it as they like, and reads the mail of all.
    """
    return _owned(_parts(email)[1])[:LONGEST_DOMAIN] if email else None


@lru_cache(maxsize=256)
def domain_key(domain: str) -> str:
    """A mail domain in the form of `domain_of`."""
    return _owned(_parts(f"somebody@{domain}")[1])


def _owned(domain: str) -> str:
    labels = domain.split(".")
    is_shared = len(labels[-1]) == 2 and labels[-2:-1] and labels[-2] in _SHARED  # as co.uk, qc.ca
    return ".".join(labels[-3:] if is_shared else labels[-2:])


def hashed(address: str) -> str:
    """A hash of the mailbox, the same for all spellings of its address.

    They are those of `email_key`, and without the part after a + (RFC 5233), because it names a folder of the same
    mailbox; also those that large providers deliver to one mailbox.
    """
    name, domain = _parts(address)
    domain = _SAME.get(domain, domain)
    name = name.partition("+")[0] or name
    if domain.startswith("yahoo."):
        name = name.partition("-")[0] or name
    name = name.translate(_IGNORED.get(domain, {})) or name
    return hashlib.sha256(f"{name}@{domain}".encode()).hexdigest()


def _parts(address: str) -> tuple[str, str]:
    """Name and domain, in the form of `email_key`. An address that cannot exist is only put into lower case."""
    try:
        valid = validate_email(address.strip(), check_deliverability=False)
        name, domain = valid.local_part, valid.domain
    except EmailNotValidError:
        name, _, domain = address.strip().rpartition("@")
    return _lower(name), _lower(domain)


def _lower(text: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).lower())


def lock(session: Session, mailbox: str) -> None:
    """Locks the count of this mailbox until the transaction ends. On SQLite there is only one writer anyway."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(_lock_number(mailbox))))


def try_lock(session: Session, mailbox: str) -> bool:
    """As `lock`, without waiting; returns whether the lock was acquired."""
    if session.get_bind().dialect.name == "postgresql":
        return bool(session.scalar(select(func.pg_try_advisory_xact_lock(_lock_number(mailbox)))))
    return True


def may_get_another(session: Session, mailbox: str, kind: str, now: datetime) -> bool:
    """Whether one more mail of this kind may be queued. The last mail of the day is reserved for a digest."""
    of_account = kind in OF_ACCOUNTS
    most = MOST_A_DAY[ACCOUNTS] if of_account else MOST_A_DAY[SUPPORTERS] - 1
    [(number,)] = _COUNTED[of_account].rows(session, mailbox=mailbox, since=now - WINDOW)
    return bool(number < most)


def free_from(session: Session, number: int, now: datetime) -> datetime | None:
    """The instant from which the claimed mail with this id may be sent; None if it may be sent now.

    That is a day after the mail with which the mailbox reached its limit.
    """
    mailbox, kind = session.execute(select(Mail.mailbox, Mail.kind).where(Mail.id == number)).one()
    if mailbox is None:
        return None
    most = MOST_A_DAY[ACCOUNTS if kind in OF_ACCOUNTS else SUPPORTERS]
    of_others = (Mail.mailbox == mailbox, Mail.id != number, _counted_with(kind in OF_ACCOUNTS))
    under_way = and_(Mail.due_at > now, Mail.tries > 0, Mail.reason.is_(None))
    busy = session.scalar(select(func.count()).select_from(Mail).where(*of_others, under_way)) or 0
    sent = session.scalars(
        select(Mail.ended_at).where(*of_others, _sent_since(now - WINDOW)).order_by(Mail.ended_at.desc())
    )
    instants = [*[now] * busy, *sent]
    return instants[most - 1] + WINDOW if len(instants) >= most else None


def forget(session: Session, now: datetime) -> None:
    """Deletes the mailbox hash of mails that ended at least a day ago."""
    over = (Mail.mailbox.is_not(None), Mail.ended_at <= now - WINDOW)
    session.execute(update(Mail).where(*over).values(mailbox=None).execution_options(synchronize_session=False))


def _lock_number(mailbox: str) -> int:
    return int(mailbox[:8], 16) % _LOCKS
