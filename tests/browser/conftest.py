"""A real server and a real browser: Debian's Chromium."""

import os
import shutil
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session

from tests.conftest import empty, lacking
from tests.factories import NOON, an_action
from tests.site import Site
from ua_tracker.models import ActionTally

# Without these Chromium makes requests to its vendor, and on a closed network logs many refused connections.
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


@pytest.fixture(scope="session")
def server(sqlite_template, tmp_path_factory) -> Iterator[Site]:
    """gunicorn with two workers, one for all tests of this process; on SQLite alone."""
    folder = tmp_path_factory.mktemp("site")
    path = shutil.copy(sqlite_template, folder / "ua_tracker.db")
    running = Site(folder, f"sqlite:///{path}", NOON).start()
    yield running
    running.stop()


@pytest.fixture(scope="session")
def engine(server) -> Iterator[Engine]:
    """What opens the site's database in the tests."""
    engine = create_engine(server.database)
    yield engine
    engine.dispose()


@pytest.fixture
def session(engine) -> Iterator[Session]:
    """A session on the site's database, emptied of what the test before left."""
    empty(engine)
    with Session(engine) as opened:
        yield opened


@pytest.fixture
def site(server, session) -> Site:
    """The server with one open action, its clock at noon.

    The totals' revision goes on from test to test, since the workers tell by it which answers they have kept.
    """
    server.set_clock(NOON)
    if not server.is_running():  # a test that killed it has failed
        server.start()
    action = an_action(session)
    session.get_one(ActionTally, action.id).revision = action.id * 1000
    session.commit()
    return server


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
