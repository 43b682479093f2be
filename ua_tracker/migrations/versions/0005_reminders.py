"""reminders

Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.add_column("pledges", sa.Column("email_wanted", sa.Text(), nullable=True))
    op.add_column("pledges", sa.Column("mails_stopped_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("pledges", sa.Column("wants_outcome", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    op.drop_column("pledges", "wants_outcome")
    op.drop_column("pledges", "mails_stopped_at")
    op.drop_column("pledges", "email_wanted")
