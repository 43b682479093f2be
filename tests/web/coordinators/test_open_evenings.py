"""A coordinator opens a letter evening, people report through its key, and it is compared with the paper."""

from datetime import date

from tests.factories import a_group, an_action
from tests.reader import Reader

EVENINGS = "/en/dashboard/ua-12-26/evenings"
LETTERS = "/en/actions/ua-12-26/letters"


def opened(office, **typed):
    return office.get(EVENINGS).submit("Open the evening", **{"group": "montreal", **typed})


def key_in(office) -> str:
    wall = office.get(EVENINGS).soup.find("a", string="Show its wall")["href"]
    return wall.partition("evening=")[2].partition("&")[0]


def facts(page) -> list[tuple[str, str]]:
    return [
        (term.get_text().strip(), term.find_next_sibling("dd").get_text().strip())
        for term in page.soup.select("section dt")
    ]


def test_an_evening_is_opened_and_its_queue_at_one_laptop_keeps_what_the_last_one_chose(app, office, session):
    an_action(session)
    a_group(session)
    assert opened(office, hours="4", most_letters="50").status == 303
    form = Reader(app).get(f"{LETTERS}?evening={key_in(office)}")
    assert "Letter evening: Groupe de Montréal" in form.text
    for htmx in (True, False):
        answer = form.submit("Report these letters", htmx=htmx, letters_1="2", channel="email", sent_on="2026-03-09")
        after = answer if htmx else answer.follow()
        assert "The next person can report now." in after.text
        assert after.soup.select_one("input[name=channel][checked]")["value"] == "email"
        assert after.soup.select_one("input[name=evening]")["value"] == key_in(office)
        assert after.soup.select_one("input[name=letters-1]").has_attr("autofocus")
        form = Reader(app).get(f"{LETTERS}?evening={key_in(office)}")
    page = office.get(EVENINGS)
    assert ("Letters reported", "4") in facts(page)


def test_an_action_that_is_closed_offers_no_evening(office, session):
    an_action(session, deadline=date(2026, 1, 5))
    a_group(session)
    page = office.get(EVENINGS)
    assert "Letters can no longer be reported." in page.text
    assert "Enter the letters of an evening that is over" not in page.text


def test_a_form_of_an_evening_sent_twice_is_one_report(app, office, session):
    an_action(session)
    a_group(session)
    opened(office)
    form = Reader(app).get(f"{LETTERS}?evening={key_in(office)}")
    for _ in range(2):
        assert "The next person can report now." in form.submit("Report these letters", letters_1="2").follow().text
    assert ("Letters reported", "2") in facts(office.get(EVENINGS))


def test_it_is_counted_on_paper_taken_back_whole_and_ended(app, office, session):
    an_action(session)
    a_group(session)
    opened(office)
    Reader(app).get(f"{LETTERS}?evening={key_in(office)}").submit("Report these letters", letters_1="3")
    page = office.get(EVENINGS).submit("Keep this count", paper_count="5").follow()
    assert ("Letters counted on paper", "5") in facts(page)
    whole = office.get(page.soup.find("a", string="Take back the whole evening…")["href"])
    assert whole.submit("Take them back", reason="counted on paper too").status == 303
    assert ("Letters reported", "0") in facts(office.get(EVENINGS))
    assert office.get(EVENINGS).submit("End it now").status == 303
    assert "Letter evening: " not in Reader(app).get(f"{LETTERS}?evening={'x' * 20}").text


def test_wrong_numbers_are_said_at_their_fields(office, session):
    an_action(session)
    a_group(session)
    page = opened(office, hours="25", most_letters="0")
    assert page.status == 422
    assert len(page.soup.select(".field .error")) == 2
    opened(office)
    assert office.get(EVENINGS).submit("Keep this count", paper_count="-1").status == 422


def test_a_coordinator_of_a_group_opens_evenings_of_that_group_alone(of_a_group, session):
    an_action(session)
    a_group(session)
    assert [one["value"] for one in of_a_group.get(EVENINGS).soup.select("#group option")] == ["halifax"]
    assert opened(of_a_group).status == 422


def test_an_evening_that_runs_stands_above_the_form_and_one_that_has_ended_below_it(office, session):
    an_action(session)
    a_group(session)
    page = opened(office).follow()
    assert page.text.index("Show its wall") < page.text.index("Open an evening now")
    page = page.submit("End it now").follow()
    assert page.text.index("Open an evening now") < page.text.index("Its reports")


def test_without_a_group_both_forms_of_an_evening_lead_to_the_groups(office, session):
    an_action(session)
    for path in (EVENINGS, EVENINGS.removesuffix("s")):
        notice = office.get(path).soup.select_one("p.notice")
        assert ("Add one first." in notice.text, notice.a["href"]) == (True, "/en/dashboard/groups")
