"""PostgreSQL: how a transaction begins, and the limits of time. Nothing here needs more than PgBouncer allows.

PgBouncer in transaction mode gives each transaction any of its connections. So no setting of a connection is used: the
limits are set inside each transaction, and statements are prepared only if the setting DATABASE_PREPARE says so.
"""

import os
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Engine, event, make_url
from sqlalchemy.exc import DisconnectionError, InvalidatePoolError

from ua_tracker.postgres_silence import Silence, answered

# Milliseconds to wait for a server that no longer acknowledges what was sent to it (libpq, tcp(7)).
_UNACKNOWLEDGED = "10000"


def engine_options(settings: Mapping[str, Any]) -> dict[str, Any]:
    """The pool of one process, and whether the driver prepares statements that it has sent five times."""
    prepare = {} if settings["DATABASE_PREPARE"] else {"prepare_threshold": None}
    # The connection that was used last is used first: it has prepared the most, and the others stay at rest.
    return {"pool_size": settings["DATABASE_POOL"], "max_overflow": 0, "pool_use_lifo": True, "connect_args": prepare}


def with_time_limits(url: str, settings: Mapping[str, Any]) -> str:
    """The URL with limits of time for connecting and for a server that is gone, unless it has its own."""
    made = make_url(url)
    limits = {"connect_timeout": str(settings["DATABASE_CONNECT_SECONDS"]), "tcp_user_timeout": _UNACKNOWLEDGED}
    return made.update_query_dict({**limits, **made.query}).render_as_string(hide_password=False)


def set_up(engine: Engine, settings: Mapping[str, Any]) -> None:
    """Begins a transaction on each connection that the pool hands out, which also shows whether it still works."""
    silence = _silence(engine, settings)
    watched = _watched(engine.dialect.loaded_dbapi, silence)
    begin = _beginning(settings).encode()
    wait = settings["DATABASE_CONNECT_SECONDS"]

    @event.listens_for(engine, "do_connect")
    def connect(_dialect: Any, _record: Any, arguments: Any, named: Any) -> Any:
        return silence.ask(lambda: watched.connect(*arguments, **named))

    @event.listens_for(engine, "connect")
    def connected(_connection: Any, record: Any) -> None:
        record.info.update(process=os.getpid(), is_new=True)

    @event.listens_for(engine, "checkout")
    def checked_out(connection: Any, record: Any, proxy: Any) -> None:
        """Raises DisconnectionError, so that the pool connects anew, or the driver's error of a new connection."""
        if record.info["process"] != os.getpid():  # inherited by a fork: closing it would end the parent's session
            record.dbapi_connection = proxy.dbapi_connection = None
            raise DisconnectionError("the connection belongs to another process")
        try:
            silence.ask(lambda: _begin(engine.dialect.loaded_dbapi, connection.pgconn, begin, wait))
        except Exception as failed:
            if record.info.pop("is_new", False) or isinstance(failed.__cause__, TimeoutError):
                raise
            raise InvalidatePoolError() from failed
        record.info["is_new"] = False

    @event.listens_for(engine, "set_connection_execution_options")
    def options_set(connection: Connection, options: dict[str, Any]) -> None:
        """Ends the transaction before its isolation is changed; the next one has no limits of time (a backup's)."""
        if "isolation_level" in options:
            connection.connection.driver_connection.rollback()  # type: ignore[union-attr]


def _beginning(settings: Mapping[str, Any]) -> str:
    """A machine that was cut from the network closes no connection: its transaction would keep its locks for hours.

    PostgreSQL's own limit counts only between statements. A server that has part of a statement, or waits for more of
    those that are sent together, learns from TCP alone that nothing will come (tcp(7), TCP_USER_TIMEOUT).
    """
    idle = settings["DATABASE_IDLE_SECONDS"]
    limits = {
        "lock_timeout": f"{settings['DATABASE_LOCK_SECONDS']}s",
        "statement_timeout": f"{settings['DATABASE_STATEMENT_SECONDS']}s",
        "idle_in_transaction_session_timeout": f"{idle}s",
        "tcp_keepalives_idle": max(1, idle // 2),
        "tcp_keepalives_interval": 1,
        "tcp_user_timeout": idle * 1000,
    }
    return ";".join(["BEGIN", *(f"SET LOCAL {name} = '{limit}'" for name, limit in limits.items())])


def _begin(driver: Any, libpq: Any, begin: bytes, wait: float) -> None:
    """Sends the statements in one round trip. Raises TimeoutError, or the driver's error."""
    libpq.send_query(begin)
    for result in answered(libpq, wait):
        if result.status != driver.pq.ExecStatus.COMMAND_OK:
            if libpq.status != driver.pq.ConnStatus.OK:
                raise driver.OperationalError(libpq.get_error_message())
            raise driver.errors.error_from_result(result)


def _silence(engine: Engine, settings: Mapping[str, Any]) -> Silence:
    """A statement that takes longer than the longest wait for a lock is doubted."""
    driver: Any = engine.dialect.loaded_dbapi

    def probe() -> None:
        arguments, named = engine.dialect.create_connect_args(engine.url)
        driver.connect(*arguments, **named).close()

    patience = settings["DATABASE_LOCK_SECONDS"] + 1
    return Silence(probe, driver.errors.ConnectionTimeout, driver.OperationalError, patience)


def _watched(driver: Any, silence: Silence) -> Any:
    """The driver's class of connections, whose statements are given up when the server falls silent."""

    def wait(connection: Any, steps: Any, *rest: Any, **named: Any) -> Any:
        return driver.Connection.wait(connection, silence.watched(steps, connection.close), *rest, **named)

    return type("WatchedConnection", (driver.Connection,), {"wait": wait})
