"""Runs an update or a delete and counts the rows."""

from typing import Any, cast

from sqlalchemy import CursorResult, Executable
from sqlalchemy.orm import Session


def changed(session: Session, statement: Executable) -> int:
    """Runs an update or a delete; returns the number of rows that it matched."""
    # A session states no more than a Result, whatever it runs; that of such a statement has a cursor and its count.
    return cast("CursorResult[Any]", session.execute(statement)).rowcount
