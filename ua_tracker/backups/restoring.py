"""Restores a backup into SQLite or PostgreSQL, whichever it came from: all of it, or nothing is changed."""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine, func, select, text
from sqlalchemy.orm import Session

from ua_tracker import audit, site_key
from ua_tracker.backups import files, label, making, placing, schema
from ua_tracker.backups.label import Label
from ua_tracker.models import Mail
from ua_tracker.refusals import BackupDamaged, BackupTooNew, CountsDiffer, OtherKey

ACTOR = "command line"
# More changes than an action can have between a backup and its restoring. The revisions of what is restored are then
# higher than any that a page or a server process remembers, so that no response made before is taken for the newest.
_STEP = 1_000_000


@dataclass(frozen=True)
class Restored:
    """A backup that was restored. `kept` is where the database before it is, None when there was none.

    `waiting` is the number of mails that wait; those that were sent after the backup was made will be sent again.
    """

    label: Label
    kept: Path | None
    waiting: int
    tally_differs: bool


def restore(
    path: Path,
    engine: Engine,
    *,
    secrets: Sequence[str],
    version: str,
    at: datetime,
    folder: Path,
    overwrite: bool = False,
    other_key: bool = False,
) -> Restored:
    """Restores the backup into the database, which must be empty unless `overwrite` is given; it is then kept.

    `secrets` are the keys that the site accepts, the present one first. `folder` is for files that a restoring into
    PostgreSQL needs. With `other_key` the database belongs to the present key from then on. Older tables are brought up
    to this version. All sessions of coordinators are ended, because the backup has those that ended since. Raises the
    refusals of `refusals/backups.py`, OSError, or the driver's errors.
    """
    about = label.read(path)
    if not schema.is_known(about.revision):
        raise BackupTooNew(path=files.shown(path), version=about.version, revision=about.revision)
    is_ours = about.key in set(map(site_key.fingerprint, secrets))
    if not is_ours and not other_key:
        raise OtherKey(path=files.shown(path))
    target = placing.of(engine, folder, secret=secrets[0], version=version, at=at)
    if not overwrite:
        target.require_empty()

    def change(session: Session) -> None:
        _begin_again(session, about, at)
        if not is_ours:
            site_key.accept(session, secrets[0], at)

    with working_copy(path, about, target.beside, change) as (work, waiting):
        differs = making.tally_differs(work)
        return Restored(about, target.put(work, overwrite=overwrite), waiting, differs)


@contextmanager
def working_copy(
    path: Path, about: Label, beside: Path, change: Callable[[Session], None] | None = None
) -> Iterator[tuple[Path, int]]:
    """A copy of the backup that is a database of this version, checked and without its label; how many mails wait."""
    with files.beside(beside) as work:
        with files.writes_to(beside):
            files.copy(path, work)
        label.require_whole(work)
        with closing(sqlite3.connect(work, isolation_level=None)) as connection:
            _require_rows(connection, about)
            label.remove(connection)
        engine = schema.engine_of(work)
        try:
            if about.revision != schema.newest():
                schema.upgrade(engine)
            with Session(engine) as session:
                _require_references(session)
                if change:
                    change(session)
                waiting = session.scalar(select(func.count()).select_from(Mail).where(Mail.ended_at.is_(None)))
                session.commit()
        finally:
            engine.dispose()
        yield work, waiting or 0


def _require_rows(connection: sqlite3.Connection, about: Label) -> None:
    """Raises CountsDiffer when a table has not as many rows as the label says."""
    names = [name for name in schema.tables(connection) if name != label.TABLE]
    here = schema.counts(connection, names)
    for name in sorted({*here, *about.rows}):
        if here.get(name) != about.rows.get(name):
            raise CountsDiffer(table=name, there=about.rows.get(name, "no"), here=here.get(name, "no"))


def _require_references(session: Session) -> None:
    broken = session.execute(text("PRAGMA foreign_key_check")).first()
    if broken is not None:
        raise BackupDamaged(
            path="The backup", why=f"a row of {broken[0]} refers to a row of {broken[2]} that is missing"
        )


def _begin_again(session: Session, about: Label, at: datetime) -> None:
    """Ends all sessions, makes the revisions higher than those that anybody remembers, and notes it in the history."""
    session.execute(text("DELETE FROM coordinator_sessions"))
    for table in ("actions", "action_tallies"):
        session.execute(text(f"UPDATE {table} SET revision = revision + {_STEP}"))  # noqa: S608 - fixed names
    subject = f"backup of {about.made_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    audit.note(session, actor=ACTOR, event="restored", subject=subject, now=at)
