"""The tables of pledges and of private links."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ua_tracker.limits import MOST_LETTERS
from ua_tracker.models.actions import Group
from ua_tracker.models.arrivals import Arrived
from ua_tracker.models.base import Base
from ua_tracker.models.column_types import ByCodePoint
from ua_tracker.models.ledger_indexes import of_a_network, of_states, with_states
from ua_tracker.models.letters import Report


class Pledge(Arrived, Base):
    """A promise of a number of letters. Each action has at most one valid pledge of an e-mail address.

    A held pledge does not count until it is released.
    """

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
        CheckConstraint("NOT is_held OR held_for IS NOT NULL", name="held_for_a_reason"),
        CheckConstraint("name IS NOT NULL OR name_key = ''", name="name_key_of_name"),
        Index("ix_pledges_name_key", "action_id", "name_key", "id"),
        of_a_network("pledges"),
        Index("ix_pledges_by_source", "action_id", "source", "id"),
        Index("ix_pledges_mail_domain", "action_id", "mail_domain", "id"),
        Index("ix_pledges_letters", "action_id", "letters", "id"),
        Index("ix_pledges_email_key", "email_key"),  # for one person in all actions
        Index(
            "ix_pledges_email_wanted",
            "email_wanted",
            sqlite_where=text("email_wanted IS NOT NULL"),
            postgresql_where=text("email_wanted IS NOT NULL"),
        ),
        Index(
            "ix_pledges_held",
            "action_id",
            "is_held",
            "id",
            "group_id",
            sqlite_where=text("is_held AND voided_at IS NULL AND withdrawn_at IS NULL"),
            postgresql_where=text("is_held AND voided_at IS NULL AND withdrawn_at IS NULL"),
        ),
        # For the filters of the ledger. Usual rows are in none of the partial ones. Those of the states have the group
        # in them: a group may have none of very many rows that are taken back.
        *with_states("pledges"),
        Index(
            "ix_pledges_voided",
            "action_id",
            "id",
            "group_id",
            sqlite_where=text("voided_at IS NOT NULL"),
            postgresql_where=text("voided_at IS NOT NULL"),
        ),
        Index(
            "ix_pledges_withdrawn",
            "action_id",
            "id",
            "group_id",
            sqlite_where=text("withdrawn_at IS NOT NULL"),
            postgresql_where=text("withdrawn_at IS NOT NULL"),
        ),
        Index("ix_pledges_group_id", "group_id", "action_id", "id"),
        Index("ix_pledges_action_id_made_at", "action_id", "made_at"),  # for the plot, which sums by day
        Index("ix_pledges_action_id_id", "action_id", "id"),  # for exports and purges, which read in pages
        *of_states("pledges"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    action_id: Mapped[int] = mapped_column(ForeignKey("actions.id"))
    group_id: Mapped[int | None] = mapped_column(ForeignKey("groups.id"))
    name: Mapped[str | None] = mapped_column(Text)
    name_key: Mapped[str] = mapped_column(ByCodePoint, default="", server_default="")
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
    wants_next: Mapped[bool] = mapped_column(default=False, server_default=false())
    voided_in: Mapped[int | None] = mapped_column(ForeignKey("audit_entries.id"))

    group: Mapped[Group | None] = relationship()


class PrivateLink(Base):
    """A link to a pledge, or to a report without one; only the hash of its token is stored.

    `purpose` is what the link allows: `page` opens the private page, `confirm` confirms a new e-mail address (once,
    until it expires), `stop` ends the mails.
    """

    __tablename__ = "private_links"
    __table_args__ = (
        CheckConstraint("purpose IN ('page', 'confirm', 'stop')", name="purpose_known"),
        CheckConstraint("(pledge_id IS NULL) <> (report_id IS NULL)", name="one_holder"),
        CheckConstraint("pledge_id IS NOT NULL OR purpose = 'page'", name="purpose_of_pledge"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    pledge_id: Mapped[int | None] = mapped_column(ForeignKey("pledges.id"), index=True)
    report_id: Mapped[int | None] = mapped_column(ForeignKey("reports.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    purpose: Mapped[str] = mapped_column(String(10), default="page", server_default="page")
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]

    pledge: Mapped[Pledge | None] = relationship()
    report: Mapped[Report | None] = relationship()
