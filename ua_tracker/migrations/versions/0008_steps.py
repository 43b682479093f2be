"""indexes for reading an action's rows in pages, and for finding rows by e-mail address

Revises: 0007
"""

from alembic import op

revision = "0008"
down_revision = "0007"

IN_STEPS = ("pledges", "reports")
OF_AN_ADDRESS = (("pledges", "email"), ("mails", "address"))


def upgrade() -> None:
    for table in IN_STEPS:
        op.create_index(f"ix_{table}_action_id_id", table, ["action_id", "id"])
        op.drop_index(f"ix_{table}_action_id", table)
    for table, column in OF_AN_ADDRESS:
        op.create_index(f"ix_{table}_{column}", table, [column])


def downgrade() -> None:
    for table, column in OF_AN_ADDRESS:
        op.drop_index(f"ix_{table}_{column}", table)
    for table in IN_STEPS:
        op.create_index(f"ix_{table}_action_id", table, ["action_id"])
        op.drop_index(f"ix_{table}_action_id_id", table)
