"""whether somebody who pledged wants to be told of the next issue of the case

Revises: 0037
"""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"


def upgrade() -> None:
    op.add_column("pledges", sa.Column("wants_next", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    op.drop_column("pledges", "wants_next")
