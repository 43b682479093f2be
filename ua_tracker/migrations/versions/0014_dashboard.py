"""indexes for the dashboard: letters of the last days, and mails given up

Revises: 0013
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
GIVEN_UP = sa.text("ending = 'given up'")


def upgrade() -> None:
    op.drop_index("ix_reports_reported_at", "reports")
    op.create_index(
        "ix_reports_reported_at", "reports", ["action_id", "reported_at", "voided_at", "is_held", "letters"]
    )
    op.create_index("ix_mails_given_up", "mails", ["ended_at"], sqlite_where=GIVEN_UP, postgresql_where=GIVEN_UP)


def downgrade() -> None:
    op.drop_index("ix_mails_given_up", "mails")
    op.drop_index("ix_reports_reported_at", "reports")
    op.create_index("ix_reports_reported_at", "reports", ["action_id", "reported_at"])
