"""The site's files: every commit is on the disk, no other account reads them, and no database is made unasked."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.factories import a_mail, an_action
from tests.reader import Reader
from tests.site import HOME
from ua_tracker.database import db, writing
from ua_tracker.refusals import DatabaseAway

FULL = 2
PAGE = "/en/actions/ua-12-26"
on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
SHELL = "from sqlalchemy import text; from ua_tracker.database import db; print(db.session.scalar(text('{}')))"


def typed(settings: dict[str, str], *words: str, umask: int = 0o022, said: str | None = None) -> tuple[int, str]:
    """A command in a process of its own: its exit code and what it said."""
    command = [sys.executable, "-m", "flask", "--app", "app", *words]
    done = subprocess.run(
        command, cwd=HOME, env={**os.environ, **settings}, input=said, capture_output=True, text=True, umask=umask
    )
    return done.returncode, done.stdout + done.stderr


@on_sqlite
def test_every_commit_of_the_site_is_on_the_disk_before_anybody_is_thanked(app):
    with app.app_context(), writing() as session:
        assert session.scalar(text("PRAGMA synchronous")) == FULL
        assert session.scalar(text("PRAGMA journal_mode")) == "wal"


@on_sqlite
def test_every_commit_of_a_command_is_on_the_disk(app, settings):
    _, told = typed(settings, "shell", said=SHELL.format("PRAGMA synchronous"))
    assert f">>> {FULL}" in told


def modes(folder: Path) -> dict[str, int]:
    """The modes of the folder, as '.', and of all files in it."""
    paths = [folder, *folder.rglob("*")]
    return {str(path.relative_to(folder)): stat.S_IMODE(path.stat().st_mode) for path in paths}


@pytest.mark.walk
@pytest.mark.parametrize("umask", [0o000, 0o077])
def test_files_are_for_the_sites_own_account_whatever_the_umask(tmp_path, umask):
    folder = tmp_path / "instance"
    settings = {"INSTANCE_PATH": str(folder), "DATABASE_URL": "", "RATELIMIT_ENABLED": "no"}
    assert typed(settings, "db", "upgrade", umask=umask)[0] == 0
    assert typed(settings, "demo", umask=umask)[0] == 0
    a_mail_goes = """
from pathlib import Path
from email.message import EmailMessage
from ua_tracker import mailing
from ua_tracker.database import db
mail = EmailMessage(); mail["Message-ID"] = "<a@example.org>"; mail.set_content("Dear Amal")
mailing.into_folder(Path(folder) / "mail")(mail)
held = db.session.connection()
import os; print([os.stat(f"{folder}/ua_tracker.db{name}").st_mode & 0o777 for name in ("", "-wal", "-shm", "-queue")])
"""
    _, told = typed(settings, "shell", umask=umask, said=f"folder = {str(folder)!r}\n" + a_mail_goes)
    assert str([0o600] * 4) in told, told
    found = modes(folder)
    assert any(name.endswith(".eml") for name in found), told
    assert {name: mode for name, mode in found.items() if mode & 0o077} == {}


@on_sqlite
def test_files_that_others_could_read_are_closed_at_the_start_and_a_foreign_folder_is_not(an_app, session, tmp_path):
    an_action(session)
    instance = tmp_path / "instance"
    (instance / "mail").mkdir(parents=True)
    for path in (instance / "secret_key", instance / "mail" / "a.eml", tmp_path / "ua_tracker.db-queue"):
        path.write_text("a secret for tests")
        path.chmod(0o666)
    for path in (instance, instance / "mail", tmp_path):
        path.chmod(0o755)
    (tmp_path / "ua_tracker.db").chmod(0o644)
    Reader(an_app(INSTANCE_PATH=str(instance))).get(PAGE)
    found = modes(tmp_path)
    open_to_others = {name for name, mode in found.items() if mode & 0o077}
    assert open_to_others == {"."}


@pytest.mark.walk
@on_sqlite
@pytest.mark.parametrize("command", [("tally", "check"), ("actions", "list"), ("demo",), ("db", "current")])
def test_no_command_but_the_upgrade_makes_a_database(settings, tmp_path, command):
    (tmp_path / "ua_tracker.db").unlink()
    code, told = typed(settings, *command)
    assert (code, "There is no database at" in told) == (1, True), told
    assert not (tmp_path / "ua_tracker.db").exists()
    assert typed(settings, "db", "upgrade")[0] == 0
    assert (tmp_path / "ua_tracker.db").exists()


@on_sqlite
@pytest.mark.parametrize("when", ["before the commit", "after the commit"])
def test_a_file_that_goes_while_somebody_writes_is_no_thanks(app, session, tmp_path, when):
    from sqlalchemy import event

    path = tmp_path / "ua_tracker.db"
    an_action(session)
    session.close()

    def go(*_) -> None:
        path.rename(tmp_path / "elsewhere")

    def write() -> None:
        with writing() as writes:
            if when == "before the commit":
                go()
            else:
                event.listen(db.engine, "commit", go, once=True)
            a_mail(writes, commit=False)

    with app.app_context():
        with pytest.raises(DatabaseAway):
            write()
        assert not path.exists()
        (tmp_path / "elsewhere").rename(path)
        with writing() as writes:
            a_mail(writes, commit=False, once_key="another")


@on_sqlite
def test_a_link_that_is_turned_to_another_file_is_followed(an_app, session, database, tmp_path):
    import shutil

    session.close()
    path = tmp_path / "ua_tracker.db"
    for name in ("one.db", "other.db"):
        shutil.copy(path, tmp_path / name)
    link = tmp_path / "link.db"
    link.symlink_to(tmp_path / "one.db")
    app = an_app(DATABASE_URL=f"sqlite:///{link}")
    with app.app_context():
        with writing() as first:
            a_mail(first, commit=False)
        link.unlink()
        link.symlink_to(tmp_path / "other.db")
        with writing() as second:
            assert second.scalar(text("SELECT count(*) FROM mails")) == 0
        link.unlink()
        link.symlink_to(tmp_path / "one.db")
        with writing() as third:
            assert third.scalar(text("SELECT count(*) FROM mails")) == 1


@pytest.mark.parametrize("path", [PAGE, "/api/v1/actions", "/actions/ua-12-26/badge.svg", "/en/embed/ua-12-26"])
@on_sqlite
def test_every_503_says_when_to_come_again(app, session, tmp_path, path):
    an_action(session)
    session.close()
    reader = Reader(app)
    (tmp_path / "ua_tracker.db").rename(tmp_path / "elsewhere")
    answer = reader.get(path)
    assert (answer.status, answer.headers["Retry-After"], answer.headers["Cache-Control"]) == (503, "5", "no-store")
    (tmp_path / "elsewhere").rename(tmp_path / "ua_tracker.db")
    assert reader.get(path).status == 200


@pytest.mark.parametrize("database", ["postgres"], indirect=True)
def test_a_connection_that_is_cut_after_the_answer_was_made_does_not_spoil_it(app, session):
    an_action(session)
    session.commit()

    @app.after_request
    def cut(response):
        own = db.session.connection().connection.driver_connection.info.backend_pid
        session.execute(text("SELECT pg_terminate_backend(:own, 5000)"), {"own": own})
        return response

    for _ in range(2):
        assert Reader(app).get(PAGE).status == 200
