"""One thread renders at a time, and waits a little for others that need the same response."""

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Event

from ua_tracker.web.live import turns
from ua_tracker.web.live.turns import Turn


def test_one_thread_has_the_turn_at_a_time():
    turn, inside, most = Turn(), [], []

    def take() -> None:
        with turn.taken():
            inside.append(1)
            most.append(len(inside))
            inside.pop()

    with ThreadPoolExecutor(8) as pool:
        for done in [pool.submit(take) for _ in range(200)]:
            done.result()
    assert set(most) == {1}


def test_who_has_the_turn_goes_on_once_enough_threads_wait(monkeypatch):
    monkeypatch.setattr(turns, "PACE", 3600)
    turn, begun = Turn(), Event()

    def first() -> str:
        with turn.taken():
            begun.set()
            turn.gather(since=time.monotonic())
            return "gathered"

    def next_one() -> None:
        with turn.taken():
            pass

    monkeypatch.setattr(turns, "LONGEST", 60)
    with ThreadPoolExecutor(turns.ENOUGH) as pool:
        leader = pool.submit(first)
        assert begun.wait(20)
        for _ in range(turns.ENOUGH - 2):
            pool.submit(next_one)
        assert not leader.done()
        pool.submit(next_one)
        assert leader.result(timeout=60) == "gathered"


def test_nobody_waits_for_what_was_rendered_long_ago(monkeypatch):
    monkeypatch.setattr(turns, "PACE", 3600)
    turn = Turn()
    with turn.taken():
        turn.gather(since=time.monotonic() - 3600)


def test_a_thread_that_never_ends_keeps_the_others_for_a_while_only(monkeypatch):
    monkeypatch.setattr(turns, "LONGEST", 0.01)
    turn = Turn()
    with turn.taken(), ThreadPoolExecutor(1) as pool:

        def second() -> str:
            with turn.taken():
                return "went on"

        assert pool.submit(second).result() == "went on"
    with turn.taken():
        pass
