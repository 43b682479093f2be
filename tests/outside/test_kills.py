"""Twenty kills under load on each database: whoever was thanked is counted, and nobody is counted twice."""

import itertools
import os
import re
import signal
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlencode

import pytest
from sqlalchemy import func, select

from tests import conftest
from tests.factories import NOON, an_action
from tests.site import Site
from ua_tracker import tally
from ua_tracker.models import Mail, Pledge, Report

KEYS = re.compile(r'name="(csrf_token|once_key|whom)" value="([^"]+)"')
KILLS = 20
BETWEEN = 12  # people thanked between two kills
MOST_TRIES = 400
database = conftest.database  # both databases: the tests beside this one ask SQLite alone


@pytest.fixture
def site(database, tmp_path):
    running = Site(tmp_path, database, NOON).start()
    yield running
    running.kill()


class Crowd:
    """People who write until all kills are done; each presses the same form until an answer thanks."""

    def __init__(self, site: Site, most_tries: int = MOST_TRIES) -> None:
        self.site, self.most_tries = site, most_tries
        self.numbers = itertools.count()
        self.thanked: set[int] = set()
        self.unanswered = 0
        self.refused: Counter[int] = Counter()  # answers of 503, by the thread of the person
        self.over = threading.Event()
        self._changed = threading.Condition()

    def write(self) -> None:
        """One person after the other."""
        while not self.over.is_set():
            number = next(self.numbers)
            page, to, typed = what_is_typed(number)
            status, form = self._until_answered(page)
            assert status == 200, (page, status)
            keys = dict(KEYS.findall(form))
            assert is_thanked(*self._until_answered(to, {**keys, **typed})), number
            with self._changed:
                self.thanked.add(number)
                self._changed.notify_all()
            if number % 5 == 0:  # the answer was lost on its way: pressed once more
                assert is_thanked(*self._until_answered(to, {**keys, **typed})), number

    def wait_for(self, thanked: int) -> None:
        """Returns once so many have been thanked."""
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.thanked) >= thanked, timeout=120), "nobody is answered"

    def wait_for_refusals(self, people: int, each: int) -> None:
        """Returns once so many people have been refused so many times each since this was called."""
        with self._changed:
            self.refused.clear()
            enough = self._changed.wait_for(
                lambda: sum(times >= each for times in self.refused.values()) >= people, timeout=120
            )
            assert enough, f"not everybody is answered: {sorted(self.refused.values())}"

    def _until_answered(self, path: str, typed: dict[str, str] | None = None) -> tuple[int, str]:
        """The first answer that is none of a server that is away or busy."""
        for _ in range(self.most_tries):
            with suppress(OSError, HTTPException):
                status, page = ask(self.site, path, typed)
                if status != 503:
                    return status, page
                with self._changed:
                    self.refused[threading.get_ident()] += 1
                    self._changed.notify_all()
            with self._changed:
                self.unanswered += 1
            self.over.wait(0.02)
        raise AssertionError(f"{path}: no answer after {self.most_tries} tries")


def is_thanked(status: int, page: str) -> bool:
    """Whether the answer thanks: by a redirect, or itself where an e-mail address was given."""
    return status == 303 or (status == 200 and "Thank you!" in page)


def ask(site: Site, path: str, typed: dict[str, str] | None) -> tuple[int, str]:
    """One request on a connection of its own; raises OSError or HTTPException when no whole answer comes."""
    with closing(HTTPConnection("127.0.0.1", site.port, timeout=30)) as connection:
        if typed is None:
            connection.request("GET", path)
        else:
            kind = {"Content-Type": "application/x-www-form-urlencoded"}
            connection.request("POST", path, urlencode(typed), kind)
        answer = connection.getresponse()
        assert answer.status != 503 or int(answer.headers["Retry-After"]) > 0
        return answer.status, answer.read().decode()


def what_is_typed(number: int) -> tuple[str, str, dict[str, str]]:
    """The page, the address it sends to, and what this person types: a pledge, one with e-mail, or a report."""
    page, name = "/en/actions/ua-12-26", f"Person {number}"
    if number % 3 == 2:
        return f"{page}/letters", f"{page}/letters", {"name": name, "letters-1": "2", "sent_on": "2026-03-10",
                                                      "channel": "post"}  # fmt: skip
    email = {"email": f"person{number}@example.org"} if number % 3 else {}
    return page, f"{page}/pledges", {"name": name, "letters": "3", **email}


def kill(site: Site, number: int) -> None:
    """Every fifth time the master alone, every tenth everything at once; else one of the workers."""
    if number % 5 == 4:
        if number % 10 == 9:
            site.kill()
        else:
            os.kill(site.process.pid, signal.SIGKILL)
            site.process.wait()
        site.start()
    else:
        workers = site.workers()
        os.kill(workers[number % len(workers)], signal.SIGKILL)


def test_twenty_kills_lose_nothing_and_double_nothing(site, session):
    action = an_action(session)
    crowd = Crowd(site)
    with ThreadPoolExecutor(8) as pool:
        people = [pool.submit(crowd.write) for _ in range(8)]
        try:
            for number in range(KILLS):
                crowd.wait_for(BETWEEN * (number + 1))
                kill(site, number)
            crowd.wait_for(BETWEEN * (KILLS + 1))
        finally:
            crowd.over.set()
    for person in people:
        person.result()

    every_one_is_there_once(crowd, session, action)
    assert len(crowd.thanked) >= BETWEEN * (KILLS + 1)
    assert crowd.unanswered > 0, "no kill met a request"


def every_one_is_there_once(crowd: Crowd, session, action) -> None:
    """Whoever was thanked has one row and one mail, nobody else has any, and the tally agrees."""
    pledged = dict(session.execute(select(Pledge.name, func.count()).group_by(Pledge.name)).all())
    reported = dict(session.execute(select(Report.name, func.count()).group_by(Report.name)).all())
    stored = pledged | reported
    assert set(stored) == {f"Person {number}" for number in crowd.thanked}
    assert set(stored.values()) == {1}
    mails = session.scalar(select(func.count()).select_from(Mail).where(Mail.kind == "pledge_made"))
    assert mails == sum(number % 3 == 1 for number in crowd.thanked)
    assert tally.read(session, action.id).pledges == len(pledged)
    assert tally.read(session, action.id).letters_sent == 2 * len(reported)
    assert tally.check(session) == []
