"""The form of an action: its text, its terms, its recipients."""

import pytest

from tests.factories import a_recipient, an_action
from tests.web.coordinators.test_editing import typed
from ua_tracker.models import Action

EDIT = "/en/dashboard/ua-12-26/edit"


def test_errors_are_shown_at_their_fields(office, session):
    an_action(session)
    page = office.get(EDIT)
    wrong = office.post(EDIT, typed(page, "Store the changes", goal="none", timezone="Mars/Base", title="KEPT"))
    assert wrong.status == 422
    assert wrong.soup.select_one("#title")["value"] == "KEPT"
    assert "Write a whole number, as 3." in wrong.text
    zone = office.post(EDIT, typed(page, "Store the changes", timezone="Mars/Base"))
    assert "is no time zone" in zone.soup.select_one("#timezone-error").get_text()


def test_a_recipient_with_an_address_and_no_name_is_asked_for_and_not_dropped(office, session):
    an_action(session)
    page = office.get(EDIT)
    nameless = typed(page, "Store the changes", **{"recipients-2-address_lines": "1 Palace Road"})
    told = office.post(EDIT, nameless)
    assert told.status == 422
    assert "Write the role or the name." in told.soup.select_one("#recipients-2-role-error").get_text()
    assert told.soup.select_one("#recipients-2-address_lines").get_text().strip() == "1 Palace Road"
    named = typed(told, "Store the changes", **{"recipients-2-role": "King", "recipients-0-role": "",
                                                "recipients-0-name": "", "recipients-2-kind": "target"})  # fmt: skip
    assert office.post(EDIT, named).status == 303
    session.expire_all()
    assert [one.title for one in session.query(Action).one().targets] == ["King"]


def test_a_wrong_index_is_shown_at_its_field(office):
    page = office.get("/en/dashboard/new")
    told = office.post("/en/dashboard/new", typed(page, "Store the draft", ai_index="été (1)", title="T", country="C"))
    assert told.status == 422
    assert "Write the index as ASA 33/9519/2025." in told.soup.select_one("#ai_index-error").get_text()


@pytest.mark.parametrize("number", ["²", "٣", "9" * 5000])
def test_a_field_with_a_number_that_is_none_is_no_field(office, session, number):
    action = an_action(session)
    values = typed(office.get(EDIT), "Store the changes", title="CHANGED")
    assert office.post(EDIT, {**values, f"recipients-{number}-name": "King"}).status == 303
    session.expire_all()
    assert (action.title, len(action.recipients)) == ("CHANGED", 2)


def test_many_recipients_can_be_edited(office, session):
    action = an_action(session)
    session.add_all(a_recipient(action, "copy", place, role=f"Deputy {place}") for place in range(3, 70))
    session.commit()
    values = typed(office.get(EDIT), "Store the changes", title="CHANGED")
    assert office.post(EDIT, values).status == 303
    session.expire_all()
    assert len(action.recipients) == 69


def test_no_nul_character_is_stored(office, session):
    an_action(session)
    values = typed(office.get(EDIT), "Store the changes", outcome="She is\0 free.", demands="Release\0 her.")
    assert office.post(EDIT, values).status == 303
    note = office.get("/en/dashboard/ua-12-26").submit("Publish the note", note="Counted\0 twice.")
    assert note.status == 303
    session.expire_all()
    action = session.query(Action).one()
    assert (action.outcome, action.demands) == ("She is free.", ["Release her."])
    assert "Counted twice." in office.get("/en/actions/ua-12-26").text
    assert office.get("/en/dashboard/ua-12-26/letters?group=%00").status == 200
