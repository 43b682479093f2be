"""The table of letter evenings."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ua_tracker.models.actions import Group
from ua_tracker.models.base import Base


class Evening(Base):
    """A letter evening of a group that a coordinator opened, for one action.

    Reports through its key count at once, while no more than `most_letters` to targets and as many copies do;
    `letters_counted` and `copies_counted` are how many count, a tally that moves with the rows. The paper count is
    what the coordinator counted on the tables, to compare. `letters` is what the version before wrote; it is no
    longer used.
    """

    __tablename__ = "evenings"
    __table_args__ = (
        CheckConstraint("most_letters > 0", name="most_letters_positive"),
        CheckConstraint("letters BETWEEN 0 AND most_letters", name="letters_possible"),
        CheckConstraint("paper_count IS NULL OR paper_count >= 0", name="paper_count_not_negative"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    action_id: Mapped[int] = mapped_column(ForeignKey("actions.id"), index=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("groups.id"), index=True)
    opened_by: Mapped[str] = mapped_column(Text)
    opened_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    most_letters: Mapped[int]
    letters: Mapped[int] = mapped_column(default=0)
    letters_counted: Mapped[int] = mapped_column(default=0, server_default="0")
    copies_counted: Mapped[int] = mapped_column(default=0, server_default="0")
    paper_count: Mapped[int | None]

    group: Mapped[Group] = relationship()
