"""The outbox: mails are queued in the transaction of the change they are about, and sent later by a sender.

A sender claims a mail in a transaction of its own: it sets the next try to the end of a lease. It then renders and
delivers the mail, and stores the result. If the sender dies in between, the mail is due again at the end of the lease.
So a mail is sent at least once, always with the same Message-ID, and is never lost. The callers pass the functions
that render and deliver. There is a daily limit for each mailbox (`mailboxes.py`). Mails above it are combined into a
digest (`mail_digests.py`), or wait until the next day.
"""

import secrets
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, String, bindparam, delete, select, update
from sqlalchemy.orm import Session

from ua_tracker import mail_digests, mailboxes, row_counts
from ua_tracker.mail_failures import Failed, NotNeeded, Refused, ServerAway
from ua_tracker.models import Mail
from ua_tracker.statements import Fixed, insert_new

LEASE = timedelta(minutes=10)  # longer than the delivery of one mail can take (ua_tracker/mailing.py)
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360, 720, 1440, 1440))
MOST_TRIES = len(PAUSES) + 1
MAILBOX_BUSY_PAUSE = timedelta(seconds=10)  # while another sender has locked the mailbox: waiting could deadlock
KEPT_WHEN_GIVEN_UP = timedelta(days=30)
KEPT_FOR_BOUNCES = timedelta(days=14)  # mail servers try for five days, or a week (RFC 5321, 4.5.4.1)
NEVER_DELAYED = ("new_password",)  # its link expires after an hour
_BLANK: dict[str, Any] = {"address": None, "facts": {}}
_UNDER_KEY = Fixed(select(Mail.id).where(Mail.once_key == bindparam("once_key", type_=String())))

Made = TypeVar("Made")
Transaction = Callable[[], AbstractContextManager[Session]]


@dataclass(frozen=True)
class Claimed:
    """A mail that one sender has claimed for the length of the lease. `tries` includes this try."""

    id: int
    kind: str
    language: str
    address: str
    message_id: str
    queued_at: datetime
    tries: int
    facts: dict[str, Any] = field(repr=False)


Note = Callable[[Session, Claimed, Exception | None, datetime], None]


@dataclass(frozen=True)
class Ended:
    """The result of a try: `ending` is sent, given up, failed or moot; `reason` is empty if it was sent."""

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
    """Queues a mail in the session's transaction. Returns False, and does nothing, if the key was used before.

    `facts` are JSON values that are deleted once the mail is sent. The mail is due at `not_before`, or now. When the
    mailbox has reached its daily limit, a mail with `about` (see `mail_digests.add`) becomes part of a digest, a mail
    with a new password is not queued (returns False), and any other waits until the next day. Set `lock` to false in
    a transaction that queues mails to many mailboxes, so that it does not block other requests.
    """
    if _is_known(session, once_key):
        return False
    mailbox = mailboxes.hashed(to)
    mail = Mail(
        once_key=once_key,
        kind=kind,
        language=language,
        address=to,
        mailbox=mailbox,
        facts=facts,
        message_id=secrets.token_hex(16),
        queued_at=now,
        due_at=not_before or now,
    )
    if lock:
        mailboxes.lock(session, mailbox)
    if mailboxes.may_get_another(session, mailbox, kind, now):
        return insert_new(session, mail)
    return _added_without_room(session, mail, about, now)


def _added_without_room(session: Session, mail: Mail, about: str | None, now: datetime) -> bool:
    if mail.kind in NEVER_DELAYED:
        return False
    if about is None:
        return insert_new(session, mail)
    added = insert_new(session, mail_digests.row_for_digested(mail, now))
    if added:
        mail_digests.add(session, mail, about, now)
    return added


def claim(session: Session, now: datetime) -> Claimed | None:
    """Claims the mail that has been due longest, until the lease ends; None when none is due.

    A mail whose last try was claimed and never finished is given up: the mail may be what makes its senders crash.
    A mail to a mailbox that has reached its daily limit is postponed.
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
    """Until when the claimed mail must wait; None if it may be sent. Only one sender checks a mailbox at a time."""
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
    note: Note = lambda *_: None,
) -> list[Ended]:
    """Sends the due mails one after the other; returns the result of each.

    `transaction` gives a session that is committed at the end of its block. `render` may raise NotNeeded; `deliver`
    may raise Refused, Failed, or ServerAway, which ends the round, as does `stopping` when it returns true. `note` is
    called in the transaction that stores the result of a try, with the exception of one that failed.
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
            note(session, mail, failure, clock())
        if isinstance(failure, ServerAway):
            break
    return ended


def retry(session: Session, now: datetime) -> int:
    """Makes the given-up mails due that still have an address; returns their number."""
    given_up = (Mail.ending == "given up", Mail.address.is_not(None))
    return _updated(session, *given_up, due_at=now, tries=0, ended_at=None, ending=None, reason=None)


def forget(session: Session, now: datetime) -> None:
    """Deletes personal data of mails given up at least 30 days ago, mailbox hashes older than a day, and those by which
    a bounce is known, after 14 days.
    """
    mailboxes.forget(session, now)
    over = (Mail.recipient.is_not(None), Mail.ended_at <= now - KEPT_FOR_BOUNCES)
    _updated(session, *over, recipient=None, holder=None)
    _updated(session, Mail.ending == "given up", Mail.ended_at <= now - KEPT_WHEN_GIVEN_UP, **_BLANK)


def forget_unneeded(session: Session, once_key: str) -> None:
    """Deletes the mail with this idempotency key if it was not needed when it was to be sent, so that it can be queued
    again. A mail that became part of a digest stays.
    """
    unneeded = (Mail.once_key == once_key, Mail.ending == "moot", Mail.reason.is_(None))
    session.execute(delete(Mail).where(*unneeded).execution_options(synchronize_session=False))


def forget_addresses(session: Session, addresses: list[str], now: datetime) -> None:
    """Deletes addresses and content of the mails to these supporters; waiting ones are not sent.

    Mails about a coordinator's account (invitation, new password) to the same address stay.
    """
    if addresses:
        matching = (Mail.address.in_(addresses), Mail.kind.not_in(mailboxes.OF_ACCOUNTS))
        _end(session, *matching, Mail.due_at.is_not(None), ending="moot", now=now)
        _updated(session, *matching, **_BLANK)


def forget_recipients(session: Session, mails: list[int]) -> None:
    """Deletes the codes of the addresses to which these mails were sent: a bounce of them says nothing any more."""
    _updated(session, Mail.id.in_(mails), recipient=None, holder=None)


def forget_with_key_prefix(session: Session, address: str, beginning: str, now: datetime) -> None:
    """As `forget_addresses`, for mails to one address whose idempotency key begins with `beginning`.

    For an unconfirmed address: it may not belong to the supporter who entered it, so its other mails stay.
    """
    matching = (Mail.address == address, Mail.once_key.startswith(beginning, autoescape=True))
    _end(session, *matching, Mail.due_at.is_not(None), ending="moot", now=now)
    _updated(session, *matching, **_BLANK)


def _tried(mail: Claimed, render: Callable[[Claimed], Made], deliver: Callable[[Made], None]) -> Exception | None:
    """The exception of a failed try; None for a mail that was sent."""
    try:
        deliver(render(mail))
    except (NotNeeded, Failed) as failure:
        return failure
    except Exception as error:  # a mail that cannot be rendered must not stop the others
        return Failed(f"unexpected error: {type(error).__name__}")
    return None


def _note(session: Session, mail: Claimed, failure: Exception | None, now: datetime) -> Ended:
    # Another sender may have claimed the mail after the lease. A success then ends the mail for both; a failure is
    # ignored, because the other sender stores its own result.
    unended = (Mail.id == mail.id, Mail.due_at.is_not(None))
    ours = (*unended, Mail.tries == mail.tries)
    if failure is None:
        _end(session, *unended, ending="sent", now=now)
        return Ended(mail.kind, "sent")
    if isinstance(failure, NotNeeded):
        _end(session, *unended, ending="moot", now=now, reason=failure.reason)
        return Ended(mail.kind, "moot", failure.reason or "")
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
    """Keeps the address for 30 days, so that `retry` can make the mail due again when the cause is removed."""
    _updated(session, *which, due_at=None, ended_at=now, ending="given up", reason=reason)


def _updated(session: Session, *which: ColumnElement[bool], **values: Any) -> int:
    changing = update(Mail).where(*which).values(**values)
    return row_counts.changed(session, changing.execution_options(synchronize_session=False))


def _claimed(session: Session, number: int) -> Claimed:
    columns = (Mail.id, Mail.kind, Mail.language, Mail.address, Mail.message_id, Mail.queued_at, Mail.tries, Mail.facts)
    return Claimed(**session.execute(select(*columns).where(Mail.id == number)).one()._mapping)


def _is_known(session: Session, once_key: str) -> bool:
    return _UNDER_KEY.first(session, once_key=once_key) is not None
