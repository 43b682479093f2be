"""Counts in memory that processes share: true over all of them, also when one is killed."""

import os
import signal

import pytest

from ua_tracker import request_counts
from ua_tracker.request_counts import Counted, SharedMemory

KEY = ("GET", "/<lang>/", "200")


def in_another_process(shared: SharedMemory, work) -> None:
    """Does this in a process that is killed right after it."""
    child = os.fork()
    if child == 0:
        work(shared.join())
        os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(child, 0)


def test_what_all_processes_count_is_added_up_and_outlives_them():
    shared = SharedMemory()
    own = shared.join()
    own.add(*KEY, 800)
    in_another_process(shared, lambda counts: [counts.add(*KEY, 3_000_000) for _ in range(3)])
    counted = own.totals()[KEY]
    assert (counted.times, counted.microseconds) == (4, 9_000_800)
    assert counted.spans == (1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 0)


def test_a_new_process_goes_on_where_one_has_ended(monkeypatch):
    monkeypatch.setattr(request_counts, "REGIONS", 2)
    shared = SharedMemory()
    own = shared.join()
    for _ in range(4):
        in_another_process(shared, lambda counts: counts.add(*KEY, 1))
    assert own.totals()[KEY].times == 4


def test_only_living_processes_have_connections():
    shared = SharedMemory()
    own = shared.join()
    own.now(5, 2)
    in_another_process(shared, lambda counts: counts.now(100, 100))
    assert own.moments() == [(5, 2)]


def test_more_routes_than_there_is_room_for_are_counted_together():
    own = SharedMemory().join()
    for number in range(2_000):
        own.add("GET", f"/{number}", "200", 1)
    own.add("GET", "/" + "x" * 200, "200", 1)
    totals = own.totals()
    assert sum(counted.times for counted in totals.values()) == 2_001
    assert totals[("rest", "", "")].times > 900


def test_a_time_longer_than_all_spans_is_counted_too():
    own = SharedMemory().join()
    own.add(*KEY, 60_000_000)
    assert own.totals() == {KEY: Counted(1, 60_000_000, (0,) * 12 + (1,))}


def test_a_process_that_does_not_count_is_left_alone(monkeypatch):
    monkeypatch.setattr(request_counts, "own", None)
    request_counts.count(request_counts.TURN, 0.0)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_names_come_back_as_they_were(method):
    own = SharedMemory().join()
    own.add(method, "/<lang>/actions/<slug>", "204", 1)
    assert set(own.totals()) == {(method, "/<lang>/actions/<slug>", "204")}
