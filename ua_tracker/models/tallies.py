"""The tables of tallies: the quick totals of each action, of each group in it, and of each day."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from ua_tracker.models.base import Base


class _Totals:
    """The numbers of a tally row; none of them can be negative.

    Held pledges and letters are not in the others. The last three are parts of `letters_sent`.
    """

    pledges: Mapped[int] = mapped_column(default=0)
    letters_pledged: Mapped[int] = mapped_column(default=0)
    letters_sent: Mapped[int] = mapped_column(default=0)
    copies_sent: Mapped[int] = mapped_column(default=0)
    pledges_held: Mapped[int] = mapped_column(default=0, server_default="0")
    letters_held: Mapped[int] = mapped_column(default=0, server_default="0")
    letters_by_link: Mapped[int] = mapped_column(default=0, server_default="0")
    letters_at_evenings: Mapped[int] = mapped_column(default=0, server_default="0")
    letters_by_program: Mapped[int] = mapped_column(default=0, server_default="0")


_TOTALS = (
    "pledges", "letters_pledged", "letters_sent", "copies_sent", "pledges_held", "letters_held", "letters_by_link",
    "letters_at_evenings", "letters_by_program",
)  # fmt: skip
_LETTERS_OF_A_DAY = (
    "letters_pledged", "letters_post", "letters_email", "letters_fax", "letters_social", "letters_phone",
)  # fmt: skip


def _not_negative(names: tuple[str, ...]) -> tuple[CheckConstraint, ...]:
    return tuple(CheckConstraint(f"{name} >= 0", name=f"{name}_not_negative") for name in names)


class ActionTally(_Totals, Base):
    """The totals of an action. `revision` increases with every change, so that outdated caches are recognised."""

    __tablename__ = "action_tallies"
    __table_args__ = _not_negative(_TOTALS)

    action_id: Mapped[int] = mapped_column(ForeignKey("actions.id"), primary_key=True, autoincrement=False)
    revision: Mapped[int] = mapped_column(default=0)


class GroupTally(_Totals, Base):
    """The totals of one group in an action."""

    __tablename__ = "group_tallies"
    __table_args__ = _not_negative(_TOTALS)

    action_id: Mapped[int] = mapped_column(ForeignKey("actions.id"), primary_key=True, autoincrement=False)
    group_id: Mapped[int] = mapped_column(ForeignKey("groups.id"), primary_key=True, autoincrement=False)


class DayTally(Base):
    """The letters of one day in an action, of one group or of people without a group (`group_id` 0), which count.

    Letters are pledged on the day on which the pledge was made, in the action's time zone. Those to targets are counted
    by channel, on the day on which they were sent.
    """

    __tablename__ = "day_tallies"
    __table_args__ = (
        *_not_negative(_LETTERS_OF_A_DAY),
        Index("ix_day_tallies_day", "action_id", "day"),  # for the last days of many actions
        {"sqlite_with_rowid": False},
    )

    action_id: Mapped[int] = mapped_column(ForeignKey("actions.id"), primary_key=True, autoincrement=False)
    # Not a foreign key, because a column of a primary key cannot be empty.
    group_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    day: Mapped[date] = mapped_column(primary_key=True)
    letters_pledged: Mapped[int] = mapped_column(default=0, server_default="0")
    letters_post: Mapped[int] = mapped_column(default=0, server_default="0")
    letters_email: Mapped[int] = mapped_column(default=0, server_default="0")
    letters_fax: Mapped[int] = mapped_column(default=0, server_default="0")
    letters_social: Mapped[int] = mapped_column(default=0, server_default="0")
    letters_phone: Mapped[int] = mapped_column(default=0, server_default="0")
