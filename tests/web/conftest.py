"""Two coordinators, signed in."""

import pytest

from tests.factories import PASSWORD, a_coordinator, a_group
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
