"""The table of documents that were read and whose actions are not stored yet."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from ua_tracker import slugs
from ua_tracker.models.base import Base


class Import(Base):
    """A document that a coordinator imports: its file, what was read from it, and what was typed since.

    `reading` is a draft or a refusal as JSON (`importing/waiting.py`), `typed` the fields of the form by name.
    `slug` is the action that it was stored as; then file and values are gone. Nothing of it is public. The row is
    deleted after some days (`importing/waiting.py`).
    """

    __tablename__ = "imports"
    # The id of a deleted row is never used again: a page left open must not show another document.
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(primary_key=True)
    coordinator_id: Mapped[int] = mapped_column(ForeignKey("coordinators.id"), index=True)
    name: Mapped[str] = mapped_column(Text)
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    reading: Mapped[dict[str, Any]] = mapped_column(default=dict)
    typed: Mapped[dict[str, Any]] = mapped_column(default=dict)
    made_at: Mapped[datetime] = mapped_column(index=True)
    slug: Mapped[str | None] = mapped_column(String(slugs.LONGEST))
