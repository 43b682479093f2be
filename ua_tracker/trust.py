"""Decides which reports and pledges are held: stored and thanked for, but not counted until they are released.

Each rule is a named reason with a function; RULES lists them, and Thresholds has their numbers (settings HOLD_…). A
rule looks at what arrives and at how much arrived before it under the same key: from the same network, for the same
action, with the same mail domain, with the same form. Those numbers are kept in `arrival_counts`, in spans of ten
minutes or of an hour, so that a rule costs the same however many rows there are.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from ipaddress import ip_address, ip_network
from typing import Any, Self

from sqlalchemy import Select, String, bindparam, case, delete, func, literal, select, text, union_all
from sqlalchemy.orm import Session

from ua_tracker import mailboxes, source_keys
from ua_tracker.models import ArrivalCount, Pledge, Report
from ua_tracker.models.column_types import Instant
from ua_tracker.sources import network_of
from ua_tracker.statements import Fixed

SHORT, LONG, KEPT = timedelta(minutes=10), timedelta(hours=24), timedelta(days=8)
_HOUR = timedelta(hours=1)
# Of each kind: the span of a row, the recent time, and the whole time that a rule looks at.
WINDOWS = {
    "network": (SHORT, SHORT, LONG),  # letters reported or pledged from a network
    "pace": (_HOUR, _HOUR, timedelta(days=7)),  # letters reported or pledged for an action, and not held
    "domain": (_HOUR, LONG, LONG),  # rows of an action with an address of a mail domain
    "mail": (_HOUR, LONG, LONG),  # rows of an action with any address
    "form": (_HOUR, LONG, LONG),  # rows made with one idempotency key
    "key": (_HOUR, LONG, LONG),  # letters reported or pledged with an API key, and not held
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


@dataclass(frozen=True)
class Thresholds:
    """From which numbers on something is held; each is a setting HOLD_ and its name in capitals.

    `letters` to targets in one report or pledge; from one `network` in ten minutes, and in a day (`network_day`);
    `pace` times the action's own letters an hour of the last week, from `pace_from` letters an hour on; fewer
    `seconds` than it takes to fill in a form; `form` rows made with one form; `domain` rows of one mail domain in a
    day, if they are more than half. The networks and mail domains that the office knows are never a reason.
    """

    letters: int
    network: int
    network_day: int
    pace: int
    pace_from: int
    seconds: int
    form: int
    domain: int
    known_networks: tuple[str, ...] = ()
    known_domains: tuple[str, ...] = ()

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> Self:
        """The thresholds in the settings, and the usual number where a setting is empty."""
        chosen = {name: settings[f"HOLD_{name.upper()}"] for name in USUAL}
        numbers = {name: usual if chosen[name] is None else chosen[name] for name, usual in USUAL.items()}
        domains = tuple(mailboxes.domain_key(domain) for domain in settings["KNOWN_MAIL_DOMAINS"])
        return cls(**numbers, known_networks=settings["KNOWN_NETWORKS"], known_domains=domains)


# Not in the documentation, so that nobody has them at hand who would like to stay just below.
USUAL = {
    "letters": 100, "network": 100, "network_day": 300, "pace": 20, "pace_from": 1000, "seconds": 2, "form": 2,
    "domain": 20,
}  # fmt: skip


@dataclass(frozen=True)
class Quota:
    """An API key, by its id, and how many letters that are entered with it in a day count at once."""

    key_id: int
    letters: int


@dataclass(frozen=True)
class Arrival:
    """How a report or pledge arrived.

    `address` is the IP address, which is never stored; `seconds` passed since the form was made, None if that is not
    known; `trapped` says that the field was filled in which people do not see; `form` is the idempotency key of the
    form as it was sent. `proven` rows are never held: their sender opened a link that was mailed to the address.
    `evening` is the id of the letter evening with whose key it was sent. `quota` is the API key with which a program
    entered it; nothing else is looked at then.
    """

    address: str | None
    thresholds: Thresholds
    seconds: float | None = None
    trapped: bool = False
    form: str | None = None
    proven: bool = False
    evening: int | None = None
    quota: Quota | None = None


@dataclass(frozen=True)
class _Facts:
    """What the rules look at: letters to targets, what is known of the arrival, and numbers (recent, whole) by kind."""

    arrival: Arrival
    letters: int
    domain: str | None
    is_known: bool
    numbers: dict[str, tuple[int, int]] = field(default_factory=dict)

    @property
    def limits(self) -> Thresholds:
        return self.arrival.thresholds


def _far_above_its_pace(facts: _Facts) -> bool:
    recent, whole = facts.numbers["pace"]
    hours = WINDOWS["pace"][2] / _HOUR
    usual = (whole - recent) / hours
    return recent + facts.letters > max(facts.limits.pace_from, facts.limits.pace * usual)


def _from_one_network(facts: _Facts) -> bool:
    recent, day = facts.numbers["network"]
    return not facts.is_known and (recent > facts.limits.network or day > facts.limits.network_day)


def _of_one_domain(facts: _Facts) -> bool:
    if facts.domain is None or facts.domain in facts.limits.known_domains:
        return False
    of_domain = facts.numbers["domain"][1]
    return of_domain > facts.limits.domain and of_domain * 2 > facts.numbers["mail"][1]


def _too_quick(facts: _Facts) -> bool:
    return facts.arrival.seconds is not None and facts.arrival.seconds < facts.limits.seconds


# The reasons for which something is held, in the order in which they are tried. The office sees them by these names.
RULES: dict[str, Callable[[_Facts], bool]] = {
    "trap": lambda facts: facts.arrival.trapped,
    "speed": _too_quick,
    "form": lambda facts: facts.numbers.get("form", (0, 0))[1] > facts.limits.form,
    "letters": lambda facts: facts.letters > facts.limits.letters,
    "network": _from_one_network,
    "domain": _of_one_domain,
    "pace": _far_above_its_pace,
}
OF_HELD_PLEDGE = "pledge"  # a report that was made through the private link of a held pledge
OVER_QUOTA = "key"  # more letters in a day than the API key may enter at once
REASONS = (*RULES, OF_HELD_PLEDGE, OVER_QUOTA)


def weigh(session: Session, entry: Pledge | Report, letters: int, arrival: Arrival | None, now: datetime) -> None:
    """Sets the source of a new row, and whether it is held and why. `letters` is the number to targets.

    Counts the arrival first and looks at the counts then, so that of two that arrive at once the second sees the
    first. Without `arrival` (a command, or a coordinator's entry) the row has no source and is not held.
    """
    entry.mail_domain = mailboxes.domain_of(entry.email)
    if arrival is None:
        return
    with session.no_autoflush:  # else a pledge that is changed would be written twice, see decision 10
        if arrival.quota is not None:
            _weigh_by_quota(session, entry, letters, arrival.quota, now)
        else:
            _weigh(session, entry, letters, arrival, now)


def _weigh(session: Session, entry: Pledge | Report, letters: int, arrival: Arrival, now: datetime) -> None:
    network = network_of(arrival.address)
    sources = source_keys.hashes(session, network, now) or _first_of_day(session, network, now)
    entry.source = sources[0]
    facts = _facts(session, entry, letters, arrival, sources, now)
    if not arrival.proven:
        entry.held_for = next((reason for reason, holds in RULES.items() if holds(facts)), None)
        entry.is_held = entry.held_for is not None
    if not entry.is_held:  # else a flood that is held would make an action's pace look high, and hold people too
        _count(session, {"pace": ([f"{entry.action_id}"], letters)}, now)


def _weigh_by_quota(session: Session, entry: Pledge | Report, letters: int, quota: Quota, now: datetime) -> None:
    """Holds what goes beyond the day's letters of an API key. What is held uses up none of them."""
    entry.api_key_id = quota.key_id
    keys = [f"{quota.key_id}"]
    _count(session, {"key": (keys, letters)}, now)
    if _numbers(session, {"key": keys}, now)["key"][1] > quota.letters:
        entry.is_held, entry.held_for = True, OVER_QUOTA
        _count(session, {"key": (keys, -letters)}, now)
    else:
        _count(session, {"pace": ([f"{entry.action_id}"], letters)}, now)


def _first_of_day(session: Session, network: str, now: datetime) -> list[str]:
    """Makes the key of this day, and deletes what is no longer looked at."""
    source_keys.begin_day(session, now)
    forget(session, now)
    return source_keys.hashes(session, network, now)


def forget(session: Session, now: datetime) -> None:
    """Deletes what the rules no longer look at: counts after 8 days, keys of sources after 30."""
    session.execute(delete(ArrivalCount).where(ArrivalCount.at < now - KEPT))
    source_keys.destroy_old(session, now)


def _facts(
    session: Session, entry: Pledge | Report, letters: int, arrival: Arrival, sources: list[str], now: datetime
) -> _Facts:
    domain = entry.mail_domain
    counts = {"network": (sources, letters)}
    if domain:
        counts["domain"], counts["mail"] = ([f"{entry.action_id} {domain}"], 1), ([f"{entry.action_id}"], 1)
    if arrival.form:
        counts["form"] = ([arrival.form], 1)
    _count(session, counts, now)
    keys = {kind: keys for kind, (keys, _) in counts.items()}
    numbers = _numbers(session, {**keys, "pace": [f"{entry.action_id}"]}, now)
    return _Facts(arrival, letters, domain, _is_known(arrival), numbers)


def _count(session: Session, counts: dict[str, tuple[list[str], int]], now: datetime) -> None:
    """Adds each number under the first of its keys, always in the same order, which avoids deadlocks."""
    rows = [
        {"kind": kind, "key": keys[0], "at": _span(kind, now), "number": number}
        for kind, (keys, number) in sorted(counts.items())
    ]
    _COUNT.many(session, rows)


def _numbers(session: Session, keys: dict[str, list[str]], now: datetime) -> dict[str, tuple[int, int]]:
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


def _is_known(arrival: Arrival) -> bool:
    try:
        address = ip_address(arrival.address or "")
    except ValueError:
        return False
    return any(address in ip_network(one) for one in arrival.thresholds.known_networks)
