"""The base class of all tables: names of constraints, and column types for Python types."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, MetaData
from sqlalchemy.orm import DeclarativeBase, registry

from ua_tracker.models.column_types import Instant, Lines

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


def one_of(column: str, words: tuple[str, ...]) -> str:
    """The condition that a column holds one of these fixed words."""
    return f"{column} IN ({', '.join(repr(word) for word in words)})"


class Base(DeclarativeBase):
    """The base class of all tables."""

    # As a registry and not as class attributes, because Flask-SQLAlchemy derives a second base class from this one.
    registry = registry(
        metadata=MetaData(naming_convention=NAMES),
        type_annotation_map={datetime: Instant, list[str]: Lines, dict[str, Any]: JSON},
    )
