"""Whose turn is it? First come, first served, over threads and processes."""

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

from ua_tracker.writer_queue import FairLock, WriterQueue

WRITER = """
import sys
from pathlib import Path
from ua_tracker.writer_queue import WriterQueue
queue, journal = WriterQueue(Path(sys.argv[1])), Path(sys.argv[2])
for _ in range(200):
    with queue.turn():
        number = int(journal.read_text())
        journal.write_text(str(number + 1))
"""


def test_threads_get_the_lock_in_the_order_in_which_they_asked():
    lock, order = FairLock(), []
    lock.acquire()

    def ask(number: int) -> None:
        lock.acquire()
        order.append(number)
        lock.release()

    threads = []
    for number in range(8):
        thread = threading.Thread(target=ask, args=(number,))
        thread.start()
        threads.append(thread)
        while len(lock._waiting) <= number:  # the next asks only when this one stands in the queue
            pass
    lock.release()
    for thread in threads:
        thread.join()
    assert order == list(range(8))


def test_no_two_threads_hold_the_turn_at_once(tmp_path):
    queue, inside, most = WriterQueue(tmp_path / "queue"), [], []

    def write(number: int) -> None:
        with queue.turn():
            inside.append(number)
            most.append(len(inside))
            inside.remove(number)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(200)))
    assert (max(most), len(most)) == (1, 200)


def test_no_two_processes_hold_the_turn_at_once(tmp_path):
    journal = tmp_path / "journal"
    journal.write_text("0")
    command = [sys.executable, "-c", WRITER, str(tmp_path / "queue"), str(journal)]
    processes = [subprocess.Popen(command) for _ in range(3)]
    assert [process.wait(60) for process in processes] == [0, 0, 0]
    assert journal.read_text() == "600"


def test_a_process_that_dies_in_its_turn_does_not_stop_the_others(tmp_path):
    code = f"""
import os
from pathlib import Path
from ua_tracker.writer_queue import WriterQueue
with WriterQueue(Path({str(tmp_path / "queue")!r})).turn():
    os._exit(9)
"""
    assert subprocess.run([sys.executable, "-c", code]).returncode == 9
    with WriterQueue(tmp_path / "queue").turn():
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
