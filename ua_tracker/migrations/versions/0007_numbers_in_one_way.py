"""numbers in one way

UA numbers and AI indexes that were typed by hand were stored as typed. This normalises them to the form that documents
use. A value stays as it is if another row has the normalised one already: rows are not merged automatically.

Revises: 0006
"""

import re
from collections.abc import Callable

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

UA_NUMBER = re.compile(r"\s*([0-9]{1,4})\s*/\s*(?:[0-9]{2})?([0-9]{2})\s*")
AI_INDEX = re.compile(r"\s*([A-Za-z]{3})\s*([0-9]{2})\s*/\s*([0-9]{1,5})\s*/\s*([0-9]{4}|[0-9]{2})\s*")


def upgrade() -> None:
    _rewrite("cases", "ua_number", UA_NUMBER, lambda found: f"{int(found[1]):02d}/{found[2]}")
    _rewrite("actions", "ai_index", AI_INDEX, _index)


def downgrade() -> None:
    """Does nothing: the typed form is no longer known, and the normalised one is valid."""


def _index(found: re.Match[str]) -> str:
    year = found[4] if len(found[4]) == 4 else f"{'19' if found[4] >= '61' else '20'}{found[4]}"
    return f"{found[1].upper()} {found[2]}/{found[3]}/{year}"


def _rewrite(
    table_name: str, column_name: str, pattern: re.Pattern[str], written: Callable[[re.Match[str]], str]
) -> None:
    table = sa.table(table_name, sa.column("id"), sa.column(column_name))
    column, connection = table.c[column_name], op.get_bind()
    rows = connection.execute(sa.select(table.c.id, column).where(column.is_not(None)))
    known: dict[int, str] = dict(rows.all())
    for number, text in known.items():
        found = pattern.fullmatch(text)
        if found and written(found) not in known.values():
            known[number] = written(found)
            connection.execute(sa.update(table).where(table.c.id == number).values({column_name: known[number]}))
