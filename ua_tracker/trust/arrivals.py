"""How a report or pledge arrived, and the numbers from which on it is held."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from ua_tracker import mail_slips, mailboxes


@dataclass(frozen=True)
class Thresholds:
    """From which numbers on something is held; each is a setting HOLD_ and its name in capitals.

    `letters` in one report or pledge; from one `network` in ten minutes, and in a day (`network_day`); `pace` times the
    action's own letters an hour of the last week, from `pace_from` reported letters an hour on, or `pace_pledged`
    promised ones; from one network for one action in a day (`crowd`), once more than `crowd_from` letters were reported
    in public that day; fewer `seconds` than it takes to fill in a form; `form` rows made with one form; `domain` rows
    of one mail domain in a day, if they are more than half; letters that count in a day because one mailbox is `proof`
    for them, or all mailboxes of one owner's domain (`proof_domain`). The networks and mail domains that the office
    knows are never a reason.

    The letters of a report are those to targets, or the copies where they are more: both numbers are public.
    """

    letters: int
    network: int
    network_day: int
    pace: int
    pace_from: int
    pace_pledged: int
    crowd_from: int
    crowd: int
    seconds: int
    form: int
    domain: int
    proof: int
    proof_domain: int
    known_networks: tuple[str, ...] = ()
    known_domains: tuple[str, ...] = ()

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> Self:
        """The thresholds in the settings, and the usual number where a setting is empty.

        A mail domain vouches for what a mailbox does if only that is set.
        """
        chosen = {name: settings[f"HOLD_{name.upper()}"] for name in USUAL}
        if chosen["proof_domain"] is None:
            chosen["proof_domain"] = chosen["proof"]
        numbers = {name: usual if chosen[name] is None else chosen[name] for name, usual in USUAL.items()}
        domains = tuple(mailboxes.domain_key(one) for one in (*settings["KNOWN_MAIL_DOMAINS"], *mail_slips.LARGE))
        return cls(**numbers, known_networks=settings["KNOWN_NETWORKS"], known_domains=domains)


# Not in the documentation, so that nobody has them at hand who would like to stay just below.
USUAL = {
    "letters": 100, "network": 100, "network_day": 150, "pace": 20, "pace_from": 1000, "pace_pledged": 10_000,
    "crowd_from": 300, "crowd": 60, "seconds": 2, "form": 2, "domain": 20, "proof": 100, "proof_domain": 200,
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
