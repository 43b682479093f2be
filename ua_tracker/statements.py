"""Statements that are always the same: compiled once for each database, and executed by its driver.

SQLAlchemy interprets a statement at each execution, and the ORM compares each object with what it remembers of it. In
a pledge that took most of the time, so the statements of every pledge and every report are executed here (see
docs/decisions/0018-fast-writes.md). They are part of the session's transaction like any other.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, ClauseElement, Connection, Dialect, bindparam, inspect, text
from sqlalchemy.dialects.sqlite import dialect as sqlite_dialect
from sqlalchemy.orm import Session, make_transient_to_detached
from sqlalchemy.types import TypeEngine

from ua_tracker import pipeline
from ua_tracker.models import Base

Row = tuple[Any, ...]
_CONNECTION = "ua_tracker.statements"
Converter = Callable[[Any], Any]


@dataclass(frozen=True)
class _Compiled:
    """A statement as a driver takes it: the constants in it, and what converts values on their way in and out."""

    sql: str
    constants: dict[str, Any]
    to_database: list[tuple[str, Converter]]
    from_database: list[tuple[int, Converter]]


class Fixed:
    """A statement with parameters (`bindparam` with a type), which are passed by name. It cannot contain a list.

    Each method first flushes what the session has not written yet, unless its `autoflush` is off. Errors of the driver
    are raised as SQLAlchemy raises them.
    """

    def __init__(self, statement: ClauseElement) -> None:
        self._statement = statement
        self._compiled: dict[str, _Compiled] = {}

    def rows(self, session: Session, **values: Any) -> list[Row]:
        """Executes the statement; returns its rows, if it returns any."""
        connection = _connection(session)
        compiled = self._for(connection.dialect)
        cursor = pipeline.execute(connection, compiled.sql, _converted(compiled, values))
        found: list[Row] = cursor.fetchall() if cursor.description else []
        if compiled.from_database:
            return [_read(compiled, row) for row in found]
        return found

    def first(self, session: Session, **values: Any) -> Row | None:
        """Executes the statement; returns its first row."""
        return next(iter(self.rows(session, **values)), None)

    def write(self, session: Session, **values: Any) -> None:
        """Executes the statement, which returns no rows: on PostgreSQL with the next one, see `pipeline`."""
        self.many(session, [values])

    def rows_until_end(self, session: Session, **values: Any) -> list[Row]:
        """As `rows`, but executed once in a transaction: for rows that nobody can change until it ends."""
        _connection(session)
        known, key = session.info[_CONNECTION][2], (self, *values.values())
        if key not in known:
            known[key] = self.rows(session, **values)
        found: list[Row] = known[key]
        return found

    def many(self, session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
        """As `write`, once for each row of values."""
        connection = _connection(session)
        compiled = self._for(connection.dialect)
        pipeline.execute_later(connection, compiled.sql, [_converted(compiled, row) for row in rows])

    def _for(self, dialect: Dialect) -> _Compiled:
        if dialect.name not in self._compiled:
            self._compiled[dialect.name] = _compiled(self._statement, dialect)
        return self._compiled[dialect.name]


def insert_new(session: Session, entry: Base) -> bool:
    """Inserts the row of a new object unless a unique value of it is taken; returns whether it was inserted.

    Then the object is as after a flush. Its table has one key, `id`, which the database chooses. In a transaction of
    PostgreSQL this waits for another one that inserts the same value.
    """
    inserting, columns = _inserting(type(entry))
    values = {name: _default(default) for name, default in columns.items()} | {
        name: value for name, value in vars(entry).items() if name in columns and value is not None
    }
    row = inserting.first(session, **values)
    if row is None:
        return False
    vars(entry).update(values, id=row[0])
    make_transient_to_detached(entry)
    session.add(entry)
    return True


def written(session: Session) -> int:
    """The number of statements that were not only reading, on the connection of the session's transaction."""
    return pipeline.written(_connection(session))


def bound(table: type[Base], *names: str) -> dict[str, BindParameter[Any]]:
    """A parameter for each of these columns, by the column's name."""
    return {name: bindparam(name, type_=table.__table__.c[name].type) for name in names}


@cache
def _inserting(table: type[Base]) -> tuple[Fixed, dict[str, Any]]:
    """The statement that inserts an object of this class, and the defaults of its columns."""
    columns = {one.key: one.default for one in inspect(table).columns if one.key != "id"}
    places = ", ".join(f":{name}" for name in columns)
    into = f"{table.__tablename__} ({', '.join(columns)})"
    sql = f"INSERT INTO {into} VALUES ({places}) ON CONFLICT DO NOTHING RETURNING id"  # noqa: S608 - names of columns
    return Fixed(text(sql).bindparams(*bound(table, *columns).values())), columns


def _default(default: Any) -> Any:
    if default is None:
        return None
    return default.arg if default.is_scalar else default.arg(None)


def _connection(session: Session) -> Connection:
    """The session's connection, remembered for as long as its transaction lasts."""
    if session.autoflush:
        session.flush()
    transaction = session.get_transaction()
    of, connection, _ = session.info.get(_CONNECTION, (None, None, None))
    if transaction is None or transaction is not of or not transaction.is_active:
        connection = session.connection()
        session.info[_CONNECTION] = session.get_transaction(), connection, {}
    known: Connection = connection
    return known


def _compiled(statement: ClauseElement, dialect: Dialect) -> _Compiled:
    # Values are passed by name, which SQLite's driver can do, but SQLAlchemy does not by itself.
    named = sqlite_dialect(paramstyle="named") if dialect.name == "sqlite" else dialect
    compiled: Any = statement.compile(dialect=named)
    converters = [(name, _converter(bind.type, dialect, "bind")) for name, bind in compiled.binds.items()]
    to_database = [(name, converter) for name, converter in converters if converter is not None]
    constants = {name: value for name, value in compiled.params.items() if value is not None}
    columns = getattr(statement, "exported_columns", ())
    readers = [(place, _converter(column.type, dialect, "result")) for place, column in enumerate(columns)]
    from_database = [(place, converter) for place, converter in readers if converter is not None]
    return _Compiled(str(compiled), constants, to_database, from_database)


def _converter(kind: TypeEngine[Any], dialect: Dialect, way: str) -> Converter | None:
    known = kind.dialect_impl(dialect)
    return known.bind_processor(dialect) if way == "bind" else known.result_processor(dialect, None)


def _converted(compiled: _Compiled, values: Mapping[str, Any]) -> dict[str, Any]:
    given = {**compiled.constants, **values}
    for name, convert in compiled.to_database:
        given[name] = convert(given[name])
    return given


def _read(compiled: _Compiled, row: Row) -> Row:
    read = list(row)
    for place, convert in compiled.from_database:
        read[place] = convert(read[place])
    return tuple(read)
