"""The sender as the Procfile runs it: a process of its own, beside the site."""

import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.factories import NOON, SECRET, a_pledge, a_webhook, an_action
from tests.mail_server import MailServer
from tests.receiver import Receiver
from ua_tracker.models import Mail, WebhookMessage
from ua_tracker.webhooks.sending import LEASE

HOME = Path(__file__).resolve().parents[2]
FAR = 120  # seconds after which a sender that does not send has failed


@pytest.fixture
def office():
    """A mail server that is up."""
    server = MailServer().up()
    yield server
    server.down()


@contextmanager
def a_sender(database, folder: Path, office: MailServer, at=NOON):
    """The worker of the Procfile, with the tests' clock."""
    line = next(line for line in (HOME / "Procfile").read_text().splitlines() if line.startswith("worker: "))
    told = line.removeprefix("worker: flask ").replace("--app app", "--app tests.site:app").split()
    (folder / "clock").write_text(at.isoformat())
    environ = {
        **os.environ, "INSTANCE_PATH": str(folder), "DATABASE_URL": database, "UA_TEST_CLOCK": str(folder / "clock"),
        "MAIL_URL": office.url, "MAIL_FROM": "letters@example.org", "PUBLIC_URL": "https://letters.example.org",
    }  # fmt: skip
    process = subprocess.Popen([sys.executable, "-m", "flask", *told], cwd=HOME, env=environ, stderr=subprocess.PIPE)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
        process.stderr.close()


def keep_the_secret(folder: Path) -> None:
    (folder / "secret_key").write_text(SECRET)  # the factories derive links with it


def test_what_is_queued_while_the_sender_runs_arrives_and_a_stop_is_quiet(database, session, tmp_path, office):
    keep_the_secret(tmp_path)
    action = an_action(session)
    a_pledge(session, action, email="amal@example.org")
    with a_sender(database, tmp_path, office) as process:
        assert office.arrivals.get(timeout=FAR)["To"] == "amal@example.org"
        a_pledge(session, action, email="zoe@example.org")
        assert office.arrivals.get(timeout=FAR)["To"] == "zoe@example.org"
        process.send_signal(signal.SIGTERM)
        _, told = process.communicate(timeout=FAR)
    assert (process.returncode, told.decode()) == (0, "")
    session.rollback()
    assert session.scalars(select(Mail.ending)).all() == ["sent", "sent"]


def test_two_senders_beside_each_other_send_each_mail_once(database, session, tmp_path, office):
    keep_the_secret(tmp_path)
    action = an_action(session)
    for number in range(20):
        a_pledge(session, action, email=f"reader{number}@example.org")
    with a_sender(database, tmp_path, office) as one, a_sender(database, tmp_path, office) as other:
        arrived = [office.arrivals.get(timeout=FAR)["To"] for _ in range(20)]
        for process in (one, other):
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=FAR)
    assert sorted(arrived) == sorted(f"reader{number}@example.org" for number in range(20))
    assert office.mails == []


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_sender_killed_between_sending_and_noting_loses_no_message_to_a_webhook(
    database, session, tmp_path, office, monkeypatch
):
    monkeypatch.setenv("WEBHOOK_NETWORKS", "127.0.0.0/8")
    keep_the_secret(tmp_path)
    receiver = Receiver()
    a_webhook(session, receiver.url)
    action = an_action(session)
    for letters in (1, 2, 3):
        a_pledge(session, action, letters=letters)
    with a_sender(database, tmp_path, office) as process:
        receiver.before_answer = lambda taken: process.kill() if taken.data["letters"] == 2 else None
        process.wait(FAR)
    receiver.before_answer = lambda taken: None
    with a_sender(database, tmp_path, office, at=NOON + LEASE) as process:
        taken = [receiver.arrivals.get(timeout=FAR) for _ in range(4)]
        process.send_signal(signal.SIGTERM)
        _, told = process.communicate(timeout=FAR)
    receiver.close()
    assert (process.returncode, told.decode()) == (0, "")
    assert [one.data["letters"] for one in taken] == [1, 2, 2, 3]
    assert len({one.id for one in taken}) == 3  # a receiver that drops the ids it knows gets each once
    session.rollback()
    assert session.scalars(select(WebhookMessage.ending)).all() == ["sent"] * 3
