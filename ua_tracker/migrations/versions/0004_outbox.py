"""outbox

Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "mails",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("once_key", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("message_id", sa.String(length=40), nullable=False),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ending", sa.String(length=10), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.CheckConstraint("ending IN ('sent', 'given up', 'moot')", name=op.f("ck_mails_ending_known")),
        sa.CheckConstraint(
            "ending IS NULL OR ending = 'given up' OR address IS NULL", name=op.f("ck_mails_address_forgotten")
        ),
        sa.CheckConstraint("(due_at IS NULL) = (ended_at IS NOT NULL)", name=op.f("ck_mails_due_until_ended")),
        sa.CheckConstraint("(ended_at IS NULL) = (ending IS NULL)", name=op.f("ck_mails_ended_with_ending")),
        sa.CheckConstraint("ended_at IS NOT NULL OR address IS NOT NULL", name=op.f("ck_mails_waiting_has_address")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mails")),
        sa.UniqueConstraint("message_id", name=op.f("uq_mails_message_id")),
        sa.UniqueConstraint("once_key", name=op.f("uq_mails_once_key")),
    )
    with op.batch_alter_table("mails", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_mails_due_at"), ["due_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_mails_ended_at"), ["ended_at"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("mails", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_mails_ended_at"))
        batch_op.drop_index(batch_op.f("ix_mails_due_at"))

    op.drop_table("mails")
