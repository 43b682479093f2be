"""Which version of the tables the database has, compared with the migrations of this program."""

from functools import cache
from pathlib import Path

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

MIGRATIONS = Path(__file__).parent / "migrations"
CURRENT, BEHIND, NEWER, NONE = "current", "behind", "newer", "none"


@cache
def revisions() -> tuple[str, ...]:
    """The revisions of all migrations of this program, the newest first."""
    return tuple(script.revision for script in ScriptDirectory(str(MIGRATIONS)).walk_revisions())


def state(connection: Connection) -> str:
    """`current`, `behind`, `newer`, or `none` for a database without tables.

    It is newer when its revision is none of this program's: another machine has migrated it already, and this one
    still runs the version before, which every migration leaves able to work until it is replaced.
    """
    found = MigrationContext.configure(connection).get_current_heads()
    if not found:
        return NONE
    if found[0] == revisions()[0]:
        return CURRENT
    return BEHIND if found[0] in revisions() else NEWER
