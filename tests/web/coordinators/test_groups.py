"""Groups are added, renamed, merged and retired; the page of a group holds its links."""

import pytest

from tests.factories import a_group, a_report, an_action
from ua_tracker import groups, tally
from ua_tracker.models import Group

GROUPS = "/en/dashboard/groups"


def test_a_new_group_is_in_the_forms_at_once(office, session):
    an_action(session)
    done = office.get(GROUPS).submit("Add the group", name="Groupe de Laval", slug="laval").follow()
    assert "Groupe de Laval" in done.text
    assert office.get("/en/actions/ua-12-26").soup.select_one('#group option[value="laval"]')
    again = office.get(GROUPS).submit("Add the group", name="Laval", slug="laval")
    assert (again.status, again.soup.select_one("#name")["value"]) == (422, "Laval")
    assert "There is already a group “laval”." in again.soup.select_one("#slug-error").get_text()
    bad = office.get(GROUPS).submit("Add the group", name="Laval", slug="La Val")
    assert "Use small letters, digits and hyphens." in bad.text


def test_a_new_name_is_on_the_embeds_at_once(office, session):
    a_report(session, an_action(session), target=3, group=a_group(session).slug)
    embed = "/en/embed/ua-12-26?group=montreal"
    assert "Groupe de Montréal" in office.get(embed).text
    office.get(f"{GROUPS}/montreal").submit("Rename", name="Montréal-Centre")
    assert "Montréal-Centre" in office.get(embed).text


def test_two_groups_become_one(office, session):
    action = an_action(session)
    a_group(session), a_group(session, "laval", "Laval")
    a_report(session, action, target=3, group="laval")
    unsaid = office.get(f"{GROUPS}/laval").submit("Merge with another group", group="")
    assert unsaid.status == 422
    assert "Choose the group that this one goes into." in unsaid.text
    done = office.get(f"{GROUPS}/laval").submit("Merge with another group", group="montreal").follow()
    assert "The groups are one now." in done.html
    assert tally.read_groups(session, action.id)["montreal"].letters_sent == 3
    assert tally.check(session) == []
    assert office.get("/en/embed/ua-12-26?group=laval").count("group-letters-sent") == 3


@pytest.mark.parametrize(("button", "typed"), [("Retire the group", {}), ("Rename", {"name": "New"}),
                                               ("Merge with another group", {"group": "laval"})])  # fmt: skip
def test_an_old_page_of_a_merged_group_does_nothing_to_its_heir(office, session, button, typed):
    for slug, name in (("montreal", "Groupe de Montréal"), ("laval", "Laval"), ("plateau", "Plateau")):
        a_group(session, slug, name)
    page = office.get(f"{GROUPS}/plateau")
    page.submit("Merge with another group", group="montreal")
    stale = {"csrf_token": "of a session that ended", **typed}
    for told in (
        page.submit(button, **typed),
        page.submit(button, **stale),
        page.submit(button, **{**stale, "name": ""}),
    ):
        assert (told.status, "Montréal" in told.text) == (422, False)
    session.expire_all()
    assert {group.slug: group.name for group in groups.listing(session, "en")} == {
        "montreal": "Groupe de Montréal", "laval": "Laval"
    }  # fmt: skip
    assert office.get(f"{GROUPS}/plateau").headers["Location"].endswith("/groups/montreal")


def test_a_group_ends_and_keeps_what_it_gave(office, session):
    action = an_action(session)
    a_report(session, action, target=3, group=a_group(session).slug)
    office.get(f"{GROUPS}/montreal").submit("Retire the group")
    assert groups.listing(session, "en") == []
    assert session.query(Group).one().retired_at is not None
    assert office.get(f"{GROUPS}/montreal").status == 404
    assert tally.read_groups(session, action.id)["montreal"].letters_sent == 3


def test_a_groups_coordinator_sees_the_own_links_and_no_form(montreal, session):
    an_action(session)
    a_group(session, "laval", "Laval")
    page = montreal.get(GROUPS)
    assert "Laval" not in page.text
    for path in ("share", "poster", "wall"):
        [link] = page.soup.select(f'a[href="/en/actions/ua-12-26/{path}?group=montreal"]')
        assert montreal.get(link["href"]).status == 200
    assert not page.soup.select("main form")
