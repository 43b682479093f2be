"""Moves all rows from one database into another, empty one: SQLite or PostgreSQL, either way."""

from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine

from ua_tracker.backups import files, making, placing
from ua_tracker.backups.label import Label
from ua_tracker.backups.restoring import working_copy
from ua_tracker.refusals import DatabaseNotEmpty, TargetNotEmpty


def transfer(source: Engine, target: Engine, *, version: str, at: datetime, folder: Path) -> Label:
    """Copies everything, by a backup in `folder` that is deleted afterwards; nothing is changed in what is copied.

    Returns what was copied, with the rows of each table. Raises TargetNotEmpty when the target holds rows, and what
    making and restoring raise.
    """
    place = placing.of(target, folder, secret="", version=version, at=at)
    try:
        place.require_empty()
    except DatabaseNotEmpty as holds:
        raise TargetNotEmpty() from holds
    with files.beside(folder / "copy") as between:
        made = making.make(source, between, secret="", version=version, at=at, replace=True)
        with working_copy(between, made.label, place.beside) as (work, _):
            place.put(work, overwrite=False)
    return made.label
