"""File permissions: only the account that runs the site may read its files, whatever the umask."""

import os
import stat
from contextlib import suppress
from pathlib import Path

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def make_private(path: Path | str) -> None:
    """Removes all permissions of group and others, if the file or folder exists and belongs to this account.

    A shared folder with the sticky bit, such as /tmp, is not changed.
    """
    with suppress(OSError):  # missing, another owner's, or on a read-only file system
        found = os.stat(path)
        mode = stat.S_IMODE(found.st_mode)
        shared = stat.S_ISDIR(found.st_mode) and mode & stat.S_ISVTX
        if mode & _OTHERS and not shared and found.st_uid == os.geteuid():
            os.chmod(path, mode & ~_OTHERS)


def make_all_private(folder: Path) -> None:
    """Makes the folder and the files directly in it private."""
    make_private(folder)
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_file(follow_symlinks=False):
                make_private(entry.path)


def make(path: Path) -> None:
    """Creates an empty file with mode 0600; an existing file keeps its content. Raises OSError."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    os.close(descriptor)
    make_private(path)
