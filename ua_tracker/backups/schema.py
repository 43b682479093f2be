"""Which tables a database has, by the revisions of the migrations, and how many rows are in each."""

import logging
import sqlite3
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Engine, create_engine

from ua_tracker.refusals import NoTables

REVISION_TABLE = "alembic_version"
# They hold rows in a database that nobody has used yet.
OF_THE_INSTALLATION = {"site_keys", "jobs"}
_MIGRATIONS = Path(__file__).parents[1] / "migrations"


def engine_of(path: Path) -> Engine:
    """An engine for a SQLite file that nobody else uses, with none of the site's own settings."""
    return create_engine(URL.create("sqlite", database=str(path)), hide_parameters=True)


def is_known(revision: str) -> bool:
    """Whether this version of the program has the migration."""
    return revision in {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}


def newest() -> str:
    """The revision of this version's tables."""
    return str(ScriptDirectory.from_config(_config()).get_current_head())


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Makes the tables of this revision, or brings older ones up to it."""
    logging.getLogger("alembic").setLevel(logging.WARNING)
    config = _config()
    config.attributes["engine"] = engine
    command.upgrade(config, revision)


def of_sqlite(connection: sqlite3.Connection) -> str:
    """The revision of the tables. Raises NoTables when there are none of the site."""
    if REVISION_TABLE in {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}:
        for (revision,) in connection.execute(f"SELECT version_num FROM {REVISION_TABLE}"):  # noqa: S608 - a fixed name
            return str(revision)
    raise NoTables()


def of_postgres(connection: Any) -> str | None:
    """The revision of the tables, None when there are none of the site. `connection` is the driver's."""
    if connection.execute(f"SELECT to_regclass('{REVISION_TABLE}')").fetchone() == (None,):
        return None
    row = connection.execute(f"SELECT version_num FROM {REVISION_TABLE}").fetchone()  # noqa: S608 - a fixed name
    return str(row[0]) if row else None


def tables(connection: sqlite3.Connection) -> list[str]:
    """The names of the tables that hold the site's rows."""
    names = connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> ? ORDER BY name",
        [REVISION_TABLE],
    )
    return [name for (name,) in names]


def counts(connection: Any, names: list[str]) -> dict[str, int]:
    """The number of rows of each table, on a connection of either driver."""
    asked = {name: f'SELECT count(*) FROM "{name}"' for name in names}  # noqa: S608 - names that the database gave
    return {name: connection.execute(statement).fetchone()[0] for name, statement in asked.items()}


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    return config
