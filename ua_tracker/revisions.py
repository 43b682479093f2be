"""The revision stamps of an action and of the list of all actions. A kept response is valid while its stamp stays.

A revision stamp is a row of numbers that changes whenever the shown values change. A view reads it together with the
values; the layer that keeps responses reads the stamp alone, with the same statement, at every request.
"""

import sqlite3
import threading
from typing import Any, NamedTuple

from sqlalchemy import Engine, SelectBase, bindparam, func, select
from sqlalchemy.dialects.sqlite import dialect as sqlite_dialect
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from ua_tracker.database import file_of
from ua_tracker.models import Action, ActionTally, AuditEntry
from ua_tracker.refusals import NotStored

RevisionStamp = tuple[int, ...]
StampStatement = SelectBase


class ActionStamp(NamedTuple):
    """Numbers that change whenever a published action or its tally changes."""

    action_id: int
    action_revision: int
    tally_revision: int


class ListingStamp(NamedTuple):
    """Numbers that change whenever any published action or its tally changes, or an action is removed.

    A removal lowers the sums, and adds an event to the history.
    """

    last_event: int
    published: int
    action_revisions: int
    tally_revisions: int


# The columns of both statements are in the order of the stamp's fields. An action that will be published later has a
# stamp too: its own pages are 404 until then, which is not kept, and what is kept of the list ends at that instant.
OF_ACTION = (
    select(Action.id, Action.revision, ActionTally.revision)
    .join(ActionTally, ActionTally.action_id == Action.id)
    .where(Action.slug == bindparam("slug"), Action.published_at.is_not(None))
)
OF_LISTING = (
    select(
        select(func.coalesce(func.max(AuditEntry.id), 0)).scalar_subquery(),
        func.count(),
        func.coalesce(func.sum(Action.revision), 0),
        func.coalesce(func.sum(ActionTally.revision), 0),
    )
    .join(ActionTally, ActionTally.action_id == Action.id)
    .where(Action.published_at.is_not(None))
)


def of_listing(session: Session) -> ListingStamp:
    """The stamp of the list of all published actions."""
    return ListingStamp(*(int(part) for part in session.execute(OF_LISTING).one()))


class StampReader:
    """Reads stamps with as little work as each database allows."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._is_sqlite = engine.dialect.name == "sqlite"
        self._compiled: dict[StampStatement, tuple[str, dict[str, Any]]] = {}
        self._local = threading.local()

    def read(self, statement: StampStatement, slug: str | None) -> RevisionStamp | None:
        """The stamp as stored at this moment; None when there is no such published action.

        Also None when the database cannot be read: the view then meets the same error, which is handled there.
        """
        try:
            return self._read_sqlite(statement, slug) if self._is_sqlite else self._read(statement, slug)
        except (sqlite3.Error, SQLAlchemyError, NotStored):
            self.close()
            return None

    def close(self) -> None:
        """Closes this thread's connection; the next `read` opens another."""
        if hasattr(self._local, "own"):
            self._local.own[0].connection.close()
            del self._local.own

    def _read(self, statement: StampStatement, slug: str | None) -> RevisionStamp | None:
        sql, parameters = self._sql_of(statement)
        with self._engine.connect() as connection:
            return _numbers(connection.exec_driver_sql(sql, {**parameters, "slug": slug}).fetchone())

    def _read_sqlite(self, statement: StampStatement, slug: str | None) -> RevisionStamp | None:
        """Asks SQLite first whether anything at all was committed since this thread last looked.

        Raises DatabaseAway when the path names no file. `data_version` differs when another connection has
        committed (sqlite.org, PRAGMA data_version), and these connections never write. It is read before the stamp:
        what is committed in between is seen at the next call.
        """
        cursor, seen = self._of_this_thread()
        version = cursor.execute("PRAGMA data_version").fetchone()
        if seen.get("version") != version:
            seen.clear()
            seen["version"] = version
        stamp = seen.get((statement, slug))
        if stamp is None:
            sql, parameters = self._sql_of(statement)
            stamp = _numbers(cursor.execute(sql, {**parameters, "slug": slug}).fetchone())
            if stamp is not None:  # slugs of no action are not remembered: there is no end to them
                seen[statement, slug] = stamp
        return stamp

    def _sql_of(self, statement: StampStatement) -> tuple[str, dict[str, Any]]:
        """The statement as the driver takes it, with the constants in it by name; compiled once."""
        if statement not in self._compiled:
            dialect = sqlite_dialect(paramstyle="named") if self._is_sqlite else self._engine.dialect
            compiled = statement.compile(dialect=dialect)
            self._compiled[statement] = str(compiled), dict(compiled.params)
        return self._compiled[statement]

    def _of_this_thread(self) -> tuple[sqlite3.Cursor, dict[Any, Any]]:
        file = file_of(self._engine)
        if hasattr(self._local, "own") and not file.is_in_place(self._local.opened):
            self.close()
        if not hasattr(self._local, "own"):
            self._engine.connect().close()  # a connection that may write recovers the file and its log first
            connection, self._local.opened = file.open(to_write=False)
            self._local.own = connection.cursor(), {}
        own: tuple[sqlite3.Cursor, dict[Any, Any]] = self._local.own
        return own


def _numbers(row: Any) -> RevisionStamp | None:
    return tuple(int(part) for part in row) if row else None
