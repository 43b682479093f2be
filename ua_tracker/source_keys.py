"""The keys with which networks are hashed: one random key for each day (UTC), destroyed after 30 days.

A hash can be compared with others of its day. Once its key is destroyed, nobody can find the network that it was made
from. See docs/decisions/0016-held.md.
"""

import hmac
import secrets
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import Date, bindparam, delete, select, text
from sqlalchemy.orm import Session

from ua_tracker.models import SourceKey
from ua_tracker.statements import Fixed

KEPT = timedelta(days=30)
_FIRST_OF_DAY = text("INSERT INTO source_keys (day, key) VALUES (:day, :key) ON CONFLICT (day) DO NOTHING").bindparams(
    bindparam("day", type_=Date())
)
_OF_TWO_DAYS = Fixed(
    select(SourceKey.day, SourceKey.key).where(
        SourceKey.day.in_([bindparam("today", type_=Date()), bindparam("yesterday", type_=Date())])
    )
)


def hashes(session: Session, network: str, now: datetime) -> list[str]:
    """The hash of a network under today's key, and under yesterday's if there is one: 32 hexadecimal digits each.

    Empty on a day that has no key yet.
    """
    today = now.astimezone(UTC).date()
    keys = _keys(session, today)
    return [_hash(keys[day], network) for day in sorted(keys, reverse=True)] if today in keys else []


def begin_day(session: Session, now: datetime) -> None:
    """Makes the key of this day, unless another transaction has made it."""
    session.execute(_FIRST_OF_DAY, {"day": now.astimezone(UTC).date(), "key": secrets.token_hex(32)})


def destroy_old(session: Session, now: datetime) -> None:
    """Deletes the keys of days more than 30 days ago."""
    session.execute(delete(SourceKey).where(SourceKey.day < now.astimezone(UTC).date() - KEPT))


def _keys(session: Session, today: date) -> dict[date, str]:
    days = {"today": today, "yesterday": today - timedelta(days=1)}
    keys: dict[date, str] = dict(_OF_TWO_DAYS.rows_until_end(session, **days))
    return keys if today in keys else dict(_OF_TWO_DAYS.rows(session, **days))  # it may have been made since


def _hash(key: str, network: str) -> str:
    return hmac.digest(bytes.fromhex(key), network.encode(), "sha256").hex()[:32]
