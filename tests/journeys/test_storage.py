"""What people are thanked for is kept, whatever becomes of the disk and of the file: each fault seen, and its end."""

import os
import re
import resource
import shutil
import sqlite3
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

from tests.factories import NOON, an_action
from tests.journeys.test_at_the_deadline import _Still
from tests.site import HOME, Site

KEYS = re.compile(r'name="(csrf_token|once_key)" value="([^"]+)"')
ACTION = {"en": "/en/actions/ua-12-26", "fr": "/fr/actions/ua-12-26"}
BUSY = {"en": "your turn did not come in time", "fr": "votre tour n’est pas venu à temps"}
AWAY = {"en": "cannot reach its data", "fr": "ne peut pas accéder à ses données"}
READ_ONLY = {"en": "can only be read", "fr": "ne peut être que consulté"}
FAULT = {"en": "was not stored", "fr": "n’a pas été enregistré"}
on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
in_both_languages = pytest.mark.parametrize("lang", ["en", "fr"])


class Answer:
    def __init__(self, response) -> None:
        with response:
            self.status, self.headers = response.status, response.headers
            self.html = response.read().decode()


class Supporter:
    """Somebody with the form of the action open, and the names of all who were thanked."""

    def __init__(self, site: Site, lang: str = "en") -> None:
        self.site, self.lang, self.thanked = site, lang, set()
        self.keys = self.form()

    def form(self) -> dict[str, str]:
        return dict(KEYS.findall(self.get().html))

    def get(self, path: str | None = None) -> Answer:
        return self._open(f"{self.site.address}{path or ACTION[self.lang]}")

    def press(self, name: str, keys: dict[str, str] | None = None) -> Answer:
        keys = keys or self.keys
        body = urllib.parse.urlencode({"name": name, "letters": "2", **keys}).encode()
        answer = self._open(f"{self.site.address}{ACTION[self.lang]}/pledges", body)
        if answer.status == 303:
            self.thanked.add(name)
        return answer

    def _open(self, address: str, body: bytes | None = None) -> Answer:
        try:
            return Answer(urllib.request.build_opener(_Still).open(address, body, timeout=60))
        except urllib.error.HTTPError as answer:
            return Answer(answer)


@pytest.fixture
def started(database, tmp_path):
    """Starts the server on the test's database; `how` as of Site.start."""
    running = []

    def start(**how) -> Site:
        running.append(Site(tmp_path, database, NOON).start(**how))
        return running[-1]

    yield start
    for one in running:
        one.stop()


@pytest.fixture
def path(database, tmp_path) -> Path:
    """The database's file, with an action that is open, and nobody who has it open."""
    engine = create_engine(database)
    with Session(engine) as session:
        an_action(session)
    engine.dispose()
    return tmp_path / "ua_tracker.db"


def names_in(path: Path) -> set[str]:
    connection = sqlite3.connect(path)
    found = {row[0] for row in connection.execute("SELECT name FROM pledges")}
    connection.close()
    return found


def check(site: Site) -> str:
    """What `tally check` says, as the operator types it."""
    command = [sys.executable, "-m", "flask", "--app", "app", "tally", "check"]
    done = subprocess.run(command, cwd=HOME, env=site._environ, capture_output=True, text=True)
    return done.stdout + done.stderr


def is_refused(answer: Answer, words: str, name: str) -> None:
    """503, the sentence, the moment to come back, and all that was typed."""
    assert (answer.status, words in answer.html) == (503, True), (answer.status, answer.html[-2000:])
    assert int(answer.headers["Retry-After"]) > 0
    assert name in answer.html


def all_is_well(site: Site, supporter: Supporter, path: Path, name: str) -> None:
    """The same form goes through, whoever was thanked is there, and the tally agrees."""
    assert supporter.press(name).status == 303
    assert supporter.press("Zoe", supporter.form()).status == 303
    assert supporter.get().status == 200
    assert supporter.thanked <= names_in(path)
    assert check(site) == "Every tally equals the ledger.\n"


@on_sqlite
@in_both_languages
def test_a_file_that_is_moved_away_takes_no_pledge_and_one_that_is_back_does(started, path, lang):
    site = started()
    amal = Supporter(site, lang)
    assert amal.press("Early", amal.form()).status == 303
    path.rename(path.with_name("elsewhere.db"))
    for _ in range(6):  # whichever worker answers
        is_refused(amal.press("Amal"), AWAY[lang], "Amal")
    assert {amal.get().status, amal.get(f"{ACTION[lang]}/counter").status} == {503}
    assert not path.exists()
    path.with_name("elsewhere.db").rename(path)
    all_is_well(site, amal, path, "Amal")


@on_sqlite
def test_a_folder_that_is_moved_away_with_all_in_it_is_noticed(database, tmp_path, path):
    home = tmp_path / "home"
    home.mkdir()
    path = path.rename(home / "ua_tracker.db")
    site = Site(tmp_path, f"sqlite:///{path}", NOON).start()
    try:
        amal = Supporter(site)
        assert amal.press("Early", amal.form()).status == 303
        home.rename(tmp_path / "away")
        for _ in range(4):
            is_refused(amal.press("Amal"), AWAY["en"], "Amal")
        (tmp_path / "away").rename(home)
        all_is_well(site, amal, path, "Amal")
    finally:
        site.stop()


@on_sqlite
def test_a_deleted_file_is_not_made_anew_and_its_backup_is_taken_up(started, path, tmp_path):
    site = started()
    amal = Supporter(site)
    copy = sqlite3.connect(tmp_path / "copy.db")
    with sqlite3.connect(path) as connection:
        connection.backup(copy)
    copy.close()
    connection.close()
    assert amal.press("Lost", amal.form()).status == 303
    path.unlink()
    for _ in range(4):
        is_refused(amal.press("Amal"), AWAY["en"], "Amal")
    assert not path.exists()
    (tmp_path / "copy.db").rename(path)
    amal.thanked.clear()  # whoever came after the backup went with the file
    all_is_well(site, amal, path, "Amal")
    assert names_in(path) == {"Amal", "Zoe"}


@on_sqlite
def test_another_file_put_in_its_place_is_opened_and_meets_no_log_of_the_old(started, path, tmp_path):
    site = started()
    amal = Supporter(site)
    assert amal.press("Before the copy", amal.form()).status == 303
    with sqlite3.connect(path) as connection, sqlite3.connect(tmp_path / "copy.db") as copy:
        connection.backup(copy)
    connection.close()
    copy.close()
    for number in range(5):
        assert amal.press(f"After the copy {number}", amal.form()).status == 303
    path.rename(tmp_path / "old.db")
    (tmp_path / "copy.db").rename(path)
    assert amal.press("Amal").status == 303
    old = sqlite3.connect(tmp_path / "old.db")
    kept = {row[0] for row in old.execute("SELECT name FROM pledges")}
    old.close()
    assert kept == amal.thanked - {"Amal"}  # the old file is whole, wherever it is now
    amal.thanked = {"Before the copy", "Amal"}
    all_is_well(site, amal, path, "Amal")
    with sqlite3.connect(path) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()


@on_sqlite
@pytest.mark.parametrize("names", [["-wal"], ["-shm"], ["-wal", "-shm"], ["-queue"]])
def test_a_log_that_is_removed_costs_nobody_a_pledge(started, path, names):
    site = started()
    amal = Supporter(site)
    assert amal.press("Early", amal.form()).status == 303
    for name in names:
        path.with_name(path.name + name).unlink()
    amal.get()
    all_is_well(site, amal, path, "Amal")


@on_sqlite
@in_both_languages
def test_a_file_that_could_only_be_read_at_the_start_is_written_to_when_it_can_be(started, path, lang):
    folder = path.parent
    (folder / "secret_key").write_text("a secret for tests")
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
    connection.close()
    path.chmod(0o400)
    folder.chmod(0o500)
    try:
        site = started(held_to_modes=True)
        amal = Supporter(site, lang)
        for _ in range(4):
            is_refused(amal.press("Amal"), READ_ONLY[lang], "Amal")
        assert amal.get().status == 200
    finally:
        folder.chmod(0o700)
        path.chmod(0o600)
    all_is_well(site, amal, path, "Amal")


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Another process writes for as long as the block runs."""
    code = f"""
import sqlite3, sys
connection = sqlite3.connect({str(path)!r}, isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print(flush=True)
sys.stdin.read()
connection.execute("COMMIT")
"""
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        process.stdout.readline()
        yield
        process.communicate()
    assert process.returncode == 0


@on_sqlite
def test_twenty_who_wait_for_a_lock_keep_no_reader_waiting_and_are_answered_while_it_is_held(started, path):
    site = started()
    amal = Supporter(site)
    forms = [amal.form() for _ in range(20)]
    with ThreadPoolExecutor(24) as pool, locked(path):
        pressed = [pool.submit(amal.press, f"Supporter {number}", keys) for number, keys in enumerate(forms)]
        read = [pool.submit(amal.get) for _ in range(4)]
        last = list(as_completed([*pressed, *read]))[-1]
    assert {one.result().status for one in read} == {200}
    assert last in pressed
    refused = [one.result() for one in pressed]
    for number, answer in enumerate(refused):
        is_refused(answer, FAULT["en"], f"Supporter {number}")
    again = [amal.press(f"Supporter {number}", keys).status for number, keys in enumerate(forms)]
    assert set(again) == {303}
    all_is_well(site, amal, path, "Amal")


@on_sqlite
@in_both_languages
def test_a_locked_database_is_a_sentence_and_then_a_pledge(started, path, lang):
    site = started()
    amal = Supporter(site, lang)
    with locked(path):
        is_refused(amal.press("Amal"), FAULT[lang], "Amal")
    all_is_well(site, amal, path, "Amal")


@pytest.mark.parametrize("database", ["postgres"], indirect=True)
def test_a_lock_in_postgresql_is_answered_while_it_is_held(site, session):
    action = an_action(session)
    amal = Supporter(site)
    session.execute(text("SELECT id FROM actions WHERE id = :id FOR UPDATE"), {"id": action.id})
    is_refused(amal.press("Amal"), FAULT["en"], "Amal")  # while the lock is held
    session.rollback()
    assert amal.press("Amal").status == 303
    assert check(site) == "Every tally equals the ledger.\n"


@pytest.mark.parametrize("database", ["postgres"], indirect=True)
@in_both_languages
def test_a_server_of_postgresql_that_goes_and_comes_back_is_met_again(site, session, lang):
    an_action(session)
    amal = Supporter(site, lang)
    assert amal.press("Early", amal.form()).status == 303
    others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND client_port = -1"
    socket = Path(session.get_bind().url.query["host"]) / ".s.PGSQL.5432"
    socket.rename(socket.with_name("away"))
    try:
        session.execute(text(others))
        for _ in range(4):
            is_refused(amal.press("Amal"), FAULT[lang], "Amal")
        assert amal.get().status == 503
    finally:
        socket.with_name("away").rename(socket)
    assert amal.press("Amal").status == 303
    assert set(session.scalars(text("SELECT name FROM pledges"))) == amal.thanked
    assert check(site) == "Every tally equals the ledger.\n"


@contextmanager
def a_full_disk(site: Site, folder: Path) -> Iterator[None]:
    """No file of the server's can grow: the disk of the folder is filled, or where it has none, a limit says so."""
    if os.path.ismount(folder):
        filler = folder / "filler"
        with filler.open("wb", buffering=0) as file:
            try:
                while file.write(b"\0" * 4096):
                    pass
            except OSError:
                pass
        try:
            yield
        finally:
            filler.unlink()
        return
    before = {pid: resource.prlimit(pid, resource.RLIMIT_FSIZE) for pid in site.workers()}
    for pid, (_, hard) in before.items():
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (1024, hard))
    try:
        yield
    finally:
        for pid, limits in before.items():
            resource.prlimit(pid, resource.RLIMIT_FSIZE, limits)


@pytest.fixture
def small_disk(tmp_path) -> Iterator[Path]:
    """A file system of 16 megabytes; where none can be mounted, a plain folder."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", folder], capture_output=True)
    yield folder
    if mounted.returncode == 0:
        subprocess.run(["umount", "--lazy", folder], check=True)


@on_sqlite
@in_both_languages
@pytest.mark.parametrize("kind", ["disk", "limit"])
def test_a_full_disk_is_a_sentence_and_costs_nothing_that_was_thanked_for(request, path, tmp_path, lang, kind):
    folder = request.getfixturevalue("small_disk") if kind == "disk" else tmp_path
    path = Path(shutil.move(path, folder / "letters.db"))
    site = Site(tmp_path, f"sqlite:///{path}", NOON).start()
    try:
        amal = Supporter(site, lang)
        assert amal.press("Early", amal.form()).status == 303
        with a_full_disk(site, folder):
            for _ in range(40):  # what the log has room for is stored, and then nothing is
                answer = amal.press("Amal")
                if answer.status == 503:
                    break
                amal.keys = amal.form()
            is_refused(answer, FAULT[lang], "Amal")
            assert amal.get().status == 200
        all_is_well(site, amal, path, "Amal")
    finally:
        site.stop()
