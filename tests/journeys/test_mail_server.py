"""The mail server is down: no pledge waits for it, the coordinators see it, and the mails are sent later."""

import http.cookiejar
import os
import re
import subprocess
import sys
import urllib.parse
import urllib.request
from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.factories import NOON, PASSWORD, a_coordinator, an_action
from tests.mail_server import MailServer
from tests.site import CLOCK, HOME, Site
from ua_tracker.models import Mail

FIELDS = re.compile(r'name="(csrf_token|once_key|next)" value="([^"]*)"')
WORDS = {"en": "does not take mails at present", "fr": "n’accepte pas de messages pour l’instant"}


@pytest.fixture
def office():
    """A mail server that is down until the test starts it."""
    server = MailServer()
    yield server
    server.down()


@pytest.fixture
def site(database, tmp_path, office):
    mail = {"MAIL_URL": office.url, "MAIL_FROM": "letters@example.org", "PUBLIC_URL": "http://127.0.0.1"}
    running = Site(tmp_path, database, NOON, **mail).start()
    yield running
    running.stop()


def send(site: Site) -> tuple[int, str, str]:
    """`outbox send` as cron runs it: its exit code, what it printed, what it complained of."""
    command = [sys.executable, "-m", "flask", "--app", "tests.site:app", "outbox", "send"]
    environ = {**os.environ, **site._environ, CLOCK: str(site.folder / "clock")}
    done = subprocess.run(command, cwd=HOME, env=environ, capture_output=True, text=True)
    return done.returncode, done.stdout, done.stderr


class Browser:
    """One that keeps the cookie."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))

    def get(self, path: str) -> str:
        with self._opener.open(f"{self.site.address}{path}") as answer:
            return answer.read().decode()

    def submit(self, page: str, to: str, **typed: str) -> str:
        body = urllib.parse.urlencode({**dict(FIELDS.findall(self.get(page))), **typed}).encode()
        with self._opener.open(f"{self.site.address}{to}", body) as answer:
            return answer.read().decode()


def test_a_mail_server_that_is_down_delays_mails_and_nothing_else(site, session, office):
    an_action(session)
    a_coordinator(session)
    action, oda = "/en/actions/ua-12-26", Browser(site)
    told = Browser(site).submit(action, f"{action}/pledges", name="Amal", letters="2", email="amal@example.org")
    assert "mailbox" in told
    code, printed, complained = send(site)
    assert (code, complained) == (1, "Error: 1 could not be sent now; they are tried again automatically.\n")
    assert "pledge_made: failed" in printed
    oda.submit("/en/login", "/en/login", email="oda@example.org", password=PASSWORD)
    for lang, words in WORDS.items():
        assert words in oda.get(f"/{lang}/dashboard/")
    office.up()
    site.set_clock(NOON + timedelta(minutes=2))
    assert send(site) == (0, "1 pledge_made: sent\n", "")
    assert office.arrivals.get(timeout=60)["To"] == "amal@example.org"
    for lang, words in WORDS.items():
        assert words not in oda.get(f"/{lang}/dashboard/")
    assert session.scalars(select(Mail.ending)).all() == ["sent"]
