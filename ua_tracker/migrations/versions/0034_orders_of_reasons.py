"""indexes for each order of the lists of what was held for a reason

Revises: 0033
"""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"

ORDERS = {"pledges": ("name_key", "letters"), "reports": ("name_key", "letters", "sent_on", "people")}


def upgrade() -> None:
    where = sa.text("held_for IS NOT NULL")
    for table, orders in ORDERS.items():
        for order in orders:
            columns = ["action_id", "held_for", order, "id"]
            name = f"ix_{table}_held_for_{order}"
            op.create_index(name, table, columns, sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    for table, orders in ORDERS.items():
        for order in orders:
            op.drop_index(f"ix_{table}_held_for_{order}", table)
