"""The front page and the page of an action."""

from datetime import date, timedelta

import pytest

from tests.factories import NOON, a_case, a_pledge, a_report, an_action


def test_the_root_leads_to_the_readers_language(reader):
    for wanted, path in (("fr-CA,fr;q=0.9,en;q=0.5", "/fr/"), ("en", "/en/"), ("de", "/en/"), ("", "/en/")):
        page = reader.get("/", headers={"Accept-Language": wanted})
        assert (page.status, page.headers["Location"]) == (302, path)
        assert "Accept-Language" in page.headers["Vary"]


def test_the_front_page_has_open_then_reporting_then_closed(reader, session):
    an_action(session, slug="open", title="OPEN CASE")
    an_action(session, slug="just-over", title="OVER CASE", deadline=date(2026, 3, 5))
    an_action(session, slug="long-over", title="OLD CASE", deadline=date(2025, 3, 5))
    an_action(session, slug="draft", title="SECRET DRAFT", published_at=None)
    page = reader.get("/en/")
    assert [link.get_text() for link in page.soup.select("h3 a")] == ["OPEN CASE", "OVER CASE", "OLD CASE"]
    assert "SECRET DRAFT" not in page.html


def test_the_list_says_how_many_days_are_left_and_marks_the_last_week(reader, session, clock):
    an_action(session, slug="soon")  # until March 15
    an_action(session, slug="later", deadline=date(2026, 3, 18))

    def days_left() -> dict[str, bool]:
        """The words of each card, and whether they are marked."""
        marks = reader.get("/en/").soup.select(".open .scale span > span:not([hidden])")
        return {mark.get_text(): "hot" in mark.get("class", []) for mark in marks}

    assert days_left() == {"5 days left": True, "8 days left": False}
    clock.pass_by(days=1)  # nothing is stored meanwhile: the kept page ends with the day
    assert days_left() == {"4 days left": True, "7 days left": True}
    clock.pass_by(days=4)
    assert days_left() == {"Today is the last day": True, "3 days left": True}


def test_the_list_says_what_came_of_an_action_before_its_number(reader, session):
    closed = {"deadline": date(2026, 2, 28), "closed_at": NOON - timedelta(days=20)}
    an_action(session, slug="free", **closed, closed_reason="good news", outcome="Ana Lopez is free.")
    an_action(session, slug="stopped", **closed, closed_reason="stop action")
    old = an_action(session, slug="old", deadline=date(2026, 2, 5))
    a_report(session, old, target=7, now=NOON - timedelta(days=37), sent_on=date(2026, 2, 1))
    shown = reader.get("/en/").soup.select(".closed .card")
    cards = {card.h3.a["href"].split("/")[-1]: " ".join(card.get_text().split()) for card in shown}
    assert "Good news Ana Lopez is free. 0 letters sent, of 100; good news on February 18, 2026" in cards["free"]
    assert "Stopped 0 letters sent, of 100; stopped on February 18, 2026" in cards["stopped"]
    assert "Closed 7 letters sent, of 100; deadline was February 5, 2026" in cards["old"]


def test_an_empty_site_says_so(reader):
    assert "There is no action here yet." in reader.get("/en/").text


def test_an_action_shows_all_that_a_writer_needs(reader, session):
    case = a_case(session)
    an_action(session, case_id=case.id, ai_index="AMR 37/0012/2026")
    page = reader.get("/en/actions/ua-12-26")
    for words in (
        "TEACHER HELD WITHOUT CHARGE", "Freedonia", "UA 12/26", "Index AMR 37/0012/2026",
        "Open until Sunday, March 15, 2026, that day included", "Eastern Daylight Time", "5 days left",
        "Release Ana Lopez.", "Let her see a lawyer.", "Rufus Firefly", "1 Main Street", "justice@example.org",
        "She has taught for ten years.", "Is it safe for you to write?", "Be the first", "Goal: 100",
    ):  # fmt: skip
        assert words in page.text, words
    envelopes = page.soup.select(".envelope")
    assert ["Copy" in envelope.h3.get_text().split() for envelope in envelopes] == [False, True]
    assert page.soup.select_one("details.background").get("open") is None
    assert page.text.index("Is it safe") < page.text.index("Your name or initials")


def test_the_same_page_is_in_french(reader, session):
    an_action(session)
    page = reader.get("/fr/actions/ua-12-26")
    assert page.soup.html["lang"] == "fr"
    assert "Ouverte jusqu’au dimanche 15 mars 2026 inclus" in page.text
    assert page.soup.select_one("h1")["lang"] == "en"
    assert page.soup.select_one("nav a[lang=en]")["href"] == "/en/actions/ua-12-26"


def test_the_number_is_shown_large_and_is_readable_for_machines(reader, session):
    action = an_action(session, goal=50)
    for _ in range(3):
        a_report(session, action, target=411, copy=2)
    a_pledge(session, action, letters=12)
    page = reader.get("/fr/actions/ua-12-26")
    assert (page.count("letters-sent"), page.count("letters-pledged"), page.count("copies-sent")) == (1233, 12, 6)
    bar = page.soup.select_one("progress")
    assert (bar["max"], bar["value"]) == ("50", "50")


def test_an_action_that_nobody_may_see_is_not_there(reader, session):
    an_action(session, slug="draft", published_at=None)
    for path in ("/en/actions/draft", "/en/actions/nowhere", "/en/actions/draft/counter", "/fr/actions/draft/letters"):
        assert reader.get(path).status == 404


@pytest.mark.parametrize("evil", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{ 7*7 }}"])
def test_what_a_document_says_is_shown_and_never_run(reader, session, evil):
    an_action(session, title=evil, summary=[evil], demands=[evil], background=[evil], country=evil)
    page = reader.get("/en/actions/ua-12-26")
    assert page.soup.h1.get_text() == evil


def test_a_stopped_action_warns_first_and_names_nobody_to_write_to(reader, session):
    an_action(session, closed_at=NOON - timedelta(days=1), closed_reason="stop action")
    page = reader.get("/en/actions/ua-12-26")
    assert "Please write no more letters." in page.soup.select_one(".hero #stopped").get_text()
    assert "1 Main Street" not in page.html
    assert "justice@example.org" not in page.html
    assert "Closed early; the deadline was to be Sunday, March 15, 2026" in page.text
    assert "Share this action" not in page.text
    assert page.count("letters-sent") == 0


def test_the_closed_page_keeps_its_totals_and_names_the_office(reader, session, clock):
    action = an_action(session, outcome="Ana Lopez is free.")
    a_report(session, action, target=7)
    clock.pass_by(days=60)
    page = reader.get("/en/actions/ua-12-26")
    assert page.count("letters-sent") == 7
    for words in ("Pledging has closed", "March 16, 2026 at 12:00 a.m.", "Eastern Daylight Time (Toronto)",
                  "Ana Lopez is free.", "Urgent Action Office", "office@example.org"):  # fmt: skip
        assert words in page.text, words
    assert not page.soup.select("form")
    assert not page.soup.select(".box")  # a box holds what can be done, and nothing can


AUTOMATIC = "Write to: Minister of Justice. The letter and the address are here."
OWN = "Ask the <minister> to free Ana Lopez."


def test_the_sentence_under_the_title_is_the_offices_or_else_names_the_targets(reader, session):
    action = an_action(session)
    assert reader.get("/en/actions/ua-12-26").soup.select_one(".lead").get_text() == AUTOMATIC
    action.lead = OWN
    session.commit()
    page = reader.get("/fr/actions/ua-12-26")
    said = page.soup.select_one(".lead")
    assert (said.get_text(), said["lang"]) == (OWN, "en")
    assert AUTOMATIC not in page.text
    for where in ('meta[name="description"]', 'meta[property="og:description"]'):
        assert page.soup.select_one(where)["content"] == OWN


def test_once_pledging_has_closed_nothing_asks_to_write_any_more(reader, session):
    an_action(session, lead=OWN, deadline=date(2026, 3, 5))
    page = reader.get("/en/actions/ua-12-26")
    assert OWN not in page.soup.get_text()
    assert page.soup.select_one('meta[property="og:description"]')["content"] == "Ana Lopez was taken from her school."
