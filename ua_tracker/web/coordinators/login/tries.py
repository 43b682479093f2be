"""Passwords and codes in requests: each try is counted before it is checked (`coordinators/tries.py`)."""

from dataclasses import dataclass
from datetime import UTC, timedelta
from math import ceil

from flask import request

from ua_tracker import coordinators, refusals
from ua_tracker.coordinators import Attempt, Sources
from ua_tracker.database import db, writing
from ua_tracker.models import Coordinator
from ua_tracker.sources import hashed_source
from ua_tracker.web import sessions
from ua_tracker.web.request import language, now, secret_keys

_DAYS = 31


@dataclass(frozen=True)
class CheckedPassword:
    """A password that was right: whose it is, the number of its try, and the hash it was checked against."""

    coordinator: Coordinator
    number: int
    password_hash: str | None


def sources() -> Sources:
    """The hashed sources of this request, for each of the last 31 days, with older secret keys of the site too."""
    today = now().astimezone(UTC).date()
    days = [today - timedelta(days=back) for back in range(_DAYS)]
    month = tuple(hashed_source(request.remote_addr, key, day) for day in days for key in secret_keys())
    return Sources(month[0], month[: 2 * len(secret_keys())], month)


def count_try(email: str) -> int:
    """Counts a try of this account's password or code; returns its number, to take it back. Raises TooManyTries."""
    return _count(coordinators.attempt_on(email, sources(), secret_keys()[0], language()), refusals.TooManyTries)


def count(kind: str) -> int:
    """Counts a request that needs no account. Raises AskedTooOften."""
    return _count(Attempt(kind, sources()), refusals.AskedTooOften)


def _count(attempt: Attempt, refusal: type[refusals.TooManyTries]) -> int:
    with writing() as written:  # committed before the password or code is checked
        number, until = coordinators.reserve(written, attempt, now())
    if number is None:
        seconds = ceil((until - now()).total_seconds()) if until else 0
        raise refusal(seconds=max(1, seconds))
    return number


def check_password(email: str, password: str) -> CheckedPassword:
    """Checks address and password, in the same time for unknown addresses. Raises WrongSignIn, TooManyTries."""
    number = count_try(email)
    coordinator = coordinators.find_or_none(db.session(), email)
    if not sessions.is_password(coordinator, password) or coordinator is None:
        raise refusals.WrongSignIn()
    return CheckedPassword(coordinator, number, coordinator.password_hash)


def prove(coordinator: Coordinator, password: str) -> None:
    """Renews the proof that the coordinator is present. Raises WrongPassword, TooManyTries."""
    number = count_try(coordinator.email)
    if not sessions.is_password(coordinator, password):
        raise refusals.WrongPassword()
    with writing() as written:
        coordinators.take_back(written, number)
        coordinators.prove(written, sessions.current_session(), now())
