"""Sessions of coordinators, stored as rows so that the server can end them.

The browser has a random key; the row has only its hash. Ending a session deletes the row, so that a copied cookie is
worthless (OWASP, Session Management Cheat Sheet).
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from ua_tracker import row_counts
from ua_tracker.models import Coordinator, CoordinatorSession, KnownSource
from ua_tracker.private_links import hashed

SIGNED_IN, HALFWAY = "signed in", "halfway"
LASTS = {SIGNED_IN: timedelta(hours=12), HALFWAY: timedelta(minutes=10)}
PROOF_LASTS = timedelta(minutes=5)
SOURCE_KNOWN_FOR = timedelta(days=30)


@dataclass(frozen=True)
class Sources:
    """Keyed hashes of a request's source, which change daily (`ua_tracker.sources`).

    `here` is today's hash, `lately` those of today and yesterday, `month` those of the last 30 days.
    """

    here: str
    lately: tuple[str, ...]
    month: tuple[str, ...]


def begin_session(session: Session, coordinator: Coordinator, now: datetime, kind: str = SIGNED_IN) -> str:
    """Starts a session after a correct password; returns its key: 256 random bits, of which only the hash is stored."""
    forget_old(session, now)
    key = secrets.token_urlsafe(32)
    session.add(
        CoordinatorSession(coordinator_id=coordinator.id, kind=kind, key_hash=hashed(key), begun_at=now, proven_at=now)
    )
    return key


def find_session(session: Session, key: str | None, now: datetime, kind: str = SIGNED_IN) -> CoordinatorSession | None:
    """The open session with this key. It lasts twelve hours, or ten minutes while a two-factor code is missing."""
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
    """Ends the session with this key; returns whether it existed, so that only one request can use it up."""
    ending = delete(CoordinatorSession).where(CoordinatorSession.key_hash == hashed(key or ""))
    return row_counts.changed(session, ending) > 0


def end_all(session: Session, coordinator: Coordinator) -> None:
    """Ends every session of the coordinator and forgets the known sources: one of them may be a thief's."""
    for table in (CoordinatorSession, KnownSource):
        session.execute(delete(table).where(table.coordinator_id == coordinator.id))


def forget_old(session: Session, now: datetime) -> None:
    """Deletes expired sessions, and known sources after thirty days."""
    session.execute(delete(CoordinatorSession).where(CoordinatorSession.begun_at <= now - LASTS[SIGNED_IN]))
    session.execute(delete(KnownSource).where(KnownSource.at <= now - SOURCE_KNOWN_FOR))


def is_proven(one: CoordinatorSession, now: datetime) -> bool:
    """Whether the password was entered within the last five minutes."""
    return now - one.proven_at <= PROOF_LASTS


def prove(session: Session, one: CoordinatorSession, now: datetime) -> None:
    """Notes that the password has just been entered again."""
    session.execute(update(CoordinatorSession).where(CoordinatorSession.id == one.id).values(proven_at=now))


def remember_source(session: Session, coordinator: Coordinator, sources: Sources, now: datetime) -> None:
    """Stores for thirty days that this coordinator signed in from this source."""
    forget_old(session, now)
    session.execute(
        delete(KnownSource).where(KnownSource.coordinator_id == coordinator.id, KnownSource.source.in_(sources.month))
    )
    session.add(KnownSource(coordinator_id=coordinator.id, source=sources.here, at=now))


def is_known_source(session: Session, email: str, sources: tuple[str, ...], now: datetime) -> bool:
    """Whether a coordinator signed in from these sources within thirty days. `email` as `people.key` gives it."""
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
