"""The rules by which something is held. Each is a named reason with a function, and RULES lists them.

A rule looks at what arrives and at how much arrived before it under the same key: from the same network, for the same
action, with the same mail domain, with the same form (`arrival_counts.py`).
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from ipaddress import ip_network

from ua_tracker.arrival_counts import WINDOWS
from ua_tracker.sources import ip_of
from ua_tracker.trust.arrivals import Arrival, Thresholds


@dataclass(frozen=True)
class Facts:
    """What the rules look at: what is known of the arrival, and numbers (recent, whole) by kind.

    `letters` are new, `in_row` are all that nobody has released of the report or pledge they belong to.
    """

    arrival: Arrival
    letters: int
    in_row: int
    domain: str | None
    is_report: bool
    numbers: dict[str, tuple[int, int]] = field(default_factory=dict)

    @property
    def limits(self) -> Thresholds:
        """The thresholds of the site."""
        return self.arrival.thresholds


def _far_above_its_pace(facts: Facts) -> bool:
    recent, whole = facts.numbers["pace"]
    hours = WINDOWS["pace"][2] / timedelta(hours=1)
    usual = (whole - recent) / hours
    always = facts.limits.pace_from if facts.is_report else facts.limits.pace_pledged
    return recent + facts.letters > max(always, facts.limits.pace * usual)


def _from_one_network(facts: Facts) -> bool:
    recent, day = facts.numbers["network"]
    return not _is_known(facts.arrival) and (recent > facts.limits.network or day > facts.limits.network_day)


def _much_of_a_crowd(facts: Facts) -> bool:
    """Of many letters that are reported in public in a day, one network has a few, and a provider of IPv6 half."""
    if not facts.is_report or _is_known(facts.arrival):
        return False
    of_day = facts.numbers["crowd"][1] + facts.letters
    if of_day <= facts.limits.crowd_from:
        return False
    is_of_provider = "provider" in facts.numbers and (facts.numbers["provider"][1] + facts.letters) * 2 > of_day
    return is_of_provider or facts.numbers["part"][1] > facts.limits.crowd


def _of_one_domain(facts: Facts) -> bool:
    if facts.domain is None or facts.domain in facts.limits.known_domains:
        return False
    of_domain = facts.numbers["domain"][1]
    return of_domain > facts.limits.domain and of_domain * 2 > facts.numbers["mail"][1]


def _too_quick(facts: Facts) -> bool:
    return facts.arrival.seconds is not None and facts.arrival.seconds < facts.limits.seconds


def _is_known(arrival: Arrival) -> bool:
    """Whether the address, in whatever form a proxy writes it, is in a network that the office knows."""
    known = arrival.thresholds.known_networks
    address = ip_of(arrival.address) if known else None
    return address is not None and any(address in ip_network(one) for one in known)


# The reasons for which something is held, in the order in which they are tried. The office sees them by these names.
RULES: dict[str, Callable[[Facts], bool]] = {
    "trap": lambda facts: facts.arrival.trapped,
    "speed": _too_quick,
    "form": lambda facts: facts.numbers.get("form", (0, 0))[1] > facts.limits.form,
    "letters": lambda facts: facts.in_row > facts.limits.letters,
    "network": _from_one_network,
    "crowd": _much_of_a_crowd,
    "domain": _of_one_domain,
    "pace": _far_above_its_pace,
}
OF_HELD_PLEDGE = "pledge"  # a report that was made through the private link of a held pledge
OVER_QUOTA = "key"  # more letters in a day than the API key may enter at once
OVER_EVENING = "evening"  # more letters than the coordinator named who opened the letter evening
OVER_PROOF = "proof"  # more letters in a day than one mailbox, or mail domain, may vouch for
REASONS = (*RULES, OF_HELD_PLEDGE, OVER_QUOTA, OVER_EVENING, OVER_PROOF)
