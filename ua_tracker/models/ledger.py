"""What people promised and sent, its quick totals, and the history of what was changed."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ua_tracker.models.actions import Group, Recipient
from ua_tracker.models.base import Base

CHANNELS = ("post", "email", "fax", "social", "phone")
MOST_LETTERS = 500


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
        Index("ix_pledges_action_id_made_at", "action_id", "made_at"),  # for the plot, which sums day by day
        Index("ix_pledges_action_id_id", "action_id", "id"),  # for what goes through an action in steps
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    action_id: Mapped[int] = mapped_column(ForeignKey("actions.id"))
    group_id: Mapped[int | None] = mapped_column(ForeignKey("groups.id"), index=True)
    name: Mapped[str | None] = mapped_column(Text)
    email: Mapped[str | None] = mapped_column(Text, index=True)
    email_key: Mapped[str | None] = mapped_column(Text)
    letters: Mapped[int]
    write_on: Mapped[date | None]
    language: Mapped[str] = mapped_column(String(2))
    once_key: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    voided_at: Mapped[datetime | None]
    void_reason: Mapped[str | None] = mapped_column(Text)
    email_wanted: Mapped[str | None] = mapped_column(Text)
    mails_stopped_at: Mapped[datetime | None]
    wants_outcome: Mapped[bool] = mapped_column(default=False, server_default=false())
    voided_in: Mapped[int | None] = mapped_column(ForeignKey("audit_entries.id"))

    group: Mapped[Group | None] = relationship()


class PrivateLink(Base):
    """What the holder of a token may do with a pledge, its `purpose`; only the token's hash is here.

    `page` is the whole private page, `confirm` gives the pledge its new address once and until it expires, `stop`
    ends its mails.
    """

    __tablename__ = "private_links"
    __table_args__ = (CheckConstraint("purpose IN ('page', 'confirm', 'stop')", name="purpose_known"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    pledge_id: Mapped[int] = mapped_column(ForeignKey("pledges.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    purpose: Mapped[str] = mapped_column(String(10), default="page", server_default="page")
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]

    pledge: Mapped[Pledge] = relationship()


class Report(Base):
    """What a supporter or group says was sent on one day through one channel. Never edited: voided, with a reason."""

    __tablename__ = "reports"
    __table_args__ = (
        CheckConstraint("channel IN ('post', 'email', 'fax', 'social', 'phone')", name="channel_known"),
        CheckConstraint("people > 0", name="people_positive"),
        Index("ix_reports_action_id_id", "action_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    action_id: Mapped[int] = mapped_column(ForeignKey("actions.id"))
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
    event: Mapped[str] = mapped_column("deed", String(40))  # the name that it had in the first tables
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
