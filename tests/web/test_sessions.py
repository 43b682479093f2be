"""Signing out ends the session, also for a copy of its cookie."""

import pytest
from flask.sessions import SecureCookieSessionInterface
from sqlalchemy import func, select

from tests.factories import PASSWORD, a_coordinator, a_group, an_action
from tests.reader import CoordinatorReader
from tests.web.coordinators.test_login import NEW, next_code, turn_codes_on
from ua_tracker.models import Coordinator, CoordinatorSession, Group

DASHBOARD = "/en/dashboard/"
ACCOUNT = "/en/dashboard/account"


def copied(app, reader: CoordinatorReader) -> CoordinatorReader:
    """Another browser with the same cookie."""
    thief = CoordinatorReader(app)
    thief.client.set_cookie("session", reader.client.get_cookie("session").value)
    return thief


def opens(reader: CoordinatorReader) -> bool:
    return reader.get(DASHBOARD).status == 200


def test_a_copied_cookie_is_worthless_after_signing_out_and_so_is_its_token(app, office, session):
    thief, token = copied(app, office), office.get(ACCOUNT).keys("Sign out everywhere")["csrf_token"]
    assert opens(thief)
    office.get(DASHBOARD).submit("Sign out")
    assert not opens(thief)
    answer = thief.post("/en/dashboard/groups", {"name": "Halifax", "slug": "halifax", "csrf_token": token})
    assert answer.status == 401
    assert session.scalar(select(func.count()).select_from(CoordinatorSession)) == 0


def test_what_was_typed_while_the_session_ended_is_stored_at_the_first_press(app, office, session, clock):
    form, typed = office.get("/en/dashboard/groups"), {"name": "Halifax", "slug": "halifax"}
    clock.pass_by(hours=13)
    told = form.submit("Add the group", **typed)
    assert (told.status, "Halifax" in told.text) == (401, True)
    office.sign_in("oda@example.org", PASSWORD)
    assert told.submit("Try again").status == 303
    assert form.submit("Add the group", name="Laval", slug="laval").status == 303  # the page from before, too
    assert {group.slug for group in session.query(Group)} == {"halifax", "laval"}
    assert form.submit("Sign out").status == 303


def test_a_form_from_before_is_not_taken_from_somebody_else_nor_after_a_week(app, office, session, clock):
    form = office.get("/en/dashboard/groups")
    a_coordinator(session, "ben@example.org")
    office.get(DASHBOARD).submit("Sign out")
    office.sign_in("ben@example.org", PASSWORD)
    assert form.submit("Add the group", name="Halifax", slug="halifax").status == 400
    office.get(DASHBOARD).submit("Sign out")
    clock.pass_by(days=8)
    office.sign_in("oda@example.org", PASSWORD)
    assert form.submit("Add the group", name="Halifax", slug="halifax").status == 400
    assert session.query(Group).count() == 0


def test_signing_out_here_leaves_the_session_elsewhere(app, office):
    other = CoordinatorReader(app)
    other.sign_in("oda@example.org", PASSWORD)
    office.get(DASHBOARD).submit("Sign out")
    assert (opens(office), opens(other)) == (False, True)


@pytest.mark.parametrize("end", ["everywhere", "password", "role", "removed"])
def test_what_ends_all_sessions_ends_those_of_copied_cookies(app, office, session, end):
    a_group(session)
    a_coordinator(session, "gus@example.org")
    gus = CoordinatorReader(app)
    gus.sign_in("gus@example.org", PASSWORD)
    thief = copied(app, gus)
    assert opens(thief)
    if end == "everywhere":
        gus.get(ACCOUNT).submit("Sign out everywhere")
    elif end == "password":
        gus.get(f"{ACCOUNT}/password").submit("Change your password", password=PASSWORD, new_password=NEW)
    elif end == "role":
        people = office.get("/en/dashboard/coordinators")
        people.submit("Invite somebody", email="gus@example.org", role="group", group="montreal", change="y")
    else:
        office.get("/en/dashboard/coordinators").submit("All sessions of gus@example.org end")
    assert not opens(thief)
    assert opens(gus) is (end == "password")


def test_half_a_sign_in_works_once(app, office, session, clock):
    turn_codes_on(office, app, clock)
    again = CoordinatorReader(app)
    page = again.sign_in("oda@example.org", PASSWORD).follow()
    thief = copied(app, again)
    assert thief.get("/en/login/code").status == 200
    oda = session.scalars(select(Coordinator)).one()
    assert page.submit("Sign in", code=next_code(app, session, oda, clock)).status == 303
    assert thief.get("/en/login/code").headers["Location"] == "/en/login"
    form = {"code": next_code(app, session, oda, clock), "csrf_token": page.keys("Sign in")["csrf_token"]}
    assert thief.post("/en/login/code", form).headers["Location"] == "/en/login"
    assert (opens(again), opens(thief)) == (True, False)


def test_half_a_sign_in_ends_by_signing_out_too(app, office, clock):
    turn_codes_on(office, app, clock)
    half = CoordinatorReader(app)
    half.sign_in("oda@example.org", PASSWORD)
    thief = copied(app, half)
    half.post("/en/login/out", {})
    assert thief.get("/en/login/code").status == 303


def test_signing_in_again_ends_the_session_of_before(app, office):
    thief = copied(app, office)
    token = office.get(ACCOUNT).keys("Sign out everywhere")["csrf_token"]
    office.post("/en/login", {"email": "oda@example.org", "password": PASSWORD, "csrf_token": token})
    assert (opens(office), opens(thief)) == (True, False)


def test_half_a_sign_in_is_no_session(app, office, clock):
    turn_codes_on(office, app, clock)
    half = CoordinatorReader(app)
    half.sign_in("oda@example.org", PASSWORD)
    signer = SecureCookieSessionInterface().get_signing_serializer(app)
    inside = signer.loads(half.client.get_cookie("session").value)
    half.client.set_cookie("session", signer.dumps({"key": inside["halfway"]}))
    assert not opens(half)


@pytest.mark.parametrize("inside", [
    {"_user_id": "f" * 64, "_fresh": True, "_id": "x", "at": 1773158400.0, "csrf_token": "0" * 40},
    {"halfway": "f" * 64, "halfway_at": 1773158400.0},
    {"key": None}, {"key": ""}, {"key": "unknown"},
])  # fmt: skip
def test_a_cookie_of_before_is_signed_out_and_no_error(app, session, inside):
    oda = a_coordinator(session)
    if "_user_id" in inside:
        inside = {**inside, "_user_id": oda.fs_uniquifier}
    reader = CoordinatorReader(app)
    reader.client.set_cookie("session", SecureCookieSessionInterface().get_signing_serializer(app).dumps(inside))
    assert reader.get(DASHBOARD).status == 303
    assert reader.get("/en/login/code").status == 303
    assert reader.sign_in("oda@example.org", PASSWORD).status == 303
    assert opens(reader)


def test_no_key_is_in_the_database_and_ended_sessions_are_deleted(app, office, session, clock):
    value = office.client.get_cookie("session").value
    key = SecureCookieSessionInterface().get_signing_serializer(app).loads(value)["key"]
    assert key not in str([vars(one) for one in session.scalars(select(CoordinatorSession))])
    session.rollback()
    clock.pass_by(hours=12)
    CoordinatorReader(app).sign_in("oda@example.org", PASSWORD)
    assert session.scalar(select(func.count()).select_from(CoordinatorSession)) == 1


def test_one_sees_ones_own_open_sessions(app, office, clock):
    clock.pass_by(minutes=5)
    other = CoordinatorReader(app)
    other.sign_in("oda@example.org", PASSWORD)
    listed = [" ".join(one.get_text().split()) for one in other.get(ACCOUNT).soup.select("#sessions li")]
    assert listed == ["March 10, 2026 at 12:05 p.m. (this one)", "March 10, 2026 at 12:00 p.m."]


def test_what_was_typed_of_a_recipient_stands_under_the_label_of_its_field(office, session, clock):
    an_action(session)
    form = office.get("/en/dashboard/ua-12-26/edit")
    clock.pass_by(hours=13)
    told = form.submit("Store")
    labels = [one.get_text() for one in told.soup.select(".typed dt")]
    assert "Role or office (recipient 1) Minister of Justice" in told.text
    assert [label for label in labels if "-" in label] == []
