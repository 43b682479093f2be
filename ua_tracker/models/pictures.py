"""The tables of pictures: one for an action, in one or two sizes."""

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ua_tracker.models.base import Base


class Picture(Base):
    """The picture of an action: what can be seen in it, for those who do not see it, and whom to credit."""

    __tablename__ = "pictures"

    id: Mapped[int] = mapped_column(primary_key=True)
    action_id: Mapped[int] = mapped_column(ForeignKey("actions.id"), unique=True)
    description: Mapped[str] = mapped_column(Text)
    credit: Mapped[str | None] = mapped_column(Text)

    files: Mapped[list["PictureFile"]] = relationship(order_by="PictureFile.width", cascade="all, delete-orphan")

    @property
    def largest(self) -> "PictureFile":
        """The file with the most pixels. Every stored picture has one."""
        return self.files[-1]


class PictureFile(Base):
    """A picture in one size. Its content is read only where it is sent; the digest of the content is in its URL."""

    __tablename__ = "picture_files"
    __table_args__ = (CheckConstraint("width > 0 AND height > 0", name="size_positive"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    picture_id: Mapped[int] = mapped_column(ForeignKey("pictures.id"), index=True)
    digest: Mapped[str] = mapped_column(String(32), index=True)
    width: Mapped[int]
    height: Mapped[int]
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
