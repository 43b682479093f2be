"""held reports and pledges, and the source of each

Revises: 0012
"""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

INSTANT = sa.DateTime(timezone=True)
ROWS = {"reports": "voided_at IS NULL", "pledges": "voided_at IS NULL AND withdrawn_at IS NULL"}
TALLIES = ("action_tallies", "group_tallies")
TOTALS = ("pledges_held", "letters_held", "letters_by_link", "letters_at_evenings")


def upgrade() -> None:
    # By plain ALTER TABLE, because SQLite's batch mode would copy whole tables.
    for table, standing in ROWS.items():
        op.execute(f"ALTER TABLE {table} ADD COLUMN source VARCHAR(32)")
        op.execute(f"ALTER TABLE {table} ADD COLUMN mail_domain VARCHAR(253)")
        op.execute(f"ALTER TABLE {table} ADD COLUMN is_held BOOLEAN DEFAULT false NOT NULL")
        op.execute(
            f"ALTER TABLE {table} ADD COLUMN held_for VARCHAR(20) "
            f"CONSTRAINT ck_{table}_held_for_a_reason CHECK (NOT is_held OR held_for IS NOT NULL)"
        )
        op.execute(
            f"ALTER TABLE {table} ADD COLUMN released_in INTEGER "
            f"CONSTRAINT fk_{table}_released_in REFERENCES audit_entries (id)"
        )
        op.create_index(f"ix_{table}_source", table, ["source", "id"])
        where = sa.text(f"is_held AND {standing}")
        op.create_index(f"ix_{table}_held", table, ["action_id", "id"], sqlite_where=where, postgresql_where=where)
    _add_letters()
    _add_evenings()
    _extend_notes()
    for table in ROWS:
        op.create_index(f"ix_{table}_mail_domain", table, ["action_id", "mail_domain", "id"])
        op.create_index(f"ix_{table}_letters", table, ["action_id", "letters", "id"])
    op.create_index("ix_reports_reported_at", "reports", ["action_id", "reported_at"])
    for table in TALLIES:
        for name in TOTALS:
            check = f"CONSTRAINT ck_{table}_{name}_not_negative CHECK ({name} >= 0)"
            op.execute(f"ALTER TABLE {table} ADD COLUMN {name} INTEGER DEFAULT 0 NOT NULL {check}")
    _count_origins()
    op.create_table(
        "source_keys",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_source_keys")),
    )
    op.create_table(
        "arrival_counts",
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("key", sa.String(length=300), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "key", "at", name=op.f("pk_arrival_counts")),
    )
    op.create_index(op.f("ix_arrival_counts_at"), "arrival_counts", ["at"])


def _add_letters() -> None:
    """Adds to each report its number of letters to targets, and to each row the mail domain of its address."""
    op.execute("ALTER TABLE reports ADD COLUMN letters INTEGER DEFAULT 0 NOT NULL")
    op.execute(
        "UPDATE reports SET letters = COALESCE((SELECT SUM(lines.letters) FROM report_lines AS lines "
        "JOIN recipients ON recipients.id = lines.recipient_id "
        "WHERE lines.report_id = reports.id AND recipients.kind = 'target'), 0)"
    )
    after = "SUBSTR(email, INSTR(email, '@') + 1)"
    if op.get_bind().dialect.name == "postgresql":
        after = "SPLIT_PART(email, '@', 2)"
    for table in ROWS:
        rows = sa.table(table, sa.column("email"), sa.column("mail_domain"))
        domain = sa.func.lower(sa.literal_column(after))
        op.execute(sa.update(rows).where(rows.c.email.is_not(None)).values(mail_domain=domain))


def _add_evenings() -> None:
    op.create_table(
        "evenings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("action_id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("opened_by", sa.Text(), nullable=False),
        sa.Column("opened_at", INSTANT, nullable=False),
        sa.Column("ends_at", INSTANT, nullable=False),
        sa.Column("most_letters", sa.Integer(), nullable=False),
        sa.Column("letters", sa.Integer(), nullable=False),
        sa.Column("paper_count", sa.Integer(), nullable=True),
        sa.CheckConstraint("most_letters > 0", name=op.f("ck_evenings_most_letters_positive")),
        sa.CheckConstraint("letters BETWEEN 0 AND most_letters", name=op.f("ck_evenings_letters_possible")),
        sa.CheckConstraint(
            "paper_count IS NULL OR paper_count >= 0", name=op.f("ck_evenings_paper_count_not_negative")
        ),
        sa.ForeignKeyConstraint(["action_id"], ["actions.id"], name=op.f("fk_evenings_action_id")),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_evenings_group_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evenings")),
    )
    op.create_index(op.f("ix_evenings_action_id"), "evenings", ["action_id"])
    op.create_index(op.f("ix_evenings_group_id"), "evenings", ["group_id"])
    op.execute(
        "ALTER TABLE reports ADD COLUMN evening_id INTEGER CONSTRAINT fk_reports_evening_id REFERENCES evenings (id)"
    )
    op.create_index(op.f("ix_reports_evening_id"), "reports", ["evening_id"])


def _extend_notes() -> None:
    op.execute("ALTER TABLE public_notes ADD COLUMN letters INTEGER")
    op.execute(
        "ALTER TABLE public_notes ADD COLUMN event_id INTEGER "
        "CONSTRAINT fk_public_notes_event_id REFERENCES audit_entries (id)"
    )
    op.create_index(op.f("ix_public_notes_event_id"), "public_notes", ["event_id"])
    op.add_column("public_notes", sa.Column("undone_at", INSTANT, nullable=True))
    op.add_column("public_notes", sa.Column("withdrawn_at", INSTANT, nullable=True))


def _count_origins() -> None:
    """Sets the totals of letters that came by private link and at evenings, for the rows that are there."""
    origins = {
        "letters_by_link": "pledge_id IS NOT NULL AND entered_by IS NULL",
        "letters_at_evenings": "entered_by IS NOT NULL",
    }
    for table in TALLIES:
        same = f"reports.action_id = {table}.action_id"
        same += " AND reports.group_id = group_tallies.group_id" if table == "group_tallies" else ""
        for name, which in origins.items():
            summed = f"SELECT SUM(letters) FROM reports WHERE {same} AND voided_at IS NULL AND {which}"  # noqa: S608
            op.execute(f"UPDATE {table} SET {name} = COALESCE(({summed}), 0)")  # noqa: S608 - names of this module


def downgrade() -> None:
    op.drop_table("arrival_counts")
    op.drop_table("source_keys")
    for table in TALLIES:
        for name in reversed(TOTALS):
            op.drop_column(table, name)
    op.drop_index("ix_reports_reported_at", "reports")
    for table in ROWS:
        rows = sa.table(table, sa.column("is_held"), sa.column("voided_at", INSTANT), sa.column("void_reason"))
        held = sa.update(rows).where(rows.c.is_held, rows.c.voided_at.is_(None))
        # Earlier versions would count what is held.
        op.execute(held.values(voided_at=datetime.now(UTC), void_reason="held"))
        for name in ("held", "letters", "mail_domain"):
            op.drop_index(f"ix_{table}_{name}", table)
        op.drop_index(f"ix_{table}_source", table)
        for name in ("released_in", "held_for", "is_held", "mail_domain", "source"):
            op.drop_column(table, name)
    op.drop_column("reports", "letters")
    op.drop_index("ix_reports_evening_id", "reports")
    op.drop_column("reports", "evening_id")
    op.drop_table("evenings")
    op.execute("DELETE FROM public_notes WHERE letters IS NOT NULL OR withdrawn_at IS NOT NULL")
    op.drop_index(op.f("ix_public_notes_event_id"), "public_notes")
    for name in ("withdrawn_at", "undone_at", "event_id", "letters"):
        op.drop_column("public_notes", name)
