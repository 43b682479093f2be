"""The tables of words: by which words of its name, and by which address, a pledge or a report is found."""

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from ua_tracker.models.base import Base
from ua_tracker.models.column_types import ByCodePoint


class PledgeWord(Base):
    """A text by which a pledge is found, besides the key of its name (ua_tracker/name_search.py)."""

    __tablename__ = "pledge_words"
    __table_args__ = (
        Index("ix_pledge_words_word", "action_id", "word", "row_id"),
        {"sqlite_with_rowid": False},
    )

    row_id: Mapped[int] = mapped_column(ForeignKey("pledges.id"), primary_key=True, autoincrement=False)
    word: Mapped[str] = mapped_column(ByCodePoint, primary_key=True)
    action_id: Mapped[int] = mapped_column(ForeignKey("actions.id"))


class ReportWord(Base):
    """A text by which a report is found, as for a pledge."""

    __tablename__ = "report_words"
    __table_args__ = (
        Index("ix_report_words_word", "action_id", "word", "row_id"),
        {"sqlite_with_rowid": False},
    )

    row_id: Mapped[int] = mapped_column(ForeignKey("reports.id"), primary_key=True, autoincrement=False)
    word: Mapped[str] = mapped_column(ByCodePoint, primary_key=True)
    action_id: Mapped[int] = mapped_column(ForeignKey("actions.id"))
