"""Reads revision stamps from PostgreSQL on connections of their own, so that readers never wait for the writers' pool.

A stamp may be used for a request if its statement was sent after the request had arrived: then it is as new as the
database at that moment. So requests that arrive while a stamp is being read share the next one, and thousands of
requests for one action cost few statements. Notifications (LISTEN) were refused: docs/decisions/0002.
"""

import os
import select
import threading
import time
from typing import Any

from sqlalchemy import Dialect, Engine, SelectBase
from sqlalchemy.dialects.postgresql import dialect as postgresql

# Stamps of this number of actions can be read at the same moment; a process has no more connections than threads.
_TURNS = 16
_NAME = "ua_tracker_{}"
Row = tuple[int, ...]


class StampsUnreadable(Exception):
    """The database did not answer, or answered with an error."""


class PostgresStamps:
    """The connections of this process, and the last stamp of each action with the moment at which it was asked for.

    `prepares` says whether statements may be prepared, `wait` how many seconds a read may take.
    """

    def __init__(self, engine: Engine, *, prepares: bool, wait: float) -> None:
        self._engine, self._prepares, self._wait = engine, prepares, wait
        self._begin_anew()

    def _begin_anew(self) -> None:
        self._process = os.getpid()
        self._turns = [threading.Lock() for _ in range(_TURNS)]
        self._idle: list[_Connection] = []
        self._known: dict[tuple[SelectBase, str | None], tuple[float, Row]] = {}
        self._failed_at = 0.0

    def read(self, statement: SelectBase, slug: str | None, since: float) -> Row | None:
        """The stamp at a moment after `since` (time.monotonic); None when no such row exists.

        Raises StampsUnreadable when the database could not be read at such a moment.
        """
        if self._process != os.getpid():
            self._parents = self._idle  # not closed: that would end the sessions of the parent
            self._begin_anew()
        key = statement, slug
        known = self._known.get(key)
        if known is not None and known[0] >= since:
            return known[1]
        turn = self._turns[hash(key) % _TURNS]
        if not turn.acquire(timeout=self._wait):
            raise StampsUnreadable
        try:
            return self._read(key, since)
        finally:
            turn.release()

    def _read(self, key: tuple[SelectBase, str | None], since: float) -> Row | None:
        known = self._known.get(key)
        if known is not None and known[0] >= since:
            return known[1]
        if self._failed_at >= since:  # it failed for another request meanwhile: each would wait as long
            raise StampsUnreadable
        began = time.monotonic()
        try:
            row = self._ask(*key)
        except Exception as failed:  # of the driver, which is imported only where PostgreSQL is used
            self._failed_at = began
            raise StampsUnreadable from failed
        if row is not None:  # slugs of no action are not remembered: there is no end to them
            self._known[key] = began, row
        return row

    def _ask(self, statement: SelectBase, slug: str | None) -> Row | None:
        """Asks on an idle connection, or on a new one when that has been cut."""
        connection = self._idle.pop() if self._idle else None
        if connection is not None:
            try:
                return self._asked(connection, statement, slug)
            except TimeoutError:
                raise
            except Exception:
                self.close()  # after a restart of the server all of them are cut
        return self._asked(_Connection(self._engine, self._prepares, self._wait), statement, slug)

    def _asked(self, connection: "_Connection", statement: SelectBase, slug: str | None) -> Row | None:
        try:
            row = connection.ask(statement, slug)
        except BaseException:
            connection.close()
            raise
        self._idle.append(connection)
        return row

    def close(self) -> None:
        """Closes the idle connections; the next `read` opens another."""
        while self._idle:
            self._idle.pop().close()


class _Connection:
    """One connection, used below the driver's cursors (psycopg.pq): these would cost three times the statement."""

    def __init__(self, engine: Engine, prepares: bool, wait: float) -> None:
        arguments, named = engine.dialect.create_connect_args(engine.url)
        self._opened: Any = engine.dialect.connect(*arguments, autocommit=True, **named)
        self._libpq, self._prepares, self._wait = self._opened.pgconn, prepares, wait
        self._good = engine.dialect.loaded_dbapi.pq.ExecStatus
        self._poll = select.poll()
        self._poll.register(self._libpq.socket, select.POLLIN)
        self._compiled: dict[SelectBase, tuple[bytes, bytes, list[str], dict[str, Any]]] = {}

    def ask(self, statement: SelectBase, slug: str | None) -> Row | None:
        """The first row. Raises TimeoutError, StampsUnreadable and the driver's errors."""
        name, sql, order, constants = self._compiled.get(statement) or self._compile(statement)
        values = [_as_text(slug if part == "slug" else constants[part]) for part in order]
        if self._prepares:
            self._libpq.send_query_prepared(name, values)
        else:
            self._libpq.send_query_params(sql, values)
        result = self._result()
        if result.status != self._good.TUPLES_OK:
            raise StampsUnreadable(result.error_message)
        if not result.ntuples:
            return None
        return tuple(int(result.get_value(0, column)) for column in range(result.nfields))

    def _compile(self, statement: SelectBase) -> tuple[bytes, bytes, list[str], dict[str, Any]]:
        of_libpq: Dialect = postgresql(paramstyle="numeric_dollar")  # type: ignore[no-untyped-call]
        compiled = statement.compile(dialect=of_libpq)
        name, sql = _NAME.format(len(self._compiled)).encode(), str(compiled).encode()
        if self._prepares:
            self._libpq.send_prepare(name, sql)
            result = self._result()
            if result.status != self._good.COMMAND_OK:
                raise StampsUnreadable(result.error_message)
        known = self._compiled[statement] = name, sql, list(compiled.positiontup or ()), dict(compiled.params)
        return known

    def _result(self) -> Any:
        """The result of what was sent last."""
        self._libpq.flush()
        deadline = time.monotonic() + self._wait
        while True:
            left = deadline - time.monotonic()
            if left <= 0 or not self._poll.poll(left * 1000):
                raise TimeoutError
            self._libpq.consume_input()
            if not self._libpq.is_busy():
                break
        first = self._libpq.get_result()
        while self._libpq.get_result() is not None:
            pass
        return first

    def close(self) -> None:
        """Closes the connection."""
        self._opened.close()


def _as_text(value: object) -> bytes | None:
    return None if value is None else str(value).encode()
