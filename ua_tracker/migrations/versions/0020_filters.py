"""indexes for the filters of the ledger

Revises: 0019
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"

PARTIAL = {
    "held_for": (["action_id", "held_for", "id"], "held_for IS NOT NULL"),
    "voided": (["action_id", "id"], "voided_at IS NOT NULL"),
    "withdrawn": (["action_id", "id"], "withdrawn_at IS NOT NULL"),
}
OF_TABLE = {"pledges": ("held_for", "voided", "withdrawn"), "reports": ("held_for", "voided")}


HELD = {"pledges": ["action_id", "is_held", "id"], "reports": ["action_id", "is_held", "voided_at", "id"]}
STANDING = {"pledges": "voided_at IS NULL AND withdrawn_at IS NULL", "reports": "voided_at IS NULL"}


def _index_held(table: str, columns: list[str]) -> None:
    where = sa.text(f"is_held AND {STANDING[table]}")
    op.drop_index(f"ix_{table}_held", table)
    op.create_index(f"ix_{table}_held", table, columns, sqlite_where=where, postgresql_where=where)


def upgrade() -> None:
    for table, names in OF_TABLE.items():
        for name in names:
            columns, text = PARTIAL[name]
            where = sa.text(text)
            op.create_index(f"ix_{table}_{name}", table, columns, sqlite_where=where, postgresql_where=where)
        op.drop_index(f"ix_{table}_group_id", table)
        op.create_index(f"ix_{table}_group_id", table, ["group_id", "action_id", "id"])
        op.drop_index(f"ix_{table}_source", table)
        op.create_index(f"ix_{table}_source", table, ["source", "action_id", "id"])
        _index_held(table, HELD[table])


def downgrade() -> None:
    for table, names in OF_TABLE.items():
        op.drop_index(f"ix_{table}_group_id", table)
        op.create_index(f"ix_{table}_group_id", table, ["group_id"])
        op.drop_index(f"ix_{table}_source", table)
        op.create_index(f"ix_{table}_source", table, ["source", "id"])
        _index_held(table, ["action_id", "id"])
        for name in names:
            op.drop_index(f"ix_{table}_{name}", table)
