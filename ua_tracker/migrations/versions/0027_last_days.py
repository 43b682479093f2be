"""an index for the last days of the tallies by day

Revises: 0026
"""

from alembic import op

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    op.create_index("ix_day_tallies_day", "day_tallies", ["action_id", "day"])


def downgrade() -> None:
    op.drop_index("ix_day_tallies_day", "day_tallies")
