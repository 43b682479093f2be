"""documents that were read and are not stored yet

Revises: 0025
"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    op.create_table(
        "imports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("coordinator_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("reading", sa.JSON(), nullable=False),
        sa.Column("typed", sa.JSON(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("slug", sa.String(length=60), nullable=True),
        sa.ForeignKeyConstraint(["coordinator_id"], ["coordinators.id"], name=op.f("fk_imports_coordinator_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imports")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_imports_coordinator_id"), "imports", ["coordinator_id"])
    op.create_index(op.f("ix_imports_made_at"), "imports", ["made_at"])


def downgrade() -> None:
    op.drop_table("imports")
