"""The tables of tallies: the quick totals of each action, and of each group in it."""

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from ua_tracker.models.base import Base


class _Totals:
    """The numbers of a tally row; none of them can be negative.

    Held pledges and letters are not in the others. The last two are parts of `letters_sent`.
    """

    pledges: Mapped[int] = mapped_column(default=0)
    letters_pledged: Mapped[int] = mapped_column(default=0)
    letters_sent: Mapped[int] = mapped_column(default=0)
    copies_sent: Mapped[int] = mapped_column(default=0)
    pledges_held: Mapped[int] = mapped_column(default=0, server_default="0")
    letters_held: Mapped[int] = mapped_column(default=0, server_default="0")
    letters_by_link: Mapped[int] = mapped_column(default=0, server_default="0")
    letters_at_evenings: Mapped[int] = mapped_column(default=0, server_default="0")


def _totals_checks() -> tuple[CheckConstraint, ...]:
    names = (
        "pledges", "letters_pledged", "letters_sent", "copies_sent", "pledges_held", "letters_held",
        "letters_by_link", "letters_at_evenings",
    )  # fmt: skip
    return tuple(CheckConstraint(f"{name} >= 0", name=f"{name}_not_negative") for name in names)


class ActionTally(_Totals, Base):
    """The totals of an action. `revision` increases with every change, so that outdated caches are recognised."""

    __tablename__ = "action_tallies"
    __table_args__ = _totals_checks()

    action_id: Mapped[int] = mapped_column(ForeignKey("actions.id"), primary_key=True, autoincrement=False)
    revision: Mapped[int] = mapped_column(default=0)


class GroupTally(_Totals, Base):
    """The totals of one group in an action."""

    __tablename__ = "group_tallies"
    __table_args__ = _totals_checks()

    action_id: Mapped[int] = mapped_column(ForeignKey("actions.id"), primary_key=True, autoincrement=False)
    group_id: Mapped[int] = mapped_column(ForeignKey("groups.id"), primary_key=True, autoincrement=False)
