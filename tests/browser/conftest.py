"""A real server and a real browser: Debian's Chromium."""

import os
import shutil
from pathlib import Path

import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from tests.conftest import lacking
from tests.factories import NOON, an_action
from tests.site import Site

# Without these Chromium calls home, which a closed network answers with many refused connections.
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip
PLACES = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    """Where the machine's own browser is."""
    path = os.environ.get("CHROMIUM") or next((found for name in PLACES if (found := shutil.which(name))), None)
    if path is None:
        lacking("browser", "install Debian's package chromium, or name the program in CHROMIUM")
    return {**browser_type_launch_args, "executable_path": path, "args": QUIET}


@pytest.fixture
def database(sqlite_template, tmp_path) -> str:
    """In the browser SQLite stands for both databases."""
    path: Path = tmp_path / "ua_tracker.db"
    shutil.copy(sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture
def session(database):
    """A session on the database, to arrange and to look."""
    engine = create_engine(database)
    with Session(engine) as opened:
        yield opened
    engine.dispose()


@pytest.fixture
def site(database, tmp_path, session):
    """gunicorn with two workers and one open action, its clock at noon."""
    an_action(session)
    running = Site(tmp_path, database, NOON).start()
    yield running
    running.stop()


@pytest.fixture
def address(site) -> str:
    """Where the site is."""
    return site.address


@pytest.fixture
def browser_context_args(browser_context_args, address):
    """The pages' relative addresses lead to the site."""
    return {**browser_context_args, "base_url": address}


@pytest.fixture
def quiet(page):
    """The page, which must end without a word on the console about an error, but for a refused form's status."""
    said = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    yield page
    refused = ("status of 422", "status of 409", "status of 403")
    assert [words for words in said if not any(status in words for status in refused)] == []
