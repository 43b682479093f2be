"""The label of a backup: what it says of itself, and the checksum of the file that holds it."""

import hashlib
import json
import os
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ua_tracker.backups.files import shown
from ua_tracker.backups.schema import REVISION_TABLE
from ua_tracker.refusals import BackupDamaged, NoBackup, PlainDatabase

TABLE = "backup_label"
_MAGIC = b"SQLite format 3\0"
_PIECE = 1024 * 1024


@dataclass(frozen=True)
class Label:
    """When a backup was made, by which version, of which tables and database, under which key, with how many rows.

    `key` is the fingerprint of the secret key (`site_key.py`).
    """

    made_at: datetime
    version: str
    revision: str
    database: str
    key: str
    rows: dict[str, int]

    @property
    def total(self) -> int:
        """The rows of all tables together."""
        return sum(self.rows.values())


def write(path: Path, label: Label) -> None:
    """Adds the label to a database that nobody else has open, and the checksum of the file then."""
    place_taker = secrets.token_hex(32)
    values = {
        "made_at": label.made_at.isoformat(),
        "version": label.version,
        "revision": label.revision,
        "database": label.database,
        "key": label.key,
        "rows": json.dumps(label.rows),
        "checksum": place_taker,
    }
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
        connection.execute("BEGIN")
        connection.execute(f"CREATE TABLE {TABLE} (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID")
        connection.executemany(f"INSERT INTO {TABLE} VALUES (?, ?)", values.items())  # noqa: S608 - a fixed name
        connection.execute("COMMIT")
    at = _place_of(place_taker, path)
    checksum = _checksum(path, at)
    with path.open("rb+") as file:
        file.seek(at)
        file.write(checksum.encode())


def read(path: Path) -> Label:
    """The label of the file. Raises NoBackup, PlainDatabase, BackupDamaged or OSError; writes nothing beside it."""
    try:
        return _label(_values(path))
    except (KeyError, ValueError) as wrong:
        raise BackupDamaged(path=shown(path), why="its label cannot be read") from wrong


def require_whole(path: Path) -> None:
    """Raises BackupDamaged unless the file is the one that was written, to the last byte."""
    checksum = _values(path).get("checksum", "")
    at = _place_of(checksum, path)
    if at < 0 or _checksum(path, at) != checksum:
        raise BackupDamaged(path=shown(path), why="its checksum does not hold")


def remove(connection: sqlite3.Connection) -> None:
    """Takes the label off, so that the file is a database of the site again."""
    connection.execute(f"DROP TABLE {TABLE}")


def _values(path: Path) -> dict[str, str]:
    with path.open("rb") as file:
        head = file.read(len(_MAGIC))
    if head != _MAGIC:
        raise NoBackup(path=shown(path))
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as connection:
            tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            if TABLE in tables:
                return dict(connection.execute(f"SELECT name, value FROM {TABLE}"))  # noqa: S608 - a fixed name
    except sqlite3.Error as wrong:
        raise BackupDamaged(path=shown(path), why="it cannot be read to its end") from wrong
    raise (PlainDatabase if REVISION_TABLE in tables else NoBackup)(path=shown(path))


def _label(values: dict[str, str]) -> Label:
    names = ("version", "revision", "database", "key")
    moment = datetime.fromisoformat(values["made_at"])
    return Label(made_at=moment, rows=json.loads(values["rows"]), **{name: values[name] for name in names})


def _place_of(text: str, path: Path) -> int:
    """Where the text is in the file, -1 if nowhere. Searched from the end: the label is written last."""
    wanted = text.encode()
    with path.open("rb") as file:
        end = os.fstat(file.fileno()).st_size
        while wanted and end > 0:
            begin = max(0, end - _PIECE)
            at = os.pread(file.fileno(), end - begin + len(wanted) - 1, begin).rfind(wanted)
            if at >= 0:
                return begin + at
            end = begin
    return -1


def _checksum(path: Path, at: int) -> str:
    """SHA-256 of the file without the checksum itself, whose place is `at`."""
    digest = hashlib.sha256()
    for piece in _pieces(path, 0, at):
        digest.update(piece)
    for piece in _pieces(path, at + digest.digest_size * 2, os.path.getsize(path)):
        digest.update(piece)
    return digest.hexdigest()


def _pieces(path: Path, begin: int, end: int) -> Iterator[bytes]:
    with path.open("rb") as file:
        file.seek(begin)
        while begin < end and (piece := file.read(min(_PIECE, end - begin))):
            begin += len(piece)
            yield piece
