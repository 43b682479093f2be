"""the letters and copies of letter evenings that count

Revises: 0034
"""

from alembic import op

revision = "0035"
down_revision = "0034"

COUNTED = """
    SELECT SUM(report_lines.letters) FROM report_lines
    JOIN reports ON report_lines.report_id = reports.id JOIN recipients ON report_lines.recipient_id = recipients.id
    WHERE evening_id = evenings.id AND voided_at IS NULL AND NOT is_held AND kind = '{kind}'
"""
COLUMNS = {"letters_counted": "target", "copies_counted": "copy"}


def upgrade() -> None:
    # By plain ALTER TABLE, because SQLite's batch mode would copy the table. Without a check: until all machines are
    # updated, reports that the version before adds are not in it, and may be taken back.
    for name, kind in COLUMNS.items():
        op.execute(f"ALTER TABLE evenings ADD COLUMN {name} INTEGER DEFAULT 0 NOT NULL")
        op.execute(f"UPDATE evenings SET {name} = COALESCE(({COUNTED.format(kind=kind)}), 0)")  # noqa: S608 - constants


def downgrade() -> None:
    for name in COLUMNS:
        op.drop_column("evenings", name)
