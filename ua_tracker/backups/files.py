"""Files that appear under their name only when they are whole."""

import fcntl
import os
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from ua_tracker import database_faults
from ua_tracker.refusals import BackupNotWritten, FileInUse, FileThere

_PIECE = 1024 * 1024
_BESIDE_SQLITE = ("", "-journal", "-wal", "-shm")
_BEGINS, _ENDS = ".ua-tracker-", ".part"
_BEING_MADE = 60  # seconds in which a new file may not be locked yet


def require_free(path: Path, *, replace: bool, in_use: Path | None) -> None:
    """Raises FileInUse when the path names the database itself or no plain file, FileThere when a file is there."""
    if not os.path.lexists(path):
        return
    if not path.is_file() or (in_use is not None and in_use.exists() and path.samefile(in_use)):
        raise FileInUse(path=shown(path))
    if not replace:
        raise FileThere(path=shown(path))


@contextmanager
def beside(path: Path) -> Iterator[Path]:
    """An empty file with mode 0600 in the folder of `path`, deleted after the block unless it was moved.

    What a process that was killed has left there is deleted first. Raises BackupNotWritten when it cannot be made
    there, or written.
    """
    folder = path.parent
    _delete_abandoned(folder)
    try:
        descriptor, name = tempfile.mkstemp(dir=folder, prefix=_BEGINS, suffix=_ENDS)
    except FileNotFoundError as missing:
        raise BackupNotWritten(path=shown(path), why=f"There is no folder {shown(folder)}.") from missing
    except OSError as refused:
        raise BackupNotWritten(path=shown(path), why=f"{shown(folder)}: {refused.strerror}.") from refused
    try:
        with suppress(OSError):  # a file system without locks
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        with writes_to(path):
            yield Path(name)
    finally:
        _delete(name)
        os.close(descriptor)  # only now: it would end the locks that SQLite has on the file


def _delete_abandoned(folder: Path) -> None:
    """Deletes the files of this kind that no process has locked any more."""
    for left in folder.glob(f"{_BEGINS}*{_ENDS}"):
        with suppress(OSError):
            descriptor = os.open(left, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
            try:
                if time.time() - os.fstat(descriptor).st_mtime > _BEING_MADE:
                    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    _delete(str(left))
            finally:
                os.close(descriptor)


def _delete(name: str) -> None:
    for ending in _BESIDE_SQLITE:
        with suppress(OSError):
            os.unlink(name + ending)


@contextmanager
def writes_to(path: Path) -> Iterator[None]:
    """Names the file in the error when the disk is full or refuses to write."""
    try:
        yield
    except (sqlite3.Error, DBAPIError) as wrong:
        cause = wrong.orig if isinstance(wrong, DBAPIError) else wrong
        if isinstance(cause, sqlite3.Error) and database_faults.is_of_the_disk(cause):
            raise BackupNotWritten(path=shown(path), why=database_faults.of_driver(cause)) from wrong
        raise
    except OSError as wrong:
        if wrong.filename is None:
            raise BackupNotWritten(path=shown(path), why=f"{wrong.strerror}.") from wrong
        raise


def move(part: Path, path: Path) -> None:
    """Gives a whole file its name, after it is on the disk; a file that had the name is replaced. Raises OSError."""
    with part.open("rb+") as file:
        os.fsync(file.fileno())
    part.replace(path)
    settle(path.parent)


def settle(folder: Path) -> None:
    """Waits until the names in the folder are on the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def copy(source: Path, target: Path) -> None:
    """Copies the content into an existing file, piece by piece. Raises OSError."""
    with source.open("rb") as read, target.open("wb") as written:
        while piece := read.read(_PIECE):
            written.write(piece)


def shown(path: Path) -> str:
    """The path as text that can be printed, whatever bytes it has."""
    return os.fsencode(path).decode(errors="replace")
