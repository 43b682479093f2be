"""Reports of a program among those of people, mixed as no rule knows them: for whoever must tell them apart."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from sqlalchemy import insert
from sqlalchemy.orm import Session

from tests.factories import NOON
from ua_tracker import source_keys, tally
from ua_tracker.models import Action, ArrivalCount, Report, ReportLine, ReportWord
from ua_tracker.name_search import key, words

ROBOT = "robot"  # what the once-only keys of false rows begin with
FIRST, LAST = ("Ana", "Zoé", "Li", "Omar", "Ines", "Paul"), ("Roy", "Lopez", "Wu", "Haddad", "Côté", "Smith")


@dataclass(frozen=True)
class Row:
    """One report: when, from which network, with which mail domain (None: no address), and how many letters."""

    at: datetime
    network: str
    domain: str | None
    letters: int
    is_false: bool = False
    is_held: bool = False


def without_addresses(chance: Random) -> Iterator[Row]:
    """5,000 in five hours from twelve networks, as many letters as people write, none with an address.

    Of 200 people 30 wrote from two of these networks, with addresses but for one; a quarter of the others have none.
    """
    for number in range(5000):
        at = NOON - timedelta(hours=5 * chance.random())
        yield Row(at, f"203.0.{number % 12}.0/24", None, chance.choice((1, 1, 2, 3)), True, number % 3 == 0)
    for number in range(200):
        at, shares = NOON - timedelta(hours=22 * chance.random()), number < 30
        domain = f"mail{number % 40}.example" if number == 0 or (number < 30) or number % 4 else None
        network = f"203.0.{number % 2}.0/24" if shares else f"198.51.{number % 10}.0/24"
        yield Row(at, network, None if number == 7 else domain, chance.choice((1, 2, 2, 3)))


def slowly(chance: Random) -> Iterator[Row]:
    """3,000 in three nights, each night from four other networks, from seven to nine letters, all of one large mailbox.

    Of 500 people in three days half have that mailbox, two of them wrote eight letters, and one sits in a network of
    the program.
    """
    for number in range(3000):
        night = number % 3
        at = NOON - timedelta(days=night, hours=6 + 4 * chance.random())
        network = f"203.{night}.{number % 4}.0/24"
        yield Row(at, network, "large.example", chance.choice((7, 8, 9)), True, number % 5 == 0)
    for number in range(500):
        at = NOON - timedelta(days=3 * chance.random())
        network = "203.0.1.0/24" if number == 3 else f"198.51.{number % 25}.0/24"
        domain = "large.example" if number % 2 else f"mail{number % 60}.example"
        yield Row(at, network, domain, 8 if number in (11, 12) else chance.choice((1, 2, 3, 4)))


def in_a_university(chance: Random) -> Iterator[Row]:
    """9,000 in two hours from one university, whose 90 people have its own mail, but for two.

    30 other people wrote from all over, some with the program's large mailbox.
    """
    for _ in range(9000):
        at = NOON - timedelta(hours=1 + 2 * chance.random())
        yield Row(
            at, "203.0.113.0/24", "large.example", 1 + int(20 * chance.random() ** 2), True, chance.random() < 0.9
        )
    for number in range(120):
        at, of_university = NOON - timedelta(hours=20 * chance.random()), number < 90
        domain = "large.example" if number in (5, 6) or (number % 5 == 4 and not of_university) else "uni.example"
        network = "203.0.113.0/24" if of_university else f"198.51.{number % 20}.0/24"
        yield Row(at, network, domain, chance.choice((1, 2, 3)))


KINDS: dict[str, Callable[[Random], Iterator[Row]]] = {
    "without addresses": without_addresses,
    "slowly": slowly,
    "in a university": in_a_university,
}


def pour(session: Session, action: Action, kind: str) -> None:
    """Stores these reports, with their sources, words and counts, as if they had come through the form."""
    found = sorted(KINDS[kind](Random(kind)), key=lambda row: row.at)
    for days in range(4):
        source_keys.begin_day(session, NOON - timedelta(days=days))
    hashed: dict[tuple[str, str], str] = {}
    chance, rows, kept = Random(kind), [], []
    for number, row in enumerate(found, start=1):
        of_day = (row.network, f"{row.at:%j}")
        source = hashed.get(of_day) or hashed.setdefault(of_day, source_keys.hashes(session, row.network, row.at)[0])
        name = f"{chance.choice(FIRST)} {chance.choice(LAST)}"
        email = f"{key(name).replace(' ', '.')}{number}@{row.domain}" if row.domain else None
        rows.append({
            "id": number, "action_id": action.id, "channel": "post", "sent_on": row.at.date(), "people": 1,
            "once_key": f"{ROBOT if row.is_false else 'person'} {number}", "reported_at": row.at, "source": source,
            "name": name, "name_key": key(name),
            "email": email, "mail_domain": row.domain, "letters": row.letters, "is_held": row.is_held,
            "held_for": "pace" if row.is_held else None,
        })  # fmt: skip
        kept += [{"row_id": number, "word": word, "action_id": action.id} for word in words(name, email)]
    session.execute(insert(Report), rows)
    target = action.targets[0].id
    session.execute(
        insert(ReportLine),
        [{"report_id": one["id"], "recipient_id": target, "letters": one["letters"]} for one in rows],
    )
    session.execute(insert(ReportWord), kept)
    _count(session, action, rows)
    tally.recount(session)
    session.commit()


def _count(session: Session, action: Action, rows: list[dict]) -> None:
    """What the dashboard reads of the last day: letters by network, rows by mail domain."""
    counts: Counter[tuple[str, str, datetime]] = Counter()
    for row in rows:
        hour = row["reported_at"].replace(minute=0, second=0, microsecond=0)
        counts["network", row["source"], hour] += row["letters"]
        if row["mail_domain"]:
            counts["domain", f"{action.id} {row['mail_domain']}", hour] += 1
    session.execute(
        insert(ArrivalCount),
        [{"kind": kind, "key": of, "at": at, "number": number} for (kind, of, at), number in counts.items()],
    )
