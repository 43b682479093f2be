"""The table of links that show a draft as the public will see it."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ua_tracker.models.actions import Action
from ua_tracker.models.base import Base


class PreviewLink(Base):
    """The link to one draft. Only the hash of its token is stored; a revoked link has no row."""

    __tablename__ = "preview_links"

    id: Mapped[int] = mapped_column(primary_key=True)
    action_id: Mapped[int] = mapped_column(ForeignKey("actions.id"), unique=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]

    action: Mapped[Action] = relationship()
