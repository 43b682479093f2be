"""indexes for each order of the coordinators' lists

Revises: 0031
"""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"

STATES = {
    "pledges": {
        "held": (["action_id", "is_held"], "is_held AND voided_at IS NULL AND withdrawn_at IS NULL"),
        "voided": (["action_id"], "voided_at IS NOT NULL"),
        "withdrawn": (["action_id"], "withdrawn_at IS NOT NULL"),
    },
    "reports": {
        "held": (["action_id", "is_held", "voided_at"], "is_held AND voided_at IS NULL"),
        "voided": (["action_id"], "voided_at IS NOT NULL"),
    },
}
ORDERS = {"pledges": ("name_key", "letters"), "reports": ("name_key", "letters", "sent_on", "people")}


def upgrade() -> None:
    for order in ("sent_on", "people"):
        op.create_index(f"ix_reports_{order}", "reports", ["action_id", order, "id"])
    for table, states in STATES.items():
        for state, (begins, condition) in states.items():
            where = sa.text(condition)
            for order in ORDERS[table]:
                columns = [*begins, order, "id"]
                name = f"ix_{table}_{state}_{order}"
                op.create_index(name, table, columns, sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    for table, states in STATES.items():
        for state in states:
            for order in ORDERS[table]:
                op.drop_index(f"ix_{table}_{state}_{order}", table)
    for order in ("sent_on", "people"):
        op.drop_index(f"ix_reports_{order}", "reports")
