"""The tables of the history and of public notes about corrections."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from ua_tracker.models.base import Base


class AuditEntry(Base):
    """An event of the history: actor, subject, and the values before and after. Rows are only added."""

    __tablename__ = "audit_entries"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    actor: Mapped[str] = mapped_column(Text)
    event: Mapped[str] = mapped_column("deed", String(40))  # the column keeps the name from the first migration
    subject: Mapped[str] = mapped_column(String(120), index=True)
    before: Mapped[dict[str, Any]] = mapped_column(default=dict)
    after: Mapped[dict[str, Any]] = mapped_column(default=dict)


class PublicNote(Base):
    """A public note about a correction: a text, or the number of letters that one event took out of the count."""

    __tablename__ = "public_notes"

    id: Mapped[int] = mapped_column(primary_key=True)
    action_id: Mapped[int] = mapped_column(ForeignKey("actions.id"), index=True)
    text: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(2))
    at: Mapped[datetime]
    letters: Mapped[int | None]
    event_id: Mapped[int | None] = mapped_column(ForeignKey("audit_entries.id"), index=True)
    undone_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
