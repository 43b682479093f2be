"""indexes to find a person by address in all actions

Revises: 0018
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
WANTED = sa.text("email_wanted IS NOT NULL")


def upgrade() -> None:
    op.create_index("ix_pledges_email_key", "pledges", ["email_key"])
    op.create_index(
        "ix_pledges_email_wanted", "pledges", ["email_wanted"], sqlite_where=WANTED, postgresql_where=WANTED
    )


def downgrade() -> None:
    op.drop_index("ix_pledges_email_wanted", "pledges")
    op.drop_index("ix_pledges_email_key", "pledges")
