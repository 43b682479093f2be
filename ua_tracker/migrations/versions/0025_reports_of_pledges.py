"""an index for the pledges that have a report, the newest first

Revises: 0024
"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
STANDING = sa.text("voided_at IS NULL AND pledge_id IS NOT NULL")


def upgrade() -> None:
    op.create_index(
        "ix_reports_of_pledges",
        "reports",
        ["action_id", "pledge_id"],
        sqlite_where=STANDING,
        postgresql_where=STANDING,
    )


def downgrade() -> None:
    op.drop_index("ix_reports_of_pledges", "reports")
