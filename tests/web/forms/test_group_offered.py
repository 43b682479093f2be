"""Both forms for letter evenings ask the office for the group, and choose none beforehand."""

import pytest

from tests.factories import a_group, an_action
from ua_tracker.models import Evening, Report

FORMS = {
    "evening": ("Enter the evening", {"people": "3", "letters_1": "5", "sent_on": "2026-03-09", "channel": "post"}),
    "evenings": ("Open the evening", {}),
}


@pytest.mark.parametrize("path", FORMS)
def test_the_office_must_choose_the_group(office, session, path):
    an_action(session)
    a_group(session)
    a_group(session, "halifax", "Halifax")
    button, typed = FORMS[path]
    page = office.get(f"/en/dashboard/ua-12-26/{path}")
    assert page.soup.select_one("#group option")["value"] == ""
    told = page.submit(button, **typed)
    assert (told.status, "Choose the group." in told.soup.select_one("#group-error").get_text()) == (422, True)
    assert session.query(Evening).count() + session.query(Report).count() == 0
    assert told.submit(button, **typed, group="halifax").status == 303


@pytest.mark.parametrize("path", FORMS)
def test_without_any_group_the_page_says_so(office, session, path):
    an_action(session)
    assert "There is no group yet." in office.get(f"/en/dashboard/ua-12-26/{path}").text


@pytest.mark.parametrize("path", FORMS)
def test_a_coordinator_of_a_group_has_the_own_group_chosen(of_a_group, session, path):
    an_action(session)
    options = of_a_group.get(f"/en/dashboard/ua-12-26/{path}").soup.select("#group option")
    assert [one["value"] for one in options] == ["halifax"]


def test_an_invitation_has_no_role_before_one_is_chosen(office):
    page = office.get("/en/dashboard/coordinators")
    assert page.soup.select("[name=role][checked]") == []
    told = page.submit("Invite somebody", email="gus@example.org")
    assert (told.status, "Choose the role." in told.text) == (422, True)
