"""On PostgreSQL: the locks under which a migration runs beside a site that serves.

Each migration is a transaction of its own, so that the site answers between two of them. One process migrates, and
those that start at once wait. All tables are locked before the first change: locked one after the other, as they are
changed, the migration and the transactions of the site would wait for each other.
"""

import time
from collections.abc import Callable, Iterable, Iterator

from alembic.runtime.migration import MigrationContext, RevisionStep
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DBAPIError

ONE_AT_A_TIME = 722033109
LIMITS = ("lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout")  # these are for requests
# The table that nearly every transaction reads first: those that wait for it hold no other lock yet.
FIRST = "actions"
# A try is short, because others wait behind it, and because PostgreSQL looks for deadlocks after a second.
TRY_MILLISECONDS, PAUSE_SECONDS, TRIES = 500, 0.5, 600
_TAKEN = {"55P03", "40P01"}  # lock_not_available, deadlock_detected


class OthersMigrated(Exception):
    """Another process has done a step since the steps were listed."""


def one_by_one(
    steps: Iterable[RevisionStep], migrations: MigrationContext, connection: Connection
) -> Iterator[RevisionStep]:
    """Each step once it is its turn and all tables are locked, in the transaction that the step then ends.

    Raises OthersMigrated when the tables are no longer at the revision that the step begins with, and DBAPIError when
    others keep a table locked for too long.
    """
    for step in steps:
        wait_for_turn(connection)
        if set(migrations.get_current_heads()) != set(step.from_revisions_no_deps):
            raise OthersMigrated()
        lock_all_tables(connection)
        yield step


def wait_for_turn(connection: Connection) -> None:
    """Waits until no other process migrates. The turn ends with the transaction."""
    for limit in LIMITS:
        connection.execute(text(f"SET LOCAL {limit} = 0"))
    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ONE_AT_A_TIME})


def lock_all_tables(connection: Connection) -> None:
    """Locks all tables until the end of the transaction. Raises DBAPIError when others keep one locked for too long."""
    names = sorted(inspect(connection).get_table_names(), key=lambda name: (name != FIRST, name))
    if names:
        quoted = map(connection.dialect.identifier_preparer.quote, names)
        connection.execute(text(f"SET LOCAL lock_timeout = {TRY_MILLISECONDS}"))
        connection.execute(text(f"LOCK TABLE {', '.join(quoted)}"))
        connection.execute(text("SET LOCAL lock_timeout = 0"))


def until_locked(migrate: Callable[[], None]) -> None:
    """Calls `migrate` again, for ten minutes at most, while it raises because others lock a table or migrate too."""
    for number in range(TRIES):
        try:
            migrate()
            return
        except OthersMigrated:
            continue
        except DBAPIError as wrong:
            if getattr(wrong.orig, "sqlstate", None) not in _TAKEN or number + 1 == TRIES:
                raise
        time.sleep(PAUSE_SECONDS)
