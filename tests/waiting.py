"""Somebody waits for a lock: PostgreSQL itself says so, so that no test has to sleep and hope."""

from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

WAITING = text("SELECT count(*) FROM pg_locks WHERE NOT granted")


def until_somebody_waits(session: Session, deed) -> None:
    """Returns once a transaction waits for another's lock; fails when the deed ended instead of waiting."""
    engine = create_engine(session.get_bind().url)
    try:
        with engine.connect() as connection:
            while not connection.execute(WAITING).scalar():
                assert not deed.done(), "it did not wait"
    finally:
        engine.dispose()
