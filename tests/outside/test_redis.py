"""The limits counted in a real Redis: by several machines together, and by none while it is away."""

import shutil
import socket
import subprocess
import time
from contextlib import closing
from pathlib import Path

import pytest
from limits import parse
from limits.strategies import MovingWindowRateLimiter

from tests.conftest import lacking
from tests.ports import a_free_port
from ua_tracker.limit_store import RETRY_AFTER, LenientStorage, opened

LIMIT = parse("3 per hour")


class Redis:
    """A Redis server on a port of its own, which keeps nothing on the disk."""

    def __init__(self, folder: Path) -> None:
        self.port, self._folder = a_free_port(), folder
        self.start()

    def start(self) -> None:
        """Starts it; the kernel accepts connections as soon as it listens."""
        command = ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir", "."]
        with (self._folder / "log").open("ab") as log:
            self.process = subprocess.Popen(command, cwd=self._folder, stdout=log, stderr=log)
        while self.process.poll() is None:
            with closing(socket.socket()) as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
        raise RuntimeError((self._folder / "log").read_text()[-2000:])

    def stop(self) -> None:
        """Ends it."""
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(30)


@pytest.fixture
def redis(tmp_path):
    if shutil.which("redis-server") is None:
        lacking("redis", "not installed")
    running = Redis(tmp_path)
    yield running
    running.stop()


class Machine:
    """One machine of the site, with its own connection to Redis and its own clock."""

    def __init__(self, redis: Redis) -> None:
        self.now = time.time()
        self._inside = opened(f"redis://127.0.0.1:{redis.port}/0", Path(), lambda: self.now)
        self._limiter = MovingWindowRateLimiter(LenientStorage(inside=self._inside, clock=lambda: self.now))

    def hit(self, times: int = 1, who: str = "amal") -> list[bool]:
        """Whether each of so many writes is within the limit."""
        return [self._limiter.hit(LIMIT, who) for _ in range(times)]

    def close(self) -> None:
        """Closes its connections."""
        self._inside.storage.close()


def test_two_machines_count_together(redis):
    with closing(Machine(redis)) as one, closing(Machine(redis)) as other:
        assert one.hit(2) == [True, True]
        assert other.hit(2) == [True, False]
        assert one.hit() == [False]
        assert other.hit(who="zoe") == [True]


def test_a_redis_that_goes_away_limits_nobody_and_counts_again_when_it_is_back(redis):
    with closing(Machine(redis)) as machine:
        assert machine.hit(4) == [True, True, True, False]
        redis.stop()
        assert machine.hit(5) == [True] * 5
        redis.start()
        machine.now += RETRY_AFTER
        assert machine.hit(4) == [True, True, True, False]
