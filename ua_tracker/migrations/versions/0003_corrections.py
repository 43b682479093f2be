"""corrections: merged groups, batches of voided rows, public notes, a history that cannot be changed

Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

# Added by plain ALTER TABLE, because SQLite's batch mode would copy whole tables.
COLUMNS = (
    ("groups", "merged_into_id", "INTEGER CONSTRAINT fk_groups_merged_into_id REFERENCES groups (id)"),
    ("pledges", "voided_in", "INTEGER CONSTRAINT fk_pledges_voided_in REFERENCES audit_entries (id)"),
    ("reports", "voided_in", "INTEGER CONSTRAINT fk_reports_voided_in REFERENCES audit_entries (id)"),
    ("reports", "entered_by", "TEXT"),
)
STATEMENTS = ("update", "delete")


def upgrade() -> None:
    for table, column, kind in COLUMNS:
        op.execute(f"ALTER TABLE {table} ADD COLUMN {column} {kind}")
    op.create_table(
        "public_notes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("action_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["action_id"], ["actions.id"], name=op.f("fk_public_notes_action_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_public_notes")),
    )
    op.create_index(op.f("ix_public_notes_action_id"), "public_notes", ["action_id"])
    _close_the_history()


def downgrade() -> None:
    _open_the_history()
    op.drop_table("public_notes")
    for table, column, _ in reversed(COLUMNS):
        op.execute(f"ALTER TABLE {table} DROP COLUMN {column}")


def _close_the_history() -> None:
    """Adds triggers that refuse to change or delete an event of the history.

    A later migration that copies the table on SQLite (batch mode) loses the triggers and must create them again.
    """
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE OR REPLACE FUNCTION refuse_to_rewrite_history() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'audit entries are only ever added'; END $$"
        )
    for statement in STATEMENTS:
        refuse = (
            "FOR EACH ROW EXECUTE FUNCTION refuse_to_rewrite_history()"
            if op.get_bind().dialect.name == "postgresql"
            else "BEGIN SELECT RAISE(ABORT, 'audit entries are only ever added'); END"
        )
        op.execute(f"CREATE TRIGGER audit_entries_no_{statement} BEFORE {statement} ON audit_entries {refuse}")


def _open_the_history() -> None:
    on_table = " ON audit_entries" if op.get_bind().dialect.name == "postgresql" else ""
    for statement in STATEMENTS:
        op.execute(f"DROP TRIGGER audit_entries_no_{statement}{on_table}")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_to_rewrite_history()")
