"""Statements whose result nobody needs go to PostgreSQL together with the next one, in one round trip.

They wait on their connection until a statement whose rows are wanted, any statement of SQLAlchemy, or the commit, which
travels with them. If one of them fails, that is an error of the statement, or of the commit, with which it was sent.
"""

from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import DBAPIError

from ua_tracker import database_faults

_WAITING, _WRITTEN = "ua_tracker.waiting", "ua_tracker.written"
Values = Any


@event.listens_for(Engine, "before_cursor_execute")
def _before(connection: Connection, _cursor: Any, sql: str, *_: Any) -> None:
    _note(connection, sql)
    if _WAITING in connection.info:
        _send(connection, connection.info.pop(_WAITING))


@event.listens_for(Engine, "commit")
def _committing(connection: Connection) -> None:
    if _WAITING in connection.info:
        _send(connection, [*connection.info.pop(_WAITING), ("COMMIT", None)])


@event.listens_for(Engine, "rollback")
def _rolling_back(connection: Connection) -> None:
    if not connection.invalidated:
        connection.info.pop(_WAITING, None)


def written(connection: Connection) -> int:
    """The number of statements that were not only reading, since this connection was opened."""
    return int(connection.info.get(_WRITTEN, 0))


def execute(connection: Connection, sql: str, values: Values) -> Any:
    """Executes the statement after those that wait; returns the driver's cursor. Raises errors as SQLAlchemy does."""
    _note(connection, sql)
    return _send(connection, [*connection.info.pop(_WAITING, ()), (sql, values)])


def execute_later(connection: Connection, sql: str, rows: list[Values]) -> None:
    """Executes the statement once for each row of values: at once on SQLite, and on PostgreSQL with the next one."""
    _note(connection, sql)
    if connection.dialect.name == "postgresql":
        connection.info.setdefault(_WAITING, []).extend((sql, values) for values in rows)
    else:
        _run(connection, sql, lambda driver: driver.executemany(sql, rows))


def _note(connection: Connection, sql: str) -> None:
    if not sql.startswith("SELECT"):
        connection.info[_WRITTEN] = connection.info.get(_WRITTEN, 0) + 1


def _send(connection: Connection, statements: list[tuple[str, Values]]) -> Any:
    """Executes the statements; returns the cursor of the last one."""
    *others, (sql, values) = statements

    def together(driver: Any) -> Any:
        with driver.pipeline():
            for other in others:
                driver.execute(*other)
            return driver.execute(sql, values)

    def each(driver: Any) -> Any:
        for other in others:
            driver.execute(*other)
        return driver.execute(sql, values)

    can = others and connection.dialect.loaded_dbapi.Pipeline.is_supported()
    return _run(connection, sql, together if can else each)


def _run(connection: Connection, sql: str, do: Any) -> Any:
    driver: Any = connection.connection.driver_connection
    errors: Any = connection.dialect.loaded_dbapi.Error
    try:
        return do(driver)
    except errors as error:
        is_lost = database_faults.spoils(error) or connection.dialect.is_disconnect(error, driver, None)
        if is_lost:
            connection.invalidate(error)
        raise DBAPIError.instance(
            sql, None, error, errors, hide_parameters=True, connection_invalidated=is_lost, dialect=connection.dialect
        ) from error
