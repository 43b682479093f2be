"""The field by which a supporter chooses a local group."""

import pytest

from tests.factories import NOON, a_group, an_action

PAGE = "/en/actions/ua-12-26"


def test_a_group_that_does_not_exist_is_said_at_its_field(reader, session):
    an_action(session)
    a_group(session, "montreal")
    answer = reader.get(PAGE).submit("I will write", name="Amal", letters="3", group="nowhere")
    assert answer.status == 422
    assert answer.soup.select_one("#group-error")


def test_a_group_named_in_the_address_is_chosen_in_the_form(reader, session):
    an_action(session)
    a_group(session, "montreal")
    for group, chosen in (("montreal", "montreal"), ("nowhere", ""), ("", "")):
        page = reader.get(f"/en/actions/ua-12-26?group={group}")
        assert page.soup.select_one("select#group option[selected]")["value"] == chosen


@pytest.mark.parametrize("path", ["", "/letters"])
def test_groups_are_offered_by_name_and_one_that_has_retired_is_not(reader, session, path):
    an_action(session)
    a_group(session, "toronto", "Toronto"), a_group(session, "halifax", "Halifax")
    a_group(session, "ecole", "École Saint-Luc")
    a_group(session, "old", "Old").retired_at = NOON
    session.commit()
    offered = reader.get(f"/en/actions/ua-12-26{path}").soup.select("#group option")
    assert [one.get_text(strip=True) for one in offered] == ["No group", "École Saint-Luc", "Halifax", "Toronto"]


def test_what_was_chosen_stays_when_the_form_comes_back(reader, session):
    an_action(session)
    a_group(session)
    page = reader.get("/en/actions/ua-12-26?group=montreal")
    again = page.submit("I will write", name="Amal", letters="0", group="")
    assert again.soup.select_one("#group option[selected]")["value"] == ""
