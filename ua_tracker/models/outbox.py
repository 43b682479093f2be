"""How is a mail kept that waits to be sent?"""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from ua_tracker.models.base import Base


class Mail(Base):
    """A mail that waits in the outbox, or what is left of one that has left it.

    `due_at` is the instant of the next try, None once nothing more will be tried; a try moves it on by the
    length of a lease before it begins. `address` and `facts` are forgotten when they are needed no longer. `mailbox`
    is a hash of the address, by which a mailbox's mails of a day are counted, and forgotten with that day.
    """

    __tablename__ = "mails"
    __table_args__ = (
        CheckConstraint("ending IN ('sent', 'given up', 'moot')", name="ending_known"),
        CheckConstraint("(ended_at IS NULL) = (ending IS NULL)", name="ended_with_ending"),
        CheckConstraint("(due_at IS NULL) = (ended_at IS NOT NULL)", name="due_until_ended"),
        CheckConstraint("ended_at IS NOT NULL OR address IS NOT NULL", name="waiting_has_address"),
        CheckConstraint("ending IS NULL OR ending = 'given up' OR address IS NULL", name="address_forgotten"),
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
