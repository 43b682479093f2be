"""The tables of API keys, and of what programs entered with them."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ua_tracker.models.actions import Group
from ua_tracker.models.base import Base
from ua_tracker.models.coordinators import Coordinator


class ApiKey(Base):
    """A key with which a program enters pledges and reports or reads pledges: of one group, or of all for the office.

    Only the hash of the key is stored, and its last characters, by which people tell keys apart. `most_letters` is how
    many letters of one day count at once. `last_used_on` is a day (UTC). It is good while its maker may sign in.
    """

    __tablename__ = "api_keys"
    __table_args__ = (
        CheckConstraint("may_pledge OR may_report OR may_read", name="may_do_something"),
        CheckConstraint("most_letters > 0", name="most_letters_positive"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    group_id: Mapped[int | None] = mapped_column(ForeignKey("groups.id"), index=True)
    may_pledge: Mapped[bool]
    may_report: Mapped[bool]
    may_read: Mapped[bool]
    most_letters: Mapped[int]
    key_hash: Mapped[str] = mapped_column(String(64), unique=True)
    ending: Mapped[str] = mapped_column(String(4))
    made_by_id: Mapped[int] = mapped_column(ForeignKey("coordinators.id"), index=True)
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    last_used_on: Mapped[date | None]

    group: Mapped[Group | None] = relationship(lazy="joined")
    made_by: Mapped[Coordinator] = relationship(lazy="joined")

    @property
    def actor(self) -> str:
        """The key's name in the history: its id, as the history has those of coordinators."""
        return f"key {self.id}"


class ApiEntry(Base):
    """The answer to a program that entered something, kept for some days so that a repeated request gets it again.

    `once_hash` is the hash of key and idempotency key, `body_hash` a keyed hash of what was sent. The answer holds no
    personal data. Neither `pledge_id` nor `report_id` is set for a pledge whose address had one before.
    """

    __tablename__ = "api_entries"
    __table_args__ = (CheckConstraint("pledge_id IS NULL OR report_id IS NULL", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    api_key_id: Mapped[int] = mapped_column(ForeignKey("api_keys.id"), index=True)
    once_hash: Mapped[str] = mapped_column(String(64), unique=True)
    body_hash: Mapped[str] = mapped_column(String(64))
    pledge_id: Mapped[int | None] = mapped_column(ForeignKey("pledges.id"), index=True)
    report_id: Mapped[int | None] = mapped_column(ForeignKey("reports.id"), index=True)
    answer: Mapped[dict[str, Any]] = mapped_column(default=dict)
    made_at: Mapped[datetime] = mapped_column(index=True)
    taken_back_at: Mapped[datetime | None]
