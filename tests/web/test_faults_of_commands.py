"""Every command of `flask --app app …`, under every fault: one line, exit code 1 (2 for bad arguments)."""

import logging
import os
import resource
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from flask.cli import FlaskGroup, routes_command
from flask_migrate.cli import db as of_migrations
from sqlalchemy import create_engine

from tests.factories import NOON
from tests.ports import a_free_port
from tests.rules.test_importing import SAMPLE
from tests.site import HOME
from ua_tracker import create_app
from ua_tracker.cli.one_line import around_all
from ua_tracker.database import db
from ua_tracker.models import Base
from ua_tracker.writer_queue import WriterQueue

pytestmark = pytest.mark.walk

on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
# It opens an editor, or goes on until it is stopped.
ENDLESS = {("db", "edit"), ("work",)}
# They ask the database nothing, or say what is wrong with it in a line among others.
WITHOUT_DATABASE = {
    ("doctor",),
    ("routes",),
    ("version",),
    ("db", "branches"),
    ("db", "heads"),
    ("db", "history"),
    ("db", "list-templates"),
    ("db", "show"),
}
# They read or write another database, or look first at the file they are given.
OF_OTHERS = {("restore",), ("database", "copy")}
# A mail server calls it, and takes this code for "try again later".
EXIT_CODES = {("outbox", "bounces"): os.EX_TEMPFAIL}
# These write into their folder: they get one that is not there.
WRITE_FILES = {"init", "revision", "migrate", "merge"}
GOOD = {
    "slug": "practice", "name": "Groupe de Montréal", "email": "eva@example.org", "file": str(SAMPLE),
    "source": "sqlite:////dev/null/none", "target": "sqlite:////dev/null/none",
    "role": "office", "revisions": "head", "revision": "head",
}  # fmt: skip
BAD = ["\udcff", "a\0b", "", "a" * 5000, "-1", "..", "/", "'; --", "ﷺ\u202e", "9" * 400]


def walk(group: click.Group, *above: str) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every command under the group, with the words that lead to it."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from walk(command, *above, name)
        elif (*above, name) not in ENDLESS:
            yield (*above, name), command


def words_of(path: tuple[str, ...], command: click.Command, **changes: str) -> list[str]:
    """The command line with all that the command needs."""
    needed = [one for one in command.params if one.required]
    values = {**GOOD, **changes}
    words = [*path]
    for one in needed:
        value = values.get(str(one.name), "x")
        words += ["--" + str(one.name), value] if isinstance(one, click.Option) else []
    if path[0] == "db" and path[1] in WRITE_FILES:
        words += ["--directory", "/dev/null/none"]
    arguments = [values.get(str(one.name), "x") for one in needed if isinstance(one, click.Argument)]
    return [*words, "--", *arguments] if arguments else words


def asks_the_database(words: tuple[str, ...]) -> bool:
    return words not in WITHOUT_DATABASE | OF_OTHERS and words[0] != "limiter" and words[-1] not in WRITE_FILES


class Typed:
    """Types command lines in this process, against one app of these settings."""

    def __init__(self, settings: dict[str, str], logged: pytest.LogCaptureFixture) -> None:
        self.app = create_app(settings, lambda: NOON)
        self.program = FlaskGroup(create_app=self._loaded, add_version_option=False)
        self._logged = logged

    def _loaded(self):
        around_all()  # as at the making of an app, which takes its time
        return self.app

    def __call__(self, *words: str):
        self._logged.clear()
        result = CliRunner().invoke(self.program, list(words))
        # Alembic's complaints go to the log, which ends on the error output too.
        logged = [one.getMessage() for one in self._logged.records if one.levelno >= logging.WARNING]
        result.lines = [*result.stderr.strip().splitlines(), *logged]
        with self.app.app_context():
            db.engine.dispose()
        return result

    def commands(self) -> list[tuple[tuple[str, ...], click.Command]]:
        return list(dict([*walk(self.app.cli), *walk(of_migrations, "db"), (("routes",), routes_command)]).items())


def ends_in_one_line(words, result, told: str | None = None) -> None:
    said = f"{words}: {result.exit_code}, {result.lines!r}, {result.exception!r}"
    assert isinstance(result.exception, (SystemExit, type(None))), said
    assert "Traceback" not in result.output, said
    failed = next((code for command, code in EXIT_CODES.items() if words == command), 1)
    assert result.exit_code in {0, failed, 2}, said
    if result.exit_code == failed:
        assert len(result.lines) == 1, said
    if result.exit_code == 2:
        assert result.stderr.strip().splitlines()[-1].startswith("Error: "), said
    if told is not None:
        assert (result.exit_code, told in " ".join(result.lines)) == (failed, True), said


def missing(path: Path) -> None:
    path.unlink()


def folder_missing(path: Path) -> None:
    path.rename(path.with_name("elsewhere"))
    path.symlink_to(path.with_name("nowhere") / "ua_tracker.db")


def no_database(path: Path) -> None:
    path.write_bytes(b"Minutes of the meeting. " * 1000)


def a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def empty(path: Path) -> None:
    path.write_bytes(b"")


def damaged(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[100:] = b"\xee" * (len(content) - 100)
    path.write_bytes(content)


FAULTS = {
    missing: "There is no database at",
    folder_missing: "There is no database at",
    no_database: "no SQLite file",
    a_folder: "cannot be opened",
    empty: "db upgrade makes them",
    damaged: "no SQLite file",
}
OTHERWISE_WITH_UPGRADE = {missing, empty, folder_missing}


@on_sqlite
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_every_command_says_in_one_line_what_is_wrong_with_the_file(settings, tmp_path, fault, caplog):
    path, typed = tmp_path / "ua_tracker.db", Typed(settings, caplog)
    content, walked = path.read_bytes(), 0
    for words, command in typed.commands():
        if path.is_dir():
            path.rmdir()
        for name in ("", "-wal", "-shm"):
            path.with_name(path.name + name).unlink(missing_ok=True)
        path.write_bytes(content)
        fault(path)
        result = typed(*words_of(words, command))
        needs_it = asks_the_database(words)
        otherwise = words == ("db", "upgrade") and fault in OTHERWISE_WITH_UPGRADE
        # An empty database is one to Alembic, and `outbox bounces` asks no table about an empty message.
        is_enough = fault is empty and (words[0] == "db" or words in EXIT_CODES)
        ends_in_one_line(words, result, FAULTS[fault] if needs_it and not otherwise and not is_enough else None)
        walked += 1
    assert walked >= 25


def test_every_command_says_in_one_line_that_the_server_is_away(settings, caplog):
    typed = Typed({**settings, "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing"}, caplog)
    for words, command in typed.commands():
        needs_it = asks_the_database(words)
        result = typed(*words_of(words, command))
        ends_in_one_line(words, result, "The database does not answer" if needs_it else None)


@contextmanager
def no_file_grows() -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@on_sqlite
def test_every_command_says_in_one_line_that_the_disk_is_full(settings, tmp_path, caplog):
    typed = Typed(settings, caplog)
    typed("demo")
    failed = set()
    for words, command in typed.commands():
        line = words_of(words, command)
        with no_file_grows():
            result = typed(*line)
        ends_in_one_line(words, result)
        failed |= {words} if result.exit_code == 1 else set()
    assert {("demo",), ("groups", "add"), ("coordinators", "add"), ("outbox", "retry")} <= failed
    assert typed("tally", "check").output == "Every tally equals the ledger.\n"


def test_no_argument_makes_a_command_fall_over(settings, session, caplog, monkeypatch, tmp_path):
    session.close()
    monkeypatch.chdir(tmp_path)  # some of these are names of files that can be made
    typed = Typed(settings, caplog)
    for words, command in walk(typed.app.cli):
        for one in command.params:
            if isinstance(one, click.Option) and one.is_flag:
                continue
            for bad in BAD:
                line = words_of(words, command, **{str(one.name): bad})
                if isinstance(one, click.Option) and not one.required:
                    line = [*words, one.opts[0], bad, *line[len(words) :]]
                ends_in_one_line(line, typed(*line))
    for bad in BAD:
        ends_in_one_line(bad, typed("db", "upgrade", "--", bad))


@on_sqlite
def test_what_cannot_be_read_is_named(settings, tmp_path, caplog):
    (tmp_path / "latin").write_bytes("Été à Montréal".encode("latin-1"))
    for file in (tmp_path, tmp_path / "nothing", "/dev/null", tmp_path / "latin", os.fsdecode(b"/tmp/\xff")):
        result = Typed(settings, caplog)("actions", "import", str(file))
        ends_in_one_line(file, result)
        assert result.exit_code == 1


def run(settings: dict[str, str], *words: str, **how) -> subprocess.Popen:
    command = [sys.executable, "-m", "flask", "--app", "app", *words]
    return subprocess.Popen(command, cwd=HOME, env={**os.environ, **settings}, stderr=subprocess.PIPE, **how)


@on_sqlite
@pytest.mark.parametrize("words", [("tally", "check"), ("routes",), ("outbox", "status")])
@pytest.mark.parametrize("kind", ["closed", "full"])
def test_an_output_that_takes_nothing_is_one_line(settings, database, words, kind):
    reading, writing = os.pipe()
    os.close(reading)
    output = writing if kind == "closed" else os.open("/dev/full", os.O_WRONLY)
    process = run(settings, *words, stdout=output)
    told = process.communicate()[1].decode()
    os.close(writing)
    assert (process.returncode, len(told.splitlines())) == (1, 1), told


@on_sqlite
@pytest.mark.parametrize("words", [("tally", "recount"), ("retention", "purge"), ("db", "upgrade")])
def test_a_lock_of_others_is_waited_for_and_then_said(settings, tmp_path, words, caplog):
    holder = sqlite3.connect(tmp_path / "ua_tracker.db", isolation_level=None)
    holder.execute("PRAGMA journal_mode = WAL")
    process = run(settings, "demo") if words[0] == "db" else None
    if process:
        process.communicate()
    holder.execute("BEGIN IMMEDIATE")
    result = Typed(settings, caplog)(*({("tally", "recount"): ("groups", "add", "m", "M")}.get(words, words)))
    holder.execute("ROLLBACK")
    holder.close()
    ends_in_one_line(words, result)


@on_sqlite
def test_ctrl_c_is_one_line(settings, tmp_path):
    queue = tmp_path / "ua_tracker.db-queue"
    queue.touch()
    # It stays open: to close any descriptor of a file frees all locks that the process has on it (fcntl(2)).
    with queue.open("rb", buffering=0) as tickets, WriterQueue(queue).turn():
        # Whoever runs the tests in the background of a shell has Ctrl-C ignored, and so would the command.
        heeding = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
        process = run(settings, "groups", "add", "m", "M", preexec_fn=heeding)
        # Until it has drawn its number, and waits for its turn.
        while int.from_bytes(os.pread(tickets.fileno(), 8, 0), "big") < 2:
            assert process.poll() is None
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        told = process.communicate()[1].decode()
    assert told == "Error: Stopped. What was not committed yet is not stored.\n"
    # Python ends itself by the signal, after the line, where the interrupt reached it in some of its own functions.
    assert process.returncode in {1, -signal.SIGINT}


@on_sqlite
@pytest.mark.parametrize("words", [("groups", "add", "m", "M"), ("demo",), ("db", "upgrade")])
def test_a_file_that_can_only_be_read_is_one_line(settings, tmp_path, words):
    from tests.site import _without_overriding

    (tmp_path / "secret_key").write_text("a secret for tests")
    engine = create_engine(settings["DATABASE_URL"])
    if words[0] == "db":
        Base.metadata.drop_all(engine)
    engine.dispose()
    (tmp_path / "ua_tracker.db").chmod(0o400)
    tmp_path.chmod(0o500)
    try:
        process = run(settings, *words, preexec_fn=_without_overriding)
        told = process.communicate()[1].decode()
    finally:
        tmp_path.chmod(0o700)
    assert (process.returncode, len(told.splitlines())) == (1, 1), told
    assert "read" in told


@pytest.mark.parametrize("fault", ["no database", "server away"])
def test_a_start_that_cannot_set_the_database_up_is_one_line(tmp_path, fault):
    (tmp_path / "ua_tracker.db").write_bytes(b"Minutes of the meeting. " * 1000)
    address = "postgresql://nobody@127.0.0.1:1/nothing" if fault == "server away" else ""
    environ = {**os.environ, "INSTANCE_PATH": str(tmp_path), "DATABASE_URL": address, "PORT": str(a_free_port())}
    done = subprocess.run([sys.executable, "app.py"], cwd=HOME, env=environ, capture_output=True, text=True)
    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1), done.stderr
    assert done.stderr.startswith("The database cannot be set up: ")
