"""Column types for instants, for lists of lines, and for the deadlines that an action had before."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import DateTime, Dialect, String, Text, TypeDecorator


class Instant(TypeDecorator[datetime]):
    """An instant, always aware and in UTC. SQLite stores no time zone, so a naive time raises ValueError."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Converts to UTC for the database. Raises ValueError for a time without a zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"an instant needs a zone: {value!r}")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Converts from the database: aware, in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


# Compared by code points: PostgreSQL else looks for the beginning of a text in an index only under some locales.
ByCodePoint = Text().with_variant(Text(collation="C"), "postgresql")


def short_by_code_point(length: int) -> String:
    """A text of so many characters at most that is sorted by code points, in the same order on both databases."""
    return String(length).with_variant(String(length, collation="C"), "postgresql")


class Lines(TypeDecorator[list[str]]):
    """A short list of texts, stored as one text with a line for each; an empty list is an empty text."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: list[str] | None, dialect: Dialect) -> str:
        """Joins the texts for the database, one line each."""
        return "\n".join(" ".join(line.splitlines()) for line in value or [])

    def process_result_value(self, value: str | None, dialect: Dialect) -> list[str]:
        """Splits the text from the database into a list."""
        return value.split("\n") if value else []


@dataclass(frozen=True)
class EarlierDeadline:
    """A deadline that a published action had, until the UTC instant at which it was moved."""

    day: date
    until: datetime


class EarlierDeadlines(TypeDecorator[list[EarlierDeadline]]):
    """The earlier deadlines of an action, the oldest first, stored as one text with a line for each."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: list[EarlierDeadline] | None, dialect: Dialect) -> str:
        """Writes a line with day and instant for each."""
        return "\n".join(f"{one.day.isoformat()} {one.until.astimezone(UTC).isoformat()}" for one in value or [])

    def process_result_value(self, value: str | None, dialect: Dialect) -> list[EarlierDeadline]:
        """Reads the lines."""
        parts = [line.split(" ") for line in (value or "").splitlines()]
        return [EarlierDeadline(date.fromisoformat(day), datetime.fromisoformat(until)) for day, until in parts]
