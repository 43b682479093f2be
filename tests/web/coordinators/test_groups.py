"""Groups are added, renamed, merged, retired and brought back; the page of a group holds its links."""

import pytest

from tests.factories import NOON, a_group, a_report, an_action
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


def test_a_group_that_ended_comes_back_with_its_letters_and_links(office, session):
    action = an_action(session)
    a_report(session, action, target=3, group=a_group(session).slug)
    laval, plateau = a_group(session, "laval", "Laval"), a_group(session, "plateau", "Plateau")
    groups.merge(session, "plateau", "laval", actor="tests", now=NOON)
    session.commit()
    assert "Retired groups" not in office.get(GROUPS).text
    for one in ("montreal", "laval"):
        office.get(f"{GROUPS}/{one}").submit("Retire the group")
    listed = office.get(GROUPS)
    assert [one.get_text() for one in listed.soup.select("#retired li > .hint")] == ["montreal", "laval"]
    back = listed.submit("Bring back Laval")
    assert (back.status, back.headers["Location"]) == (303, f"{GROUPS}/laval")
    assert "The group takes part again." in back.follow().html
    office.get(GROUPS).submit("Bring back Groupe de Montréal")
    session.expire_all()
    assert [group.retired_at is None for group in (laval, plateau)] == [True, False]
    page = office.get("/en/actions/ua-12-26?group=plateau")
    assert [one["value"] for one in page.soup.select("#group option[selected]")] == ["laval"]
    assert office.get("/en/embed/ua-12-26?group=montreal").count("group-letters-sent") == 3
    assert office.get("/en/dashboard/history?subject=laval").text.count("group brought back") >= 1


def test_only_a_group_that_was_retired_can_be_brought_back(office, montreal, session):
    a_group(session, "laval", "Laval"), a_group(session, "plateau", "Plateau")
    groups.merge(session, "plateau", "laval", actor="tests", now=NOON)
    groups.retire(session, "laval", actor="tests", now=NOON)
    session.commit()
    keys = office.get(GROUPS).keys("Bring back Laval")
    for gone in ("plateau", "nowhere"):
        told = office.post(f"{GROUPS}/{gone}/return", keys)
        assert (told.status, "brought back" in told.text) == (422, False)
    assert montreal.post(f"{GROUPS}/laval/return", keys).status == 403
    damaged = office.post(f"{GROUPS}/laval/return", {"csrf_token": "another"})
    assert damaged.soup.select_one("#retired[open] [role=alert]")
    session.expire_all()
    assert [one.slug for one in groups.retired(session, "en")] == ["laval"]


def test_a_groups_coordinator_sees_the_own_links_and_no_form(montreal, session):
    an_action(session)
    a_group(session, "laval", "Laval")
    page = montreal.get(GROUPS)
    assert "Laval" not in page.text
    for path in ("share", "poster", "wall"):
        [link] = page.soup.select(f'a[href="/en/actions/ua-12-26/{path}?group=montreal"]')
        assert montreal.get(link["href"]).status == 200
    assert not page.soup.select("main form")
