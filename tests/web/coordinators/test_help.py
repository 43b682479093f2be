"""What is to be known about a form stands beside it, and leads to its heading on the page of help."""

import pytest

from tests.factories import (
    NOON,
    a_case,
    a_coordinator,
    a_group,
    a_picture,
    a_pledge,
    a_report,
    a_webhook,
    an_action,
    an_api_key,
)
from ua_tracker import evenings, previews
from ua_tracker.web.coordinators.help import TOPICS

ACTION = "/en/dashboard/ua-12-26"
PAGES = {
    "/en/dashboard": {"search"},
    "/en/dashboard/history": {"history"},
    "/en/dashboard/closed": {"reopen", "note"},
    "/en/dashboard/import": {"import"},
    "/en/dashboard/new": {"new"},
    f"{ACTION}/edit": {"edit"},
    f"{ACTION}/picture": {"picture"},
    ACTION: {"extend", "close", "note"},
    "/en/dashboard/draft": {"publish", "preview"},
    "/en/dashboard/update": {"end-case"},
    f"{ACTION}/pledges": {"list", "correction"},
    f"{ACTION}/letters": {"list", "correction"},
    f"{ACTION}/pledges/void": {"correction"},
    f"{ACTION}/not-reported": {"not-reported"},
    f"{ACTION}/evenings": {"evening", "paper"},
    f"{ACTION}/evening": {"after-evening"},
    "/en/dashboard/groups": {"group"},
    "/en/dashboard/groups/montreal": {"group", "merge"},
    "/en/dashboard/coordinators": {"access", "coordinator"},
    "/en/dashboard/keys": {"key", "new-key"},
    "/en/dashboard/people": {"person"},
    "/en/dashboard/webhooks": {"webhook"},
    "/en/dashboard/webhooks/new": {"webhook"},
    "/en/dashboard/webhooks/1": {"webhook"},
    "/en/dashboard/account": {"sessions", "codes"},
    "/en/dashboard/account/codes": {"codes"},
    "/en/dashboard/account/password": {"account"},
}


def test_each_form_has_its_sentence_and_its_link(office, session):
    group, action = a_group(session), an_action(session)
    a_group(session, "old", "Old").retired_at = NOON
    an_api_key(session, a_coordinator(session, "momo@example.org", group), "montreal")
    a_pledge(session, action, email="amal@example.org")
    a_report(session, action)
    a_webhook(session, "https://crm.example.org/")
    evenings.open_for(session, action, None, group="montreal", hours=3, most_letters=40, actor="oda", now=NOON)
    a_picture(session, action)
    draft = an_action(session, slug="draft", published_at=None)
    previews.make(session, draft, actor="oda", now=NOON)
    case = a_case(session, "1/26")
    an_action(session, slug="running", case_id=case.id)
    an_action(session, slug="update", case_id=case.id, sequence="stop action", published_at=None)
    an_action(session, slug="closed", closed_at=NOON, closed_reason="ended")
    session.commit()
    headings = {head["id"] for head in office.get("/en/dashboard/help").soup.select("main h2")}
    for path, topics in PAGES.items():
        page = office.get(path)
        beside = page.soup.select("main .help")
        links = [one.a["href"].removeprefix("/en/dashboard/help#") for one in beside]
        assert set(links) == topics, path
        require_help_beside_each_form(page)
        assert all(one.get_text().startswith(str(TOPICS[name].short)) for one, name in zip(beside, links, strict=True))
    assert set().union(*PAGES.values()) == set(TOPICS) == headings


def require_help_beside_each_form(page) -> None:
    """A form has its sentence inside, or its button is described by one that stands beside several forms."""
    for form in page.soup.select("main form"):
        described = form.select_one("button[aria-describedby^=help-]")
        assert form.select_one(".help") or page.soup.select_one(f"p.help#{described['aria-describedby']}"), form


def test_what_is_found_of_a_person_has_help_beside_each_of_its_forms(office, session):
    a_pledge(session, an_action(session), email="amal@example.org")
    found = office.get("/en/dashboard/people").submit("Find", email="amal@example.org")
    assert len(found.soup.select("main form")) == 3
    require_help_beside_each_form(found)


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_everybody_who_is_signed_in_reads_it(montreal, lang):
    page = montreal.get(f"/{lang}/dashboard/help")
    assert page.status == 200
    assert page.soup.select_one(f'nav a[href="/{lang}/dashboard/help"][aria-current=page]')
