"""The office finds a person by address, saves what is stored, and erases it."""

import json

from sqlalchemy import select

from tests.factories import PASSWORD, a_pledge, a_report, an_action
from ua_tracker.models import AuditEntry, Pledge

PAGE = "/en/dashboard/people"
AMAL = "amal@example.org"


def test_every_row_leads_to_its_ledger_and_the_address_to_no_url(office, session):
    action = an_action(session)
    a_pledge(session, action, name="Zoe")
    pledge = a_pledge(session, action, email=AMAL)
    a_report(session, an_action(session, slug="ua-13-26"), email=AMAL)
    page = office.get(PAGE).submit("Find", email=f" {AMAL.upper()} ")
    links = [link["href"] for link in page.soup.select("main ul.plain a")]
    assert links[0] == f"/en/dashboard/ua-12-26/pledges?number={pledge.id}"
    assert links[1].startswith("/en/dashboard/ua-13-26/letters?number=")
    assert "@" not in "".join(link["href"] for link in page.soup.select("[href]"))
    listed = office.get(links[0])
    assert [row.bdi.get_text() for row in listed.soup.select("tbody tr")] == ["Amal"]
    assert listed.soup.select_one("[name=number]")["value"] == str(pledge.id)


def test_in_french_a_report_of_copies_alone_is_no_letter(office, session):
    a_report(session, an_action(session), email=AMAL, target=0, copy=2)
    page = office.get(PAGE.replace("/en/", "/fr/")).submit("Trouver", email=AMAL)
    assert "amal@example.org, 0 lettre," in page.text


def test_what_is_found_is_text(office, session):
    action = an_action(session, title="<b>HELD</b>")
    a_pledge(session, action, email=AMAL, name="<i>Amal</i>")
    a_report(session, action, email=AMAL, name="<i>Amal</i>")
    main = office.get(PAGE).submit("Find", email=AMAL).soup.main
    assert not main.select("b, i")
    assert main.get_text().count("<i>Amal</i>") == 2


def test_erasing_is_a_press_of_its_own_with_a_reason(office, session):
    pledge = a_pledge(session, an_action(session), email=AMAL)
    page = office.get(PAGE).submit("Find", email=AMAL)
    for reason, words in (("", "Write why."), (f"{AMAL} asked", "without an e-mail address")):
        again = page.submit("Erase it now", reason=reason)
        assert (again.status, words in again.text) == (422, True)
        assert again.keys("Erase it now")["email"] == AMAL
    done = page.submit("Erase it now", reason="Asked by letter")
    assert (done.status, done.headers["Location"]) == (303, PAGE)
    session.expire_all()
    assert session.get(Pledge, pledge.id).email is None
    assert page.submit("Erase it now", reason="Asked by letter").status == 409
    history = office.get("/en/dashboard/history")
    assert "a person erased" in history.text
    assert AMAL not in history.html


def test_what_is_stored_is_saved_as_a_file_and_the_history_says_so(office, session):
    a_pledge(session, an_action(session), email=AMAL)
    saved = office.get(PAGE).submit("Find", email=AMAL).submit("Download it (JSON)")
    assert saved.headers["Content-Disposition"] == 'attachment; filename="stored.json"'
    assert json.loads(saved.html)["pledges"][0]["email"] == AMAL
    [event] = session.scalars(select(AuditEntry).where(AuditEntry.event == "person downloaded"))
    assert event.after == {"pledges": 1, "reports": 0, "mails": 1}


def test_the_password_is_asked_again_and_a_group_finds_nobody(office, montreal, session, clock):
    a_pledge(session, an_action(session), email=AMAL)
    assert montreal.get(PAGE).status == 403
    assert montreal.post(PAGE, {"email": AMAL}).status == 403
    page = office.get(PAGE)
    clock.pass_by(minutes=6)
    asked = page.submit("Find", email=AMAL)
    assert (asked.status, f"See what is stored under {AMAL}" in asked.text) == (403, True)
    assert "TEACHER" in asked.submit("Do it", proof=PASSWORD).text
    assert "Nothing is stored under this address." in page.submit("Find", email="nobody@example.org").text
    assert page.submit("Find", email="").status == 422


def test_mails_to_a_person_are_named_in_words(office, session):
    a_pledge(session, an_action(session), email=AMAL)
    found = office.get(PAGE).submit("Find", email=AMAL)
    assert "thanks for a pledge, March 10, 2026 at 12:00" in found.text
    assert "pledge_made" not in found.html


def test_what_was_found_is_then_the_box_of_the_page(office, session):
    a_pledge(session, an_action(session), email=AMAL)
    page = office.get(PAGE)
    assert page.form("Find")["class"] == ["box"]
    found = page.submit("Find", email=AMAL)
    assert not found.form("Find").get("class")
    assert found.form("Erase it now")["class"] == ["box"]
