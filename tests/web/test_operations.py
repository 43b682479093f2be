"""What machines ask: whether the process answers, and whether it can serve."""

import json
import shutil
from pathlib import Path
from typing import NamedTuple

import pytest
from sqlalchemy import delete, text

from tests.conftest import NOON
from tests.factories import a_pledge, an_action
from tests.reader import Reader
from ua_tracker import readiness, schema, site_key
from ua_tracker.models import SiteKey


def migrated(session, revision: str | None = None) -> None:
    """Writes into the database which revision its tables have: the newest, or another."""
    session.execute(text("CREATE TABLE IF NOT EXISTS alembic_version (version_num VARCHAR(32) NOT NULL)"))
    session.execute(text("DELETE FROM alembic_version"))
    session.execute(text("INSERT INTO alembic_version VALUES (:one)"), {"one": revision or schema.revisions()[0]})
    session.commit()


@pytest.fixture(autouse=True)
def without_versions(session):
    """Leaves no table of versions behind in a database that other tests use."""
    yield
    session.rollback()
    session.execute(text("DROP TABLE IF EXISTS alembic_version"))
    session.commit()


def ready(app) -> tuple[int, dict[str, str]]:
    answer = app.test_client().get("/readyz")
    told = json.loads(answer.data)
    assert told["ready"] is (answer.status_code == 200)
    return answer.status_code, told["checks"]


def test_a_process_that_answers_says_so_without_the_database(an_app):
    app = an_app(DATABASE_URL="postgresql://nobody@127.0.0.1:1/nothing")
    answer = app.test_client().get("/healthz")
    assert (answer.status_code, answer.data) == (200, b"ok\n")


def test_a_process_is_ready_when_all_is_well(app, session):
    migrated(session)
    assert ready(app) == (200, {"database": "ok", "schema": "ok", "key": "ok", "disk": "ok"})


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_a_balancer_asks_under_any_name_and_nothing_is_kept_or_set(app, session, path):
    migrated(session)
    for host in ("10.0.0.7:8000", "elsewhere.example", ""):
        answer = app.test_client().get(path, headers={"Host": host, "Cookie": "session=x"})
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "no-store"
        assert "Set-Cookie" not in answer.headers
    head = app.test_client().head(path)
    assert (head.status_code, head.data) == (200, b"")
    refused = app.test_client().post(path)
    assert (refused.status_code, refused.headers["Allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize(
    ("revision", "status", "word"), [(None, 503, "none"), ("0001", 503, "behind"), ("9999", 200, "ok")]
)
def test_older_tables_are_not_served_and_newer_ones_are(app, session, revision, status, word):
    if revision:
        migrated(session, revision)
    answered, words = ready(app)
    assert (answered, words["schema"]) == (status, word)


def test_a_process_with_another_key_than_the_database_is_not_ready(an_app, session):
    migrated(session)
    site_key.remember(session, ["the key of the other machine"], NOON)
    session.commit()
    assert ready(an_app()) == (503, {"database": "ok", "schema": "ok", "key": "another", "disk": "ok"})
    session.execute(delete(SiteKey))
    session.commit()
    assert ready(an_app())[0] == 200


@pytest.mark.parametrize("url", ["postgresql://nobody:hunter2@127.0.0.1:1/nothing", "sqlite:////nowhere/at/all.db"])
def test_without_a_database_the_answer_names_no_setting(an_app, url):
    app = an_app(DATABASE_URL=url)
    answer = app.test_client().get("/readyz")
    assert answer.status_code == 503
    assert json.loads(answer.data)["checks"]["database"] == "away"
    assert "nothing" not in answer.text
    assert "nowhere" not in answer.text


class Disk(NamedTuple):
    """As `shutil.disk_usage` describes one."""

    free: int


def test_a_full_disk_takes_no_more_requests(app, session, monkeypatch):
    migrated(session)
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: Disk(readiness.LEAST_FREE - 1))
    assert ready(app) == (503, {"database": "ok", "schema": "ok", "key": "ok", "disk": "full"})


def test_many_questions_in_a_second_ask_the_database_once(engine, session, tmp_path):
    migrated(session)
    asked = []
    one = readiness.Readiness(engine, (Path(tmp_path),), {"key": lambda _: asked.append(1) or "ok"})
    one.kept_seconds = 3600  # a second for which nobody has to hurry
    for _ in range(10):
        assert one.words()["key"] == "ok"
    assert asked == [1]


def test_a_site_that_has_much_to_do_stays_in_service():
    assert readiness.is_ready({"database": readiness.BUSY, "disk": "ok"})


@pytest.mark.parametrize("path", ["/healthz/", "/en/healthz", "/readyz/x"])
def test_only_the_exact_paths_are_answered(app, path):
    assert Reader(app).get(path).status == 404


TOKEN = "0123456789abcdef"


def numbers(app, given: str | None) -> tuple[int, str]:
    headers = {} if given is None else {"Authorization": given}
    answer = app.test_client().get("/metrics", headers=headers, environ_base={"REMOTE_ADDR": "127.0.0.1"})
    return answer.status_code, answer.text


def test_without_a_token_nobody_reads_the_numbers(app):
    assert numbers(app, None)[0] == 404
    assert numbers(app, "Bearer ")[0] == 404


@pytest.mark.parametrize(
    "given", [None, "", "Bearer", "Bearer 0123456789abcdeF", "Basic 0123456789abcdef", "Bearer \xff"]
)
def test_only_who_has_the_token_reads_the_numbers(an_app, given):
    status, text = numbers(an_app(METRICS_TOKEN=TOKEN), given)
    assert (status, text) == (401, "Send the token.\n")


def test_what_the_database_counts_is_told_in_numbers_alone(an_app, session):
    action, other = an_action(session), an_action(session, slug="practice", practice=True)
    for name in ("amal", "zoe"):
        a_pledge(session, action, letters=3, name=name, email=f"{name}@example.org")
    a_pledge(session, other, name="try")
    status, text = numbers(an_app(METRICS_TOKEN=TOKEN), f"Bearer {TOKEN}")
    assert status == 200
    lines = text.splitlines()
    for told in (
        "pledges 2.0",
        "letters_pledged 6.0",
        "outbox_waiting 2.0",
        "database_up 1.0",
        "pledges_made_total 3.0",
    ):
        assert f"ua_tracker_{told}" in lines
    for secret in ("amal", "zoe", "ua-12-26", "example.org"):
        assert secret not in text


def test_without_a_database_the_numbers_say_so(an_app):
    app = an_app(METRICS_TOKEN=TOKEN, DATABASE_URL="sqlite:////nowhere/at/all.db")
    status, text = numbers(app, f"Bearer {TOKEN}")
    assert status == 200
    assert "ua_tracker_database_up 0.0" in text.splitlines()
