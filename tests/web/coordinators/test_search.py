"""The search and the filter of the dashboard's list of actions."""

from datetime import date

import pytest

from tests.factories import a_case, an_action

LIST = "/en/dashboard/"


def found(page) -> list[str]:
    return [row.select_one("th .hint").get_text() for row in page.soup.select("tbody tr")]


@pytest.fixture
def three(session) -> None:
    """An open action, one whose letters are still reported, and a draft."""
    an_action(
        session, slug="ua-12-26", case_id=a_case(session).id, title="Enseignante arrêtée", country="Côte d’Ivoire"
    )
    an_action(session, slug="ua-98-25-2", title="LAWYER FREED?", deadline=date(2026, 3, 5), ai_index="ASA 33/9519/2025")
    an_action(session, slug="ua-13-26", title="A draft", country="Sylvania", published_at=None)


@pytest.mark.parametrize(
    ("query", "slugs"),
    [
        ("", ["ua-12-26", "ua-98-25-2", "ua-13-26"]),
        ("text=ENSEIGNANTE+ARRETEE", ["ua-12-26"]),
        ("text=cote+ivoire", ["ua-12-26"]),
        ("text=12/26", ["ua-12-26"]),
        ("text=asa+33/9519", ["ua-98-25-2"]),
        ("text=freed%3F", ["ua-98-25-2"]),
        ("text=sylvania+lawyer", []),
        ("state=draft", ["ua-13-26"]),
        ("state=reporting&text=lawyer", ["ua-98-25-2"]),
        ("state=king", ["ua-12-26", "ua-98-25-2", "ua-13-26"]),
        ("text=%00(((", []),
    ],
)
def test_words_numbers_countries_and_states_find_actions(office, three, query, slugs):
    page = office.get(f"{LIST}?{query}")
    assert (page.status, found(page)) == (200, slugs)


@pytest.mark.parametrize(
    ("words", "told"),
    [("king", "Aucune action ne correspond."), ("lawyer", "1 action correspond."), ("a", "3 actions correspondent.")],
)
def test_in_french_none_is_not_told_as_one(office, three, words, told):
    page = office.get(f"/fr/dashboard/?text={words}")
    assert page.soup.select_one("form.filter [role=status]").get_text(" ", strip=True).startswith(told)


def test_what_was_asked_stays_in_the_form_and_leads_back_to_all(office, three):
    page = office.get(f"{LIST}?text=lawyer&state=reporting")
    form = page.soup.select_one("form[role=search]")
    assert (form.select_one("#text")["value"], form.select_one("[selected]")["value"]) == ("lawyer", "reporting")
    assert "One action matches." in form.get_text()
    assert office.get(f"{LIST}?text=nobody").soup.select("main p > a")[-1]["href"] == "/en/dashboard/"


def test_a_group_is_not_offered_drafts_and_finds_none(montreal, three):
    page = montreal.get(f"{LIST}?state=draft")
    assert (found(page), page.soup.select("#state [value=draft]")) == ([], [])


def test_that_nothing_matches_is_said_once(office, three):
    page = office.get(f"{LIST}?text=zzz")
    assert page.text.count("match") == 1
    assert "No action matches. Show all actions" in page.text
