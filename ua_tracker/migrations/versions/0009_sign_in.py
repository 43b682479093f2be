"""sign in

Stores sessions and sign-in tries in the database. Earlier cookies become invalid, so all coordinators must sign in
again.

Revises: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "coordinator_sessions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("coordinator_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("proven_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('signed in', 'halfway')", name=op.f("ck_coordinator_sessions_kind_known")),
        sa.ForeignKeyConstraint(
            ["coordinator_id"], ["coordinators.id"], name=op.f("fk_coordinator_sessions_coordinator_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coordinator_sessions")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_coordinator_sessions_key_hash")),
    )
    op.create_index(op.f("ix_coordinator_sessions_coordinator_id"), "coordinator_sessions", ["coordinator_id"])
    op.create_index(op.f("ix_coordinator_sessions_begun_at"), "coordinator_sessions", ["begun_at"])
    op.create_table(
        "known_sources",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("coordinator_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["coordinator_id"], ["coordinators.id"], name=op.f("fk_known_sources_coordinator_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_known_sources")),
        sa.UniqueConstraint("coordinator_id", "source", name=op.f("uq_known_sources_coordinator_id_source")),
    )
    op.create_index(op.f("ix_known_sources_at"), "known_sources", ["at"])
    op.create_table(
        "sign_in_tries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("account", sa.String(length=32), nullable=True),
        sa.Column("source", sa.String(length=32), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('secret', 'link', 'asking')", name=op.f("ck_sign_in_tries_kind_known")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_tries")),
    )
    op.create_index(op.f("ix_sign_in_tries_account_at"), "sign_in_tries", ["account", "at"])
    op.create_index(op.f("ix_sign_in_tries_source_at"), "sign_in_tries", ["source", "at"])
    op.create_index(op.f("ix_sign_in_tries_at"), "sign_in_tries", ["at"])


def downgrade() -> None:
    op.drop_table("sign_in_tries")
    op.drop_table("known_sources")
    op.drop_table("coordinator_sessions")
