"""Waits until a transaction waits for a lock: PostgreSQL says so, so that no test has to sleep."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

WAITING = text("SELECT count(*) FROM pg_locks WHERE NOT granted")


def until_somebody_waits(session: Session, event) -> None:
    """Returns once a transaction waits for another's lock; fails when the other thread ended instead of waiting."""
    engine = create_engine(session.get_bind().url)
    try:
        with engine.connect() as connection:
            while not connection.execute(WAITING).scalar():
                assert not event.done(), "it did not wait"
    finally:
        engine.dispose()


def meanwhile(session: Session, event: Callable[[Session], Any]) -> Any:
    """Calls `event` in another session while this one's transaction is open; commits this one once the other waits.

    Returns what `event` returns, or raises what it raises.
    """

    def others_turn() -> Any:
        with Session(session.get_bind()) as other:
            answer = event(other)
            other.commit()
        return answer

    with ThreadPoolExecutor() as pool:
        other = pool.submit(others_turn)
        until_somebody_waits(session, other)
        session.commit()
        return other.result()
