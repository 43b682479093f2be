"""`backup`, `restore` and `database copy`, as the operator types them."""

import os

import pytest
from sqlalchemy import select, text

from tests.factories import a_mail, a_pledge, an_action
from ua_tracker.backups import schema
from ua_tracker.models import Base, Pledge

on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def run(an_app, engine, tmp_path):
    """Runs a command line as typed after `flask --app app`; keywords change the settings."""
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) PRIMARY KEY)"))
        connection.execute(text("INSERT INTO alembic_version VALUES (:newest)"), {"newest": schema.newest()})

    def run(*words: object, code: int = 0, **settings: str) -> str:
        result = an_app(**settings).test_cli_runner().invoke(args=[str(word) for word in words])
        assert result.exit_code == code, result.output
        assert code == 0 or len(result.output.strip().splitlines()) == 1
        return result.output

    return run


@pytest.fixture
def pledge(session):
    made = a_pledge(session, an_action(session), name="Zoé of the secret name", email="zoe@example.org")
    session.commit()
    session.close()
    return made


@on_sqlite
def test_a_backup_says_what_it_holds_and_nobodys_name(run, pledge, tmp_path):
    told = run("backup", tmp_path / "a.backup")
    assert f"{len(Base.metadata.tables)} tables" in told
    assert "The secret key is not in it" in told
    assert "Every tally equals the ledger." in told
    assert not {"Zoé", "zoe@"} & set(told.split())
    assert "is there already" in run("backup", tmp_path / "a.backup", code=1)
    run("backup", tmp_path / "a.backup", "--replace")


@on_sqlite
def test_a_restore_says_what_it_did_and_what_it_refuses(run, pledge, session, engine, tmp_path):
    run("backup", tmp_path / "a.backup")
    a_mail(session)
    a_pledge(session, an_action(session, slug="ua-13-26"))
    session.commit()
    session.close()
    engine.dispose()
    assert "--replace keeps it" in run("restore", tmp_path / "a.backup", code=1)
    assert "another SECRET_KEY" in run("restore", tmp_path / "a.backup", "--replace", code=1, SECRET_KEY="another key")
    told = run("restore", tmp_path / "a.backup", "--replace")
    assert "Restored the backup of 2026-03-10 16:00 UTC" in told
    assert "ua_tracker.db-before-20260310T160000Z" in told
    assert "Mails that wait: 1." in told
    assert len(session.scalars(select(Pledge)).all()) == 1
    run("restore", tmp_path / "a.backup", "--replace", "--other-key", SECRET_KEY="another key")
    assert "Every tally" in run("tally", "check", SECRET_KEY="another key")


@on_sqlite
def test_the_doctor_knows_when_it_was_made(run, tmp_path):
    assert "backup: never done" in run("doctor")
    run("backup", tmp_path / "a.backup")
    assert "backup: last done 2026-03-10 16:00 UTC" in run("doctor")


@on_sqlite
def test_a_tally_that_is_wrong_is_said_and_the_backup_is_made(run, pledge, session, tmp_path):
    session.execute(text("UPDATE action_tallies SET pledges = 9"))
    session.commit()
    assert "The tally differs from the ledger" in run("backup", tmp_path / "a.backup")
    assert (tmp_path / "a.backup").exists()


@on_sqlite
def test_a_database_is_copied_table_by_table(run, pledge, tmp_path, database):
    told = run("database", "copy", database, f"sqlite:///{tmp_path}/other.db")
    assert "pledges                             1\n" in told
    assert "is not empty" in run("database", "copy", database, f"sqlite:///{tmp_path}/other.db", code=1)
    assert run("tally", "check", DATABASE_URL=f"sqlite:///{tmp_path}/other.db") == "Every tally equals the ledger.\n"


@on_sqlite
@pytest.mark.parametrize("url", ["", "mysql://x", "sqlite:///:memory:", "sqlite:///"])
def test_what_is_no_database_is_a_wrong_argument(an_app, url):
    result = an_app().test_cli_runner().invoke(args=["database", "copy", url, url])
    assert (result.exit_code, "give " in result.output) == (2, True)


@on_sqlite
def test_a_name_of_odd_bytes_can_be_used_and_printed(run, pledge, tmp_path):
    assert "\ufffd" in run("backup", tmp_path / os.fsdecode(b"night-\xff"))


@pytest.mark.parametrize("database", ["postgres"], indirect=True)
def test_the_site_on_postgresql_is_backed_up_and_restored(run, pledge, session, engine, tmp_path):
    run("backup", tmp_path / "a.backup")
    session.execute(text("DELETE FROM mails"))
    session.commit()
    told = run("restore", tmp_path / "a.backup", "--replace")
    assert "Every tally equals the ledger." in told
    assert "Mails that wait: 1." in told
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE alembic_version"))
