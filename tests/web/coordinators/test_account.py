"""A coordinator's own account: password, two-factor codes, signing out everywhere."""

from sqlalchemy import select

from tests.factories import PASSWORD
from tests.reader import CoordinatorReader
from tests.web.coordinators.test_login import DASHBOARD, NEW, events, next_code, turn_codes_on
from ua_tracker.models import Coordinator


def test_a_changed_password_ends_the_other_sessions_and_keeps_this_one(app, office, session):
    other = CoordinatorReader(app)
    other.sign_in("oda@example.org", PASSWORD)
    page = office.get("/en/dashboard/account/password")
    assert "This is not your present password." in page.submit("Change", password="wrong one", new_password=NEW).text
    assert page.submit("Change your password", password=PASSWORD, new_password=PASSWORD).status == 422
    empty = page.submit("Change your password", password="", new_password="")
    assert "Write your password." in empty.text
    assert "Choose a new password." in empty.text
    page = page.submit("Change your password", password=PASSWORD, new_password=NEW).follow()
    assert "All other sessions have ended." in page.html
    assert office.get(DASHBOARD).status == 200
    assert other.get(DASHBOARD).status == 303
    assert other.sign_in("oda@example.org", PASSWORD).status == 422
    assert other.sign_in("oda@example.org", NEW).status == 303


def test_signing_out_everywhere(app, office):
    other = CoordinatorReader(app)
    other.sign_in("oda@example.org", PASSWORD)
    page = office.get("/en/dashboard/account").submit("Sign out everywhere").follow()
    assert "You are signed out everywhere." in page.html
    assert (office.get(DASHBOARD).status, other.get(DASHBOARD).status) == (303, 303)


def test_with_two_factor_codes_the_password_alone_is_not_enough(app, office, session, clock):
    recovery = turn_codes_on(office, app, clock)
    oda = session.scalars(select(Coordinator)).one()
    again = CoordinatorReader(app)
    page = again.sign_in("oda@example.org", PASSWORD, next="/en/dashboard/account").follow()
    assert again.get(DASHBOARD).status == 303
    assert "This code is not right" in page.submit("Sign in", code="000000").text
    code = next_code(app, session, oda, clock)
    assert page.submit("Sign in", code=code).headers["Location"] == "/en/dashboard/account"
    assert again.get(DASHBOARD).status == 200
    third = CoordinatorReader(app)
    page = third.sign_in("oda@example.org", PASSWORD).follow()
    assert page.submit("Sign in", code=code).status == 422
    assert page.submit("Sign in", code=recovery[0]).status == 303
    assert "9 recovery codes are left." in third.get("/en/dashboard/account/codes").text
    page = third.get("/en/dashboard/account/codes")
    assert page.submit("Turn codes off", password="wrong one").status == 422
    page.submit("Turn codes off", password=PASSWORD)
    assert CoordinatorReader(app).sign_in("oda@example.org", PASSWORD).headers["Location"] == DASHBOARD
    assert [event for event in events(session) if "two-factor" in event] == ["two-factor on", "two-factor off"]


def test_a_wrong_code_turns_nothing_on(office):
    page = office.get("/en/dashboard/account/codes")
    key = page.soup.select_one("#key").get_text()
    again = page.submit("Turn codes on", code="000000")
    assert (again.status, again.soup.select_one("#key").get_text()) == (422, key)
    assert "Turn two-factor codes on" in office.get("/en/dashboard/account").text


def test_each_password_that_is_missing_is_asked_for_by_its_own_sentence(office):
    page = office.get("/en/dashboard/account/password").submit("Change your password")
    sentences = [one.get_text() for one in page.soup.select(".summary li")]
    assert sentences == ["Write your password.", "Choose a new password."]


def test_sessions_began_at_a_time_of_the_office_in_words(office):
    assert "in the time of Toronto: March 10, 2026 at 12:00" in office.get("/en/dashboard/account").text
    assert "à l’heure de Toronto : 10 mars 2026 à 12 h" in office.get("/fr/dashboard/account").text
