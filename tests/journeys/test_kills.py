"""The master is killed: its workers end with it, and the next server has the port at once."""

import contextlib
import os
import signal
import sys
import threading

from sqlalchemy import select

from tests.factories import an_action
from tests.journeys.test_at_the_deadline import a_form, press
from ua_tracker import tally
from ua_tracker.models import Pledge


def kill_the_master(site, workers: list[int]) -> None:
    """Kills the master alone, and waits until it is gone.

    Where the kernel ends the workers with it, they are halted before: not one of them can see to it itself.
    """
    for number in workers if sys.platform == "linux" else []:
        os.kill(number, signal.SIGSTOP)
    os.kill(site.process.pid, signal.SIGKILL)
    site.process.wait()


def end(numbers: list[int]) -> None:
    for number in numbers:
        with contextlib.suppress(ProcessLookupError):
            os.kill(number, signal.SIGKILL)


def test_when_the_master_is_killed_the_next_server_starts_at_once_and_nothing_is_lost(site, session):
    action = an_action(session)
    forms = [a_form(site) for _ in range(40)]
    answers: dict[int, int] = {}
    some_are_through = threading.Event()

    def supporters() -> None:
        for number, form in enumerate(forms):
            answers[number] = press(site, form, f"Supporter {number}")
            if number == 10:
                some_are_through.set()

    thread = threading.Thread(target=supporters)
    thread.start()
    some_are_through.wait()
    workers = site.workers()
    try:
        kill_the_master(site, workers)
        site.start()  # on the same port; gunicorn gives up when it is taken for five seconds
    finally:
        end(workers)
        thread.join()
    assert "Retrying" not in (site.folder / "log").read_text()
    assert "already in use" not in (site.folder / "log").read_text()
    thanked = {f"Supporter {number}" for number, status in answers.items() if status == 303}
    session.rollback()
    assert thanked <= {pledge.name for pledge in session.scalars(select(Pledge))}
    again = {press(site, form, f"Supporter {number}") for number, form in enumerate(forms)}
    session.rollback()
    assert again == {303}
    assert tally.read(session, action.id).pledges == len(forms)
    assert tally.check(session) == []
