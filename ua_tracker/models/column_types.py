"""What kinds of value does a column hold beyond those every database knows?"""

from datetime import UTC, datetime

from sqlalchemy import DateTime, Dialect, Text, TypeDecorator


class Instant(TypeDecorator[datetime]):
    """A moment, always aware and in UTC. SQLite keeps no zone, so a naive time is refused rather than guessed."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Into the database: in UTC. Raises ValueError for a time without a zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"an instant needs a zone: {value!r}")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Out of the database: aware, in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Lines(TypeDecorator[list[str]]):
    """A short list of texts, kept one under the other; an empty list is an empty text."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: list[str] | None, dialect: Dialect) -> str:
        """Into the database: one under the other."""
        return "\n".join(" ".join(line.splitlines()) for line in value or [])

    def process_result_value(self, value: str | None, dialect: Dialect) -> list[str]:
        """Out of the database: a list again."""
        return value.split("\n") if value else []
