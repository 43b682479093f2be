"""Runs the migrations with the app's engine. Processes that start at once wait in turn, on each database."""

from typing import Literal

import click
from alembic import context
from flask import current_app
from sqlalchemy import Connection, Engine, inspect
from sqlalchemy.orm import Session

from ua_tracker import migration_locks, site_key
from ua_tracker.cli.context import now, secret_keys
from ua_tracker.database import make_file, migrating
from ua_tracker.models import Base, SiteKey
from ua_tracker.models.column_types import Instant, Lines


def _plain(kind: str, item: object, _context: object) -> str | Literal[False]:
    """Writes our column types as plain SQLAlchemy types, so that a migration does not change with the models."""
    if kind == "type" and isinstance(item, Instant):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, Lines):
        return "sa.Text()"
    return False


def migrate() -> None:
    """Migrates the database to the requested revision: the app's, or another one that `backups/schema.py` gives."""
    given = context.config.attributes.get("engine")
    if given is not None:
        migration_locks.until_locked(lambda: _migrate(given, is_upgrade=False))
        return
    engine = current_app.extensions["migrate"].db.engine
    asked = click.get_current_context(silent=True)
    is_upgrade = asked is None or asked.info_name == "upgrade"
    with migrating():
        if is_upgrade:  # all other commands need an existing database
            make_file()
        migration_locks.until_locked(lambda: _migrate(engine, is_upgrade))


def _migrate(engine: Engine, is_upgrade: bool) -> None:
    """Runs the migrations. What the others have done meanwhile is read after the lock is taken."""
    with engine.connect() as connection:
        context.configure(
            connection=connection, target_metadata=Base.metadata, render_as_batch=True, render_item=_plain
        )
        with context.begin_transaction():
            if engine.dialect.name == "postgresql":
                migration_locks.wait_for_turn(connection)
                if not (is_upgrade and _is_current()):
                    migration_locks.lock_all_tables(connection)
            if is_upgrade:
                _remember_key(connection)
            context.run_migrations()
            if is_upgrade:
                _remember_key(connection)  # the table may be new


def _is_current() -> bool:
    return set(context.get_context().get_current_heads()) == set(context.script.get_heads())


def _remember_key(connection: Connection) -> None:
    """Makes the process's key the database's. Raises AnotherKey, so that nothing is migrated with another key."""
    if inspect(connection).has_table(SiteKey.__tablename__):
        with Session(connection, join_transaction_mode="create_savepoint") as session:
            site_key.remember(session, secret_keys(), now())
            session.commit()


if context.is_offline_mode():
    raise SystemExit("Migrations need a database connection: run them without --sql.")
migrate()
