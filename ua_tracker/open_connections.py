"""The connections of this process to one SQLite file, and which of them are in use.

SQLite opens the index of the log ("-shm") once for all connections of a process. A connection that is opened beside
others uses the index that they have open, even if it was deleted and the path names another one by now. Two processes
with different indexes overwrite each other's commits in the log. So when a file was deleted or replaced, all
connections of the process are closed before one is opened again.
"""

import os
import sqlite3
import threading
import weakref
from functools import cache
from typing import Any

Mark = tuple[int, int]  # device and inode of a file


class FileConnection(sqlite3.Connection):
    """A connection that one thread uses at a time, between `take` and `give_back`. It is in use when it is opened.

    Another thread may close it while it is not in use.
    """

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._use = threading.Lock()
        self._use.acquire()
        self._is_closed = False
        self.siblings: OpenConnections | None = None
        self.opened: Any = None

    def take(self) -> bool:
        """Whether the connection could be taken into use: not if it was closed."""
        return self._use.acquire(blocking=False) and not self._is_closed

    def give_back(self) -> None:
        """Ends the use. Closes the connection if all of the process are to be closed."""
        if self.siblings is not None and self.siblings.are_leaving:
            self.close()
        if self._use.locked():
            self._use.release()

    def close(self) -> None:
        """Closes the connection. It may be closed before."""
        self._is_closed = True
        super().close()
        if self.siblings is not None:
            self.siblings.left(self)


class OpenConnections:
    """The open connections of this process to one file, named by its real path."""

    def __init__(self) -> None:
        self._forget()
        os.register_at_fork(after_in_child=self._forget)

    def _forget(self) -> None:
        """Begins anew, also in a forked child, which must not use its parent's connections."""
        self.opening = threading.Lock()
        self.are_leaving = False
        self._changed = threading.Condition()
        self._open: weakref.WeakSet[FileConnection] = weakref.WeakSet()
        self._index: Mark | None = None

    def join(self, connection: FileConnection, index: Mark | None) -> Mark | None:
        """Adds a connection. `index` is the file at the path now; returns the one that the connection really uses."""
        with self._changed:
            if not self._open:
                self._index = index
            self._open.add(connection)
            connection.siblings = self
            return self._index

    def left(self, connection: FileConnection) -> None:
        """Removes a connection that was closed."""
        with self._changed:
            self._open.discard(connection)
            if not self._open:
                self.are_leaving = False
                self._changed.notify_all()

    def all(self) -> list[FileConnection]:
        """The open connections, in no order."""
        with self._changed:
            return list(self._open)

    def close_all(self, patience: float) -> bool:
        """Closes those that are not in use at once, the others when their use ends. Whether all are closed in time.

        `patience` is in seconds.
        """
        with self._changed:
            self.are_leaving = bool(self._open)
        for connection in self.all():
            if connection.take():
                connection.close()
        with self._changed:
            return self._changed.wait_for(lambda: not self._open, patience)


@cache
def connections_to(path: str) -> OpenConnections:
    """The connections of this process to the file at this real path."""
    return OpenConnections()
