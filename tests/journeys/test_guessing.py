"""Thirty wrong passwords at the same moment, at a server with two workers, are ten tries."""

import re
import threading
import urllib.error
import urllib.parse
import urllib.request
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import func, select

from tests.factories import PASSWORD, a_coordinator
from ua_tracker.models import SignInTry


class _Still(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args, **kwargs):
        return None


def sign_in(site, password: str) -> int:
    """The status of a sign-in of Oda's, with a browser of its own."""
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(), _Still)
    with browser.open(f"{site.address}/en/login") as page:
        token = re.search(r'name="csrf_token" value="([^"]+)"', page.read().decode())[1]
    typed = urllib.parse.urlencode({"email": "oda@example.org", "password": password, "csrf_token": token}).encode()
    all_ready.wait()
    try:
        with browser.open(f"{site.address}/en/login", typed) as answer:
            return answer.status
    except urllib.error.HTTPError as answer:
        return answer.code


all_ready = threading.Barrier(1)


def test_tries_at_the_same_moment_are_counted_one_by_one(site, session):
    global all_ready
    a_coordinator(session)
    all_ready = threading.Barrier(30)
    with ThreadPoolExecutor(30) as pool:
        answers = list(pool.map(lambda _: sign_in(site, "guess"), range(30)))
    assert sorted(answers) == [422] * 10 + [429] * 20
    assert session.scalar(select(func.count()).select_from(SignInTry)) == 10
    session.rollback()
    site.stop()
    site.start()
    all_ready = threading.Barrier(1)
    assert sign_in(site, PASSWORD) == 429
