"""`make run` is the whole site: pages, mails and jobs, started by one command and ended with it."""

import os
import signal
import subprocess
import sys
import time
import urllib.request
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from tests.factories import SECRET, a_pledge
from tests.ports import a_free_port
from tests.site import HOME
from ua_tracker.jobs import done
from ua_tracker.models import Action


def children(number: int) -> list[int]:
    """The processes that this one has started, and those that they have."""
    try:
        own = Path(f"/proc/{number}/task/{number}/children").read_text().split()
    except OSError:
        return []
    return [one for child in map(int, own) for one in (child, *children(child))]


def is_running(number: int) -> bool:
    try:
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


class Whole:
    """The site as `make run` starts it."""

    def __init__(self, folder: Path) -> None:
        self.port = a_free_port()
        self.folder, self.database = folder, f"sqlite:///{folder / 'ua_tracker.db'}"
        (folder / "secret_key").write_text(SECRET)  # the factories derive links with it
        environ = {**os.environ, "INSTANCE_PATH": str(folder), "DATABASE_URL": "", "PORT": str(self.port)}
        with (folder / "log").open("wb") as log:
            self.process = subprocess.Popen([sys.executable, "app.py"], cwd=HOME, env=environ, stdout=log, stderr=log)

    def wait(self, condition, what: str) -> None:
        """Looks again and again until this is so."""
        last = time.monotonic() + 120
        while not condition():
            assert time.monotonic() < last, f"{what}: {(self.folder / 'log').read_text()[-2000:]}"
            time.sleep(0.05)

    def answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=30) as answer:
                return answer.status == 200
        except OSError:
            return False

    def master(self) -> int | None:
        """The process of gunicorn's master; None between the end of one and the start of the next."""
        own = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        named = (int(one) for one in own if b"ua_tracker.serving" in Path(f"/proc/{one}/cmdline").read_bytes())
        return next(named, None)


@pytest.fixture
def whole(tmp_path):
    site = Whole(tmp_path)
    site.wait(site.answers, "the pages")
    yield site
    site.process.kill()
    site.process.wait()


def test_pages_mails_and_jobs_are_there_and_what_dies_comes_back(whole):
    engine = create_engine(whole.database)
    with Session(engine) as session:
        practice = session.scalar(select(Action).where(Action.slug == "practice"))
        a_pledge(session, practice, datetime.now(UTC), email="amal@example.org")
        whole.wait(lambda: list((whole.folder / "mail").glob("*.eml")), "the mail")

        def jobs_done() -> bool:
            session.rollback()
            session.expire_all()
            known = done(session)
            return all(kind in known and known[kind].done_at for kind in ("reminders queue", "retention purge"))

        whole.wait(jobs_done, "the jobs")
    engine.dispose()
    before = whole.master()
    os.kill(before, signal.SIGKILL)
    whole.wait(lambda: whole.answers() and whole.master() not in (None, before), "the pages again")
    whole.process.send_signal(signal.SIGTERM)
    all_of_them = children(whole.process.pid)
    assert whole.process.wait(120) == 0
    assert not any(is_running(one) for one in all_of_them)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a process with its parent")
def test_nothing_is_left_when_it_is_killed(whole):
    all_of_them = children(whole.process.pid)
    assert len(all_of_them) >= 4
    whole.process.kill()
    whole.wait(lambda: not any(is_running(one) for one in all_of_them), "something is left")
