"""API keys, and what programs entered with them

Revises: 0030
"""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"

INSTANT = sa.DateTime(timezone=True)
ROWS = ("pledges", "reports")


def upgrade() -> None:
    op.create_table(
        "api_keys",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=True),
        sa.Column("may_pledge", sa.Boolean(), nullable=False),
        sa.Column("may_report", sa.Boolean(), nullable=False),
        sa.Column("may_read", sa.Boolean(), nullable=False),
        sa.Column("most_letters", sa.Integer(), nullable=False),
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("ending", sa.String(length=4), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=True),
        sa.Column("revoked_at", INSTANT, nullable=True),
        sa.Column("last_used_on", sa.Date(), nullable=True),
        sa.CheckConstraint("may_pledge OR may_report OR may_read", name=op.f("ck_api_keys_may_do_something")),
        sa.CheckConstraint("most_letters > 0", name=op.f("ck_api_keys_most_letters_positive")),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_api_keys_group_id")),
        sa.ForeignKeyConstraint(["made_by_id"], ["coordinators.id"], name=op.f("fk_api_keys_made_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_keys")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_api_keys_key_hash")),
    )
    op.create_index(op.f("ix_api_keys_group_id"), "api_keys", ["group_id"])
    op.create_index(op.f("ix_api_keys_made_by_id"), "api_keys", ["made_by_id"])
    op.create_table(
        "api_entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("api_key_id", sa.Integer(), nullable=False),
        sa.Column("once_hash", sa.String(length=64), nullable=False),
        sa.Column("body_hash", sa.String(length=64), nullable=False),
        sa.Column("pledge_id", sa.Integer(), nullable=True),
        sa.Column("report_id", sa.Integer(), nullable=True),
        sa.Column("answer", sa.JSON(), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("taken_back_at", INSTANT, nullable=True),
        sa.CheckConstraint("pledge_id IS NULL OR report_id IS NULL", name=op.f("ck_api_entries_one_row")),
        sa.ForeignKeyConstraint(["api_key_id"], ["api_keys.id"], name=op.f("fk_api_entries_api_key_id")),
        sa.ForeignKeyConstraint(["pledge_id"], ["pledges.id"], name=op.f("fk_api_entries_pledge_id")),
        sa.ForeignKeyConstraint(["report_id"], ["reports.id"], name=op.f("fk_api_entries_report_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_entries")),
        sa.UniqueConstraint("once_hash", name=op.f("uq_api_entries_once_hash")),
    )
    for column in ("api_key_id", "pledge_id", "report_id", "made_at"):
        op.create_index(op.f(f"ix_api_entries_{column}"), "api_entries", [column])
    for table in ROWS:
        # By plain ALTER TABLE, because SQLite's batch mode would copy whole tables.
        reference = f"CONSTRAINT fk_{table}_api_key_id REFERENCES api_keys (id)"
        op.execute(f"ALTER TABLE {table} ADD COLUMN api_key_id INTEGER {reference}")
        where = sa.text("api_key_id IS NOT NULL")
        columns = ["action_id", "api_key_id", "id"]
        op.create_index(f"ix_{table}_api_key_id", table, columns, sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    for table in ROWS:
        op.drop_index(f"ix_{table}_api_key_id", table)
        op.drop_column(table, "api_key_id")
    op.drop_table("api_entries")
    op.drop_table("api_keys")
