"""The office invites others on a page, and takes their access away again."""

import re

from tests.factories import NOON, PASSWORD, a_coordinator, a_group
from tests.reader import CoordinatorReader
from ua_tracker import coordinators, groups
from ua_tracker.models import AuditEntry, Coordinator

PEOPLE = "/en/dashboard/coordinators"


def names(page) -> list[str]:
    return [row.get_text().strip() for row in page.soup.select("tbody th")]


def test_an_invitation_is_shown_once_and_lets_one_in(app, office, session):
    a_group(session)
    told = office.get(PEOPLE).submit("Invite somebody", email="Gus@example.org", role="group", group="montreal")
    [link] = re.findall(r"http://localhost(/en/login/password/\S+)", told.soup.select_one("#invitation").get_text())
    assert names(told) == ["gus@example.org", "oda@example.org"]
    assert link not in office.get(PEOPLE).html
    gus = CoordinatorReader(app)
    assert gus.get(link).submit("Set this password", new_password=PASSWORD).follow().status == 200
    assert gus.get(PEOPLE).status == 403
    assert "Groupe de Montréal" in office.get(PEOPLE).text
    line = session.query(AuditEntry).filter_by(event="invited").order_by(AuditEntry.id.desc()).first()
    assert (line.actor, line.after) == ("coordinator 1", {"role": "group", "group": "montreal"})


def test_an_error_is_shown_at_its_field_and_nothing_is_lost(office, session):
    a_group(session)
    page = office.get(PEOPLE)
    for typed, field, sentence in (
        ({"email": ""}, "email", "Write the e-mail address."),
        ({"email": "gus", "role": "office"}, "email", "is no e-mail address"),
        ({"email": "gus@example.org", "role": "group"}, "group", "needs a group"),
        ({"email": "gus@example.org", "role": "office", "group": "montreal"}, "group", "takes none"),
        ({"email": "gus@example.org", "role": "king"}, "role", "Choose the role."),
    ):
        wrong = page.submit("Invite somebody", **typed)
        assert wrong.status == 422
        assert sentence in wrong.soup.select_one(f"#{field}-error").get_text()
        assert wrong.soup.select_one("#email").get("value", "") == typed["email"]
    assert session.query(Coordinator).count() == 1


def test_inviting_somebody_again_keeps_the_role_and_changes_it_only_when_that_is_meant(office, session):
    gus = a_coordinator(session, "gus@example.org", a_group(session))
    page = office.get(PEOPLE)
    told = page.submit("Invite somebody", email="gus@example.org", role="office")
    assert told.status == 422
    assert "“gus@example.org” coordinates already" in told.soup.select_one("#change-error").get_text()
    again = page.submit("Invite again gus@example.org")
    assert "/en/login/password/" in again.soup.select_one("#invitation").get_text()
    session.refresh(gus)
    assert gus.group.slug == "montreal"
    told.submit("Invite somebody", change="y", email="gus@example.org", role="office")
    session.refresh(gus)
    assert gus.role == "office"


def test_the_box_that_changes_a_role_is_ticked_for_one_person_only(office, session):
    a_coordinator(session, "gus@example.org", a_group(session))
    page = office.get(PEOPLE).submit("Invite somebody", change="y", email="gus@example.org", role="office")
    assert "Invitation for gus@example.org" in page.text
    assert not page.soup.select("#change[checked]")
    assert not page.soup.select_one("#email").get("value")


def test_whoever_coordinates_a_group_that_has_ended_is_invited_again_too(office, session):
    a_coordinator(session, "gus@example.org", a_group(session))
    groups.retire(session, "montreal", actor="rosa", now=NOON)
    session.commit()
    again = office.get(PEOPLE).submit("Invite again gus@example.org")
    assert (again.status, bool(again.soup.select("#invitation"))) == (200, True)
    gone = office.post(f"{PEOPLE}/99/invite", office.get(PEOPLE).keys("Invite somebody"))
    assert gone.status == 409


def test_access_is_taken_away_at_once(app, office, session):
    a_coordinator(session, "gus@example.org")
    gus = CoordinatorReader(app)
    gus.sign_in("gus@example.org", PASSWORD)
    page = office.get(PEOPLE)
    done = page.submit("All sessions of gus@example.org end").follow()
    assert "gus@example.org may no longer sign in." in done.html
    assert names(done) == ["oda@example.org"]
    assert gus.get("/en/dashboard/").status == 303
    assert page.submit("All sessions of gus@example.org end").status == 409  # pressed twice
    assert "This is you." in done.text


def test_the_last_of_the_office_stays_one(office, session):
    a_group(session)
    page = office.get(PEOPLE)
    gone = office.post(f"{PEOPLE}/1/remove", page.keys("Invite somebody"))
    assert (gone.status, "is the last coordinator of the office" in gone.text) == (409, True)
    other = page.submit("Invite somebody", change="y", email="oda@example.org", role="group", group="montreal")
    assert (other.status, "is the last coordinator of the office" in other.text) == (409, True)
    assert other.soup.select_one("#email")["value"] == "oda@example.org"
    session.expire_all()
    assert session.query(Coordinator).one().role == "office"


def test_an_invitation_that_nobody_used_does_not_count_as_a_second_coordinator(office, session):
    a_group(session)
    page = office.get(PEOPLE)
    page.submit("Invite somebody", email="typo@example.org", role="office")
    told = page.submit("Invite somebody", change="y", email="oda@example.org", role="group", group="montreal")
    assert (told.status, "is the last coordinator of the office" in told.text) == (409, True)


def test_nobody_but_the_office_sees_who_coordinates(montreal, reader):
    assert montreal.get(PEOPLE).status == 403
    assert reader.get(PEOPLE).status == 303


def test_whoever_was_removed_is_invited_anew(office, session):
    a_coordinator(session, "gus@example.org")
    coordinators.remove(session, "gus@example.org", by="rosa", now=NOON)
    session.commit()
    office.get(PEOPLE).submit("Invite somebody", email="gus@example.org", role="office")
    session.expire_all()
    gus = session.query(Coordinator).filter_by(email="gus@example.org").one()
    assert (gus.active, gus.password_hash) == (True, None)


def test_a_likely_slip_in_the_address_is_asked_about_before_anybody_is_invited(office, session):
    page = office.get(PEOPLE)
    asked = page.submit("Invite somebody", email="gus@gmial.com", role="office")
    assert asked.status == 200
    assert "Or did you mean" in asked.soup.select_one("#invite .notice").get_text()
    assert session.query(Coordinator).count() == 1
    taken = asked.submit("Invite somebody", role="office", email_taken="yes")
    assert "gus@gmail.com" in taken.soup.select_one("[aria-labelledby=link-title]").get_text()
    kept = asked.submit("Invite somebody", email="gus@gmial.com", role="office")
    assert "gus@gmial.com" in kept.soup.select_one("[aria-labelledby=link-title]").get_text()
    assert sorted(one.email for one in session.query(Coordinator)) == [
        "gus@gmail.com", "gus@gmial.com", "oda@example.org",
    ]  # fmt: skip
