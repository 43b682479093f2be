"""A limit is the same for all processes of a machine, also when the store fails."""

import logging
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from limits import parse
from limits.strategies import MovingWindowRateLimiter

from ua_tracker.limit_store import NAME, RETRY_AFTER, FileStorage, LenientStorage, opened

HOME = Path(__file__).resolve().parents[2]
LIMIT = parse("3 per minute")
NOON = 1_773_158_400.0
ANOTHER = """
import sys
from pathlib import Path
from limits import parse
from limits.strategies import MovingWindowRateLimiter
from ua_tracker.limit_store import opened
store = opened("", Path(sys.argv[1]), lambda: float(sys.argv[2]))
print(MovingWindowRateLimiter(store).hit(parse("3 per minute"), "amal"))
"""


class Seconds:
    """A clock in seconds that stands still until a test moves it."""

    def __init__(self) -> None:
        self.at = NOON

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def clock() -> Seconds:
    return Seconds()


@pytest.fixture
def store(tmp_path, clock):
    """The store in a file."""
    made = opened("", tmp_path, clock)
    yield made
    made.close()


@pytest.fixture
def limiter(store, clock) -> MovingWindowRateLimiter:
    return MovingWindowRateLimiter(LenientStorage(inside=store, clock=clock))


def hits(limiter: MovingWindowRateLimiter, times: int, who: str = "amal") -> list[bool]:
    return [limiter.hit(LIMIT, who) for _ in range(times)]


def test_the_window_moves_with_each_write_and_says_when_the_next_fits(limiter, clock):
    assert hits(limiter, 1) == [True]
    clock.at += 40
    assert hits(limiter, 3) == [True, True, False]
    assert limiter.get_window_stats(LIMIT, "amal") == (NOON + 60, 0)
    assert hits(limiter, 1, "zoe") == [True]
    clock.at = NOON + 60
    assert hits(limiter, 2) == [True, False]
    clock.at += 600
    assert limiter.get_window_stats(LIMIT, "amal") == (clock.at + 60, 3)


def test_another_process_counts_on_and_a_restart_forgets_nothing(limiter, store, tmp_path):
    assert hits(limiter, 2) == [True, True]
    command = [sys.executable, "-c", ANOTHER, str(tmp_path), str(NOON)]
    said = [subprocess.run(command, cwd=HOME, capture_output=True, text=True, check=True).stdout for _ in range(2)]
    assert said == ["True\n", "False\n"]
    store.close()
    assert hits(limiter, 1) == [False]


def test_the_file_is_for_its_owner_only_and_holds_no_address(limiter, tmp_path):
    before = os.umask(0)
    try:
        hits(limiter, 1, "203.0.113.9")
    finally:
        os.umask(before)
    files = sorted(tmp_path.glob(f"{NAME}*"))
    assert [stat.S_IMODE(file.stat().st_mode) for file in files] == [0o600] * 3
    assert not any(b"203.0.113.9" in file.read_bytes() for file in files)


def test_rows_out_of_date_go_with_the_writes_that_follow(limiter, store, clock):
    for number in range(30):
        hits(limiter, 1, f"guest {number}")
    clock.at += 61
    for number in range(10):
        hits(limiter, 1, f"later guest {number}")
    assert store.reset() == 10


def test_a_clock_put_back_locks_nobody_out(limiter, clock):
    clock.at += 3600 * 24 * 365
    hits(limiter, 3)
    clock.at = NOON
    assert hits(limiter, 4) == [True, True, True, False]


def test_a_file_that_is_deleted_or_destroyed_is_begun_anew(limiter, tmp_path):
    hits(limiter, 3)
    for file in tmp_path.glob(f"{NAME}*"):
        file.unlink()
    assert hits(limiter, 4) == [True, True, True, False]
    limiter.storage.inside.close()
    (tmp_path / NAME).write_bytes(b"no database " * 1000)
    assert hits(limiter, 4) == [True, True, True, False]


def test_a_store_that_fails_lets_everybody_through_says_so_once_and_comes_back(limiter, store, tmp_path, clock, caplog):
    store.close()
    (tmp_path / NAME).mkdir()
    with caplog.at_level(logging.WARNING):
        assert hits(limiter, 5) == [True] * 5
        clock.at += RETRY_AFTER
        assert hits(limiter, 5) == [True] * 5
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    (tmp_path / NAME).rmdir()
    clock.at += RETRY_AFTER
    assert hits(limiter, 4) == [True, True, True, False]
    assert caplog.records[-1].getMessage() == "The storage of the rate limits works again."


def test_a_redis_that_is_away_lets_everybody_through(clock):
    away = LenientStorage(inside=opened("redis://127.0.0.1:1/0", Path(), clock), clock=clock)
    assert hits(MovingWindowRateLimiter(away), 5) == [True] * 5


def test_what_is_stored_of_a_source_never_grows_beyond_the_limit(store, limiter):
    for _ in range(10):
        hits(limiter, 1)
    assert isinstance(store, FileStorage)
    assert store.get_moving_window(LIMIT.key_for("amal"), 3, 60) == (NOON, 3)
