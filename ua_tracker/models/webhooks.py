"""The tables of webhooks: the addresses of other programs, what each of them is told, and each message to them."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, false, text, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ua_tracker.models.actions import Action, Group
from ua_tracker.models.base import Base, one_of

TOPICS = ("pledge", "report", "held", "released", "extended", "closed", "outcome")
OFF_REASONS = ("coordinator", "gone", "given up")


class Webhook(Base):
    """The address of another program that is told what happens here, of one action or group or of all.

    `secret` and `old_secret` are encrypted. `failures` counts the tries since the last one that succeeded; `due_at` is
    the instant from which on it may be tried again. A sender has it until `leased_until`, under the random word
    `leased_by`. A row is never deleted while something may refer to it: one that was removed has no address.
    """

    __tablename__ = "webhooks"
    __table_args__ = (
        CheckConstraint(f"off_reason IS NULL OR {one_of('off_reason', OFF_REASONS)}", name="off_reason_known"),
        CheckConstraint("is_on = (off_reason IS NULL)", name="off_for_a_reason"),
        CheckConstraint("removed_at IS NULL OR NOT is_on", name="removed_is_off"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    url: Mapped[str] = mapped_column(Text)
    secret: Mapped[str] = mapped_column(Text)
    old_secret: Mapped[str | None] = mapped_column(Text)
    old_secret_until: Mapped[datetime | None]
    action_id: Mapped[int | None] = mapped_column(ForeignKey("actions.id"), index=True)
    group_id: Mapped[int | None] = mapped_column(ForeignKey("groups.id"), index=True)
    gives_people: Mapped[bool] = mapped_column(default=False, server_default=false())
    once_key: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime]
    is_on: Mapped[bool] = mapped_column(default=True, server_default=true())
    off_reason: Mapped[str | None] = mapped_column(String(20))
    off_at: Mapped[datetime | None]
    removed_at: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(default=0, server_default="0")
    failing_since: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    due_at: Mapped[datetime]
    leased_until: Mapped[datetime | None]
    leased_by: Mapped[str | None] = mapped_column(String(16))

    action: Mapped[Action | None] = relationship()
    group: Mapped[Group | None] = relationship()
    topics: Mapped[list["WebhookTopic"]] = relationship(cascade="all, delete-orphan")


class WebhookTopic(Base):
    """A kind of event that a webhook is told."""

    __tablename__ = "webhook_topics"
    __table_args__ = (CheckConstraint(one_of("topic", TOPICS), name="topic_known"),)

    hook_id: Mapped[int] = mapped_column(ForeignKey("webhooks.id"), primary_key=True, autoincrement=False)
    topic: Mapped[str] = mapped_column(String(20), primary_key=True)


class WebhookMessage(Base):
    """One event that one webhook is told: it waits until `ended_at`, and has `ending` then.

    It holds no person: the message is made when it is sent, from the rows that it refers to. `facts` are what those
    rows may no longer say then. `tries` includes the one that goes on. `status` and `reason` are those of the last try.
    """

    __tablename__ = "webhook_messages"
    __table_args__ = (
        CheckConstraint("ending IN ('sent', 'given up')", name="ending_known"),
        CheckConstraint("(ended_at IS NULL) = (ending IS NULL)", name="ended_with_ending"),
        UniqueConstraint("hook_id", "message_id"),
        Index(
            "ix_webhook_messages_waiting",
            "hook_id",
            "id",
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index("ix_webhook_messages_hook_id_id", "hook_id", "id"),  # for the last ones of each
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    hook_id: Mapped[int] = mapped_column(ForeignKey("webhooks.id"))
    message_id: Mapped[str] = mapped_column(String(60))
    kind: Mapped[str] = mapped_column(String(30))
    action_id: Mapped[int | None] = mapped_column(ForeignKey("actions.id"), index=True)
    group_id: Mapped[int | None] = mapped_column(ForeignKey("groups.id"), index=True)
    pledge_id: Mapped[int | None] = mapped_column(ForeignKey("pledges.id"), index=True)
    report_id: Mapped[int | None] = mapped_column(ForeignKey("reports.id"), index=True)
    letters: Mapped[int | None]
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    at: Mapped[datetime]
    due_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0, server_default="0")
    ended_at: Mapped[datetime | None] = mapped_column(index=True)
    ending: Mapped[str | None] = mapped_column(String(10))
    status: Mapped[int | None]
    reason: Mapped[str | None] = mapped_column(String(20))
