"""Writers wait in a queue: first come, first served, over threads and processes, for a limited time."""

import subprocess
import sys
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from ua_tracker.refusals import DatabaseAway, TurnTooLong
from ua_tracker.writer_queue import FIRST_FEW, FairLock, WriterQueue

LONG = 60.0
WRITER = """
import sys
from pathlib import Path
from ua_tracker.writer_queue import WriterQueue
folder = Path(sys.argv[1])
queue, journal, inside = WriterQueue(folder / "queue"), folder / "journal", folder / "inside"
print(flush=True)
sys.stdin.readline()
for _ in range(200):
    with queue.turn(60):
        inside.touch(exist_ok=False)
        number = int(journal.read_text())
        journal.write_text(str(number + 1))
        inside.unlink()
"""
HOLDER = """
import sys
from pathlib import Path
from ua_tracker.writer_queue import WriterQueue
with WriterQueue(Path(sys.argv[1])).turn(60):
    print(flush=True)
    sys.stdin.readline()
"""


def python(code: str, *words: object) -> subprocess.Popen:
    command = [sys.executable, "-c", code, *map(str, words)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)


@contextmanager
def held_by_another_process(path: Path):
    """The turn is another process's until the block ends, or the process is killed in it."""
    with python(HOLDER, path) as process:
        process.stdout.readline()
        yield process
        process.stdin.close()


def until(lock: FairLock, waiting: int, or_over: Future | None = None) -> None:
    """Returns when so many wait for the lock, or this thread, which gives up soon, has been seen to have done so."""
    last = time.monotonic() + LONG
    while len(lock._waiting) != waiting and not (or_over and or_over.done()):
        assert time.monotonic() < last, len(lock._waiting)


def test_threads_get_the_lock_in_the_order_in_which_they_asked():
    lock, order = FairLock(), []
    lock.acquire(time.monotonic() + LONG)

    def ask(number: int) -> None:
        lock.acquire(time.monotonic() + LONG)
        order.append(number)
        lock.release()

    with ThreadPoolExecutor(2) as pool:
        for number in range(2):
            pool.submit(ask, number)
            until(lock, number + 1)  # the next asks only when this one stands in the queue
        lock.release()
    assert order == [0, 1]


def test_no_two_threads_hold_the_turn_at_once(tmp_path):
    queue, inside, most = WriterQueue(tmp_path / "queue"), [], []

    def write(number: int) -> None:
        with queue.turn(LONG):
            inside.append(number)
            most.append(len(inside))
            inside.remove(number)

    with ThreadPoolExecutor(8, initializer=threading.Barrier(8).wait) as pool:
        list(pool.map(write, range(200)))
    assert (max(most), len(most)) == (1, 200)


def test_no_two_processes_hold_the_turn_at_once(tmp_path):
    (tmp_path / "journal").write_text("0")
    processes = [python(WRITER, tmp_path) for _ in range(3)]
    for process in processes:
        process.stdout.readline()  # all are ready, and begin together
    for process in processes:
        process.stdin.write(b"\n")
        process.stdin.flush()
    for process in processes:
        process.communicate(timeout=120)
    assert [process.returncode for process in processes] == [0, 0, 0]
    assert (tmp_path / "journal").read_text() == "600"


def test_a_process_that_is_killed_in_its_turn_does_not_stop_the_others(tmp_path):
    with held_by_another_process(tmp_path / "queue") as process:
        process.kill()
        with WriterQueue(tmp_path / "queue").turn(LONG):
            pass


def test_the_turn_is_given_back_when_the_block_fails(tmp_path):
    queue = WriterQueue(tmp_path / "queue")
    for _ in range(3):
        try:
            with queue.turn():
                raise ValueError
        except ValueError:
            continue
    with queue.turn():
        pass


def test_who_gives_up_stops_nobody_behind_and_lets_nobody_overtake(tmp_path):
    first, second = WriterQueue(tmp_path / "queue"), WriterQueue(tmp_path / "queue")
    with held_by_another_process(tmp_path / "queue"):
        with pytest.raises(TurnTooLong), first.turn(0.05):
            pass
        with pytest.raises(TurnTooLong), second.turn(0.05):  # the first one's number is free, the holder's is not
            pass
    with second.turn(LONG):
        assert second.is_mine
    assert not second.is_mine


def test_a_thread_that_gives_up_leaves_its_place_to_the_next(tmp_path):
    queue, got = WriterQueue(tmp_path / "queue"), []

    def wait(patience: float) -> None:
        with queue.turn(patience):
            got.append(patience)

    with ThreadPoolExecutor(2) as pool, queue.turn():
        hasty = pool.submit(wait, 0.1)
        until(queue._threads, 1, or_over=hasty)
        pool.submit(wait, LONG)
        with pytest.raises(TurnTooLong):
            hasty.result()
        until(queue._threads, 1)
    assert got == [LONG]


def test_while_the_turn_stands_still_only_the_first_few_wait_on(tmp_path):
    lock = FairLock()
    deadline = time.monotonic() + LONG
    lock.acquire(deadline)
    lock._moved -= LONG  # as if nobody's turn had come for a minute
    with ThreadPoolExecutor(FIRST_FEW) as pool:
        for number in range(FIRST_FEW):
            pool.submit(lock.acquire, deadline)
            until(lock, number + 1)
        with pytest.raises(TurnTooLong):
            lock.acquire(deadline)
        lock.release()
        lock.release()


def test_a_job_that_was_taken_is_waited_for_until_it_is_ended():
    lock, deadline = FairLock(), time.monotonic() + 0.05
    lock.acquire(time.monotonic() + LONG)
    with ThreadPoolExecutor(2) as pool:
        waiting = pool.submit(lock.acquire, deadline, "a job")
        until(lock, 1)
        without = pool.submit(lock.acquire, time.monotonic() + LONG)
        until(lock, 2)
        [place] = lock.take(10)  # none of those behind one without a job
        while time.monotonic() < deadline:
            assert not waiting.done()
        assert place.job == "a job"
        place.ends.release()
        assert waiting.result() is False
        lock.release()
        assert without.result() is True


def test_a_queue_that_is_removed_or_moved_is_made_anew_for_all(tmp_path):
    one, other = WriterQueue(tmp_path / "queue"), WriterQueue(tmp_path / "queue")
    for queue in (one, other):
        with queue.turn():
            pass
    (tmp_path / "queue").unlink()
    with other.turn():
        assert (tmp_path / "queue").exists()
    with held_by_another_process(tmp_path / "queue"), pytest.raises(TurnTooLong), one.turn(0.05):
        pass


def test_a_folder_that_is_gone_is_said(tmp_path):
    with pytest.raises(DatabaseAway), WriterQueue(tmp_path / "gone" / "queue").turn():
        pass


def test_a_forked_child_waits_in_the_queue_for_itself(tmp_path):
    import os

    queue = WriterQueue(tmp_path / "queue")
    with queue.turn():
        child = os.fork()
        if child == 0:
            try:
                with queue.turn(0.05):
                    os._exit(1)
            except TurnTooLong:
                os._exit(0)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
