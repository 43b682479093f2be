"""How much arrived under one key: numbers in spans of ten minutes or of an hour, which are kept for eight days.

The rules of `trust/` look at them, so that a rule costs the same however many rows there are.
"""

from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import Select, String, bindparam, case, delete, func, literal, select, text, union_all
from sqlalchemy.orm import Session

from ua_tracker.models import ArrivalCount
from ua_tracker.models.column_types import Instant
from ua_tracker.statements import Fixed

SHORT, LONG, KEPT = timedelta(minutes=10), timedelta(hours=24), timedelta(days=8)
_HOUR = timedelta(hours=1)
# Of each kind: the span of a row, the recent time, and the whole time that a rule looks at.
WINDOWS = {
    "network": (SHORT, SHORT, LONG),  # letters reported or pledged from a network
    "pace": (_HOUR, _HOUR, timedelta(days=7)),  # letters reported in public for an action, or pledged, and not held
    "crowd": (_HOUR, LONG, LONG),  # letters reported in public for an action, and not held
    "part": (_HOUR, LONG, LONG),  # letters reported for an action from a network
    "provider": (_HOUR, LONG, LONG),  # letters reported in public for an action from a provider of IPv6, and not held
    "domain": (_HOUR, LONG, LONG),  # rows of an action with an address of a mail domain
    "mail": (_HOUR, LONG, LONG),  # rows of an action with any address
    "form": (_HOUR, LONG, LONG),  # rows made with one idempotency key
    "key": (_HOUR, LONG, LONG),  # letters reported or pledged with an API key, and not held
    "proof": (_HOUR, LONG, LONG),  # letters of an action that count because a mailbox was proven
}
_SECONDS = {kind: int(span.total_seconds()) for kind, (span, _, _) in WINDOWS.items()}
_COUNT = Fixed(
    text(
        "INSERT INTO arrival_counts (kind, key, at, number) VALUES (:kind, :key, :at, :number)"
        " ON CONFLICT (kind, key, at) DO UPDATE SET number = arrival_counts.number + excluded.number"
    ).bindparams(bindparam("at", type_=Instant()))
)


def _summed(kind: str) -> "Select[str, Any, int]":
    """The numbers of the recent and of the whole time under one key of this kind, or under either of two."""
    recent, whole = (bindparam(f"{kind}_{since}", type_=Instant()) for since in ("recent", "whole"))
    is_recent = case((ArrivalCount.at > recent, ArrivalCount.number), else_=0)
    keys = [bindparam(f"{kind}_{which}", type_=String()) for which in ("key", "other_key")]
    return select(literal(kind), func.sum(is_recent), func.sum(ArrivalCount.number)).where(
        ArrivalCount.kind == kind, ArrivalCount.key.in_(keys), ArrivalCount.at >= whole
    )


@cache
def _numbers_of(kinds: tuple[str, ...]) -> Fixed:
    return Fixed(union_all(*(_summed(kind) for kind in kinds)))


def forget(session: Session, now: datetime) -> None:
    """Deletes what no rule looks at any more."""
    session.execute(delete(ArrivalCount).where(ArrivalCount.at < now - KEPT))


def add(session: Session, counts: dict[str, tuple[list[str], int]], now: datetime) -> None:
    """Adds each number under the first of its keys, always in the same order, which avoids deadlocks."""
    if not counts:
        return
    rows = [
        {"kind": kind, "key": keys[0], "at": _span(kind, now), "number": number}
        for kind, (keys, number) in sorted(counts.items())
    ]
    _COUNT.many(session, rows)


def numbers(session: Session, keys: dict[str, list[str]], now: datetime) -> dict[str, tuple[int, int]]:
    """The numbers of the recent and of the whole time, by kind."""
    values: dict[str, Any] = {}
    for kind, wanted in keys.items():
        (span, recent, whole), since = WINDOWS[kind], _span(kind, now)
        values[f"{kind}_key"], values[f"{kind}_other_key"] = wanted[0], wanted[-1]
        values[f"{kind}_recent"] = since - span - recent  # the span before may have been a moment ago
        values[f"{kind}_whole"] = since - whole
    found = _numbers_of(tuple(sorted(keys))).rows(session, **values)
    return {kind: (int(recent or 0), int(whole or 0)) for kind, recent, whole in found}


def _span(kind: str, now: datetime) -> datetime:
    """The beginning of the span of this kind in which the instant lies."""
    seconds = _SECONDS[kind]
    return _beginning(int(now.timestamp()) // seconds * seconds)


@lru_cache(maxsize=8)
def _beginning(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
