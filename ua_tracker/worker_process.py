"""How a worker process of gunicorn starts and ends: what it refuses, and that it never outlives its master."""

import gc
import sys
import time
from collections.abc import Callable
from typing import Any, ClassVar

from gunicorn.config import Config
from gunicorn.workers.gthread import ThreadWorker

from ua_tracker import process, refused_requests, repeats, request_counts
from ua_tracker.connections import Connection, Outgoing
from ua_tracker.server_log import ServerLog

# Python looks for unreachable cycles when so many more objects were made than freed, and through older ones at every
# twentieth time. By default (700 objects) it does so at every fifth pledge.
_COLLECTING = (10_000, 20, 20)
APP_LOAD_ERROR = 4  # an exit code that ends gunicorn's master: to begin again would not help


class _Written:
    """The client for which gunicorn writes its own error, which is only read here."""

    def __init__(self) -> None:
        self.response = b""

    def gettimeout(self) -> float:
        """As of a socket that never blocks."""
        return 0.0

    def sendall(self, data: bytes) -> None:
        """Keeps the data."""
        self.response += data


class WorkerProcess(ThreadWorker):
    """gunicorn's threaded worker, for plain HTTP, bound to its master.

    `memory` is what all workers of the master count in. `keeps` says whether the application keeps the answer to a
    path; an application may have a function of this name.
    """

    memory: ClassVar[request_counts.SharedMemory]
    keeps: Callable[[bytes], bool]

    @classmethod
    def check_config(cls, cfg: Config, log: Any) -> None:
        """Ends the program if gunicorn's settings ask for TLS, which this worker does not support."""
        if cfg.is_ssl:
            sys.exit("This server speaks plain HTTP. Let a proxy speak HTTPS: docs/running.md.")
        ServerLog.instead_of(log)
        cls.memory = request_counts.SharedMemory()
        super().check_config(cfg, log)

    def __init__(self, *arguments: Any) -> None:
        """Made in the master: `arguments` are gunicorn's, with its log at the end."""
        *others, log = arguments
        super().__init__(*others, ServerLog.instead_of(log))

    def init_process(self) -> None:
        """Prepares the process and serves requests until it is stopped."""
        request_counts.own = self.memory.join()
        super().init_process()

    def load_wsgi(self) -> None:
        """Loads the site. Where it refuses to start, as with a bad setting, the whole server ends with its sentence."""
        try:
            super().load_wsgi()
            self.keeps = getattr(self.wsgi, "keeps", lambda _path: False)
            _collect_less()
        except SystemExit as refused:
            print(refused.code, file=sys.stderr, flush=True)
            sys.exit(APP_LOAD_ERROR)

    def answer_again(self, conn: Connection, *, at_once: bool) -> bool:
        """Answers a request whose very bytes were answered before on this connection; false if it is to be read anew.

        `at_once` says that the main loop answers. What is answered stands in the connection's buffer.
        """
        repeat = conn.sock.repeat
        if repeat is None or repeat.request != conn.sock.request or not self.alive or self.nr + 1 >= self.max_requests:
            return False
        began = time.monotonic()
        answer = repeat.answer(conn.sock.arrived, at_once=at_once)
        if answer is None:
            return False
        self.nr += 1
        conn.sock.buffer(repeats.wire(answer))
        microseconds = int((time.monotonic() - began) * 1_000_000)
        self.log.answered("GET", repeat.route, answer.status[:3], microseconds, answer.number)
        return True

    def handle_error(self, req: Any, client: Outgoing, addr: Any, exc: Exception) -> None:
        """Counts and logs what gunicorn cannot read, and a fault of the site, and answers as the site refuses."""
        own = _Written()
        super().handle_error(req, own, addr, exc)  # type: ignore[misc]  # its stubs lack it
        if own.response:
            client.sendall(refused_requests.answer(refused_requests.meant(own.response), client.request))

    def init_signals(self) -> None:
        """Sets up signals, and makes the process end with its master: otherwise it would keep the port in use."""
        super().init_signals()
        process.end_with(self.ppid)

    def is_parent_alive(self) -> bool:
        """Ends the process at once when its master has ended. What has been confirmed to clients is stored."""
        process.end_without(self.ppid)
        return True


def _collect_less() -> None:
    """Takes all that is loaded out of what Python's garbage collector looks through.

    It stays for as long as the process does. To look through it stopped all threads, in the middle of a request, for a
    tenth of a second and more.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_COLLECTING)
