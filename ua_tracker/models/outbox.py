"""The tables of queued and ended mails, and of the mailings that a coordinator asked for."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from ua_tracker.models.base import Base


class Mail(Base):
    """A mail that is queued, or what remains of one that has ended.

    `due_at` is the instant of the next try, None when there will be none; before a try begins it is moved on by the
    length of a lease. `ending` is `sent`, `given up` or `moot` (no longer needed). `address` and `facts` are deleted
    when they are no longer needed. `mailbox` is a hash of the address for counting the mails of a day, deleted after
    that day.
    """

    __tablename__ = "mails"
    __table_args__ = (
        CheckConstraint("ending IN ('sent', 'given up', 'moot')", name="ending_known"),
        CheckConstraint("(ended_at IS NULL) = (ending IS NULL)", name="ended_with_ending"),
        CheckConstraint("(due_at IS NULL) = (ended_at IS NOT NULL)", name="due_until_ended"),
        CheckConstraint("ended_at IS NOT NULL OR address IS NOT NULL", name="waiting_has_address"),
        CheckConstraint("ending IS NULL OR ending = 'given up' OR address IS NULL", name="address_forgotten"),
        Index(
            "ix_mails_given_up",
            "ended_at",
            sqlite_where=text("ending = 'given up'"),
            postgresql_where=text("ending = 'given up'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    once_key: Mapped[str] = mapped_column(String(200), unique=True)
    kind: Mapped[str] = mapped_column(String(40))
    language: Mapped[str] = mapped_column(String(2))
    address: Mapped[str | None] = mapped_column(Text, index=True)
    mailbox: Mapped[str | None] = mapped_column(String(64), index=True)
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    message_id: Mapped[str] = mapped_column(String(40), unique=True)
    queued_at: Mapped[datetime]
    due_at: Mapped[datetime | None] = mapped_column(index=True)
    tries: Mapped[int] = mapped_column(default=0)
    ended_at: Mapped[datetime | None] = mapped_column(index=True)
    ending: Mapped[str | None] = mapped_column(String(10))
    reason: Mapped[str | None] = mapped_column(Text)


class Mailing(Base):
    """A mail that a coordinator asked for to those who have not reported: all of the action, or those of one group.

    The command that queues reminders queues its mails too (`ua_tracker/mailings.py`).
    """

    __tablename__ = "mailings"

    id: Mapped[int] = mapped_column(primary_key=True)
    action_id: Mapped[int] = mapped_column(ForeignKey("actions.id"), index=True)
    group_id: Mapped[int | None] = mapped_column(ForeignKey("groups.id"), index=True)
    asked_at: Mapped[datetime]
