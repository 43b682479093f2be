"""pledges by day

Revises: 0005
"""

from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_index("ix_pledges_action_id_made_at", "pledges", ["action_id", "made_at"])


def downgrade() -> None:
    op.drop_index("ix_pledges_action_id_made_at", "pledges")
