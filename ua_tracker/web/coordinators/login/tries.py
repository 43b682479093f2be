"""Passwords and codes as they come by HTTP: each try is counted before it is looked at (`coordinators/tries.py`)."""

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

_MONTH = 31


@dataclass(frozen=True)
class Passed:
    """The right password was given: by whom, as which try, and against which hash it was held."""

    coordinator: Coordinator
    number: int
    password_hash: str | None


def sources() -> Sources:
    """From where this request comes, hashed for each day of a month, under older keys of the site too."""
    today = now().astimezone(UTC).date()
    days = [today - timedelta(days=back) for back in range(_MONTH)]
    month = tuple(hashed_source(request.remote_addr, key, day) for day in days for key in secret_keys())
    return Sources(month[0], month[: 2 * len(secret_keys())], month)


def count_secret(email: str) -> int:
    """Counts a try of this account's password or code; its number, to be taken back. Raises TooManyTries."""
    return _count(coordinators.attempt_on(email, sources(), secret_keys()[0], language()), refusals.TooManyTries)


def count(kind: str) -> int:
    """Counts what is asked for from here without an account. Raises AskedTooOften."""
    return _count(Attempt(kind, sources()), refusals.AskedTooOften)


def _count(attempt: Attempt, refusal: type[refusals.TooManyTries]) -> int:
    with writing() as written:  # committed before anything is looked at, also when there is no further try
        number, until = coordinators.reserve(written, attempt, now())
    if number is None:
        seconds = ceil((until - now()).total_seconds()) if until else 0
        raise refusal(seconds=max(1, seconds))
    return number


def with_password(email: str, password: str) -> Passed:
    """Whose address and password these are. As much is computed for nobody's. Raises WrongSignIn, TooManyTries."""
    number = count_secret(email)
    coordinator = coordinators.find_or_none(db.session(), email)
    if not sessions.is_password(coordinator, password) or coordinator is None:
        raise refusals.WrongSignIn()
    return Passed(coordinator, number, coordinator.password_hash)


def prove(coordinator: Coordinator, password: str) -> None:
    """Renews the proof that it is the coordinator who sits here. Raises WrongPassword, TooManyTries."""
    number = count_secret(coordinator.email)
    if not sessions.is_password(coordinator, password):
        raise refusals.WrongPassword()
    with writing() as written:
        coordinators.take_back(written, number)
        coordinators.prove(written, sessions.own(), now())
