"""Who is signed in, since when, and when was the password last given? Sessions are rows, so that one can end.

The browser holds a random key; here is only its hash, and a session that has ended is a row that is gone: a copy of
its cookie is worth nothing (OWASP, Session Management Cheat Sheet).
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from ua_tracker.models import Coordinator, CoordinatorSession, KnownSource
from ua_tracker.private_links import hashed

SIGNED_IN, HALFWAY = "signed in", "halfway"
LASTS = {SIGNED_IN: timedelta(hours=12), HALFWAY: timedelta(minutes=10)}
PROOF_LASTS = timedelta(minutes=5)
SOURCE_KNOWN_FOR = timedelta(days=30)


@dataclass(frozen=True)
class Sources:
    """A source's keyed hashes, one a day (`ua_tracker.sources`): of today, of today and yesterday, of a month."""

    here: str
    lately: tuple[str, ...]
    month: tuple[str, ...]


def begin_session(session: Session, coordinator: Coordinator, now: datetime, kind: str = SIGNED_IN) -> str:
    """The key of a new session: 256 random bits, stored nowhere. The password has just been given."""
    forget_old(session, now)
    key = secrets.token_urlsafe(32)
    session.add(
        CoordinatorSession(coordinator_id=coordinator.id, kind=kind, key_hash=hashed(key), begun_at=now, proven_at=now)
    )
    return key


def find_session(session: Session, key: str | None, now: datetime, kind: str = SIGNED_IN) -> CoordinatorSession | None:
    """The open session of this key, with its coordinator; twelve hours at most, ten minutes where a code is owed."""
    if not key:
        return None
    return session.scalar(
        select(CoordinatorSession)
        .join(Coordinator)
        .where(
            CoordinatorSession.key_hash == hashed(key),
            CoordinatorSession.kind == kind,
            CoordinatorSession.begun_at > now - LASTS[kind],
            Coordinator.active,
        )
    )


def open_sessions(session: Session, coordinator: Coordinator, now: datetime) -> list[CoordinatorSession]:
    """The coordinator's open sessions, the newest first."""
    mine = select(CoordinatorSession).where(
        CoordinatorSession.coordinator_id == coordinator.id,
        CoordinatorSession.kind == SIGNED_IN,
        CoordinatorSession.begun_at > now - LASTS[SIGNED_IN],
    )
    return list(session.scalars(mine.order_by(CoordinatorSession.begun_at.desc(), CoordinatorSession.id.desc())))


def end_session(session: Session, key: str | None) -> bool:
    """Ends the session of this key; whether it was there to be ended, so that it is used once."""
    gone = session.execute(delete(CoordinatorSession).where(CoordinatorSession.key_hash == hashed(key or "")))
    return bool(gone.rowcount)


def end_all(session: Session, coordinator: Coordinator) -> None:
    """Ends every session of the coordinator; a place where one may have been a thief's is known no more."""
    for table in (CoordinatorSession, KnownSource):
        session.execute(delete(table).where(table.coordinator_id == coordinator.id))


def forget_old(session: Session, now: datetime) -> None:
    """Forgets sessions that are too old to be open, and from where anybody came more than thirty days ago."""
    session.execute(delete(CoordinatorSession).where(CoordinatorSession.begun_at <= now - LASTS[SIGNED_IN]))
    session.execute(delete(KnownSource).where(KnownSource.at <= now - SOURCE_KNOWN_FOR))


def is_proven(one: CoordinatorSession, now: datetime) -> bool:
    """Whether the password was given within the last five minutes."""
    return now - one.proven_at <= PROOF_LASTS


def prove(session: Session, one: CoordinatorSession, now: datetime) -> None:
    """The password has just been given again."""
    session.execute(update(CoordinatorSession).where(CoordinatorSession.id == one.id).values(proven_at=now))


def remember_source(session: Session, coordinator: Coordinator, sources: Sources, now: datetime) -> None:
    """Keeps for thirty days that this coordinator came from here."""
    forget_old(session, now)
    session.execute(
        delete(KnownSource).where(KnownSource.coordinator_id == coordinator.id, KnownSource.source.in_(sources.month))
    )
    session.add(KnownSource(coordinator_id=coordinator.id, source=sources.here, at=now))


def is_known_source(session: Session, email: str, sources: tuple[str, ...], now: datetime) -> bool:
    """Whether the coordinator of this address (as `people.key` writes it) signed in from here within thirty days."""
    known = (
        select(KnownSource.id)
        .join(Coordinator, Coordinator.id == KnownSource.coordinator_id)
        .where(
            Coordinator.email == email,
            Coordinator.active,
            KnownSource.source.in_(sources),
            KnownSource.at > now - SOURCE_KNOWN_FOR,
        )
    )
    return session.scalar(known.limit(1)) is not None
