"""Groups come, take another name, become one, and end; their links are one click away."""

from tests.factories import a_group, a_report, an_action
from ua_tracker import groups, tally
from ua_tracker.models import Group

GROUPS = "/en/dashboard/groups"


def test_a_new_group_stands_in_the_forms_at_once(office, session):
    an_action(session)
    done = office.get(GROUPS).submit("Add the group", name="Groupe de Laval", slug="laval").follow()
    assert "Groupe de Laval" in done.text
    assert office.get("/en/actions/ua-12-26").soup.select_one('#group option[value="laval"]')
    again = office.get(GROUPS).submit("Add the group", name="Laval", slug="laval")
    assert (again.status, "There is already a group “laval”." in again.text) == (422, True)
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
    unsaid = office.get(f"{GROUPS}/laval").submit("One group of two", group="")
    assert unsaid.status == 422
    done = office.get(f"{GROUPS}/laval").submit("One group of two", group="montreal").follow()
    assert "The groups are one now." in done.html
    assert tally.read_groups(session, action.id)["montreal"].letters_sent == 3
    assert tally.check(session) == []
    assert office.get("/en/embed/ua-12-26?group=laval").count("group-letters-sent") == 3


def test_a_group_ends_and_keeps_what_it_gave(office, session):
    action = an_action(session)
    a_report(session, action, target=3, group=a_group(session).slug)
    office.get(f"{GROUPS}/montreal").submit("Retire the group")
    assert groups.listing(session) == []
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
