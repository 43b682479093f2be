"""How reports and pledges arrived: their source, whether they are held, and the counts by which that is decided."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, String, false
from sqlalchemy.orm import Mapped, mapped_column

from ua_tracker.models.base import Base
from ua_tracker.models.column_types import short_by_code_point


class Arrived:
    """The columns of a row that arrived from a supporter.

    `source` is the hash of the network that it came from, `mail_domain` the part of the address after the @. While
    `is_held` is true the row does not count; `held_for` is the reason, and stays when it is released. `released_in` is
    the event in the history that released it, or that undid that. `api_key_id` is the key with which a program entered
    it.
    """

    source: Mapped[str | None] = mapped_column(short_by_code_point(32))
    mail_domain: Mapped[str | None] = mapped_column(short_by_code_point(253))
    is_held: Mapped[bool] = mapped_column(default=False, server_default=false())
    held_for: Mapped[str | None] = mapped_column(String(20))
    released_in: Mapped[int | None] = mapped_column(ForeignKey("audit_entries.id"))
    api_key_id: Mapped[int | None] = mapped_column(ForeignKey("api_keys.id"))


class SourceKey(Base):
    """The random key with which the networks of one day (UTC) are hashed. It is destroyed after 30 days."""

    __tablename__ = "source_keys"

    day: Mapped[date] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64))


class ArrivalCount(Base):
    """What arrived under one key in ten minutes or in one hour from `at` on.

    `kind` says what `key` is and what is counted: `arrival_counts.WINDOWS` lists them.
    """

    __tablename__ = "arrival_counts"

    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    key: Mapped[str] = mapped_column(String(300), primary_key=True)
    at: Mapped[datetime] = mapped_column(primary_key=True, index=True)
    number: Mapped[int]
