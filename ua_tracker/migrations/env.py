"""Runs the migrations with the app's engine. On PostgreSQL a lock makes processes that start at once wait."""

from typing import Literal

import click
from alembic import context
from flask import current_app
from sqlalchemy import text

from ua_tracker.database import make_file
from ua_tracker.models import Base
from ua_tracker.models.column_types import Instant, Lines

ONE_AT_A_TIME = 722033109


def _plain(kind: str, item: object, _context: object) -> str | Literal[False]:
    """Writes our column types as plain SQLAlchemy types, so that a migration does not change with the models."""
    if kind == "type" and isinstance(item, Instant):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, Lines):
        return "sa.Text()"
    return False


def migrate() -> None:
    """Migrates the database to the requested revision."""
    engine = current_app.extensions["migrate"].db.engine
    asked = click.get_current_context(silent=True)
    if asked is None or asked.info_name == "upgrade":  # all other commands need an existing database
        make_file()
    with engine.connect() as connection:
        context.configure(
            connection=connection, target_metadata=Base.metadata, render_as_batch=True, render_item=_plain
        )
        with context.begin_transaction():
            if engine.dialect.name == "postgresql":
                for limit in ("lock_timeout", "statement_timeout"):  # these limits are for requests
                    connection.execute(text(f"SET LOCAL {limit} = 0"))
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ONE_AT_A_TIME})
            context.run_migrations()


if context.is_offline_mode():
    raise SystemExit("Migrations need a database connection: run them without --sql.")
migrate()
