"""Short addresses: typed in any way, they lead to the action or its report form, and to no other."""

from datetime import UTC, datetime

import pytest

from tests.factories import a_group, an_action
from ua_tracker import groups


def leads_to(reader, path: str, **headers) -> str:
    answer = reader.client.get(path, headers=headers)
    assert answer.status_code == 302
    assert "Accept-Language" in answer.headers["Vary"]
    assert "Set-Cookie" not in answer.headers
    return answer.headers["Location"]


@pytest.mark.parametrize(
    ("typed", "page"),
    [
        ("/1b", "/en/actions/ua-12-26"),
        ("/1n1", "/en/actions/ua-12-26?group=montreal"),
        ("/r/1b", "/en/actions/ua-12-26/letters"),
        ("/r/1n1", "/en/actions/ua-12-26/letters?group=montreal"),
        ("/R/1N1", "/en/actions/ua-12-26/letters?group=montreal"),
        ("/1N1/", "/en/actions/ua-12-26?group=montreal"),
    ],
)
def test_a_short_address_leads_to_the_page_with_the_group_chosen(reader, session, typed, page):
    an_action(session)
    a_group(session)
    assert leads_to(reader, typed) == page
    assert reader.get(page).status == 200


def test_the_page_is_in_the_language_of_the_phone(reader, session):
    an_action(session)
    assert leads_to(reader, "/r/1b", **{"Accept-Language": "fr-CA,fr;q=0.9,en;q=0.5"}) == "/fr/actions/ua-12-26/letters"


@pytest.mark.parametrize("typed", ["/1c", "/r/1c", "/r/2c", "/r/1n2", "/R/1N2", "/r/b", "/r/999999999999b", "/0a"])
def test_an_unknown_one_is_404_with_a_page(reader, session, typed):
    an_action(session)
    a_group(session)
    page = reader.get(typed)
    assert page.status == 404
    assert page.soup.h1.get_text()


def test_a_draft_is_404(reader, session):
    an_action(session, published_at=None)
    assert reader.get("/1b").status == 404


def test_a_group_that_was_merged_leads_to_its_heir(reader, session):
    an_action(session)
    a_group(session, "old", "Old"), a_group(session)
    groups.merge(session, "old", "montreal", actor="tests", now=datetime(2026, 3, 10, tzinfo=UTC))
    session.commit()
    page = reader.get(leads_to(reader, "/r/1n1"))
    assert page.soup.select_one("#group option[selected]")["value"] == "montreal"
