"""What is to be known about a form stands beside it, and leads to its heading on the page of help."""

import pytest

from tests.factories import a_group, a_pledge, an_action
from ua_tracker.web.coordinators.help import TOPICS

ACTION = "/en/dashboard/ua-12-26"
PAGES = {
    "/en/dashboard/import": {"import"},
    "/en/dashboard/new": {"edit"},
    f"{ACTION}/edit": {"edit"},
    f"{ACTION}/picture": {"picture"},
    ACTION: {"extend", "close", "note"},
    "/en/dashboard/draft": {"publish"},
    f"{ACTION}/pledges": {"list"},
    f"{ACTION}/letters": {"list"},
    f"{ACTION}/pledges/void": {"correction"},
    f"{ACTION}/not-reported": {"not-reported"},
    f"{ACTION}/evenings": {"evening"},
    f"{ACTION}/evening": {"evening"},
    "/en/dashboard/groups": {"group"},
    "/en/dashboard/groups/montreal": {"group"},
    "/en/dashboard/coordinators": {"coordinator"},
    "/en/dashboard/people": {"person"},
    "/en/dashboard/account": {"account"},
    "/en/dashboard/account/password": {"account"},
}


def test_each_form_has_its_sentence_and_its_link(office, session):
    a_group(session)
    a_pledge(session, an_action(session), email="amal@example.org")
    an_action(session, slug="draft", published_at=None)
    headings = {head["id"] for head in office.get("/en/dashboard/help").soup.select("main h2")}
    for path, topics in PAGES.items():
        beside = office.get(path).soup.select(".help")
        links = [one.a["href"].removeprefix("/en/dashboard/help#") for one in beside]
        assert set(links) == topics, path
        assert all(one.get_text().startswith(str(TOPICS[name].short)) for one, name in zip(beside, links, strict=True))
    assert set().union(*PAGES.values()) == set(TOPICS) == headings


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_everybody_who_is_signed_in_reads_it(montreal, lang):
    page = montreal.get(f"/{lang}/dashboard/help")
    assert page.status == 200
    assert page.soup.select_one(f'nav a[href="/{lang}/dashboard/help"][aria-current=page]')
