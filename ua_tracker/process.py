"""What does a server process ask of the operating system? To end with its master, and to hold many connections."""

import ctypes
import os
import resource
import signal
import sys

_PARENT_DEATH = 1  # PR_SET_PDEATHSIG, prctl(2)
# Files that a process needs besides its clients' connections.
_OTHER_FILES = 200


def end_with(parent: int) -> None:
    """Lets the kernel kill this process when that one, its parent, ends; where the kernel cannot, does nothing."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PARENT_DEATH, signal.SIGKILL)
    end_without(parent)


def end_without(parent: int) -> None:
    """Ends this process at once when that one is no longer its parent."""
    if parent != os.getppid():
        os._exit(1)


def allowed_connections(connections: int) -> int:
    """As many connections as wanted, or fewer where the limit of open files is low; raises it as far as allowed."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and soft < hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        soft = hard
    return min(connections, max(soft - _OTHER_FILES, soft // 2))
