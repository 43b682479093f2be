"""Two coordinators, signed in, and a mail server."""

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.factories import PASSWORD, a_coordinator, a_group
from tests.mail_server import MailServer
from tests.reader import CoordinatorReader


@pytest.fixture
def office(app, session) -> CoordinatorReader:
    """Oda of the office, signed in."""
    oda = CoordinatorReader(app)
    a_coordinator(session)
    oda.sign_in("oda@example.org", PASSWORD)
    return oda


@pytest.fixture
def montreal(app, session) -> CoordinatorReader:
    """Momo, who coordinates the group of Montréal, signed in."""
    momo = CoordinatorReader(app)
    a_coordinator(session, "momo@example.org", a_group(session))
    momo.sign_in("momo@example.org", PASSWORD)
    return momo


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    """A mail server that is up."""
    server = MailServer().up()
    yield server
    server.down()


@pytest.fixture
def mailing_app(an_app, mail_server) -> Flask:
    """The app, with that mail server."""
    return an_app(MAIL_URL=mail_server.url, MAIL_FROM="Letters <letters@example.org>", PUBLIC_URL="http://localhost")
