"""The Procfile as platforms run it: by honcho, on PostgreSQL, with a mail server."""

import os
import signal
import subprocess
import sys
import urllib.request
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, select, text
from sqlalchemy.orm import Session

from tests.factories import NOTHING_HELD, SECRET, a_pledge
from tests.machines import HOME, SECONDS
from tests.mail_server import MailServer
from tests.outside.browsers import until
from tests.ports import a_free_port
from ua_tracker.models import Action

HONCHO = Path(sys.executable).parent / "honcho"


@pytest.fixture
def database(postgres_engine):
    """An empty database without any table."""
    with postgres_engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("CREATE DATABASE procfile"))
        yield make_url(str(postgres_engine.url)).set(database="procfile").render_as_string(hide_password=False)
        connection.execute(text("DROP DATABASE procfile WITH (FORCE)"))


@pytest.fixture
def office():
    server = MailServer().up()
    yield server
    server.down()


def test_honcho_releases_serves_and_sends(database, office, tmp_path):
    port = a_free_port("")
    inherited = {name: value for name, value in os.environ.items() if name != "PORT"}  # make exports it empty
    environ = {
        **inherited, **NOTHING_HELD, "PATH": f"{HONCHO.parent}:{os.environ['PATH']}", "INSTANCE_PATH": str(tmp_path),
        "DATABASE_URL": database, "SECRET_KEY": SECRET, "MAIL_URL": office.url, "MAIL_FROM": "letters@example.org",
        "PUBLIC_URL": "https://letters.example.org",
    }  # fmt: skip
    checked = subprocess.run([HONCHO, "check"], cwd=HOME, capture_output=True, text=True, check=True)
    assert "release, web, worker" in checked.stderr
    for line in ("release", "flask --app app demo"):
        words = ["start", line] if line == "release" else ["run", *line.split()]
        done = subprocess.run([HONCHO, *words], cwd=HOME, env=environ, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
    with (tmp_path / "log").open("wb") as log:
        running = subprocess.Popen(
            [HONCHO, "start", "--port", str(port), "web", "worker"], cwd=HOME, env=environ, stdout=log, stderr=log
        )

    def is_ready() -> bool:
        assert running.poll() is None, (tmp_path / "log").read_text()
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=SECONDS) as answer:
                return answer.status == 200
        except OSError:
            return False

    engine = create_engine(database)
    try:
        until(is_ready)
        with Session(engine) as session:
            practice = session.scalars(select(Action).where(Action.slug == "practice")).one()
            a_pledge(session, practice, datetime.now(UTC), email="amal@example.org")
        assert office.arrivals.get(timeout=SECONDS)["To"] == "amal@example.org"
    finally:
        engine.dispose()
        running.send_signal(signal.SIGTERM)
        running.wait(SECONDS)
    told = (tmp_path / "log").read_text()
    assert "Traceback" not in told
    assert "Shutting down: Master" in told
