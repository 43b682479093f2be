"""Fills a database of either kind with varied pledges and reports by the million, and their tallies.

Each row follows from its number alone. Of a thousand rows and of a million the same shares are held, taken back,
withdrawn, entered by a program, without a group or an address. The newest two thirds have reported nothing.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from functools import cache
from hashlib import blake2b
from itertools import islice

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from ua_tracker import name_search, tally

DAYS, GROUPS, KEY = 60, 20, 1  # KEY is the id of the API key
SMALL = 9_973  # one row of so many is of the last group
AT_ONCE, CACHE = 50_000, 600_000  # rows in a transaction; kibibytes
COMMON = ("action_id", "group_id", "name", "name_key", "mail_domain", "letters", "once_key", "source", "is_held",
          "held_for", "voided_at", "api_key_id")  # fmt: skip
PLEDGE = (*COMMON, "email", "email_key", "language", "made_at", "withdrawn_at", "wants_outcome")
REPORT = (*COMMON, "id", "pledge_id", "channel", "sent_on", "people", "reported_at", "by_link")
LINE = ("report_id", "recipient_id", "letters")
WORD = ("row_id", "word", "action_id")
# Mail domains with the share of the rows that have them, the rest being spread over OTHERS; and of those without.
DOMAINS = (("example.org", 0.35), ("example.com", 0.15), ("example.net", 0.0048), (None, 0.1))
OTHERS = 4_000
CHANNELS = ("post", "post", "email", "email", "fax", "social", "phone")
SOUNDS = [first + second for first in "bcdfgjklmnprstvz" for second in ("a", "e", "i", "o", "u", "é")]
HELD, VOID, WITHDRAWN, BY_PROGRAM = 7, 3, 13, 11  # of twenty rows one is each of these
Rows = Iterator[tuple[object, ...]]


def fill(engine: Engine, action_id: int, target: int, today: date, first: int, pledges: int, reports: int) -> None:
    """Adds rows numbered from `first` on to the action; the newest pledges have reported nothing."""
    with _without_indexes(engine):
        put(engine, "pledges", PLEDGE, _pledges(action_id, today, first, pledges))
        put(engine, "reports", REPORT, _reports(action_id, today, first, reports))
        put(engine, "report_lines", LINE, ((first + n, target, letters(first + n)) for n in range(reports)))
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


@contextmanager
def _without_indexes(engine: Engine) -> Iterator[None]:
    """Takes away the indexes that are not unique, and makes them again of all rows: in a tenth of the time."""
    if engine.dialect.name == "postgresql":
        found = "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema()"
        wanted = " AND indexdef NOT LIKE 'CREATE UNIQUE%' AND tablename = :table"
    else:
        found = "SELECT name, sql FROM sqlite_master WHERE type = 'index'"
        wanted = " AND sql NOT LIKE 'CREATE UNIQUE%' AND tbl_name = :table"
    made: list[str] = []
    with engine.begin() as connection:
        for table in ("pledges", "reports", "pledge_words", "report_words"):
            for name, statement in connection.execute(text(found + wanted), {"table": table}).all():
                made.append(statement)
                connection.exec_driver_sql(f"DROP INDEX {name}")
    yield
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL statement_timeout = 0"))
        for statement in made:
            connection.exec_driver_sql(statement)


def named(number: int) -> tuple[str, str]:
    """A name and an address, the same for the same number. First names and last names are shared by many."""
    first, last = _parts(number)
    return f"{first} {last}", f"{_key(first)}.{_key(last)}{number}@{domain(number) or 'example.org'}"


def domain(number: int) -> str | None:
    """The mail domain of the row with this number; None without an address."""
    share = (_mixed(number) >> 32) / 2**32
    for name, part in DOMAINS:
        if share < part:
            return name
        share -= part
    return f"mail-{int(share * 1e9) % OTHERS}.example"


def letters(number: int) -> int:
    """Mostly a few letters, sometimes hundreds."""
    chance = (_mixed(number) >> 8 & 0xFFFF) / 0xFFFF
    return max(1, int(500 * chance**12)) if number % 20 != HELD else 400 + number % 100


def _mixed(number: int) -> int:
    """64 bits that look like chance (the last step of splitmix64)."""
    mixed = (number * 0x9E3779B97F4A7C15) & (2**64 - 1)
    mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & (2**64 - 1)
    mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & (2**64 - 1)
    return mixed ^ (mixed >> 31)


def _parts(number: int) -> tuple[str, str]:
    mixed = _mixed(number)
    first = int((mixed & 0xFFFF) ** 3 / 0xFFFF**3 * 500) * 7919
    return _sounds(first), _sounds(int((mixed >> 16 & 0xFFFF) ** 2 / 0xFFFF**2 * 40_000) * 104_729)


@cache
def _sounds(number: int) -> str:
    parts = [SOUNDS[number // 96**n % 96] for n in range(2 + number % 2)]
    return "".join(parts).capitalize()


@cache
def _key(name: str) -> str:
    return name_search.key(name)


@cache
def _network(name: str, action_id: int) -> str:
    return blake2b(f"{name} {action_id}".encode(), digest_size=16).hexdigest()


def _instant(today: date, share: float) -> datetime:
    """Rows come evenly over the days that end with yesterday."""
    return datetime.combine(today, time()) - timedelta(days=DAYS * (1 - share))


def _common(action_id: int, n: int, at: str, mark: str) -> tuple[object, ...]:
    kind, parts = n % 20, _parts(n)
    # All held ones of a kind come from one network, as in an attack; others in dozens.
    source = _network("attack" if kind == HELD else f"{mark}{n // 240}-{n % 20}", action_id)
    group = GROUPS if n % SMALL == 0 else _mixed(n) % GROUPS or None
    return (action_id, group, " ".join(parts), " ".join(map(_key, parts)), domain(n), letters(n), f"{mark}{n}", source,
            kind == HELD, "letters" if kind == HELD else None, at if kind == VOID else None,
            KEY if kind == BY_PROGRAM else None)  # fmt: skip


def _pledges(action_id: int, today: date, first: int, number: int) -> Rows:
    for n in range(first, first + number):
        at = f"{_instant(today, (n - first) / number)}"
        email = named(n)[1] if domain(n) else None
        yield (*_common(action_id, n, at, "p"), email, email, "en", at, at if n % 20 == WITHDRAWN else None, False)


def _reports(action_id: int, today: date, first: int, number: int) -> Rows:
    for n in range(first, first + number):
        instant, chance = _instant(today, (n - first) / number), _mixed(n) >> 24 & 0xFF
        people, day = 1 if chance < 240 else chance - 235, str(instant.date())
        yield (
            *_common(action_id, n, str(instant), "r"),
            n,
            n,
            CHANNELS[chance % 7],
            day,
            people,
            str(instant),
            n % 2 == 0,
        )


def _words(action_id: int, first: int, number: int, *, with_address: bool) -> Rows:
    """What `name_search.words` says of these names and addresses, in a fraction of its time."""
    for n in range(first, first + number):
        yield n, _key(_parts(n)[1]), action_id
        if with_address and domain(n):
            yield n, named(n)[1][: name_search.LONGEST_KEY], action_id
