"""Two processes with different keys on one database: the second does not start, and says why in one sentence."""

import pytest
from click.testing import CliRunner
from flask.cli import FlaskGroup, ScriptInfo
from sqlalchemy import select

from tests.factories import NOON, a_coordinator, a_pledge, an_action
from tests.site import Site
from ua_tracker import create_app, two_factor
from ua_tracker.models import Mail, SiteKey

ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
SENTENCE = "This database belongs to another SECRET_KEY"


@pytest.fixture
def first(an_app):
    """The process of one machine; the database belongs to its key."""
    app = an_app()
    assert app.test_cli_runner().invoke(args=["key", "accept"]).exit_code == 0
    return app


@pytest.fixture
def second(an_app, tmp_path):
    """The process of another machine: the same database, and a folder that was empty."""
    return an_app(INSTANCE_PATH=str(tmp_path / "second"))


@pytest.mark.usefixtures("first")
@pytest.mark.parametrize("words", [("outbox", "send"), ("reminders", "queue"), ("tally", "recount")])
def test_a_command_with_another_key_ends_and_no_mail_is_lost(second, session, words):
    a_pledge(session, an_action(session), email="amal@example.org")
    done = second.test_cli_runner().invoke(args=words)
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.startswith(f"Error: {SENTENCE}")
    assert len(done.stderr.splitlines()) == 1
    assert session.scalars(select(Mail.ending)).all() == [None]


@ON_SQLITE
@pytest.mark.usefixtures("first")
def test_a_server_with_another_key_ends_with_the_sentence(database, tmp_path):
    (tmp_path / "second").mkdir()
    with pytest.raises(RuntimeError, match="does not answer"):
        Site(tmp_path / "second", database, NOON).start()
    # Of two workers that end at the same moment gunicorn's master writes more behind the sentence.
    assert SENTENCE in (tmp_path / "second" / "log").read_text()


@ON_SQLITE
@pytest.mark.usefixtures("first")
@pytest.mark.parametrize("words", [("run", "--port", "70000"), ("shell",)])  # a port that no server takes
def test_the_commands_of_flask_itself_end_with_it_too(settings, tmp_path, monkeypatch, words):
    for name, value in {**settings, "INSTANCE_PATH": str(tmp_path / "second")}.items():
        monkeypatch.setenv(name, value)
    done = CliRunner().invoke(FlaskGroup(), words, obj=ScriptInfo(create_app=create_app))
    assert done.exit_code == 1
    assert SENTENCE in done.output


@ON_SQLITE
def test_the_first_server_remembers_its_key(database, session, tmp_path):
    site = Site(tmp_path, database, NOON).start()
    site.stop()
    assert len(session.scalars(select(SiteKey)).all()) == 1


def test_a_new_key_is_taken_only_when_it_is_said(first, second):
    accept = ("key", "accept")
    assert "now belongs to the key with the fingerprint" in second.test_cli_runner().invoke(args=accept).stdout
    assert "belongs already to the key" in second.test_cli_runner().invoke(args=accept).stdout
    assert second.test_cli_runner().invoke(args=("tally", "check")).exit_code == 0
    assert SENTENCE in first.test_cli_runner().invoke(args=("tally", "check")).stderr


def test_an_upgrade_with_another_key_ends(first, second):
    assert SENTENCE in str(second.test_cli_runner().invoke(args=("db", "upgrade")).exception)


def test_two_factor_codes_outlive_the_key_that_they_were_stored_with(an_app, session):
    oda = a_coordinator(session)
    old = two_factor.factory(["old"], "UA Tracker")
    oda.codes_secret = two_factor.new_secret(old)
    spelled = two_factor.spelled(old, oda.codes_secret)
    session.commit()
    told = an_app(SECRET_KEY="new", SECRET_KEY_FALLBACKS="old").test_cli_runner().invoke(args=("key", "accept")).stdout
    assert "encrypted with it: 1." in told
    session.refresh(oda)
    assert two_factor.spelled(two_factor.factory(["new"], "UA Tracker"), oda.codes_secret) == spelled
    told = an_app(SECRET_KEY="third").test_cli_runner().invoke(args=("key", "accept")).stdout
    assert "of a key that is not here: 1. Invite" in told
