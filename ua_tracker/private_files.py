"""Who may read what the site keeps? The account that runs it, nobody else, whatever the umask was or is."""

import os
import stat
from contextlib import suppress
from pathlib import Path

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def make_private(path: Path | str) -> None:
    """Takes from group and others every right to the file or folder, if it is there and ours; its owner's rights stay.

    A folder that everybody may write to on purpose (with the sticky bit, as /tmp) is left alone.
    """
    with suppress(OSError):  # not there, not ours, or on a file system that takes no writing
        found = os.stat(path)
        mode = stat.S_IMODE(found.st_mode)
        shared = stat.S_ISDIR(found.st_mode) and mode & stat.S_ISVTX
        if mode & _OTHERS and not shared and found.st_uid == os.geteuid():
            os.chmod(path, mode & ~_OTHERS)


def make_all_private(folder: Path) -> None:
    """Tightens the folder and every file right in it."""
    make_private(folder)
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_file(follow_symlinks=False):
                make_private(entry.path)


def make(path: Path) -> None:
    """Makes an empty file of mode 0600; one that is there stays as it is. Raises OSError."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    os.close(descriptor)
    make_private(path)
