"""The revision stamps of an action, of a case, and of the list. What is kept is valid while its stamp stays.

A revision stamp is a row of numbers that changes whenever the shown values change. A view reads it together with the
values; the layer that keeps responses reads the stamp alone, with the same statement, at every request.
"""

import sqlite3
import threading
from typing import Any, NamedTuple

from sqlalchemy import Engine, Select, SelectBase, String, bindparam, func, select
from sqlalchemy.dialects.sqlite import dialect as sqlite_dialect
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, aliased

from ua_tracker.database import file_of
from ua_tracker.models import Action, ActionTally, AuditEntry, Case, Group
from ua_tracker.open_connections import FileConnection
from ua_tracker.postgres_stamps import PostgresStamps, StampsUnreadable
from ua_tracker.refusals import NotStored
from ua_tracker.writer_queue import PATIENCE

RevisionStamp = tuple[int, ...]
StampStatement = SelectBase


class ActionStamp(NamedTuple):
    """Numbers that change whenever a published action or its tally changes."""

    action_id: int
    action_revision: int
    tally_revision: int


class CaseStamp(NamedTuple):
    """Numbers that change whenever a published action, another issue of its case, or a tally of these changes."""

    action_id: int
    action_revision: int
    tally_revision: int
    case_revisions: int
    case_tally_revisions: int


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
def _of_published(*columns: Any) -> Select[Any]:
    return (
        select(*columns)
        .join(ActionTally, ActionTally.action_id == Action.id)
        .where(Action.slug == bindparam("slug"), Action.published_at.is_not(None))
    )


_OF_COUNTER = (Action.id, Action.revision, ActionTally.revision)
OF_ACTION = _of_published(*_OF_COUNTER)
# With the other issues of its case: what shows the letters of all of them. Without a case, 0 and 0.
_other, _others_tally = aliased(Action), aliased(ActionTally)


def _of_case(column: Any) -> Any:
    joined = (
        select(func.coalesce(func.sum(column), 0))
        .select_from(_other)
        .join(_others_tally, _others_tally.action_id == _other.id)
    )
    of_case = joined.where(_other.case_id == Action.case_id, _other.published_at.is_not(None))
    return of_case.correlate(Action).scalar_subquery()


OF_ACTION_AND_CASE = _of_published(*_OF_COUNTER, _of_case(_other.revision), _of_case(_others_tally.revision))
# The action without its tally: what is changed by hand, also if only a recipient is.
OF_TERMS = _of_published(Action.id, Action.revision)
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
# What an action's pages show beside the counter: the action, what the history has about it, the groups, and how its
# letters were reported. A group is added without an event; whatever else is done to one leaves one.
_OF_PAGE = (
    Action.id,
    Action.revision,
    select(func.coalesce(func.max(AuditEntry.id), 0)).scalar_subquery(),
    select(func.coalesce(func.max(Group.id), 0)).scalar_subquery(),
    ActionTally.letters_sent,
    ActionTally.letters_by_link,
    ActionTally.letters_at_evenings,
    ActionTally.letters_by_program,
)
OF_PAGE = _of_published(*_OF_PAGE)
# All issues of a case, whose number stands in the path with a hyphen. The event is for one that leaves the case.
OF_CASE = (
    select(
        select(func.coalesce(func.max(AuditEntry.id), 0)).scalar_subquery(),
        func.count(),
        func.sum(Action.revision),
        func.sum(ActionTally.revision),
    )
    .join(ActionTally, ActionTally.action_id == Action.id)
    .join(Case, Case.id == Action.case_id)
    .where(Case.ua_number == func.replace(bindparam("slug", type_=String()), "-", "/"))
    .where(Action.published_at.is_not(None))
    .having(func.count() > 0)
)
# The page of an active group: its letters in all published actions. What else is done to a group leaves an event.
OF_GROUP = select(
    select(func.coalesce(func.max(AuditEntry.id), 0)).scalar_subquery(),
    Group.id,
    select(func.coalesce(func.sum(Action.revision), 0)).where(Action.published_at.is_not(None)).scalar_subquery(),
    select(func.coalesce(func.sum(ActionTally.revision), 0)).scalar_subquery(),
).where(Group.slug == bindparam("slug"), Group.retired_at.is_(None), Group.merged_into_id.is_(None))
# The page with the counter on it: the numbers of `OF_ACTION` come last.
OF_PAGE_AND_COUNTER = _of_published(*_OF_PAGE, *(column.label(f"counter_{column.key}") for column in _OF_COUNTER))


def of_action_and_case(session: Session, slug: str) -> CaseStamp:
    """The stamp of a published action and of all issues of its case. Raises NoResultFound for any other slug."""
    return CaseStamp(*(int(part) for part in session.execute(OF_ACTION_AND_CASE, {"slug": slug}).one()))


def of_listing(session: Session) -> ListingStamp:
    """The stamp of the list of all published actions."""
    return ListingStamp(*(int(part) for part in session.execute(OF_LISTING).one()))


class _Own(NamedTuple):
    """A thread's connection to SQLite, and the stamps that it read since the last commit of others."""

    connection: FileConnection
    cursor: sqlite3.Cursor
    seen: dict[Any, Any]


class StampReader:
    """Reads stamps with as little work as each database allows.

    On PostgreSQL, `prepares` says whether statements may be prepared, `wait` how many seconds a read may take.
    """

    def __init__(self, engine: Engine, *, prepares: bool = True, wait: float = PATIENCE) -> None:
        self._engine = engine
        of_postgres = engine.dialect.name == "postgresql"
        self._postgres = PostgresStamps(engine, prepares=prepares, wait=wait) if of_postgres else None
        self._compiled: dict[StampStatement, tuple[str, dict[str, Any]]] = {}
        self._local = threading.local()

    @property
    def is_local(self) -> bool:
        """Whether it reads from a file of this machine, so that a read waits for no network."""
        return self._postgres is None

    def read(self, statement: StampStatement, slug: str | None, since: float) -> RevisionStamp | None:
        """The stamp as stored at a moment after `since` (time.monotonic); None when there is no such published action.

        Also None when the database cannot be read: the view then meets the same error, which is handled there.
        """
        try:
            if self._postgres is not None:
                return self._postgres.read(statement, slug, since)
            return self._read_sqlite(statement, slug)
        except (sqlite3.Error, SQLAlchemyError, NotStored):
            self.close()
            return None
        except StampsUnreadable:
            return None

    def close(self) -> None:
        """Closes this thread's connection to SQLite, or the idle ones to PostgreSQL; the next `read` opens another."""
        if self._postgres is not None:
            self._postgres.close()
        if hasattr(self._local, "own"):
            self._local.own.connection.close()
            del self._local.own

    def _read_sqlite(self, statement: StampStatement, slug: str | None) -> RevisionStamp | None:
        """Raises DatabaseAway when the path names no file."""
        own = self._taken()
        try:
            return self._stamp(own.cursor, own.seen, statement, slug)
        finally:
            own.connection.give_back()

    def _stamp(
        self, cursor: sqlite3.Cursor, seen: dict[Any, Any], statement: StampStatement, slug: str | None
    ) -> RevisionStamp | None:
        """Asks SQLite first whether anything at all was committed since this thread last looked.

        `data_version` differs when another connection has committed (sqlite.org, PRAGMA data_version), and these
        connections never write. It is read before the stamp: what is committed in between is seen at the next call.
        """
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
        """The statement as SQLite's driver takes it, with the constants in it by name; compiled once."""
        if statement not in self._compiled:
            compiled = statement.compile(dialect=sqlite_dialect(paramstyle="named"))
            self._compiled[statement] = str(compiled), dict(compiled.params)
        return self._compiled[statement]

    def _taken(self) -> _Own:
        """This thread's connection, taken into use; a new one if another thread closed it or the file was replaced."""
        file = file_of(self._engine)
        own: _Own | None = getattr(self._local, "own", None)
        if own is not None and own.connection.take():
            if file.is_in_place(own.connection.opened):
                return own
            self.close()
        self._engine.connect().close()  # a connection that may write recovers the file and its log first
        connection = file.open(to_write=False)
        self._local.own = own = _Own(connection, connection.cursor(), {})
        return own


def _numbers(row: Any) -> RevisionStamp | None:
    return tuple(int(part) for part in row) if row else None
