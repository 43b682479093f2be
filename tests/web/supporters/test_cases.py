"""The public page of a case."""

from datetime import UTC, date, datetime, timedelta

import pytest

from tests.factories import NOON, a_case, a_group, a_report, an_action
from ua_tracker import actions

PAGE = "/en/cases/12-26"


@pytest.fixture
def case(session):
    case = a_case(session)
    an_action(session, case_id=case.id, issued=date(2026, 1, 2), sequence="first", title="TEACHER TAKEN")
    more = {"demands": ["Release Ana Lopez.", "Return her notebooks."], "deadline": date(2026, 4, 1)}
    an_action(session, slug="ua-12-26-2", case_id=case.id, issued=date(2026, 2, 2), sequence="second", **more)
    return case


def test_a_case_shows_its_issues_what_changed_and_the_letters_of_all(reader, session, case):
    a_report(session, actions.find(session, "ua-12-26"), target=3)
    a_report(session, actions.find(session, "ua-12-26-2"), target=4)
    page = reader.get(PAGE)
    assert page.count("letters-sent") == 7
    assert [one.get_text() for one in page.soup.select("[data-count=issue-letters-sent]")] == ["3", "4"]
    assert [one["href"] for one in page.soup.select("h3 a")] == ["/en/actions/ua-12-26", "/en/actions/ua-12-26-2"]
    for words in (
        "January 2, 2026", "First", "February 2, 2026", "Second", "Now also asked for Return her notebooks.",
        "No longer asked for Let her see a lawyer.", "Deadline April 1, 2026; before, it was March 15, 2026",
    ):  # fmt: skip
        assert words in page.text, words


def test_the_same_case_is_in_french(reader, case):
    page = reader.get("/fr/cases/12-26")
    assert "Désormais demandé" in page.text
    assert page.soup.select_one("nav a[lang=en]")["href"] == PAGE


@pytest.mark.parametrize("path", ["13-26", "12-27", "1-26", "00012-26", "012-26", "x"])
def test_a_case_that_is_none_is_404(reader, case, path):
    assert reader.get(f"/en/cases/{path}").status == 404


def test_each_issue_leads_to_its_case_and_back_and_keeps_the_group(reader, session, case):
    a_group(session)
    for slug in ("ua-12-26", "ua-12-26-2"):
        page = reader.get(f"/en/actions/{slug}?group=montreal")
        address = page.soup.select_one(".kicker a")["href"]
        assert address == f"{PAGE}?group=montreal"
        back = [one["href"] for one in reader.get(address).soup.select("h3 a")]
        assert f"/en/actions/{slug}?group=montreal" in back
    assert reader.get(f"{PAGE}?group=nowhere").soup.select_one("h3 a")["href"] == "/en/actions/ua-12-26"


@pytest.mark.parametrize(
    ("reason", "box", "words"),
    [
        (actions.STOP_ACTION, ".halt", "Please write no more letters. Letters could now do harm."),
        (actions.GOOD_NEWS, ".plate", "Good news She is free."),
        (actions.ENDED, ".calm", "What came of it She is free."),
    ],
)
def test_how_a_case_ended_stands_first(reader, session, case, reason, box, words):
    newest = actions.find(session, "ua-12-26-2")
    assert not reader.get(PAGE).soup.select(box)
    how = {"outcome": "She is free.", "revision": newest.revision, "actor": "tests", "now": NOON}
    actions.close(session, newest, reason, **how)
    session.commit()
    page = reader.get(PAGE)
    assert page.soup.select_one(f"h1 + {box}") is not None
    assert words in page.text


def test_the_page_follows_letters_issues_and_the_clock(reader, session, case, clock):
    assert reader.get(PAGE).count("letters-sent") == 0
    a_report(session, actions.find(session, "ua-12-26"), target=3)
    assert reader.get(PAGE).count("letters-sent") == 3
    third = {"issued": date(2026, 3, 2), "published_at": NOON + timedelta(hours=1), "title": "TEACHER MOVED"}
    an_action(session, slug="ua-12-26-3", case_id=case.id, **third)
    assert "TEACHER MOVED" not in reader.get(PAGE).text
    clock.pass_by(hours=1)
    assert "TEACHER MOVED" in reader.get(PAGE).soup.h1.get_text()
    clock.at = datetime(2026, 3, 16, 4, 0, tzinfo=UTC)
    assert "deadline was March 15, 2026" in reader.get(PAGE).text


def test_a_link_to_it_names_a_group_only_where_one_was_chosen(reader, session, case):
    a_group(session)
    for query, end in (("", ""), ("?group=montreal", "?group=montreal")):
        links = reader.get(f"/en/actions/ua-12-26{query}").soup.select("a[href*='/cases/']")
        assert {link["href"] for link in links} == {f"{PAGE}{end}"}
