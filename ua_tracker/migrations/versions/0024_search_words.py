"""names and addresses found by kept words, and names sorted by a kept key

Revises: 0023
"""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

from ua_tracker import name_search

revision = "0024"
down_revision = "0023"

TABLES = {"pledges": "pledge_words", "reports": "report_words"}
BATCH = 10_000


def upgrade() -> None:
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    kind = sa.Text(collation="C") if is_postgresql else sa.Text()
    for table, words in TABLES.items():
        collation = ' COLLATE "C"' if is_postgresql else ""
        check = f"CONSTRAINT ck_{table}_name_key_of_name CHECK (name IS NOT NULL OR name_key = '')"
        op.execute(f"ALTER TABLE {table} ADD COLUMN name_key TEXT{collation} DEFAULT '' NOT NULL {check}")
        op.create_table(
            words,
            sa.Column("row_id", sa.Integer(), autoincrement=False, nullable=False),
            sa.Column("word", kind, nullable=False),
            sa.Column("action_id", sa.Integer(), nullable=False),
            sa.ForeignKeyConstraint(["row_id"], [f"{table}.id"], name=op.f(f"fk_{words}_row_id")),
            sa.ForeignKeyConstraint(["action_id"], ["actions.id"], name=op.f(f"fk_{words}_action_id")),
            sa.PrimaryKeyConstraint("row_id", "word", name=op.f(f"pk_{words}")),
            sqlite_with_rowid=False,
        )
        _fill(table, words)
        op.create_index(f"ix_{words}_word", words, ["action_id", "word", "row_id"])
        op.create_index(f"ix_{table}_name_key", table, ["action_id", "name_key", "id"])


def _fill(table: str, words: str) -> None:
    connection = op.get_bind()
    keep = sa.text(f"UPDATE {table} SET name_key = :key WHERE id = :id")  # noqa: S608 - names of this module
    add = sa.text(f"INSERT INTO {words} (row_id, word, action_id) VALUES (:id, :word, :action)")  # noqa: S608
    for rows in _batches(connection, table):
        keys = [{"id": row.id, "key": name_search.key(row.name)} for row in rows if row.name is not None]
        found = [
            {"id": row.id, "word": word, "action": row.action_id}
            for row in rows
            for word in name_search.words(row.name, row.email)
        ]
        if keys:
            connection.execute(keep, keys)
        if found:
            connection.execute(add, found)


def _batches(connection: sa.Connection, table: str) -> Iterator[list[sa.Row[Any]]]:
    columns = "id, action_id, name, email"
    wanted = "id > :last AND (name IS NOT NULL OR email IS NOT NULL)"
    query = sa.text(f"SELECT {columns} FROM {table} WHERE {wanted} ORDER BY id LIMIT {BATCH}")  # noqa: S608
    last = 0
    while rows := list(connection.execute(query, {"last": last})):
        yield rows
        last = rows[-1].id


def downgrade() -> None:
    for table, words in TABLES.items():
        op.drop_index(f"ix_{table}_name_key", table)
        op.drop_table(words)
        op.drop_column(table, "name_key")
