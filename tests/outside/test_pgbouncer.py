"""The site on PostgreSQL behind PgBouncer in transaction mode, as docs/settings.md says."""

import os
import pwd
import re
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

import pytest
from sqlalchemy import create_engine, make_url, select, text
from sqlalchemy.exc import OperationalError

from tests.conftest import lacking
from tests.factories import NOON, PASSWORD, a_coordinator, an_action
from tests.ports import a_free_port
from tests.site import HOME, Site
from ua_tracker import tally
from ua_tracker.models import Pledge, Report

PAGE = "/en/actions/ua-12-26"
KEYS = re.compile(r'name="(csrf_token|once_key|whom)" value="([^"]+)"')
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class Bouncer:
    """PgBouncer before the tests' PostgreSQL: three connections for everybody, used in turn."""

    def __init__(self, folder: Path, address: str) -> None:
        self.port, self._folder = a_free_port(), folder
        directory = make_url(address).query["host"]
        self._server = {"user": pwd.getpwuid(os.stat(directory).st_uid).pw_name} if os.getuid() == 0 else {}
        settings = {
            "listen_addr": "127.0.0.1", "listen_port": self.port, "unix_socket_dir": "", "auth_type": "any",
            "pool_mode": "transaction", "default_pool_size": 3, "max_client_conn": 200, "server_round_robin": 1,
            **self._server,
        }  # fmt: skip
        lines = [f"* = host={directory} user=postgres", "[pgbouncer]", *(f"{k} = {v}" for k, v in settings.items())]
        self._config = folder / "pgbouncer.ini"
        self._config.write_text("\n".join(["[databases]", *lines, ""]))
        self.url = f"postgresql://postgres@127.0.0.1:{self.port}/postgres"
        self.start()

    def start(self) -> None:
        """Starts it and waits until it accepts connections."""
        with (self._folder / "log").open("ab") as log:
            self.process = subprocess.Popen(["pgbouncer", str(self._config)], stdout=log, stderr=log)
        last = time.monotonic() + 30
        engine = create_engine(self.url.replace("postgresql:", "postgresql+psycopg:"))
        while time.monotonic() < last and self.process.poll() is None:
            try:
                engine.connect().close()
            except OperationalError:
                time.sleep(0.05)
                continue
            finally:
                engine.dispose()
            return
        self.stop()
        raise RuntimeError(f"PgBouncer does not answer: {(self._folder / 'log').read_text()[-2000:]}")

    def stop(self) -> None:
        """Ends it at once, and with it all its connections."""
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(30)


@pytest.fixture
def database(request) -> str:
    """PostgreSQL alone."""
    request.getfixturevalue("postgres_engine")
    return request.getfixturevalue("postgres_address")


@pytest.fixture(autouse=True)
def emptied(postgres_engine):
    """The database without rows, before and after."""
    from tests.conftest import NUMBERS_FROM_ONE, empty

    yield
    empty(postgres_engine)
    with postgres_engine.begin() as connection:
        connection.execute(NUMBERS_FROM_ONE)


@pytest.fixture
def bouncer(tmp_path_factory, postgres_address):
    if shutil.which("pgbouncer", path="/usr/sbin:/usr/bin:/sbin:/bin") is None:
        lacking("pgbouncer", "not installed")
    running = Bouncer(tmp_path_factory.mktemp("pgbouncer"), postgres_address)
    yield running
    running.stop()


@pytest.fixture
def site(session, bouncer, tmp_path):
    an_action(session)
    a_coordinator(session)
    running = Site(tmp_path, bouncer.url, NOON, DATABASE_PREPARE="no").start()
    yield running
    running.stop()


def ask(site: Site, path: str, typed: dict[str, str] | None = None, **headers: str):
    """One request on a connection of its own: status, headers and text."""
    connection = HTTPConnection("127.0.0.1", site.port, timeout=60)
    try:
        body = urlencode(typed) if typed is not None else None
        connection.request("POST" if body else "GET", path, body, {**(FORM if body else {}), **headers})
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read().decode()
    finally:
        connection.close()


def sends(site: Site, page: str, to: str, **typed: str) -> int:
    """The status of a form that was opened and sent."""
    return ask(site, to, {**dict(KEYS.findall(ask(site, page)[2])), **typed})[0]


def test_pages_pledges_reports_and_downloads_work_with_three_connections_for_all(site, session):
    def visit(number: int) -> list[int]:
        seen = [ask(site, f"{PAGE}/counter")[0] for _ in range(10)]
        seen.append(sends(site, PAGE, f"{PAGE}/pledges", name=f"Person {number}", letters="2"))
        report = {"name": f"Person {number}", "letters-1": "1", "sent_on": "2026-03-10", "channel": "post"}
        return [*seen, sends(site, f"{PAGE}/letters", f"{PAGE}/letters", **report), ask(site, PAGE)[0]]

    with ThreadPoolExecutor(12) as pool:
        answers = [status for seen in pool.map(visit, range(24)) for status in seen]
    assert set(answers) == {200, 303}
    session.rollback()
    assert len(session.scalars(select(Pledge)).all()) == len(session.scalars(select(Report)).all()) == 24
    assert tally.check(session) == []
    text_of_login = ask(site, "/en/login")
    cookie = text_of_login[1].get("Set-Cookie", "").split(";")[0]
    keys = dict(KEYS.findall(text_of_login[2]))
    typed = {**keys, "email": "oda@example.org", "password": PASSWORD}
    status, headers, _ = ask(site, "/en/login", typed, Cookie=cookie)
    assert status == 303
    signed_in = headers["Set-Cookie"].split(";")[0]
    assert ask(site, "/en/dashboard/ua-12-26", Cookie=signed_in)[0] == 200
    assert ask(site, "/en/dashboard/ua-12-26/pledges.csv", Cookie=signed_in)[2].count("ua-pledge-") == 24


def test_nothing_that_the_site_sets_stays_in_the_poolers_connections(site, bouncer):
    for _ in range(6):
        assert sends(site, PAGE, f"{PAGE}/pledges", name="Amal", letters="2") == 303
    engine = create_engine(bouncer.url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.connect() as connection:
        for _ in range(6):  # one transaction each, on the connections in turn
            for name in ("lock_timeout", "statement_timeout"):
                assert connection.scalar(text(f"SHOW {name}")) == "0"
            assert connection.scalar(text("SELECT count(*) FROM pg_prepared_statements")) == 0
            connection.rollback()
    engine.dispose()


def test_a_pooler_that_is_started_again_costs_no_request(site, bouncer):
    assert ask(site, f"{PAGE}/counter")[0] == 200
    for _ in range(2):
        bouncer.stop()
        bouncer.start()
        assert ask(site, f"{PAGE}/counter")[0] == 200
        assert sends(site, PAGE, f"{PAGE}/pledges", name="Amal", letters="2") == 303


def test_commands_work_through_the_pooler(site, bouncer):
    settings = {**os.environ, "DATABASE_URL": bouncer.url, "DATABASE_PREPARE": "no", "INSTANCE_PATH": str(site.folder)}
    for words in (["tally", "check"], ["outbox", "send"], ["reminders", "queue"]):
        command = [sys.executable, "-m", "flask", "--app", "app", *words]
        done = subprocess.run(command, cwd=HOME, env=settings, capture_output=True, text=True)
        assert done.returncode == 0, (words, done.stderr)
