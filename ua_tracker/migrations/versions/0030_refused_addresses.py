"""addresses that were refused, mails that may come back, and what the mail server takes

Revises: 0029
"""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"


def upgrade() -> None:
    op.create_table(
        "refused_addresses",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("address_hash", sa.String(64), nullable=False),
        sa.Column("pledge_id", sa.Integer(), nullable=True),
        sa.Column("report_id", sa.Integer(), nullable=True),
        sa.Column("refused_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.String(12), nullable=False),
        sa.CheckConstraint("pledge_id IS NULL OR report_id IS NULL", name=op.f("ck_refused_addresses_one_holder")),
        sa.ForeignKeyConstraint(["pledge_id"], ["pledges.id"], name=op.f("fk_refused_addresses_pledge_id")),
        sa.ForeignKeyConstraint(["report_id"], ["reports.id"], name=op.f("fk_refused_addresses_report_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refused_addresses")),
    )
    for column in ("address_hash", "pledge_id", "report_id"):
        op.create_index(op.f(f"ix_refused_addresses_{column}"), "refused_addresses", [column])
    op.create_table(
        "mail_servers",
        sa.Column("name", sa.String(300), nullable=False),
        sa.Column("takes_utf8", sa.Boolean(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_mail_servers")),
    )
    op.execute("ALTER TABLE mails ADD COLUMN recipient VARCHAR(64)")
    op.execute("ALTER TABLE mails ADD COLUMN holder VARCHAR(64)")
    kept = sa.text("recipient IS NOT NULL")
    op.create_index("ix_mails_recipient", "mails", ["ended_at"], sqlite_where=kept, postgresql_where=kept)


def downgrade() -> None:
    op.drop_index("ix_mails_recipient", "mails")
    op.drop_column("mails", "holder")
    op.drop_column("mails", "recipient")
    op.drop_table("mail_servers")
    op.drop_table("refused_addresses")
