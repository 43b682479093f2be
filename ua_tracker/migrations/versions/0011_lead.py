"""the office's own sentence under the title of an action

Revises: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.add_column("actions", sa.Column("lead", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("actions", "lead")
