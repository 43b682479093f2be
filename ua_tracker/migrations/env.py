"""Runs the migrations with the app's engine. Processes that start at once wait in turn, on each database."""

from collections.abc import Callable, Iterable
from functools import wraps
from inspect import unwrap
from typing import Any, Literal

import click
from alembic import context
from alembic.runtime.migration import MigrationContext, RevisionStep
from flask import current_app
from sqlalchemy import Connection, Engine, inspect
from sqlalchemy.orm import Session

from ua_tracker import migration_locks, site_key
from ua_tracker.cli.context import now, secret_keys
from ua_tracker.database import make_file, migrating
from ua_tracker.models import Base, SiteKey
from ua_tracker.models.column_types import Instant, Lines

# What lists the steps from the revisions at which the tables are.
Listing = Callable[[Any, MigrationContext], Iterable[RevisionStep]]


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
    """Runs the migrations; on PostgreSQL one by one, beside a site that serves."""
    with engine.connect() as connection:
        one_by_one = engine.dialect.name == "postgresql"
        options: dict[str, Any] = {"target_metadata": Base.metadata, "render_as_batch": True, "render_item": _plain}
        options |= {"connection": connection, "transaction_per_migration": one_by_one}
        context.configure(**options)
        if one_by_one:
            context.configure(fn=_in_turn(unwrap(context.get_context().opts["fn"]), connection), **options)
            migration_locks.wait_for_turn(connection)
        with context.begin_transaction():
            if is_upgrade:
                _remember_key(connection)
            context.run_migrations()
            if is_upgrade:
                _remember_key(connection)  # the table may be new
        connection.commit()


def _in_turn(listing: Listing, connection: Connection) -> Listing:
    """The listing of the steps to take, with each step held back until it is its turn."""

    @wraps(listing)  # a second try finds the listing below
    def held_back(revision: Any, migrations: MigrationContext) -> Iterable[RevisionStep]:
        return migration_locks.one_by_one(listing(revision, migrations), migrations, connection)

    return held_back


def _remember_key(connection: Connection) -> None:
    """Makes the process's key the database's. Raises AnotherKey, so that nothing is migrated with another key."""
    if inspect(connection).has_table(SiteKey.__tablename__):
        with Session(connection, join_transaction_mode="create_savepoint") as session:
            site_key.remember(session, secret_keys(), now())
            session.commit()


if context.is_offline_mode():
    raise SystemExit("Migrations need a database connection: run them without --sql.")
migrate()
