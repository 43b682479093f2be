"""A real server: gunicorn as the Procfile starts it, on a free port, with a clock that is read from a file.

`gunicorn tests.site:app` serves the application; `Site` starts, kills and restarts such a server.
"""

import gc
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from datetime import UTC, datetime
from pathlib import Path

from flask import request

from tests import pseudo_language
from tests.factories import NOTHING_HELD
from tests.ports import a_free_port
from ua_tracker import create_app, languages

CLOCK = "UA_TEST_CLOCK"
# The folder of the catalogue of a third language, which is written from right to left.
FROM_THE_RIGHT = "UA_TEST_FROM_THE_RIGHT"
# Whether the server writes down who asked for what, which the site itself never does.
CLIENTS = "UA_TEST_CLIENTS"
# Whether it writes down, at each request, how many objects Python's garbage collector would look through.
COLLECTED = "UA_TEST_COLLECTED"
HOME = Path(__file__).resolve().parent.parent


def _time_in_the_file() -> datetime:
    return datetime.fromisoformat(Path(os.environ[CLOCK]).read_text())


def __getattr__(name: str):
    """Makes the app only when gunicorn imports it."""
    if name == "app":
        if folder := os.environ.get(FROM_THE_RIGHT):
            languages.LANGUAGES[pseudo_language.CODE] = pseudo_language.from_the_right(Path(folder))
        app = create_app(clock=_time_in_the_file)
        if CLIENTS in os.environ:
            app.before_request(lambda: print(f"client={request.remote_addr} path={request.path}", flush=True))
        if COLLECTED in os.environ:
            app.before_request(lambda: print(f"collected={len(gc.get_objects())}", flush=True))
        return app
    raise AttributeError(name)


def _without_overriding() -> None:
    """Takes CAP_DAC_OVERRIDE from what is executed next (capabilities(7)); only root has it."""
    import ctypes

    ctypes.CDLL(None).prctl(24, 1, 0, 0, 0)  # PR_CAPBSET_DROP


class Site:
    """A running server: `address` to visit, `clock` to set, `kill` to end it as a power cut would."""

    def __init__(self, folder: Path, database: str, at: datetime, **environ: str) -> None:
        self.folder, self.database, self._clock = folder, database, folder / "clock"
        self.port = a_free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.set_clock(at)
        self._environ = {
            **os.environ, "INSTANCE_PATH": str(folder), "DATABASE_URL": database, CLOCK: str(self._clock),
            "RATELIMIT_ENABLED": "no", **NOTHING_HELD, "LOG_LEVEL": "ERROR", "PORT": str(self.port), **environ,
        }  # fmt: skip
        self.process: subprocess.Popen | None = None

    def set_clock(self, at: datetime) -> None:
        """Moves the server's clock, for all its workers at once."""
        fresh = self._clock.with_suffix(".new")
        fresh.write_text(at.astimezone(UTC).isoformat())
        fresh.replace(self._clock)

    def start(self, *, held_to_modes: bool = False, answers: int = 200) -> "Site":
        """Starts the server and waits until it answers so.

        `held_to_modes` takes from a server of root's the right to write where the files' modes allow nobody to.
        """
        line = next(line for line in (HOME / "Procfile").read_text().splitlines() if line.startswith("web: "))
        flags = line.removeprefix("web: gunicorn app:app ").replace("0.0.0.0:", "127.0.0.1:")
        command = ["sh", "-c", f'exec "$0" -m gunicorn tests.site:app {flags}', sys.executable]
        log = (self.folder / "log").open("ab")
        self.process = subprocess.Popen(
            command, cwd=HOME, env=self._environ, stdout=log, stderr=log, start_new_session=True,
            preexec_fn=_without_overriding if held_to_modes else None,
        )  # fmt: skip
        log.close()
        self._wait(answers)
        return self

    def _wait(self, answers: int) -> None:
        last = time.monotonic() + 120
        while time.monotonic() < last and self.process.poll() is None:
            try:
                with urllib.request.urlopen(f"{self.address}/en/", timeout=30):
                    return
            except urllib.error.HTTPError as answer:
                with answer:
                    if answer.code == answers:
                        return
            except OSError:  # refused, reset or slow: the server is still starting
                time.sleep(0.05)
        self.stop()
        raise RuntimeError(f"the server does not answer: {(self.folder / 'log').read_text()[-2000:]}")

    def is_running(self) -> bool:
        """Whether the master process is running."""
        return self.process is not None and self.process.poll() is None

    def workers(self) -> list[int]:
        """The process ids of the workers."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return [int(number) for number in children.split()]

    def kill(self) -> None:
        """Kills master and workers at once, as a power cut would."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        """Lets the server finish what it is doing."""
        if self.is_running():
            self.process.terminate()
            self.process.wait(30)
