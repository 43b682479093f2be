"""Limits on tries of passwords and codes, counted in the database for all processes and machines.

A try is counted before it is checked, and the count is taken back when it was correct, so that parallel tries cannot
exceed the limit. Wrong tries count against three limits: the account and source together, the account, the source.
From a source where the coordinator signed in lately only the first limit applies, so that a stranger who enters the
e-mail address cannot lock the account (OWASP, Authentication Cheat Sheet). At most 100 wrong tries: NIST SP 800-63B,
5.2.2.
"""

import hashlib
import hmac
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.orm import Session

from ua_tracker import audit, languages, outbox
from ua_tracker.coordinators.people import find_or_none, key
from ua_tracker.coordinators.sessions import Sources, is_known_source
from ua_tracker.models import AuditEntry, Coordinator, SignInTry

SECRET, LINK, ASKING = "secret", "link", "asking"
Limits = tuple[tuple[int, timedelta], ...]
QUARTER, DAY = timedelta(minutes=15), timedelta(days=1)
BY_ACCOUNT_AND_SOURCE: Limits = ((10, QUARTER), (50, DAY))
BY_ACCOUNT: Limits = ((30, QUARTER), (100, DAY))
BY_SOURCE: dict[str, Limits] = {
    SECRET: ((40, QUARTER), (400, DAY)),
    LINK: ((40, QUARTER), (400, DAY)),
    ASKING: ((20, timedelta(minutes=10)), (100, DAY)),
}
NOTIFIED_FROM = 10  # wrong tries within a day
_DELETED_AT_ONCE = 200  # old rows that one try deletes at most; more than it adds, so the table cannot grow for ever


@dataclass(frozen=True)
class Attempt:
    """One try: its kind, its source, the e-mail address if given, and the keyed hash of the account."""

    kind: str
    sources: Sources
    email: str = ""
    account: str | None = None
    language: str = languages.DEFAULT


def attempt_on(email: str, sources: Sources, secret: str, language: str) -> Attempt:
    """A try of a password or a code. All spellings of an e-mail address count as one account, also an unknown one."""
    name = key(email)
    counted = key(unicodedata.normalize("NFKC", email))
    digest = hmac.new(secret.encode(), b"account\0" + counted.encode(errors="replace"), hashlib.sha256).hexdigest()
    return Attempt(SECRET, sources, name, digest[:32], language)


def reserve(session: Session, one: Attempt, now: datetime) -> tuple[int | None, datetime | None]:
    """Counts a try. Returns its id and None, or None and the instant from which another try is allowed.

    Commit before the try is checked. Too many tries write one event to the history per quarter of an hour, and the
    owner of the account gets one mail a day.
    """
    _lock(session, one)
    _delete_old(session, now)
    until = _blocked_until(session, one, now)
    if one.account is not None:
        _notify_owner(session, one, until is not None, now)
    if until is not None:
        return None, until
    counted = SignInTry(kind=one.kind, account=one.account, source=one.sources.here, at=now)
    session.add(counted)
    session.flush()
    return counted.id, None


def take_back(session: Session, number: int) -> None:
    """Deletes the try with this id, because it was correct."""
    session.execute(delete(SignInTry).where(SignInTry.id == number))


def forget_tries(session: Session, now: datetime) -> None:
    """Deletes all tries that are older than a day; `reserve` deletes up to 200 of them each time."""
    session.execute(delete(SignInTry).where(SignInTry.at <= now - DAY))


def _lock(session: Session, one: Attempt) -> None:
    """Makes tries of one account or source run one after the other; on SQLite all writers do so anyway."""
    if session.connection().dialect.name == "postgresql":
        for name in sorted({one.account or one.sources.here, one.sources.here}):
            session.execute(select(func.pg_advisory_xact_lock(int(name[:15], 16))))


def _delete_old(session: Session, now: datetime) -> None:
    old = select(SignInTry.id).where(SignInTry.at <= now - DAY).order_by(SignInTry.at).limit(_DELETED_AT_ONCE)
    session.execute(
        delete(SignInTry)
        .where(SignInTry.id.in_(old.with_for_update(skip_locked=True)))
        .execution_options(synchronize_session=False)
    )


def _blocked_until(session: Session, one: Attempt, now: datetime) -> datetime | None:
    """The instant from which all limits allow this try; None if they allow it now."""
    mine, same = SignInTry.account == one.account, SignInTry.source.in_(one.sources.lately)
    full = []
    if one.account is not None:
        full.append(_free_at(session, BY_ACCOUNT_AND_SOURCE, now, one.kind, mine, same))
    if not is_known_source(session, one.email, one.sources.month, now):
        full.append(_free_at(session, BY_SOURCE[one.kind], now, one.kind, same))
        if one.account is not None:
            full.append(_free_at(session, BY_ACCOUNT, now, one.kind, mine))
    return max((at for at in full if at is not None), default=None)


def _free_at(
    session: Session, limits: Limits, now: datetime, kind: str, *which: ColumnElement[bool]
) -> datetime | None:
    full = []
    for most, span in limits:
        counted = select(SignInTry.at).where(*which, SignInTry.kind == kind, SignInTry.at > now - span)
        first = session.scalar(counted.order_by(SignInTry.at.desc()).offset(most - 1).limit(1))
        if first is not None:
            full.append(first + span)
    return max(full, default=None)


def _notify_owner(session: Session, one: Attempt, is_locked: bool, now: datetime) -> None:
    many = select(SignInTry.id).where(
        SignInTry.account == one.account, SignInTry.kind == SECRET, SignInTry.at > now - DAY
    )
    if session.scalar(many.offset(NOTIFIED_FROM - 1).limit(1)) is None:
        return
    owner = find_or_none(session, one.email)
    if owner is None:
        return
    outbox.queue(
        session,
        kind="wrong_tries",
        to=owner.email,
        language=one.language,
        facts={},
        once_key=f"wrong_tries:{owner.id}:{now:%Y-%m-%d}",
        now=now,
    )
    if is_locked:
        _note(session, owner, now)


def _note(session: Session, owner: Coordinator, now: datetime) -> None:
    """Writes one event to the history for each quarter of an hour with too many tries."""
    noted = select(AuditEntry.id).where(
        AuditEntry.subject == owner.actor, AuditEntry.event == "locked out", AuditEntry.at > now - QUARTER
    )
    if session.scalar(noted.limit(1)) is None:
        audit.note(session, actor="sign-in", event="locked out", subject=owner.actor, now=now)
