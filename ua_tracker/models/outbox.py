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
    that day. While a bounce of a mail that was sent may still come, `recipient` is a keyed hash of the address, and
    `holder` the idempotency key of the pledge or report that the mail was about.
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
        Index(
            "ix_mails_recipient",
            "ended_at",
            sqlite_where=text("recipient IS NOT NULL"),
            postgresql_where=text("recipient IS NOT NULL"),
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
    recipient: Mapped[str | None] = mapped_column(String(64))
    holder: Mapped[str | None] = mapped_column(String(64))


class RefusedAddress(Base):
    """That a mail server refused an address for good: one row for each pledge or report that names the address.

    A row without either is about an address that none names, as a coordinator's. `status` is the one of RFC 3463 with
    which the address was refused.
    """

    __tablename__ = "refused_addresses"
    __table_args__ = (CheckConstraint("pledge_id IS NULL OR report_id IS NULL", name="one_holder"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    address_hash: Mapped[str] = mapped_column(String(64), index=True)
    pledge_id: Mapped[int | None] = mapped_column(ForeignKey("pledges.id"), index=True)
    report_id: Mapped[int | None] = mapped_column(ForeignKey("reports.id"), index=True)
    refused_at: Mapped[datetime]
    status: Mapped[str] = mapped_column(String(12))


class MailServer(Base):
    """What a mail server said when this site last greeted it. `name` is its host and port."""

    __tablename__ = "mail_servers"

    name: Mapped[str] = mapped_column(String(300), primary_key=True)
    takes_utf8: Mapped[bool]
    asked_at: Mapped[datetime]


class Mailing(Base):
    """A mail that a coordinator asked for to those who have not reported: all of the action, or those of one group.

    The command that queues reminders queues its mails too (`ua_tracker/mailings.py`).
    """

    __tablename__ = "mailings"

    id: Mapped[int] = mapped_column(primary_key=True)
    action_id: Mapped[int] = mapped_column(ForeignKey("actions.id"), index=True)
    group_id: Mapped[int | None] = mapped_column(ForeignKey("groups.id"), index=True)
    asked_at: Mapped[datetime]
