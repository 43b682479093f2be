"""The tables of cases, actions, recipients and groups."""

from datetime import date, datetime
from itertools import pairwise

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ua_tracker import languages, slugs
from ua_tracker.limits import USUAL_GRACE_DAYS
from ua_tracker.models.base import Base
from ua_tracker.models.column_types import EarlierDeadline, EarlierDeadlines
from ua_tracker.written import STOP_ACTION as STOP_ACTION

# The reasons for which the office closes an action. A stop action is also an issue of its case, so the same words are
# a value of `sequence`.
GOOD_NEWS, ENDED = "good news", "ended"


class Case(Base):
    """All issues under one UA number, such as 109/23: number and year of the first issue."""

    __tablename__ = "cases"

    id: Mapped[int] = mapped_column(primary_key=True)
    ua_number: Mapped[str] = mapped_column(String(20), unique=True)


class Action(Base):
    """One issue of a case: what is asked, of whom, until when. The deadline is a date in the action's own zone.

    `lead` is the office's sentence under the title; without one the page says whom to write to.
    """

    __tablename__ = "actions"
    __table_args__ = (
        CheckConstraint("goal > 0", name="goal_positive"),
        CheckConstraint("grace_days >= 0", name="grace_days_not_negative"),
        CheckConstraint("published_at IS NULL OR deadline IS NOT NULL", name="published_has_deadline"),
        # The id of a deleted action is never used again: cached responses are identified by it.
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"), index=True)
    slug: Mapped[str] = mapped_column(String(slugs.LONGEST), unique=True)
    sequence: Mapped[str | None] = mapped_column(String(40))
    ai_index: Mapped[str | None] = mapped_column(String(40), unique=True)
    country: Mapped[str] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text)
    lead: Mapped[str | None] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(2), default=languages.DEFAULT)
    issued: Mapped[date | None]
    summary: Mapped[list[str]] = mapped_column(default=list)
    background: Mapped[list[str]] = mapped_column(default=list)
    demands: Mapped[list[str]] = mapped_column(default=list)
    deadline: Mapped[date | None]
    earlier_deadlines: Mapped[list[EarlierDeadline]] = mapped_column(EarlierDeadlines, default=list, server_default="")
    deadline_wording: Mapped[str | None] = mapped_column(Text)
    timezone: Mapped[str] = mapped_column(String(60))
    grace_days: Mapped[int] = mapped_column(default=USUAL_GRACE_DAYS)
    goal: Mapped[int]
    office_name: Mapped[str | None] = mapped_column(Text)
    office_address: Mapped[list[str]] = mapped_column(default=list)
    office_phones: Mapped[list[str]] = mapped_column(default=list)
    office_fax: Mapped[list[str]] = mapped_column(default=list)
    office_email: Mapped[list[str]] = mapped_column(default=list)
    practice: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    closed_reason: Mapped[str | None] = mapped_column(String(40))
    outcome: Mapped[str | None] = mapped_column(Text)
    revision: Mapped[int] = mapped_column(default=1)

    case: Mapped[Case | None] = relationship(lazy="joined")
    recipients: Mapped[list["Recipient"]] = relationship(
        order_by="Recipient.position",
        primaryjoin="and_(Recipient.action_id == Action.id, Recipient.retired_at == None)",
    )

    # If two coordinators edit an action at once, the second gets an error and does not overwrite the first.
    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012 - SQLAlchemy's own form

    @property
    def is_stopped(self) -> bool:
        """Whether a stop action closed it: more letters could do harm."""
        return self.closed_reason == STOP_ACTION

    @property
    def has_good_news(self) -> bool:
        """Whether good news closed it."""
        return self.closed_reason == GOOD_NEWS

    @property
    def extensions(self) -> list[tuple[date, date]]:
        """Each extension of the deadline, the oldest first: the day before it, and the day after it."""
        days = [*(one.day for one in self.earlier_deadlines), *([self.deadline] if self.deadline else [])]
        return [(old, new) for old, new in pairwise(days) if old < new]

    @property
    def targets(self) -> list["Recipient"]:
        """The officials written to, in order."""
        return [recipient for recipient in self.recipients if recipient.kind == "target"]

    @property
    def copies(self) -> list["Recipient"]:
        """The recipients of copies, in order."""
        return [recipient for recipient in self.recipients if recipient.kind == "copy"]


class Recipient(Base):
    """A target or a copy of an action. Positions are numbered across both, targets first."""

    __tablename__ = "recipients"
    __table_args__ = (CheckConstraint("kind IN ('target', 'copy')", name="kind_known"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    action_id: Mapped[int] = mapped_column(ForeignKey("actions.id"), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    position: Mapped[int]
    role: Mapped[str | None] = mapped_column(Text)
    name: Mapped[str | None] = mapped_column(Text)
    address_lines: Mapped[list[str]] = mapped_column(default=list)
    phones: Mapped[list[str]] = mapped_column(default=list)
    fax: Mapped[list[str]] = mapped_column(default=list)
    email: Mapped[list[str]] = mapped_column(default=list)
    x: Mapped[str | None] = mapped_column(Text)
    salutation: Mapped[str | None] = mapped_column(Text)
    retired_at: Mapped[datetime | None]

    @property
    def title(self) -> str:
        """The recipient's label in lists: the role, or else the name."""
        return self.role or self.name or ""


class Group(Base):
    """A local or student group."""

    __tablename__ = "groups"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(slugs.LONGEST), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    retired_at: Mapped[datetime | None]
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("groups.id"))
