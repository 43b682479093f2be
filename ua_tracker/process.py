"""Requests to the operating system: end a process with its parent, raise the limit of open files."""

import ctypes
import os
import resource
import signal
import sys

_PARENT_DEATH = 1  # PR_SET_PDEATHSIG, prctl(2)
# Files that a process needs besides its clients' connections.
_OTHER_FILES = 200


def end_with(parent: int) -> None:
    """Makes the kernel kill this process when its parent ends. Does so on Linux only."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PARENT_DEATH, signal.SIGKILL)
    end_without(parent)


def end_without(parent: int) -> None:
    """Ends this process at once if `parent` is not its parent any more."""
    if parent != os.getppid():
        os._exit(1)


def allowed_connections(connections: int) -> int:
    """The possible number of connections, up to `connections`. Raises the limit of open files as far as allowed."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and soft < hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        soft = hard
    return min(connections, max(soft - _OTHER_FILES, soft // 2))
