"""orders of the coordinators' lists by network and mail domain

Revises: 0035
"""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"

# The columns of each list by which it is sorted or narrowed, so that many rows of one network are sorted without
# reading one of them.
OF_A_NETWORK = {
    "pledges": ("letters", "name_key", "mail_domain"),
    "reports": ("letters", "name_key", "mail_domain", "sent_on", "people"),
}
STATE = {"pledges": ("is_held", "voided_at", "withdrawn_at"), "reports": ("is_held", "voided_at")}
STATES = {
    "pledges": {
        "held": (["action_id", "is_held"], "is_held AND voided_at IS NULL AND withdrawn_at IS NULL"),
        "held_for": (["action_id", "held_for"], "held_for IS NOT NULL"),
        "voided": (["action_id"], "voided_at IS NOT NULL"),
        "withdrawn": (["action_id"], "withdrawn_at IS NOT NULL"),
    },
    "reports": {
        "held": (["action_id", "is_held", "voided_at"], "is_held AND voided_at IS NULL"),
        "held_for": (["action_id", "held_for"], "held_for IS NOT NULL"),
        "voided": (["action_id"], "voided_at IS NOT NULL"),
    },
}
ORDERS = ("source", "mail_domain")
BY_CODE_POINT = {"source": 32, "mail_domain": 253}


def upgrade() -> None:
    for table, more in OF_A_NETWORK.items():
        op.drop_index(f"ix_{table}_source", table)
        _compare(table, ' COLLATE "C"')
        op.create_index(f"ix_{table}_source", table, ["source", "action_id", "id", *more, *STATE[table]])
        op.create_index(f"ix_{table}_by_source", table, ["action_id", "source", "id"])
        _index_few(table, *STATE[table])
        for state, (begins, condition) in STATES[table].items():
            where = sa.text(condition)
            for order in ORDERS:
                columns, name = [*begins, order, "id"], f"ix_{table}_{state}_{order}"
                op.create_index(name, table, columns, sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    for table, states in STATES.items():
        for state in states:
            for order in ORDERS:
                op.drop_index(f"ix_{table}_{state}_{order}", table)
        op.drop_index(f"ix_{table}_by_source", table)
        _index_few(table)
        op.drop_index(f"ix_{table}_source", table)
        _compare(table, ' COLLATE "default"')
        op.create_index(f"ix_{table}_source", table, ["source", "action_id", "id"])


def _index_few(table: str, *more: str) -> None:
    for name in ("held_for", "api_key_id"):
        where, columns = sa.text(f"{name} IS NOT NULL"), ["action_id", name, "id", *more]
        op.drop_index(f"ix_{table}_{name}", table)
        op.create_index(f"ix_{table}_{name}", table, columns, sqlite_where=where, postgresql_where=where)


def _compare(table: str, collation: str) -> None:
    """How PostgreSQL compares networks and mail domains. SQLite compares by code points."""
    if op.get_bind().dialect.name == "postgresql":
        for name, length in BY_CODE_POINT.items():
            op.execute(f"ALTER TABLE {table} ALTER COLUMN {name} TYPE VARCHAR({length}){collation}")
