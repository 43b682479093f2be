"""What is still to be told by mail? A mail is queued in the transaction of what it tells, and sent afterwards.

A sender claims a mail by moving its next try beyond a lease, in a transaction of its own; then it makes the
mail and hands it over; then it notes how that ended. A sender that dies in between leaves a mail that is due
again when the lease runs out: a mail is sent at least once, under one Message-ID, and never silently lost.
What a mail looks like and how it travels is handed in (`render`, `deliver`).

No mailbox gets more than a few mails a day (`mailboxes.py`). What goes beyond comes together in one mail
(`mail_digests.py`), or waits until the day is over.
"""

import secrets
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ua_tracker import mail_digests, mailboxes
from ua_tracker.mail_failures import Failed, NotNeeded, Refused, ServerAway
from ua_tracker.models import Mail

LEASE = timedelta(minutes=10)  # longer than a mail server may take over one mail (ua_tracker/mailing.py)
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360, 720, 1440, 1440))
MOST_TRIES = len(PAUSES) + 1
MAILBOX_BUSY_PAUSE = timedelta(seconds=10)  # another has the mailbox at this moment; to wait for it could be a deadlock
KEPT_WHEN_GIVEN_UP = timedelta(days=30)
NEVER_DELAYED = ("new_password",)  # its link is good for an hour
_BLANK: dict[str, Any] = {"address": None, "facts": {}}

Made = TypeVar("Made")
Transaction = Callable[[], AbstractContextManager[Session]]


@dataclass(frozen=True)
class Claimed:
    """A mail that one sender holds for the length of the lease. `tries` counts this try."""

    id: int
    kind: str
    language: str
    address: str
    message_id: str
    queued_at: datetime
    tries: int
    facts: dict[str, Any] = field(repr=False)


@dataclass(frozen=True)
class Ended:
    """What became of a mail at the end of a try; `reason` is empty for one that was sent."""

    kind: str
    ending: str
    reason: str = ""


def queue(
    session: Session,
    *,
    kind: str,
    to: str,
    language: str,
    facts: dict[str, Any],
    once_key: str,
    now: datetime,
    not_before: datetime | None = None,
    about: str | None = None,
    lock: bool = True,
) -> bool:
    """Queues a mail in the session's transaction; False, and nothing done, if the key has queued one before.

    `facts` are what JSON can hold, forgotten once the mail is sent. The mail is due at `not_before`, else now. When
    its mailbox has had its few of the day, one with an `about` (see `mail_digests.add`) is told in the mail of
    several, a new password is not queued, and False, and any other waits until the day is over. `lock` off is for a
    run over many mailboxes, which must not keep them all from everybody.
    """
    if _is_known(session, once_key):
        return False
    mail = Mail(
        once_key=once_key,
        kind=kind,
        language=language,
        address=to,
        mailbox=mailboxes.hashed(to),
        facts=facts,
        message_id=secrets.token_hex(16),
        queued_at=now,
        due_at=not_before or now,
    )
    if lock:
        mailboxes.lock(session, mail.mailbox)
    if mailboxes.may_get_another(session, mail.mailbox, kind, now):
        return _added(session, mail)
    return _added_without_room(session, mail, about, now)


def _added_without_room(session: Session, mail: Mail, about: str | None, now: datetime) -> bool:
    if mail.kind in NEVER_DELAYED:
        return False
    if about is None:
        return _added(session, mail)
    added = _added(session, mail_digests.row_for_digested(mail, now))
    if added:
        mail_digests.add(session, mail, about, now)
    return added


def _added(session: Session, mail: Mail) -> bool:
    """Whether the mail is there now and was not before under its key."""
    try:
        with session.begin_nested():
            session.add(mail)
    except IntegrityError:
        if not _is_known(session, mail.once_key):
            raise
        return False
    return True


def claim(session: Session, now: datetime) -> Claimed | None:
    """The mail that has been due longest, held until the lease runs out; None when none is due.

    A mail whose last try has been claimed already, and never ended, is given up: it may be what ends its senders.
    One whose mailbox has had its few of the day is put off until it may have another.
    """
    while True:
        columns = (Mail.id, Mail.due_at, Mail.tries, Mail.reason, Mail.mailbox)
        found = session.execute(
            select(*columns).where(Mail.due_at <= now).order_by(Mail.due_at, Mail.id).limit(1)
        ).one_or_none()
        if found is None:
            return None
        unchanged = (Mail.id == found.id, Mail.due_at == found.due_at, Mail.tries == found.tries)
        if found.tries >= MOST_TRIES:
            _give_up(session, *unchanged, now=now, reason="no try came to an end")
        elif _updated(session, *unchanged, due_at=now + LEASE, tries=Mail.tries + 1, reason=None):
            later = _blocked_until(session, found.id, found.mailbox, now)
            if later is None:
                return _claimed(session, found.id)
            _updated(session, Mail.id == found.id, due_at=later, tries=found.tries, reason=found.reason)


def _blocked_until(session: Session, number: int, mailbox: str | None, now: datetime) -> datetime | None:
    """Until when the mail just claimed must wait; None if it may go. Two senders never judge one mailbox at once."""
    if mailbox is None:
        return None
    if not mailboxes.try_lock(session, mailbox):
        return now + MAILBOX_BUSY_PAUSE
    return mailboxes.free_from(session, number, now)


def send(
    transaction: Transaction,
    render: Callable[[Claimed], Made],
    deliver: Callable[[Made], None],
    clock: Callable[[], datetime],
    stopping: Callable[[], bool] = lambda: False,
) -> list[Ended]:
    """Sends what is due, one mail after the other, and answers what became of each.

    `transaction` gives a session that is committed at the end of its block. `render` may raise NotNeeded; `deliver`
    may raise Refused, Failed, or ServerAway, which ends the round. `stopping` is asked between two mails.
    """
    with transaction() as session:
        forget(session, clock())
    ended: list[Ended] = []
    while not stopping():
        with transaction() as session:
            mail = claim(session, clock())
        if mail is None:
            break
        failure = _tried(mail, render, deliver)
        with transaction() as session:
            ended.append(_note(session, mail, failure, clock()))
        if isinstance(failure, ServerAway):
            break
    return ended


def retry(session: Session, now: datetime) -> int:
    """Makes the given-up mails due that still have an address; answers how many."""
    given_up = (Mail.ending == "given up", Mail.address.is_not(None))
    return _updated(session, *given_up, due_at=now, tries=0, ended_at=None, ending=None, reason=None)


def forget(session: Session, now: datetime) -> None:
    """Blanks what was given up 30 days ago or earlier, and the hashes that the count of the day needs no more."""
    mailboxes.forget(session, now)
    _updated(session, Mail.ending == "given up", Mail.ended_at <= now - KEPT_WHEN_GIVEN_UP, **_BLANK)


def forget_addresses(session: Session, addresses: list[str], now: datetime) -> None:
    """Blanks all that is kept for these supporters' addresses, as when they are erased; what waits is moot.

    A coordinator's invitation or new password for the same mailbox is nobody else's to end.
    """
    if addresses:
        theirs = (Mail.address.in_(addresses), Mail.kind.not_in(mailboxes.OF_ACCOUNTS))
        _end(session, *theirs, Mail.due_at.is_not(None), ending="moot", now=now)
        _updated(session, *theirs, **_BLANK)


def forget_with_key_prefix(session: Session, address: str, beginning: str, now: datetime) -> None:
    """The same for those of this address whose once-only key begins so: who typed the address may not own it."""
    theirs = (Mail.address == address, Mail.once_key.startswith(beginning, autoescape=True))
    _end(session, *theirs, Mail.due_at.is_not(None), ending="moot", now=now)
    _updated(session, *theirs, **_BLANK)


def _tried(mail: Claimed, render: Callable[[Claimed], Made], deliver: Callable[[Made], None]) -> Exception | None:
    """How the try failed; None for a mail that was taken."""
    try:
        deliver(render(mail))
    except (NotNeeded, Failed) as failure:
        return failure
    except Exception as error:  # one mail that cannot be made must not keep the others back
        return Failed(f"unforeseen: {type(error).__name__}")
    return None


def _note(session: Session, mail: Claimed, failure: Exception | None, now: datetime) -> Ended:
    # Another sender may have claimed it meanwhile, after the lease. Then what ended well has ended for both,
    # and what failed is the other's to judge.
    unended = (Mail.id == mail.id, Mail.due_at.is_not(None))
    ours = (*unended, Mail.tries == mail.tries)
    if failure is None:
        _end(session, *unended, ending="sent", now=now)
        return Ended(mail.kind, "sent")
    if isinstance(failure, NotNeeded):
        _end(session, *unended, ending="moot", now=now)
        return Ended(mail.kind, "moot")
    reason = failure.reason if isinstance(failure, Failed) else type(failure).__name__
    if isinstance(failure, Refused):
        _end(session, *ours, ending="given up", now=now, reason=reason)
        return Ended(mail.kind, "given up", reason)
    if mail.tries >= MOST_TRIES:
        _give_up(session, *ours, now=now, reason=reason)
        return Ended(mail.kind, "given up", reason)
    _updated(session, *ours, due_at=now + PAUSES[mail.tries - 1], reason=reason)
    return Ended(mail.kind, "failed", reason)


def _end(session: Session, *which: ColumnElement[bool], ending: str, now: datetime, reason: str | None = None) -> None:
    _updated(session, *which, due_at=None, ended_at=now, ending=ending, reason=reason, **_BLANK)


def _give_up(session: Session, *which: ColumnElement[bool], now: datetime, reason: str) -> None:
    """The address stays a while: once the cause is mended, `retry` makes the mail due again."""
    _updated(session, *which, due_at=None, ended_at=now, ending="given up", reason=reason)


def _updated(session: Session, *which: ColumnElement[bool], **values: Any) -> int:
    changed = session.execute(update(Mail).where(*which).values(**values).execution_options(synchronize_session=False))
    return int(changed.rowcount)


def _claimed(session: Session, number: int) -> Claimed:
    columns = (Mail.id, Mail.kind, Mail.language, Mail.address, Mail.message_id, Mail.queued_at, Mail.tries, Mail.facts)
    return Claimed(**session.execute(select(*columns).where(Mail.id == number)).one()._mapping)


def _is_known(session: Session, once_key: str) -> bool:
    return session.scalar(select(Mail.id).where(Mail.once_key == once_key)) is not None
