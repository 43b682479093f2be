"""The rows behind the numbers, as coordinators see them and take them back."""

import pytest

from tests.factories import NOON, PASSWORD, a_group, a_pledge, a_report, an_action, an_evening
from ua_tracker import letters, tally
from ua_tracker.models import AuditEntry

PLEDGES = "/en/dashboard/ua-12-26/pledges"
LETTERS = "/en/dashboard/ua-12-26/letters"


def names(page) -> list[str]:
    return [" ".join((head.bdi or head).get_text().split()) for head in page.soup.select("tbody tr > th")]


def test_an_empty_list_says_that_nothing_is_here_and_a_filter_that_nothing_matches(office, session):
    an_action(session)
    for noun, nothing, none in (
        ("pledges", "There are no pledges here yet.", "No pledge matches."),
        ("letters", "No letters are reported here yet.", "No report matches."),
    ):
        empty, filtered = (office.get(f"/en/dashboard/ua-12-26/{noun}{query}") for query in ("", "?text=zoe"))
        assert nothing in empty.text
        assert "Download" not in empty.text
        assert none in filtered.text


def test_a_filter_of_what_counts_no_more_takes_nothing_back_and_the_preview_names_its_filter(office, session):
    action = an_action(session)
    a_pledge(session, action, name="Amal")
    for state in ("withdrawn", "void"):
        page = office.get(f"/en/dashboard/ua-12-26/pledges?state={state}")
        assert "Take back all that this filter shows" not in page.text
        preview = office.get(f"/en/dashboard/ua-12-26/pledges/void?state={state}")
        assert "Nothing that still counts matches this filter." in preview.text
    named = office.get("/en/dashboard/ua-12-26/pledges/void?text=ama&first=2026-03-01")
    assert [one.get_text() for one in named.soup.select("#filter dd")] == ["ama", "2026-03-01"]
    assert "every row that counts" in office.get("/en/dashboard/ua-12-26/pledges/void").text


def test_odd_filters_of_a_bulk_get_an_error_and_nothing_is_taken_back(office, session):
    action = an_action(session)
    a_pledge(session, action)
    page = office.get("/en/dashboard/ua-12-26/pledges/void")
    for query in ("first=garbage", "state=king"):
        sent = {**page.keys("Take them back"), "reason": "a test"}
        assert office.post(f"/en/dashboard/ua-12-26/pledges/void?{query}", sent).status == 400
    assert tally.read(session, action.id).pledges == 1


def test_the_office_sees_all_pledges_and_a_group_its_own(office, montreal, session):
    action = an_action(session)
    a_pledge(session, action, name="Amal", email="amal@example.org", group="montreal")
    a_pledge(session, action, name="Zoe")
    assert names(office.get(PLEDGES)) == ["Zoe", "Amal"]
    assert names(montreal.get(PLEDGES)) == ["Amal"]
    assert names(montreal.get(f"{PLEDGES}?group=-")) == []


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("text=ELODIE", ["Élodie"]),
        ("text=amal@", ["Amal"]),
        ("group=montreal", ["Amal"]),
        ("group=-&sort=name", ["Élodie", "Zoe"]),
        ("state=standing&sort=-letters", ["Zoe", "Amal", "Élodie"]),
        ("state=withdrawn", []),
        ("last=2026-03-09", []),
        ("first=2026-03-10&last=2026-03-10&sort=made", ["Amal", "Zoe", "Élodie"]),
    ],
)
def test_rows_are_searched_filtered_and_sorted(office, session, query, found):
    action = an_action(session)
    a_group(session)
    a_pledge(session, action, name="Amal", email="amal@example.org", group="montreal", letters=2)
    a_pledge(session, action, name="Zoe", letters=3)
    a_pledge(session, action, name="Élodie", letters=1)
    assert names(office.get(f"{PLEDGES}?{query}")) == found


@pytest.mark.parametrize(
    "query",
    [
        "first=soon",
        "state=happy",
        "sort=size",
        "sort=-",
        "sort=email",
        "group=nowhere",
        "after=x",
        "after=99",
        "after=²",
        f"after={'9' * 30}",
    ],
)
def test_a_filter_that_makes_no_sense_is_said_and_not_a_traceback(office, session, query):
    an_action(session)
    page = office.get(f"{PLEDGES}?{query}")
    assert page.status == 422
    assert page.soup.select_one('[role="alert"]').get_text().strip()


def test_the_next_page_begins_where_the_last_one_ended(office, session):
    action = an_action(session)
    for number in range(52):
        a_pledge(session, action, name=f"Writer {number}")
    first = office.get(f"{PLEDGES}?text=writer")
    second = first.press("Next page")
    assert (len(names(first)), names(second)) == (50, ["Writer 1", "Writer 0"])
    assert not second.soup.select("button[name=after]")


def test_names_of_ours_in_an_address_lead_nowhere_else(office, session):
    action = an_action(session)
    a_pledge(session, action, name="Amal")
    page = office.get(f"{PLEDGES}?slug=x&noun=x&endpoint=x&_external=1&text=amal")
    assert names(page) == ["Amal"]
    assert page.soup.find("a", string="Take back all that this filter shows…")["href"] == f"{PLEDGES}/void?text=amal"
    assert office.get(f"{PLEDGES}/void?slug=x&text=amal").status == 200
    assert office.post(f"{PLEDGES}/{'9' * 30}/void", {}).status == 404


def test_a_session_lost_at_the_preview_takes_back_no_more_than_was_shown(office, session):
    action = an_action(session)
    a_pledge(session, action, name="Spam", letters=9)
    a_pledge(session, action, name="Amal", letters=4)
    preview = office.get(f"{PLEDGES}/void?text=spam")
    values = {**preview.keys("Take them back"), "reason": "a script"}
    office.client.delete_cookie("session")
    lost = office.post(f"{PLEDGES}/void?text=spam", values)
    assert lost.status == 401
    office.sign_in("oda@example.org", PASSWORD)
    assert lost.submit("Try again").status == 303
    assert tally.read(session, action.id).letters_pledged == 4


def test_a_pledge_is_taken_back_with_a_reason_and_the_numbers_follow(office, session):
    action = an_action(session)
    a_pledge(session, action, name="Amal", letters=4)
    refused = office.get(PLEDGES).submit("Why is it taken back?", reason=" ")
    assert refused.status == 422
    assert "Write why." in refused.text
    done = refused.submit("Why is it taken back?", reason="Made twice").follow()
    assert "taken back: Made twice" in done.text
    assert tally.read(session, action.id).letters_pledged == 0
    assert tally.check(session) == []


def test_a_group_cannot_take_back_what_is_not_its_own(montreal, session):
    action = an_action(session)
    mine, other = a_report(session, action, group="montreal"), a_report(session, action)
    page = montreal.get(LETTERS)
    assert page.submit("Why is it taken back?", reason="ours").status == 303
    forged = page.form("Why is it taken back?")["action"].replace(f"/{mine.id}/", f"/{other.id}/")
    assert montreal.post(forged, {**page.keys("Why is it taken back?"), "reason": "not ours"}).status == 404
    session.expire_all()
    assert (mine.voided_at is None, other.voided_at is None) == (False, True)


def test_many_are_taken_back_as_previewed_and_only_then(office, session):
    action = an_action(session)
    a_group(session)
    for number in range(3):
        a_report(session, action, target=10, copy=1, name=f"Robot {number}")
    a_report(session, action, target=5, name="Amal")
    preview = office.get(f"{LETTERS}/void?text=robot")
    assert "3 rows would be taken back." in preview.text
    assert "No group 3 −30 −3" in preview.text
    a_report(session, action, target=10, name="Robot 4")
    late = preview.submit("Take them back", reason="a script")
    assert late.status == 409
    assert "Something changed since this preview" in late.text
    assert "4 rows would be taken back." in late.text
    assert late.submit("Take them back", reason="a script").follow().status == 200
    assert tally.read(session, action.id).letters_sent == 5
    assert tally.check(session) == []


def test_an_evening_is_one_row_without_names(office, session):
    action = an_action(session)
    a_group(session)
    letters.enter_evening(session, action, None, an_evening(action), once_key="k", actor="rosa", now=NOON)
    session.commit()
    page = office.get(LETTERS)
    assert names(page) == ["Letter evening, 14 people"]
    assert "31 Minister of Justice" in page.text
    page.submit("Why is it taken back?", reason="counted twice")
    assert tally.read(session, action.id) == tally.Tally()
    assert session.query(AuditEntry).filter_by(event="report voided").one().after["reason"] == "counted twice"


def test_the_list_says_what_was_reported_for_each_pledge(office, session):
    action = an_action(session)
    a_pledge(session, action, name="Zoe")
    amal = a_pledge(session, action, name="Amal")
    a_report(session, action, pledge=amal, target=2)
    letters.void(session, a_report(session, action, pledge=amal, target=9), "twice", NOON, actor="rosa")
    session.commit()
    page = office.get(PLEDGES)
    assert [cell.get_text() for cell in page.soup.select("td[data-label=Reported]")] == ["2", "not yet"]
    assert names(office.get(f"{PLEDGES}?reported=no")) == ["Zoe"]


def test_what_is_searched_is_looked_for_inside_words_on_request(office, session):
    a_pledge(session, an_action(session), name="Renée Côté")
    page = office.get(f"{PLEDGES}?text=enee")
    assert names(page) == []
    found = office.get(page.soup.find("a", string="Look inside words too")["href"])
    assert names(found) == ["Renée Côté"]
    preview = office.get(f"{PLEDGES}/void?text=enee&inside=yes")
    assert "One row would be taken back." in preview.text


def heading(page, words: str):
    """The heading of this column."""
    return next(head for head in page.soup.select("thead th") if head.button and head.button.get_text() == words)


@pytest.mark.parametrize(
    ("path", "columns"),
    [
        (PLEDGES, {"Name", "Letters", "Made on", "Reported", "Mail domain", "Network", "State"}),
        (LETTERS, {"Name", "Letters", "Day sent", "Reported on", "Mail domain", "Network", "State"}),
    ],
)
def test_the_headings_of_the_columns_sort_the_list_and_turn_it_round(office, session, path, columns):
    action = an_action(session)
    a_pledge(session, action, name="Amal"), a_report(session, action, name="Zoe")
    page = office.get(path)
    assert {button.get_text() for button in page.soup.select("thead th button")} == columns
    for words in columns:
        once = page.press(words)
        turned = once.press(words)
        sorts = [heading(one, words)["aria-sort"] for one in (once, turned)]
        assert sorted(sorts) == ["ascending", "descending"], words
        assert [len(one.soup.select("thead [aria-sort]")) for one in (page, once, turned)] == [1, 1, 1]


def test_an_order_stays_with_the_filter_the_chosen_rows_and_the_next_page(office, session):
    action = an_action(session)
    rows = [a_pledge(session, action, name=f"Writer {number}", letters=number % 3 + 1) for number in range(52)]
    page = office.get(f"{PLEDGES}?text=writer&row={rows[0].id}")
    ticked = f"{rows[-1].id}"
    sorted_page = page.press("Letters", tick=(ticked,))
    assert sorted_page.soup.select_one("select#sort option[selected]")["value"] == "-letters"
    assert names(sorted_page)[0] == "Writer 50"
    following = sorted_page.press("Next page")
    assert len(names(following)) == 2
    assert heading(following, "Letters")["aria-sort"] == "descending"
    preview = following.press(
        "Take back the chosen…", tick=(following.soup.select_one("input[name=row][form]")["value"],)
    )
    assert "3 rows would be taken back." in preview.text
    assert chosen(following) == {f"{rows[0].id}", ticked}


def chosen(page) -> set[str]:
    """The rows that are ticked, on this page and elsewhere."""
    return {one["value"] for one in page.soup.select("input[name=row][type=hidden], input[name=row][checked]")}


def test_a_new_filter_keeps_what_was_ticked_and_all_of_it_is_taken_back(office, session):
    action = an_action(session)
    rows = [a_pledge(session, action, name=name) for name in ("Amal", "Zoe", "Oda")]
    first, second, _ = (f"{row.id}" for row in rows)
    found = office.get(PLEDGES).press("Show", tick=(first,), text="zoe")
    assert (names(found), chosen(found)) == (["Zoe"], {first})
    assert "One row is chosen that is not on this page." in found.text
    nobody = found.press("Show", tick=(second,), text="qqq")
    assert (names(nobody), chosen(nobody)) == ([], {first, second})
    preview = nobody.press("Take back the chosen…")
    assert "2 rows would be taken back." in preview.text
    assert "qqq" not in preview.text
    assert chosen(office.get(nobody.soup.find("a", string="Choose none")["href"])) == set()
    done = preview.submit("Take them back", reason="twice").follow()
    assert "2 rows are taken back" in done.html
    session.expire_all()
    assert [row.voided_at is None for row in rows] == [False, False, True]


def test_a_filter_that_was_changed_before_the_next_page_begins_with_its_own_first_page(office, session):
    action = an_action(session)
    for number in range(60):
        a_pledge(session, action, name=f"Writer {number}", letters=1 + (number == 59))
    page = office.get(PLEDGES)
    assert len(names(page.press("Next page"))) == 10
    assert names(page.press("Next page", least="2")) == ["Writer 59"]


@pytest.mark.parametrize("text", ["amal@example.org", "@amal@example.org"])
def test_an_address_in_the_place_of_a_mail_domain_is_not_understood(office, session, text):
    an_action(session)
    assert office.get(f"{PLEDGES}?domain={text}").status == 422


def test_the_mail_domain_and_the_network_of_a_row_lead_to_all_that_are_like_it(office, session):
    action = an_action(session)
    rows = [a_pledge(session, action, name=name, email=f"{name}@one.example") for name in ("amal", "zoe", "oda")]
    rows[0].source = rows[1].source = "a"
    rows[2].mail_domain = "two.example"
    session.commit()
    page = office.get(PLEDGES)
    links = page.soup.select("tbody tr")[-1].select("td a")
    assert [names(office.get(link["href"])) for link in links] == [["zoe", "amal"], ["zoe", "amal"]]
