"""Decides which reports and pledges are held: stored and thanked for, but not counted until they are released.

Each rule is a named reason with a function; RULES lists them, and Thresholds has their numbers (settings HOLD_…). A
rule looks at what arrives and at how much arrived before it under the same key: from the same network, for the same
action, with the same mail domain, with the same form (`arrival_counts.py`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from ipaddress import ip_network
from typing import Any, Self

from sqlalchemy.orm import Session

from ua_tracker import arrival_counts, mailboxes, refusals, source_keys
from ua_tracker.arrival_counts import WINDOWS
from ua_tracker.models import Pledge, Report
from ua_tracker.sources import ip_of, network_of


@dataclass(frozen=True)
class Thresholds:
    """From which numbers on something is held; each is a setting HOLD_ and its name in capitals.

    `letters` to targets in one report or pledge; from one `network` in ten minutes, and in a day (`network_day`);
    `pace` times the action's own letters an hour of the last week, from `pace_from` letters an hour on; fewer
    `seconds` than it takes to fill in a form; `form` rows made with one form; `domain` rows of one mail domain in a
    day, if they are more than half; letters that count in a day because one mailbox is `proof` for them, or one mail
    domain. The networks and mail domains that the office knows are never a reason.
    """

    letters: int
    network: int
    network_day: int
    pace: int
    pace_from: int
    seconds: int
    form: int
    domain: int
    proof: int
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
    "domain": 20, "proof": 500,
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
    form as it was sent. `proof` is the e-mail address that its sender has, who opened a link that was mailed there:
    nothing is looked at then but how much that mailbox vouched for. `evening` is the id of the letter evening with
    whose key it was sent, and `admitted` says whether it is within the number of that evening, None outside it. `quota`
    is the API key with which a program entered it; nothing else is looked at then.
    """

    address: str | None
    thresholds: Thresholds
    seconds: float | None = None
    trapped: bool = False
    form: str | None = None
    proof: str | None = None
    evening: int | None = None
    admitted: bool | None = None
    quota: Quota | None = None


@dataclass(frozen=True)
class _Facts:
    """What the rules look at: what is known of the arrival, and numbers (recent, whole) by kind.

    `letters` to targets are new, `in_row` are all that nobody has released of the report or pledge they belong to.
    """

    arrival: Arrival
    letters: int
    in_row: int
    domain: str | None
    is_known: bool
    numbers: dict[str, tuple[int, int]] = field(default_factory=dict)

    @property
    def limits(self) -> Thresholds:
        return self.arrival.thresholds


def _far_above_its_pace(facts: _Facts) -> bool:
    recent, whole = facts.numbers["pace"]
    hours = WINDOWS["pace"][2] / timedelta(hours=1)
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
    "letters": lambda facts: facts.in_row > facts.limits.letters,
    "network": _from_one_network,
    "domain": _of_one_domain,
    "pace": _far_above_its_pace,
}
OF_HELD_PLEDGE = "pledge"  # a report that was made through the private link of a held pledge
OVER_QUOTA = "key"  # more letters in a day than the API key may enter at once
OVER_EVENING = "evening"  # more letters than the coordinator named who opened the letter evening
OVER_PROOF = "proof"  # more letters in a day than one mailbox, or mail domain, may vouch for
REASONS = (*RULES, OF_HELD_PLEDGE, OVER_QUOTA, OVER_EVENING, OVER_PROOF)


def weigh(session: Session, entry: Pledge | Report, letters: int, arrival: Arrival | None, now: datetime) -> None:
    """Sets the source of a new row, and whether it is held and why. `letters` is the number to targets.

    For a row that has grown it is the number of further letters; `entry.letters` has all of them.

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
    found = _reason(session, entry, facts, now)
    entry.is_held = found is not None
    if entry.is_held:
        entry.released_in = None  # whoever undoes that release finds only rows that count because of it
    if entry.is_held or entry.released_in is None:
        entry.held_for = found
    if not entry.is_held:  # else a flood that is held would make an action's pace look high, and hold people too
        arrival_counts.add(session, {"pace": ([f"{entry.action_id}"], letters)}, now)


def _reason(session: Session, entry: Pledge | Report, facts: _Facts, now: datetime) -> str | None:
    arrival = facts.arrival
    if arrival.admitted is not None:
        return None if arrival.admitted else OVER_EVENING
    if arrival.proof is not None:
        return None if vouches(session, entry, arrival.proof, facts.letters, arrival.thresholds, now) else OVER_PROOF
    return next((reason for reason, holds in RULES.items() if holds(facts)), None)


def vouches(
    session: Session, entry: Pledge | Report, email: str, letters: int, limits: Thresholds, now: datetime
) -> bool:
    """Whether so many more letters of an action may count in a day because this mailbox is read, and counts them.

    All mailboxes of a mail domain that the office does not know are one: their owner may be one person.
    """
    domain = mailboxes.domain_of(email)
    whose = mailboxes.hashed(email) if domain in limits.known_domains else domain
    who = f"{entry.__tablename__} {entry.action_id} {whose}"
    keys = source_keys.hashes(session, who, now) or _first_of_day(session, who, now)
    arrival_counts.add(session, {"proof": (keys, letters)}, now)
    if arrival_counts.numbers(session, {"proof": keys}, now)["proof"][1] <= limits.proof:
        return True
    arrival_counts.add(session, {"proof": (keys, -letters)}, now)  # what is held uses up none of them
    return False


def require_vouched(
    session: Session, entry: Pledge | Report, email: str, limits: Thresholds | None, now: datetime
) -> None:
    """Raises TooMuchForOneMailbox when the row is more than this mailbox may vouch for. Without limits it may."""
    if limits is not None and not vouches(session, entry, email, entry.letters, limits, now):
        raise refusals.TooMuchForOneMailbox()


def _weigh_by_quota(session: Session, entry: Pledge | Report, letters: int, quota: Quota, now: datetime) -> None:
    """Holds what goes beyond the day's letters of an API key. What is held uses up none of them."""
    entry.api_key_id = quota.key_id
    keys = [f"{quota.key_id}"]
    arrival_counts.add(session, {"key": (keys, letters)}, now)
    if arrival_counts.numbers(session, {"key": keys}, now)["key"][1] > quota.letters:
        entry.is_held, entry.held_for = True, OVER_QUOTA
        arrival_counts.add(session, {"key": (keys, -letters)}, now)
    else:
        arrival_counts.add(session, {"pace": ([f"{entry.action_id}"], letters)}, now)


def _first_of_day(session: Session, network: str, now: datetime) -> list[str]:
    """Makes the key of this day, and deletes what is no longer looked at."""
    source_keys.begin_day(session, now)
    forget(session, now)
    return source_keys.hashes(session, network, now)


def forget(session: Session, now: datetime) -> None:
    """Deletes what the rules no longer look at: counts after 8 days, keys of sources after 30."""
    arrival_counts.forget(session, now)
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
    arrival_counts.add(session, counts, now)
    keys = {kind: keys for kind, (keys, _) in counts.items()}
    numbers = arrival_counts.numbers(session, {**keys, "pace": [f"{entry.action_id}"]}, now)
    in_row = letters if entry.released_in is not None else max(letters, entry.letters)
    return _Facts(arrival, letters, in_row, domain, _is_known(arrival), numbers)


def _is_known(arrival: Arrival) -> bool:
    """Whether the address, in whatever form a proxy writes it, is in a network that the office knows."""
    known = arrival.thresholds.known_networks
    address = ip_of(arrival.address) if known else None
    return address is not None and any(address in ip_network(one) for one in known)
