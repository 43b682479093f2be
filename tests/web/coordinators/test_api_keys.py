"""Coordinators make API keys, see them once, find what was entered with them, and revoke them."""

from tests.factories import a_group, an_action
from tests.web.sharing.test_write_api import Program
from ua_tracker.models import ApiKey, AuditEntry

PAGE = "/en/dashboard/keys"
STALL = {"name": "Stall tablet", "may_pledge": "y", "most_letters": "5"}


def made(reader, **changes) -> str:
    page = reader.get(PAGE).submit("Make the key", **{**STALL, **changes})
    assert page.status == 200, page.text
    return page.soup.select_one("#new-key").get_text()


def test_a_key_is_shown_once_works_and_is_revoked(office, app, session):
    an_action(session)
    key = made(office, group="-")
    page = office.get(PAGE)
    assert key not in page.html
    assert ("uat_…" + key[-4:] in page.text, "The whole office" in page.text) == (True, True)
    assert Program(app, key).pledges().status_code == 201
    used = office.get(PAGE).soup.select_one("[data-label='Last used']")
    assert "2026" in used.get_text()
    assert "does not work any more" in office.get(PAGE).submit("Revoke").follow().html
    assert Program(app, key).pledges().status_code == 401
    assert "revoked" in office.get(PAGE).text
    events = [one.event for one in session.query(AuditEntry).filter_by(subject="key 1")]
    assert events == ["key made", "key revoked"]
    history = office.get("/en/dashboard/history?subject=key 1").text
    assert all(words in history for words in ("API key made", "make pledges", "API key revoked"))


def test_what_was_entered_with_a_key_is_found_by_it(office, app, session):
    an_action(session)
    program = Program(app, made(office, group="-"))
    for letters in (3, 4):
        program.pledges({"name": "Amal", "letters": letters})
    listed = office.get("/en/dashboard/ua-12-26/pledges?key=1")
    assert listed.text.count("entered with the API key") == 2
    assert "more than its API key enters in a day" in listed.text
    assert "No pledge matches" in office.get("/en/dashboard/ua-12-26/pledges?key=2").text
    assert office.get("/en/dashboard/ua-12-26/letters?key=0").status == 200
    preview = office.get("/en/dashboard/ua-12-26/pledges/void?key=1")
    taken = preview.submit("Take them back", reason="a test")
    assert taken.status == 303
    assert "API key" in office.get("/en/dashboard/history?subject=ua-12-26").text


def test_a_group_makes_keys_of_its_own_and_sees_no_others(office, montreal, session):
    a_group(session, "halifax", "Halifax")
    made(office, group="halifax", name="Of Halifax")
    made(montreal, group="montreal", may_read="y")
    page = montreal.get(PAGE)
    assert ("Of Halifax" in page.text, "The whole office" in page.text) == (False, False)
    token = page.soup.select_one("[name=csrf_token]")["value"]
    assert montreal.post(f"{PAGE}/1/revoke", {"csrf_token": token}).status == 404
    for group in ("halifax", "-"):
        assert montreal.post(PAGE, {**STALL, "csrf_token": token, "group": group, "days": "7"}).status == 422
    assert session.query(ApiKey).count() == 2
    assert "Of Halifax" in office.get(PAGE).text
