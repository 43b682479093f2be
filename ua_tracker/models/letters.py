"""The tables of reports, and of the number of letters in each report to each recipient."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ua_tracker.channels import CHANNELS
from ua_tracker.models.actions import Group, Recipient
from ua_tracker.models.arrivals import Arrived
from ua_tracker.models.base import Base, one_of
from ua_tracker.models.column_types import ByCodePoint
from ua_tracker.models.ledger_indexes import of_a_network, of_states, with_states


class Report(Arrived, Base):
    """Letters that a supporter or group sent on one day through one channel. Never edited, only voided.

    A held report does not count until it is released. `pledge_id` is the pledge that it fulfils: it was made on the
    private page of that pledge (`by_link`), or names its e-mail address.
    """

    __tablename__ = "reports"
    __table_args__ = (
        CheckConstraint(one_of("channel", CHANNELS), name="channel_known"),
        CheckConstraint("people > 0", name="people_positive"),
        CheckConstraint("NOT is_held OR held_for IS NOT NULL", name="held_for_a_reason"),
        CheckConstraint("name IS NOT NULL OR name_key = ''", name="name_key_of_name"),
        Index("ix_reports_name_key", "action_id", "name_key", "id"),
        Index("ix_reports_action_id_id", "action_id", "id"),
        of_a_network("reports"),
        Index("ix_reports_by_source", "action_id", "source", "id"),
        Index("ix_reports_mail_domain", "action_id", "mail_domain", "id"),
        Index("ix_reports_letters", "action_id", "letters", "id"),
        Index("ix_reports_sent_on", "action_id", "sent_on", "id"),
        Index("ix_reports_people", "action_id", "people", "id"),
        # With all that the sums of the last days look at, so that no row is read for them.
        Index("ix_reports_reported_at", "action_id", "reported_at", "voided_at", "is_held", "letters"),
        Index("ix_reports_email_key", "email_key", "action_id"),
        Index(
            "ix_reports_of_pledges",
            "action_id",
            "pledge_id",
            sqlite_where=text("voided_at IS NULL AND pledge_id IS NOT NULL"),
            postgresql_where=text("voided_at IS NULL AND pledge_id IS NOT NULL"),
        ),
        # For the filters of the ledger. Usual rows are in none of the partial ones.
        *with_states("reports"),
        Index(
            "ix_reports_voided",
            "action_id",
            "id",
            "group_id",
            sqlite_where=text("voided_at IS NOT NULL"),
            postgresql_where=text("voided_at IS NOT NULL"),
        ),
        Index("ix_reports_group_id", "group_id", "action_id", "id"),
        Index(
            "ix_reports_held",
            "action_id",
            "is_held",
            "voided_at",
            "id",
            "group_id",
            sqlite_where=text("is_held AND voided_at IS NULL"),
            postgresql_where=text("is_held AND voided_at IS NULL"),
        ),
        *of_states("reports"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    action_id: Mapped[int] = mapped_column(ForeignKey("actions.id"))
    pledge_id: Mapped[int | None] = mapped_column(ForeignKey("pledges.id"), index=True)
    group_id: Mapped[int | None] = mapped_column(ForeignKey("groups.id"))
    name: Mapped[str | None] = mapped_column(Text)
    name_key: Mapped[str] = mapped_column(ByCodePoint, default="", server_default="")
    email: Mapped[str | None] = mapped_column(Text)
    email_key: Mapped[str | None] = mapped_column(Text)
    by_link: Mapped[bool] = mapped_column(default=False, server_default=false())
    channel: Mapped[str] = mapped_column(String(10))
    sent_on: Mapped[date]
    people: Mapped[int] = mapped_column(default=1)
    letters: Mapped[int] = mapped_column(default=0, server_default="0")  # to targets: the sum of its lines
    evening_id: Mapped[int | None] = mapped_column(ForeignKey("evenings.id"), index=True)
    once_key: Mapped[str] = mapped_column(String(64), unique=True)
    reported_at: Mapped[datetime]
    voided_at: Mapped[datetime | None]
    void_reason: Mapped[str | None] = mapped_column(Text)
    voided_in: Mapped[int | None] = mapped_column(ForeignKey("audit_entries.id"))
    entered_by: Mapped[str | None] = mapped_column(Text)

    lines: Mapped[list["ReportLine"]] = relationship(order_by="ReportLine.recipient_id")
    group: Mapped[Group | None] = relationship()


class ReportLine(Base):
    """The number of letters of a report to one recipient."""

    __tablename__ = "report_lines"
    __table_args__ = (CheckConstraint("letters > 0", name="letters_positive"),)

    report_id: Mapped[int] = mapped_column(ForeignKey("reports.id"), primary_key=True)
    recipient_id: Mapped[int] = mapped_column(ForeignKey("recipients.id"), primary_key=True, index=True)
    letters: Mapped[int]

    recipient: Mapped[Recipient] = relationship()
