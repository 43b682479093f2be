"""How many rows does a statement change?"""

from typing import Any, cast

from sqlalchemy import CursorResult, Executable
from sqlalchemy.orm import Session


def changed(session: Session, statement: Executable) -> int:
    """Runs an update or a delete; answers how many rows it met."""
    # A session states no more than a Result, whatever it runs; that of such a statement has a cursor and its count.
    return cast("CursorResult[Any]", session.execute(statement)).rowcount
