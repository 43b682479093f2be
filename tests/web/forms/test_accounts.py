"""The coordinators' forms: whose they are, and what must be said."""

import pytest

from tests.factories import NOON, PASSWORD, a_coordinator, a_group
from tests.reader import CoordinatorReader
from ua_tracker.models import Coordinator


@pytest.fixture
def visitor(app) -> CoordinatorReader:
    """Somebody whose browser keeps cookies, not signed in."""
    return CoordinatorReader(app)


def test_an_address_that_is_too_long_is_refused_and_not_looked_up(visitor):
    told = visitor.sign_in("o" * 50_000 + "@example.org", "guess")
    assert (told.status, "This is longer than 254 characters." in told.text) == (422, True)


def test_a_token_of_another_session_gives_the_form_back(visitor, session):
    a_coordinator(session)
    answer = visitor.post("/en/login", {"email": "oda@example.org", "password": PASSWORD, "csrf_token": "forged"})
    assert answer.status == 400
    assert "press the button once more" in answer.text
    assert answer.submit("Sign in", password=PASSWORD).status == 303


def test_an_invitation_without_a_role_is_refused(office, session):
    page = office.get("/en/dashboard/coordinators")
    answer = office.post("/en/dashboard/coordinators", {**page.keys("Invite somebody"), "email": "rosa@example.org"})
    assert (answer.status, "Choose the role." in answer.text) == (422, True)
    assert session.query(Coordinator).count() == 1


def test_an_invitation_offers_every_group_that_takes_part(office, session):
    a_group(session)
    a_group(session, "old", "Old").retired_at = NOON
    session.commit()
    page = office.get("/en/dashboard/coordinators")
    assert [one["value"] for one in page.soup.select("#group option")] == ["", "montreal"]
