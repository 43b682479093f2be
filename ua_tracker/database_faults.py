"""Translates errors of SQLite and PostgreSQL into sentences for the operator."""

import sqlite3

from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

_BUSY = "Others were writing for too long. Nothing was stored; try again."
_FULL = "The disk is full. Nothing was stored."
_READ_ONLY = "The database can only be read. Nothing was stored."
_NO_TABLES = "The database has no tables, or older ones: flask --app app db upgrade makes them."
_AWAY = "The database does not answer. Nothing was stored."
_UNPREPARED = "A pooler before the database keeps no prepared statements: set DATABASE_PREPARE=no. Nothing was stored."
_SPOILT = "The database's file is damaged, or it is no SQLite file."
# By the primary codes of SQLite (sqlite.org/rescode.html).
_OF_SQLITE = {
    sqlite3.SQLITE_BUSY: _BUSY,
    sqlite3.SQLITE_LOCKED: _BUSY,
    sqlite3.SQLITE_READONLY: _READ_ONLY,
    sqlite3.SQLITE_FULL: _FULL,
    sqlite3.SQLITE_IOERR: "The disk refused to read or write. Nothing was stored.",
    sqlite3.SQLITE_CANTOPEN: "The database's file cannot be opened.",
    sqlite3.SQLITE_NOTADB: _SPOILT,
    sqlite3.SQLITE_CORRUPT: _SPOILT,
    sqlite3.SQLITE_PERM: _READ_ONLY,
    sqlite3.SQLITE_AUTH: _READ_ONLY,
    sqlite3.SQLITE_PROTOCOL: _BUSY,
}
# By the error codes of PostgreSQL (its manual, appendix A); two characters name a class.
_OF_POSTGRES = {
    **dict.fromkeys(("55P03", "57014", "40001", "40P01"), _BUSY),
    **dict.fromkeys(("25006", "42501"), _READ_ONLY),
    **dict.fromkeys(("42P01", "42703"), _NO_TABLES),
    **dict.fromkeys(("26000", "42P05"), _UNPREPARED),
    "53100": _FULL,
    **dict.fromkeys(("08", "25P03", "53", "57", "58", "28", "3D", "XX"), _AWAY),
}
# After these a connection is of no use any more, or knows of the file what is so no longer.
_SPOILING = {
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_NOTADB,
    sqlite3.SQLITE_CORRUPT,
}


# What a quota or file size limit causes. The connection is kept: a new one could not create the index for reading.
_OF_A_FULL_DISK = {sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_SHMSIZE}


def sentence(error: SQLAlchemyError) -> str | None:
    """The sentence for an error of the database itself; None for other errors, such as a violated constraint.

    The sentence contains no stored data. Other errors are faults of the program.
    """
    if isinstance(error, PoolTimeout):
        return _BUSY
    return of_driver(error.orig) if isinstance(error, DBAPIError) else None


def of_driver(wrong: BaseException | None) -> str | None:
    """As `sentence`, for an error as the driver itself raises it."""
    if isinstance(wrong, sqlite3.Error):
        return _of_sqlite(wrong)
    code = getattr(wrong, "sqlstate", None) or ""
    known = _OF_POSTGRES.get(code) or _OF_POSTGRES.get(code[:2])
    of_connection = {kind.__name__ for kind in type(wrong).__mro__} & {"OperationalError", "InterfaceError"}
    return known or (_AWAY if of_connection and not code else None)


def is_of_the_disk(wrong: sqlite3.Error) -> bool:
    """Whether the disk is full, or refused to read or write."""
    return _primary(wrong) in {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY}


def spoils(wrong: BaseException) -> bool:
    """Whether the connection must not be used again after this error."""
    if not isinstance(wrong, sqlite3.Error) or getattr(wrong, "sqlite_errorcode", None) in _OF_A_FULL_DISK:
        return False
    return _primary(wrong) in _SPOILING


def _of_sqlite(wrong: sqlite3.Error) -> str | None:
    if _primary(wrong) == sqlite3.SQLITE_ERROR and str(wrong).startswith(("no such table", "no such column")):
        return _NO_TABLES
    return _OF_SQLITE.get(_primary(wrong))


def _primary(wrong: sqlite3.Error) -> int:
    """SQLite's primary result code, without the extended part; -1 for an error of the driver."""
    return wrong.sqlite_errorcode & 0xFF if hasattr(wrong, "sqlite_errorcode") else -1
