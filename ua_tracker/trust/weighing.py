"""Decides whether a report or pledge is held, and for how much a mailbox vouches."""

from datetime import datetime

from sqlalchemy.orm import Session

from ua_tracker import arrival_counts, mailboxes, refusals, source_keys
from ua_tracker.models import Pledge, Report
from ua_tracker.sources import network_of, provider_of
from ua_tracker.trust.arrivals import Arrival, Quota, Thresholds
from ua_tracker.trust.rules import OVER_EVENING, OVER_PROOF, OVER_QUOTA, RULES, Facts

_OF_COUNTED = ("crowd", "pace", "provider")  # kinds in which only what counts is counted, and nobody vouched for


def weigh(
    session: Session,
    entry: Pledge | Report,
    letters: int,
    arrival: Arrival | None,
    now: datetime,
    *,
    whole: int | None = None,
) -> None:
    """Sets the source of a new row, and whether it is held and why. `letters` are those that Thresholds says.

    For a row that has grown it is the number of further letters; `whole` is that of all of them.

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
            _weigh(session, entry, letters, whole or letters, arrival, now)


def _weigh(session: Session, entry: Pledge | Report, letters: int, whole: int, arrival: Arrival, now: datetime) -> None:
    network = network_of(arrival.address)
    sources = source_keys.hashes(session, network, now) or _first_of_day(session, network, now)
    entry.source = sources[0]
    counts = _counts(session, entry, letters, arrival, sources, now)
    found = _reason(session, entry, _facts(session, entry, (letters, whole), arrival, counts, now), now)
    entry.is_held = found is not None
    if entry.is_held:
        entry.released_in = None  # whoever undoes that release finds only rows that count because of it
    if entry.is_held or entry.released_in is None:
        entry.held_for = found
    if not entry.is_held:  # else a flood that is held would make an action's pace look high, and hold people too
        arrival_counts.add(session, {kind: one for kind, one in counts.items() if kind in _OF_COUNTED}, now)


def _reason(session: Session, entry: Pledge | Report, facts: Facts, now: datetime) -> str | None:
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

    All mailboxes of a mail domain that the office does not know are counted as one: their owner reads them all.
    """
    domain = mailboxes.domain_of(email)
    is_known = domain in limits.known_domains
    whose, most = (mailboxes.hashed(email), limits.proof) if is_known else (domain, limits.proof_domain)
    who = f"{entry.__tablename__} {entry.action_id} {whose}"
    keys = source_keys.hashes(session, who, now) or _first_of_day(session, who, now)
    arrival_counts.add(session, {"proof": (keys, letters)}, now)
    if arrival_counts.numbers(session, {"proof": keys}, now)["proof"][1] <= most:
        return True
    arrival_counts.add(session, {"proof": (keys, -letters)}, now)  # what is held uses up none of them
    return False


def require_vouched(
    session: Session, entry: Pledge | Report, letters: int, email: str, limits: Thresholds | None, now: datetime
) -> None:
    """Raises TooMuchForOneMailbox when the row is more than this mailbox may vouch for. Without limits it may."""
    if limits is not None and not vouches(session, entry, email, letters, limits, now):
        raise refusals.TooMuchForOneMailbox()


def _weigh_by_quota(session: Session, entry: Pledge | Report, letters: int, quota: Quota, now: datetime) -> None:
    """Holds what goes beyond the day's letters of an API key. What is held uses up none of them."""
    entry.api_key_id = quota.key_id
    keys = [f"{quota.key_id}"]
    arrival_counts.add(session, {"key": (keys, letters)}, now)
    if arrival_counts.numbers(session, {"key": keys}, now)["key"][1] > quota.letters:
        entry.is_held, entry.held_for = True, OVER_QUOTA
        arrival_counts.add(session, {"key": (keys, -letters)}, now)


def _first_of_day(session: Session, network: str, now: datetime) -> list[str]:
    """Makes the key of this day, and deletes what is no longer looked at."""
    source_keys.begin_day(session, now)
    forget(session, now)
    return source_keys.hashes(session, network, now)


def forget(session: Session, now: datetime) -> None:
    """Deletes what the rules no longer look at: counts after 8 days, keys of sources after 30."""
    arrival_counts.forget(session, now)
    source_keys.destroy_old(session, now)


def _counts(
    session: Session, entry: Pledge | Report, letters: int, arrival: Arrival, sources: list[str], now: datetime
) -> dict[str, tuple[list[str], int]]:
    """By kind, under which keys this arrival is counted, and with which number."""
    of_action, domain = f"{entry.action_id}", entry.mail_domain
    counts = {"network": (sources, letters)}
    if domain:
        counts["domain"], counts["mail"] = ([f"{of_action} {domain}"], 1), ([of_action], 1)
    if arrival.form:
        counts["form"] = ([arrival.form], 1)
    if arrival.admitted is not None or arrival.proof is not None:
        return counts
    if isinstance(entry, Pledge):
        return counts | {"pace": ([f"{of_action} pledged"], letters)}
    if (provider := provider_of(arrival.address)) is not None:
        hashes = source_keys.hashes(session, provider, now)
        counts["provider"] = ([f"{of_action} {one}" for one in hashes], letters)
    return counts | {
        "pace": ([of_action], letters),
        "crowd": ([of_action], letters),
        "part": ([f"{of_action} {source}" for source in sources], letters),
    }


def _facts(
    session: Session,
    entry: Pledge | Report,
    letters: tuple[int, int],
    arrival: Arrival,
    counts: dict[str, tuple[list[str], int]],
    now: datetime,
) -> Facts:
    """Counts what is counted of each arrival, and what the rules look at then. `letters`: new ones, and the row's."""
    arrival_counts.add(session, {kind: one for kind, one in counts.items() if kind not in _OF_COUNTED}, now)
    numbers = arrival_counts.numbers(session, {kind: keys for kind, (keys, _) in counts.items()}, now)
    in_row = letters[0] if entry.released_in is not None else max(letters)
    return Facts(arrival, letters[0], in_row, entry.mail_domain, isinstance(entry, Report), numbers)
