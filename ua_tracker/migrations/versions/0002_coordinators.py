"""coordinators

Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "coordinators",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("role", sa.String(length=10), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("fs_uniquifier", sa.String(length=64), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("must_change_password", sa.Boolean(), nullable=False),
        sa.Column("codes_secret", sa.Text(), nullable=True),
        sa.Column("codes_counter", sa.Integer(), nullable=True),
        sa.Column("recovery_hashes", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("role IN ('office', 'group')", name=op.f("ck_coordinators_role_known")),
        sa.CheckConstraint(
            "(role = 'group') = (group_id IS NOT NULL)", name=op.f("ck_coordinators_group_for_its_role")
        ),
        sa.ForeignKeyConstraint(["group_id"], ["groups.id"], name=op.f("fk_coordinators_group_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coordinators")),
        sa.UniqueConstraint("email", name=op.f("uq_coordinators_email")),
        sa.UniqueConstraint("fs_uniquifier", name=op.f("uq_coordinators_fs_uniquifier")),
    )
    with op.batch_alter_table("coordinators", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_coordinators_group_id"), ["group_id"], unique=False)

    op.create_table(
        "coordinator_links",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("coordinator_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('invitation', 'reset')", name=op.f("ck_coordinator_links_kind_known")),
        sa.ForeignKeyConstraint(
            ["coordinator_id"], ["coordinators.id"], name=op.f("fk_coordinator_links_coordinator_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coordinator_links")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_coordinator_links_token_hash")),
    )
    with op.batch_alter_table("coordinator_links", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_coordinator_links_coordinator_id"), ["coordinator_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("coordinator_links", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_coordinator_links_coordinator_id"))

    op.drop_table("coordinator_links")
    with op.batch_alter_table("coordinators", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_coordinators_group_id"))

    op.drop_table("coordinators")
