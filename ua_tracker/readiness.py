"""Whether this process can serve: the database answers, its tables are current, the disk has room."""

import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from ua_tracker import schema, site_key
from ua_tracker.refusals import AnotherKey, NotStored

OK, AWAY, BUSY, FULL, ANOTHER = "ok", "away", "busy", "full", "another"
# The words that do not keep a process from serving. It is not taken out of service because it has much to do: the
# others would then have more to do.
GOOD = {OK, BUSY}
LEAST_FREE = 50 * 1024 * 1024  # bytes
# A result is used again for so many seconds, however often it is asked for; and while a check that hangs keeps its
# thread, the last result is for so many.
KEPT_SECONDS, STALE_SECONDS = 1.0, 10.0
Check = Callable[[Connection], str]


def schema_word(connection: Connection) -> str:
    """`ok`, `behind` or `none`. Tables of a newer version are ok: see `schema.state`."""
    found = schema.state(connection)
    return OK if found in {schema.CURRENT, schema.NEWER} else found


def key_word(secrets: list[str]) -> Check:
    """The check whether the database belongs to one of these keys: `ok` or `another`."""

    def check(connection: Connection) -> str:
        try:
            site_key.require(Session(connection), secrets)
        except AnotherKey:
            return ANOTHER
        return OK

    return check


class Readiness:
    """The checks of one process. Each has a name and gives a word, without values of settings or of rows."""

    kept_seconds = KEPT_SECONDS

    def __init__(self, engine: Engine, folders: tuple[Path, ...], checks: dict[str, Check]) -> None:
        self._engine, self._folders, self._checks = engine, folders, checks
        self._busy = threading.Lock()
        self._last: tuple[float, dict[str, str]] | None = None

    def words(self) -> dict[str, str]:
        """The word of each check. Checks again at most once a second, in one thread at a time."""
        last = self._last
        if last and time.monotonic() - last[0] < self.kept_seconds:
            return last[1]
        if not self._busy.acquire(timeout=0 if last else STALE_SECONDS):
            usable = last is not None and time.monotonic() - last[0] < STALE_SECONDS
            return last[1] if last and usable else {"database": AWAY}
        try:
            words = {**self._of_the_database(), "disk": self._of_the_disk()}
            self._last = time.monotonic(), words
        finally:
            self._busy.release()
        return words

    def _of_the_database(self) -> dict[str, str]:
        try:
            with self._engine.connect() as connection:
                return {"database": OK, **self._of_the_tables(connection)}
        except PoolTimeout:
            return {"database": BUSY}
        except (SQLAlchemyError, NotStored):
            return {"database": AWAY}

    def _of_the_tables(self, connection: Connection) -> dict[str, str]:
        """The other checks, unless the tables are not there yet."""
        word = schema_word(connection)
        words = {} if word not in GOOD else {name: check(connection) for name, check in self._checks.items()}
        return {"schema": word, **words}

    def _of_the_disk(self) -> str:
        try:
            return OK if all(shutil.disk_usage(folder).free >= LEAST_FREE for folder in self._folders) else FULL
        except OSError:
            return AWAY


def is_ready(words: dict[str, str]) -> bool:
    """Whether a process with these words can serve."""
    return GOOD.issuperset(words.values())
