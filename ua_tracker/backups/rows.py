"""All rows from PostgreSQL into a SQLite file and back, exactly as the site would have stored them there.

The rows pass one by one, so that memory does not grow with their number. PostgreSQL itself writes its values as
SQLite stores them, and reads SQLite's.
"""

import sqlite3
from typing import Any

from ua_tracker.models import Base
from ua_tracker.refusals import CountsDiffer

_FETCHED = 5_000
# How a value of PostgreSQL is asked for, by the type of its column; others are the same in SQLite.
_AS_SQLITE_STORES = {
    "timestamp with time zone": "to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')",
    "boolean": "{}::int",
    "date": "{}::text",
    "json": "{}::text",
}
_TYPES = (
    "SELECT column_name, data_type FROM information_schema.columns"
    " WHERE table_schema = current_schema() AND table_name = %s"
)
_AUTOINCREMENT = "SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE '%AUTOINCREMENT%'"


def from_postgres(source: Any, target: sqlite3.Connection, names: list[str]) -> None:
    """Copies all rows of these tables into the same tables of a SQLite file, which are empty.

    `source` is the driver's connection, in a transaction that sees one state. Indexes are made anew at the end, which
    is quicker than to keep them up to date.
    """
    target.execute("PRAGMA cache_size = -65536")  # kibibytes
    indexes = target.execute("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL").fetchall()
    for name, _ in indexes:
        target.execute(f'DROP INDEX "{name}"')
    target.execute("BEGIN")
    for name in names:
        _fetch(source, target, name)
    for (name,) in target.execute(_AUTOINCREMENT).fetchall():
        highest = _highest(source, name)
        target.execute("DELETE FROM sqlite_sequence WHERE name = ?", [name])
        target.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", [name, highest])
    for _, made in indexes:
        target.execute(made)
    target.execute("COMMIT")


def into_postgres(source: sqlite3.Connection, target: Any) -> None:
    """Copies all rows of a SQLite file, whose tables are of this version, into empty tables of PostgreSQL.

    `target` is the driver's connection, in a transaction. Raises CountsDiffer when a table has not as many rows then.
    """
    target.execute("SET LOCAL TimeZone = 'UTC'")
    sequences = dict(source.execute("SELECT name, seq FROM sqlite_sequence"))
    for table in Base.metadata.sorted_tables:
        columns = ", ".join(f'"{column.name}"' for column in table.columns)
        copied = 0
        with target.cursor().copy(f'COPY "{table.name}" ({columns}) FROM STDIN') as copy:
            for row in source.execute(f'SELECT {columns} FROM "{table.name}"'):  # noqa: S608 - names of our columns
                copy.write_row(row)
                copied += 1
        [here] = target.execute(f'SELECT count(*) FROM "{table.name}"').fetchone()  # noqa: S608 - the same
        if here != copied:
            raise CountsDiffer(table=table.name, there=copied, here=here)
        if "id" in table.columns:
            _go_on_after(target, table.name, sequences.get(table.name, 0))


def _fetch(source: Any, target: sqlite3.Connection, name: str) -> None:
    types = dict(source.execute(_TYPES, [name]).fetchall())
    columns = target.execute(f'PRAGMA table_info("{name}")').fetchall()
    asked = ", ".join(_AS_SQLITE_STORES.get(types[column], "{}").format(f'"{column}"') for _, column, *_ in columns)
    order = ", ".join(f'"{column}"' for _, column, _, _, _, place in columns if place)
    places = ", ".join("?" for _ in columns)
    with source.cursor(name="rows_to_copy") as cursor:
        cursor.itersize = _FETCHED
        cursor.execute(f'SELECT {asked} FROM "{name}" ORDER BY {order}')  # noqa: S608 - names of our columns
        target.executemany(f'INSERT INTO "{name}" VALUES ({places})', cursor)  # noqa: S608 - the same


def _highest(source: Any, name: str) -> int:
    """The highest id that PostgreSQL has given in this table, also if its row is deleted."""
    [sequence] = source.execute("SELECT pg_get_serial_sequence(%s, 'id')", [name]).fetchone()
    last, is_used = source.execute(f"SELECT last_value, is_called FROM {sequence}").fetchone()  # noqa: S608 - its name
    return int(last) if is_used else 0


def _go_on_after(target: Any, name: str, given: int) -> None:
    """Makes the next id of the table one that was never given."""
    [sequence] = target.execute("SELECT pg_get_serial_sequence(%s, 'id')", [name]).fetchone()
    if sequence is None:
        return
    [highest] = target.execute(f'SELECT coalesce(max(id), 0) FROM "{name}"').fetchone()  # noqa: S608 - a table's name
    last = max(highest, given)
    target.execute("SELECT setval(%s, %s, %s)", [sequence, max(last, 1), last > 0])
