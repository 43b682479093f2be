"""the letters that programs reported, apart in the tallies

Revises: 0032
"""

from alembic import op

revision = "0033"
down_revision = "0032"

TALLIES = ("action_tallies", "group_tallies")
NAME = "letters_by_program"


def upgrade() -> None:
    which = "api_key_id IS NOT NULL AND voided_at IS NULL AND NOT is_held AND NOT by_link"
    which += " AND evening_id IS NULL AND entered_by IS NULL"
    for table in TALLIES:
        # By plain ALTER TABLE, because SQLite's batch mode would copy whole tables.
        check = f"CONSTRAINT ck_{table}_{NAME}_not_negative CHECK ({NAME} >= 0)"
        op.execute(f"ALTER TABLE {table} ADD COLUMN {NAME} INTEGER DEFAULT 0 NOT NULL {check}")
        same = f"reports.action_id = {table}.action_id"
        same += " AND reports.group_id = group_tallies.group_id" if table == "group_tallies" else ""
        summed = f"SELECT SUM(letters) FROM reports WHERE {same} AND {which}"  # noqa: S608 - names of this module
        op.execute(f"UPDATE {table} SET {NAME} = COALESCE(({summed}), 0)")  # noqa: S608


def downgrade() -> None:
    for table in TALLIES:
        op.drop_column(table, NAME)
