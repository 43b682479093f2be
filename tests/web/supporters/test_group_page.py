"""The public page of a local group."""

from datetime import date, timedelta

import pytest

from tests.factories import NOON, a_group, a_pledge, a_report, an_action
from ua_tracker import actions, evenings, groups
from ua_tracker.web import evening_keys

PAGE = "/en/groups/montreal"


def numbers(page) -> list[str]:
    return [one.get_text() for one in page.soup.select("[data-count=group-letters-sent]")]


def test_a_group_shows_its_letters_in_every_action_and_what_needs_more(reader, session):
    a_group(session)
    a_group(session, "halifax", "Halifax")
    first, second = an_action(session, title="FIRST"), an_action(session, slug="ua-13-26", title="SECOND")
    an_action(session, slug="ua-14-26", title="THIRD")
    a_report(session, first, target=3, copy=0, group="montreal")
    a_report(session, first, target=4, group="halifax")
    a_report(session, second, target=5, copy=2, group="montreal")
    a_pledge(session, second, letters=6, group="montreal")
    by = {"outcome": "She is free.", "revision": second.revision, "actor": "oda", "now": NOON}
    actions.close(session, second, "good news", **by)
    session.commit()
    page = reader.get(PAGE)
    assert (page.count("letters-sent"), page.count("letters-pledged"), page.count("copies-sent")) == (8, 6, 2)
    assert [one.get_text() for one in page.soup.select("h3")] == ["FIRST", "THIRD", "SECOND"]
    assert numbers(page) == ["3", "0", "5"]
    assert "letters sent by this group, of 7" in page.text
    assert "She is free." in page.text
    assert {one["href"].partition("?")[2] for one in page.soup.select("h3 a")} == {"group=montreal"}


def test_letters_for_practice_and_of_other_groups_are_in_no_sum(reader, session):
    a_group(session)
    action = an_action(session, practice=True)
    a_report(session, action, target=3, group="montreal")
    page = reader.get(PAGE)
    assert (page.count("letters-sent"), numbers(page)) == (0, ["3"])
    assert "Practice: letters here are not real" in page.text


def test_the_kept_page_follows_every_letter_a_name_and_an_action_that_comes(reader, session, clock):
    group = a_group(session)
    action = an_action(session)
    assert reader.get(PAGE).count("letters-sent") == 0
    a_report(session, action, target=3, group="montreal")
    assert reader.get(PAGE).count("letters-sent") == 3
    groups.rename(session, group.slug, "Amnistie Montréal", actor="oda", now=NOON)
    session.commit()
    assert reader.get(PAGE).soup.h1.get_text() == "Amnistie Montréal"
    an_action(session, slug="ua-13-26", title="LATER", published_at=NOON + timedelta(hours=2))
    assert "LATER" not in reader.get(PAGE).text
    clock.pass_by(hours=3)
    assert "LATER" in reader.get(PAGE).text


def test_an_evening_is_named_once_it_is_over(reader, session, app, clock):
    a_group(session)
    action = an_action(session)
    opened = evenings.open_for(session, action, None, group="montreal", hours=3, most_letters=50, actor="oda", now=NOON)
    session.commit()
    with app.app_context():
        path = f"/en/actions/ua-12-26/letters?evening={evening_keys.key_of(opened)}&group=montreal"
    reader.get(path).submit("Report these letters", letters_1="4")
    assert reader.get(PAGE).count("letters-sent") == 4
    assert "Letter evenings" not in reader.get(PAGE).text
    clock.pass_by(hours=4)
    assert "March 10, 2026 4 letters" in reader.get(PAGE).text


def test_a_merged_group_leads_to_its_heir_and_a_retired_one_is_404(reader, session):
    a_group(session)
    a_group(session, "laval", "Laval")
    groups.merge(session, "laval", into="montreal", actor="oda", now=NOON)
    session.commit()
    moved = reader.client.get("/en/groups/laval")
    assert (moved.status_code, moved.headers["Location"]) == (301, PAGE)
    groups.retire(session, "montreal", actor="oda", now=NOON)
    session.commit()
    for slug in ("montreal", "laval", "nowhere"):
        page = reader.get(f"/en/groups/{slug}")
        assert (page.status, "There is no such local group." in page.text) == (404, True)


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_the_share_page_of_a_group_leads_to_it(reader, session, lang):
    a_group(session)
    an_action(session, deadline=date(2026, 3, 20))
    page = reader.get(f"/{lang}/actions/ua-12-26/share?group=montreal")
    assert page.soup.select_one(f"a[href='/{lang}/groups/montreal']")
    assert {"en": "Local group", "fr": "Groupe local"}[lang] in reader.get(f"/{lang}/groups/montreal").text
