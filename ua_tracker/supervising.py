"""Runs the processes of a site beside each other, and ends all of them together.

A part that dies is started again, later each time. When this process is killed, the kernel kills its parts (on Linux).
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from functools import partial
from typing import Any

from ua_tracker import process

PAUSES = (1, 2, 5, 15, 30)  # seconds before a part that died is started again
STEADY_SECONDS = 60  # a part that ran for so long begins again with the first pause
ENDING_SECONDS = 35  # longer than gunicorn gives its requests to end
_LOOK_SECONDS = 0.2


class Part:
    """One of the processes: its name, its command line, and what became of it."""

    def __init__(self, name: str, command: Sequence[str]) -> None:
        self.name, self._command = name, command
        self._falls, self._again_at = 0, 0.0
        self._began = 0.0
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Starts it, in a session of its own: Ctrl-C reaches this process alone, which then ends the parts in order."""
        self._began = time.monotonic()
        self._process = subprocess.Popen(  # noqa: S603  # one of our own programs
            self._command, start_new_session=True, preexec_fn=partial(process.end_with, os.getpid())
        )

    def look(self) -> None:
        """Starts it again when it has died and its pause is over."""
        now = time.monotonic()
        if self._process is None:
            if now >= self._again_at:
                self.start()
        elif self._process.poll() is not None:
            self._falls = 0 if now - self._began > STEADY_SECONDS else self._falls
            pause = PAUSES[min(self._falls, len(PAUSES) - 1)]
            print(f"The part '{self.name}' ended ({self._process.returncode}); it starts again in {pause} s.",
                  file=sys.stderr, flush=True)  # fmt: skip
            self._process, self._again_at, self._falls = None, now + pause, self._falls + 1

    def ask_to_end(self) -> None:
        """Sends SIGTERM."""
        if self._process is not None:
            self._process.terminate()

    def end(self, last: float) -> None:
        """Waits until it has ended; kills it at this instant of the monotonic clock."""
        if self._process is not None:
            try:
                self._process.wait(max(0.1, last - time.monotonic()))
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()


class _Asked:
    """Set by SIGTERM, SIGHUP or Ctrl-C. The second one does not wait."""

    def __init__(self) -> None:
        self.times = 0
        for one in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(one, self._ask)

    def _ask(self, *_: Any) -> None:
        self.times += 1
        if self.times > 1:
            sys.exit(1)  # the kernel kills the parts


def run(commands: dict[str, Sequence[str]]) -> None:
    """Runs these commands until a signal asks to end, and ends them then. Call it in the main thread."""
    asked = _Asked()
    parts = [Part(name, command) for name, command in commands.items()]
    for part in parts:
        part.start()
    while not asked.times:
        time.sleep(_LOOK_SECONDS)
        for part in parts:
            part.look()
    for part in parts:
        part.ask_to_end()
    last = time.monotonic() + ENDING_SECONDS
    for part in parts:
        part.end(last)
