"""What is stored: every table and constraint. The rules live in the modules named after the tables' nouns."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ua_tracker.models.base import Base
from ua_tracker.models.outbox import Mail

__all__ = [
    "CHANNELS",
    "MOST_LETTERS",
    "Action",
    "ActionTally",
    "AuditEntry",
    "Base",
    "Case",
    "Group",
    "GroupTally",
    "Mail",
    "Pledge",
    "PrivateLink",
    "Recipient",
    "Report",
    "ReportLine",
]

CHANNELS = ("post", "email", "fax", "social", "phone")
MOST_LETTERS = 500


class Case(Base):
    """All issues under one UA number, as 109/23: the number and year of the first of them."""

    __tablename__ = "cases"

    id: Mapped[int] = mapped_column(primary_key=True)
    ua_number: Mapped[str] = mapped_column(String(20), unique=True)


class Action(Base):
    """One issue of a case: what is asked, of whom, until when. The deadline is a date in the action's own zone."""

    __tablename__ = "actions"
    __table_args__ = (
        CheckConstraint("goal > 0", name="goal_positive"),
        CheckConstraint("grace_days >= 0", name="grace_days_not_negative"),
        CheckConstraint("published_at IS NULL OR deadline IS NOT NULL", name="published_has_deadline"),
        # A removed action's number is not given again: kept answers are told apart by it.
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"), index=True)
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    sequence: Mapped[str | None] = mapped_column(String(40))
    ai_index: Mapped[str | None] = mapped_column(String(40), unique=True)
    country: Mapped[str] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(2), default="en")
    issued: Mapped[date | None]
    summary: Mapped[list[str]] = mapped_column(default=list)
    background: Mapped[list[str]] = mapped_column(default=list)
    demands: Mapped[list[str]] = mapped_column(default=list)
    deadline: Mapped[date | None]
    deadline_wording: Mapped[str | None] = mapped_column(Text)
    timezone: Mapped[str] = mapped_column(String(60))
    grace_days: Mapped[int] = mapped_column(default=14)
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

    # Two coordinators who edit one action at once: the second is told, not silently preferred.
    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012 - SQLAlchemy's own form

    @property
    def targets(self) -> list["Recipient"]:
        """The officials written to, in order."""
        return [recipient for recipient in self.recipients if recipient.kind == "target"]

    @property
    def copies(self) -> list["Recipient"]:
        """Those who get a copy, in order."""
        return [recipient for recipient in self.recipients if recipient.kind == "copy"]


class Recipient(Base):
    """A target or a copy of an action; positions count through both, targets first."""

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
        """What the recipient is called in a list: the role, else the name."""
        return self.role or self.name or ""


class Group(Base):
    """A local or student group."""

    __tablename__ = "groups"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    retired_at: Mapped[datetime | None]
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("groups.id"))


class Pledge(Base):
    """A promise of a number of letters. One for each action and e-mail address, as long as it stands."""

    __tablename__ = "pledges"
    __table_args__ = (
        CheckConstraint(f"letters BETWEEN 1 AND {MOST_LETTERS}", name="letters_possible"),
        Index(
            "uq_pledges_action_id_email_key",
            "action_id",
            "email_key",
            unique=True,
            sqlite_where=text("withdrawn_at IS NULL AND voided_at IS NULL"),
            postgresql_where=text("withdrawn_at IS NULL AND voided_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    action_id: Mapped[int] = mapped_column(ForeignKey("actions.id"), index=True)
    group_id: Mapped[int | None] = mapped_column(ForeignKey("groups.id"), index=True)
    name: Mapped[str | None] = mapped_column(Text)
    email: Mapped[str | None] = mapped_column(Text)
    email_key: Mapped[str | None] = mapped_column(Text)
    letters: Mapped[int]
    write_on: Mapped[date | None]
    language: Mapped[str] = mapped_column(String(2))
    once_key: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    voided_at: Mapped[datetime | None]
    void_reason: Mapped[str | None] = mapped_column(Text)
    voided_in: Mapped[int | None] = mapped_column(ForeignKey("audit_entries.id"))

    group: Mapped[Group | None] = relationship()


class PrivateLink(Base):
    """The way back to a pledge for the one who holds the token; only the token's hash is here."""

    __tablename__ = "private_links"

    id: Mapped[int] = mapped_column(primary_key=True)
    pledge_id: Mapped[int] = mapped_column(ForeignKey("pledges.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    issued_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]

    pledge: Mapped[Pledge] = relationship()


class Report(Base):
    """What a supporter or group says was sent on one day through one channel. Never edited: voided, with a reason."""

    __tablename__ = "reports"
    __table_args__ = (
        CheckConstraint("channel IN ('post', 'email', 'fax', 'social', 'phone')", name="channel_known"),
        CheckConstraint("people > 0", name="people_positive"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    action_id: Mapped[int] = mapped_column(ForeignKey("actions.id"), index=True)
    pledge_id: Mapped[int | None] = mapped_column(ForeignKey("pledges.id"), index=True)
    group_id: Mapped[int | None] = mapped_column(ForeignKey("groups.id"), index=True)
    name: Mapped[str | None] = mapped_column(Text)
    email: Mapped[str | None] = mapped_column(Text)
    channel: Mapped[str] = mapped_column(String(10))
    sent_on: Mapped[date]
    people: Mapped[int] = mapped_column(default=1)
    once_key: Mapped[str] = mapped_column(String(64), unique=True)
    reported_at: Mapped[datetime]
    voided_at: Mapped[datetime | None]
    void_reason: Mapped[str | None] = mapped_column(Text)
    voided_in: Mapped[int | None] = mapped_column(ForeignKey("audit_entries.id"))
    entered_by: Mapped[str | None] = mapped_column(Text)

    lines: Mapped[list["ReportLine"]] = relationship(order_by="ReportLine.recipient_id")
    group: Mapped[Group | None] = relationship()


class ReportLine(Base):
    """So many letters of a report went to this recipient."""

    __tablename__ = "report_lines"
    __table_args__ = (CheckConstraint("letters > 0", name="letters_positive"),)

    report_id: Mapped[int] = mapped_column(ForeignKey("reports.id"), primary_key=True)
    recipient_id: Mapped[int] = mapped_column(ForeignKey("recipients.id"), primary_key=True, index=True)
    letters: Mapped[int]

    recipient: Mapped[Recipient] = relationship()


class _Totals:
    """The four numbers that a tally row keeps; none of them can fall below zero."""

    pledges: Mapped[int] = mapped_column(default=0)
    letters_pledged: Mapped[int] = mapped_column(default=0)
    letters_sent: Mapped[int] = mapped_column(default=0)
    copies_sent: Mapped[int] = mapped_column(default=0)


def _totals_checks() -> tuple[CheckConstraint, ...]:
    names = ("pledges", "letters_pledged", "letters_sent", "copies_sent")
    return tuple(CheckConstraint(f"{name} >= 0", name=f"{name}_not_negative") for name in names)


class ActionTally(_Totals, Base):
    """The quick totals of an action. `revision` grows with every move, so that a stale copy shows itself."""

    __tablename__ = "action_tallies"
    __table_args__ = _totals_checks()

    action_id: Mapped[int] = mapped_column(ForeignKey("actions.id"), primary_key=True, autoincrement=False)
    revision: Mapped[int] = mapped_column(default=0)


class GroupTally(_Totals, Base):
    """The quick totals of one group's share in an action."""

    __tablename__ = "group_tallies"
    __table_args__ = _totals_checks()

    action_id: Mapped[int] = mapped_column(ForeignKey("actions.id"), primary_key=True, autoincrement=False)
    group_id: Mapped[int] = mapped_column(ForeignKey("groups.id"), primary_key=True, autoincrement=False)


class AuditEntry(Base):
    """Who did what to what, and the values before and after. Rows are only ever added."""

    __tablename__ = "audit_entries"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    actor: Mapped[str] = mapped_column(Text)
    deed: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(120), index=True)
    before: Mapped[dict[str, Any]] = mapped_column(default=dict)
    after: Mapped[dict[str, Any]] = mapped_column(default=dict)


class PublicNote(Base):
    """What the public is told of a correction."""

    __tablename__ = "public_notes"

    id: Mapped[int] = mapped_column(primary_key=True)
    action_id: Mapped[int] = mapped_column(ForeignKey("actions.id"), index=True)
    text: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(2))
    at: Mapped[datetime]
