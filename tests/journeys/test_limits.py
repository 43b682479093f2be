"""What the settings promise is what two workers do together."""

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import func, select

from tests.factories import NOON, an_action
from tests.journeys.test_at_the_deadline import a_form, press
from tests.site import Site
from ua_tracker.models import Pledge

HOME = Path(__file__).resolve().parents[2]


@pytest.fixture
def limited(database, tmp_path):
    """The server with its limits; its clock stands still, so that all is within one minute."""
    running = Site(tmp_path, database, NOON, RATELIMIT_ENABLED="yes").start()
    yield running
    running.stop()


def promised() -> int:
    """So many a minute, as the page on settings says."""
    return int(re.search(r"\((\d+) a minute", (HOME / "docs" / "settings.md").read_text())[1])


def test_a_hall_gets_through_and_no_worker_lets_more_through_than_promised(limited, session):
    an_action(session)
    forms = [a_form(limited) for _ in range(promised() + 10)]
    with ThreadPoolExecutor(8, initializer=Barrier(8).wait) as pool:
        hall = list(pool.map(lambda number: press(limited, forms[number], f"Guest {number}"), range(60)))
    assert hall == [303] * 60
    with ThreadPoolExecutor(8, initializer=Barrier(8).wait) as pool:
        rest = list(pool.map(lambda number: press(limited, forms[number], f"Late {number}"), range(60, len(forms))))
    assert sorted(rest) == [303] * (promised() - 60) + [429] * 10
    assert session.scalar(select(func.count()).select_from(Pledge)) == promised()


def test_workers_that_are_replaced_count_on(limited, session):
    an_action(session)
    forms = [a_form(limited) for _ in range(promised() + 1)]
    assert {press(limited, form, "Guest") for form in forms[: promised()]} == {303}
    limited.kill()
    limited.start()
    assert press(limited, forms[-1], "Late") == 429
