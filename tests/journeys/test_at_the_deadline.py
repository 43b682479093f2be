"""Twenty people press the button while the deadline passes."""

import re
import threading
import urllib.error
import urllib.parse
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from tests.factories import an_action
from ua_tracker import tally
from ua_tracker.models import Pledge

CLOSING = datetime(2026, 3, 16, 4, 0, tzinfo=UTC)
KEYS = re.compile(r'name="(csrf_token|once_key)" value="([^"]+)"')


class _Still(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args, **kwargs):
        return None


def a_form(site) -> dict[str, str]:
    with urllib.request.urlopen(f"{site.address}/en/actions/ua-12-26") as page:
        return dict(KEYS.findall(page.read().decode()))


def press(site, keys: dict[str, str], name: str, letters: str = "2") -> int:
    """Sends the form; answers the status, or 0 when no answer came."""
    body = urllib.parse.urlencode({"name": name, "letters": letters, **keys}).encode()
    try:
        with urllib.request.build_opener(_Still).open(f"{site.address}/en/actions/ua-12-26/pledges", body) as answer:
            return answer.status
    except urllib.error.HTTPError as answer:
        with answer:
            return answer.code
    except (urllib.error.URLError, ConnectionError):
        return 0


def test_each_of_twenty_is_counted_or_refused_and_none_is_late(site, session):
    action = an_action(session)
    site.set_clock(CLOSING - timedelta(microseconds=1))
    forms = [a_form(site) for _ in range(20)]
    some_are_through = threading.Event()
    answers: dict[int, int] = {}

    def supporter(number: int) -> None:
        if number == 10:
            some_are_through.wait()
            site.set_clock(CLOSING)
        answers[number] = press(site, forms[number], f"Supporter {number}")
        if len(answers) >= 5:
            some_are_through.set()

    with ThreadPoolExecutor(20, initializer=threading.Barrier(20).wait) as pool:
        list(pool.map(supporter, range(20)))
    assert a_form(site) == {}
    again = {number: press(site, forms[number], f"Supporter {number}") for number in range(20)}
    made = session.scalars(select(Pledge)).all()
    assert set(answers.values()) <= {303, 409}
    assert len(made) == list(answers.values()).count(303) >= 4
    assert all(pledge.made_at < CLOSING for pledge in made)
    assert tally.read(session, action.id).letters_pledged == 2 * len(made)
    assert again == answers  # whoever got through is thanked again, whoever was late is late again
    assert tally.check(session) == []


def test_one_form_pressed_twenty_times_at_once_is_one_pledge(site, session):
    action = an_action(session)
    keys = a_form(site)
    with ThreadPoolExecutor(20, initializer=threading.Barrier(20).wait) as pool:
        answers = list(pool.map(lambda _: press(site, keys, "Amal"), range(20)))
    assert set(answers) == {303}
    assert tally.read(session, action.id).pledges == 1


def test_what_was_thanked_for_survives_a_killed_worker(site, session):
    action = an_action(session)
    forms = [a_form(site) for _ in range(60)]
    answers: dict[int, int] = {}

    def supporter(number: int) -> None:
        if number in (20, 40):
            import os
            import signal

            os.kill(site.workers()[0], signal.SIGKILL)
        answers[number] = press(site, forms[number], f"Supporter {number}")

    with ThreadPoolExecutor(8, initializer=threading.Barrier(8).wait) as pool:
        list(pool.map(supporter, range(60)))
    made = {pledge.name for pledge in session.scalars(select(Pledge))}
    assert {f"Supporter {number}" for number, status in answers.items() if status == 303} <= made
    session.rollback()
    again = [press(site, forms[number], f"Supporter {number}") for number, status in answers.items() if status == 0]
    assert set(again) <= {303}
    session.expire_all()
    assert tally.read(session, action.id).pledges == 60
    assert tally.check(session) == []
