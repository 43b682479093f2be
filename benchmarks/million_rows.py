"""Fills a database of either kind with pledges and reports by the million, and their tallies."""

import random
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import islice

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from ua_tracker import name_search, tally

DAYS, GROUPS = 60, 20
AT_ONCE, CACHE = 50_000, 600_000  # rows in a transaction; kibibytes
PLEDGE = ("action_id", "group_id", "name", "name_key", "email", "email_key", "mail_domain", "letters", "language",
          "once_key", "made_at", "is_held", "wants_outcome")  # fmt: skip
REPORT = ("id", "action_id", "pledge_id", "group_id", "name", "name_key", "channel", "sent_on", "people", "letters",
          "once_key", "reported_at", "is_held", "by_link")  # fmt: skip
LINE = ("report_id", "recipient_id", "letters")
WORD = ("row_id", "word", "action_id")
SOUNDS = [first + second for first in "bcdfgjklmnprstvz" for second in ("a", "e", "i", "o", "u", "é")]
Rows = Iterator[tuple[object, ...]]


def fill(engine: Engine, action_id: int, target: int, today: date, first: int, pledges: int, reports: int) -> None:
    """Adds rows numbered from `first` on to the action; the newest pledges have reported nothing."""
    put(engine, "pledges", PLEDGE, _pledges(action_id, today, first, pledges))
    put(engine, "reports", REPORT, _reports(action_id, today, first, reports))
    put(engine, "report_lines", LINE, ((first + n, target, 2) for n in range(reports)))
    put(engine, "pledge_words", WORD, _words(action_id, first, pledges, with_address=True))
    put(engine, "report_words", WORD, _words(action_id, first, reports, with_address=False))
    with Session(engine) as session:
        if engine.dialect.name == "postgresql":
            session.execute(text("SET LOCAL statement_timeout = 0"))
        tally.recount(session)
        session.commit()


def put(engine: Engine, table: str, columns: tuple[str, ...], rows: Rows) -> None:
    """Inserts the rows in the fastest way that the database has."""
    connection = engine.raw_connection()
    cursor = connection.cursor()
    if engine.dialect.name == "postgresql":
        cursor.execute("SET LOCAL statement_timeout = 0")
        with cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:  # type: ignore[attr-defined]
            for row in rows:
                copy.write_row(row)
    else:
        insert = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"
        cursor.execute(f"PRAGMA cache_size = -{CACHE}")
        while part := list(islice(rows, AT_ONCE)):
            cursor.executemany(insert, part)
            connection.commit()  # one transaction of all would write each page of an index again and again
    connection.commit()
    connection.close()


def named(number: int) -> tuple[str, str]:
    """A name and an address, the same for the same number."""
    chance = random.Random(number)
    first, last = ("".join(chance.choices(SOUNDS, k=chance.randint(2, 3))).capitalize() for _ in range(2))
    return f"{first} {last}", f"{first}.{last}{number}@example.org".lower()


def _pledges(action_id: int, today: date, first: int, number: int) -> Rows:
    for n in range(first, first + number):
        name, email = named(n)
        at = f"{today - timedelta((first + number - n) * DAYS // number)} 12:00:00.000000"
        group = n % (GROUPS + 1) or None
        yield (
            action_id,
            group,
            name,
            name_search.key(name),
            email,
            email,
            "example.org",
            3,
            "en",
            f"p{n}",
            at,
            False,
            False,
        )


def _reports(action_id: int, today: date, first: int, number: int) -> Rows:
    channels = ("post", "email", "fax", "social", "phone")
    for n in range(first, first + number):
        day = today - timedelta((first + number - n) * DAYS // number)
        at, channel, group = f"{day} 13:00:00.000000", channels[n % 5], n % (GROUPS + 1) or None
        name = named(n)[0]
        yield n, action_id, n, group, name, name_search.key(name), channel, str(day), 1, 2, f"r{n}", at, False, True


def _words(action_id: int, first: int, number: int, *, with_address: bool) -> Rows:
    for n in range(first, first + number):
        name, email = named(n)
        for word in name_search.words(name, email if with_address else None):
            yield n, word, action_id
