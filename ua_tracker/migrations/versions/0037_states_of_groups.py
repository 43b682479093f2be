"""the group in the indexes of the coordinators' lists of a state

Revises: 0036
"""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"

# Of each index: the table, the columns before the group, and its rows.
INDEXES = {
    "ix_pledges_held": ("pledges", ["action_id", "is_held", "id"],
                        "is_held AND voided_at IS NULL AND withdrawn_at IS NULL"),
    "ix_pledges_voided": ("pledges", ["action_id", "id"], "voided_at IS NOT NULL"),
    "ix_pledges_withdrawn": ("pledges", ["action_id", "id"], "withdrawn_at IS NOT NULL"),
    "ix_reports_held": ("reports", ["action_id", "is_held", "voided_at", "id"], "is_held AND voided_at IS NULL"),
    "ix_reports_voided": ("reports", ["action_id", "id"], "voided_at IS NOT NULL"),
}  # fmt: skip


def upgrade() -> None:
    _make("group_id")


def downgrade() -> None:
    _make()


def _make(*more: str) -> None:
    for name, (table, columns, condition) in INDEXES.items():
        where = sa.text(condition)
        op.drop_index(name, table)
        op.create_index(name, table, [*columns, *more], sqlite_where=where, postgresql_where=where)
