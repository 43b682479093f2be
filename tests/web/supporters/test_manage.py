"""The private page: to change a promise, take it back, undo a report, be forgotten."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.factories import NOON, SECRET, a_pledge, a_recipient, a_report, an_action
from tests.reader import Page, Reader, read
from ua_tracker import private_links, tally
from ua_tracker.models import Action, Pledge, Report
from ua_tracker.totals import Tally
from ua_tracker.trust import USUAL, Arrival, Thresholds

ONCE_KEY = "k" * 32
PRIVATE = f"/en/pledges/{private_links.token_for(ONCE_KEY, SECRET)}"


@pytest.fixture
def mine(reader, session):
    """Amal's private page: three letters promised."""
    an_action(session)
    made = reader.get("/en/actions/ua-12-26").submit("I will write", name="Amal", letters="3")
    return made.follow()


def pledged(session) -> tuple[int, int]:
    session.rollback()
    totals = tally.read(session, 1)
    return totals.pledges, totals.letters_pledged


def test_another_number_is_promised(mine, session):
    page = mine.submit("Change it", letters="7", write_on="2026-03-12").follow()
    assert "You promised 7 letters. You wanted to write on March 12, 2026." in page.text
    assert pledged(session) == (1, 7)
    wrong = page.submit("Change it", letters="0")
    assert (wrong.status, "Choose a number from 1 to 500." in wrong.text) == (422, True)
    late = page.submit("Change it", letters="2", write_on="2027-01-01")
    assert "Choose a day from today to the deadline, March 15, 2026." in late.text


def test_a_promise_is_taken_back_and_twice_is_once(mine, session):
    for _ in range(2):
        assert mine.submit("Take it back").status == 303
    page = mine.submit("Take it back").follow()
    assert "You took this promise back. It counts no more." in page.text
    assert pledged(session) == (0, 0)


def test_a_report_is_undone_for_as_long_as_letters_may_be_reported(mine, session, clock):
    page = mine.submit("Report these letters", letters_1="2").follow()
    assert tally.read(session, 1).letters_sent == 2
    again = page.submit("Undo this report").follow()
    assert "You have reported no letters yet." in again.text
    assert page.submit("Undo this report").status == 303
    later = again.submit("Report these letters", letters_1="4").follow()
    clock.at = datetime(2026, 3, 30, 3, 59, tzinfo=UTC)
    assert "Undo this report" in later.reader.get(_path(later)).text
    clock.pass_by(minutes=1)
    assert "Undo this report" not in later.reader.get(_path(mine)).text
    assert later.submit("Undo this report").status == 409
    session.rollback()
    session.rollback()
    assert (tally.read(session, 1).letters_sent, tally.check(session)) == (4, [])


def test_one_press_reports_all_that_was_promised(mine, session):
    page = mine.submit("Yes: all 3, by post, today").follow()
    assert "Thank you, Amal!" in page.soup.h1.get_text()
    assert "You reported 3 letters" in page.text
    assert not page.soup.select(".yes")
    assert "Undo this report" in page.text
    assert mine.submit("Yes: all 3, by post, today").status == 303
    session.rollback()
    assert tally.read(session, 1).letters_sent == 3


def test_after_a_part_is_reported_one_press_reports_the_rest(mine, session):
    page = mine.submit("Report these letters", letters_1="1").follow()
    assert "Did you send the other 2 letters?" in page.text
    page.submit("Yes: all 2, by post, today")
    session.rollback()
    assert tally.read(session, 1).letters_sent == 3


def test_both_forms_of_the_page_used_one_after_the_other_count_once(mine, session):
    mine.submit("Yes: all 3, by post, today")
    told = mine.submit("Report these letters", letters_1="2")
    assert "Letters were reported with this page before (3)" in told.text
    session.rollback()
    assert tally.read(session, 1).letters_sent == 3


def promised_to_several(reader, session, promised: str, roles: list[str]) -> tuple[str, Page, Page]:
    """The path of a new private page of an action with these further targets, the page, and that of a mail's button."""
    action = an_action(session)
    for place, role in enumerate(roles, start=3):
        session.add(a_recipient(action, "target", place, role=role))
    session.commit()
    thanks = reader.get("/en/actions/ua-12-26").submit("I will write", name="Amal", letters=promised).follow()
    path = thanks.soup.select_one("#private-link")["href"]
    return path, reader.get(path), reader.get(f"{path}/answer")


def test_letters_to_several_targets_are_shared_equally(reader, session):
    _, *pages = promised_to_several(reader, session, "4", ["Prime Minister"])
    for page in pages:
        form = page.soup.select_one(".box form")
        assert [form.select_one(f"[name=letters-{place}]")["value"] for place in (1, 2, 3)] == ["2", "0", "2"]
        assert "2 to: Minister of Justice; 2 to: Prime Minister." in page.text
    pages[1].submit("Yes: all 4, by post, today")
    session.rollback()
    assert tally.read(session, 1).letters_sent == 4


def test_letters_that_cannot_be_shared_equally_have_a_button_for_each_way(reader, session):
    _, *pages = promised_to_several(reader, session, "5", ["Prime Minister"])
    ways = ["3 to: Minister of Justice; 2 to: Prime Minister.", "2 to: Minister of Justice; 3 to: Prime Minister."]
    for page in pages:
        assert [read(one) for one in page.soup.select(".yes")] == [f"Yes: all 5, by post, today {way}" for way in ways]
        assert page.soup.select_one("details .report [name=letters-3]")["value"] == "2"
    told = pages[1].submit(ways[1]).follow()
    assert "Minister of Justice: 2, Prime Minister: 3, March 10, 2026." in told.text
    again = pages[1].submit(ways[0])  # back, and the other button
    assert "Letters were reported with this page before (5)" in again.text
    session.rollback()
    assert tally.read(session, 1).letters_sent == 5


def test_one_letter_to_one_of_two_targets_has_a_button_for_each(reader, session):
    path, _, asked = promised_to_several(reader, session, "1", ["Prime Minister"])
    buttons = [f"Yes: one letter, to {whom}, by post, today" for whom in ("Minister of Justice", "Prime Minister")]
    assert [read(one) for one in asked.soup.select(".yes")] == buttons
    asked.submit(buttons[1])
    [line] = session.query(Report).one().lines
    assert (line.recipient.title, line.letters) == ("Prime Minister", 1)
    assert reader.get(f"{path}/answer").status == 303


def test_what_is_left_goes_to_the_target_that_got_less(reader, session):
    path, _, asked = promised_to_several(reader, session, "4", ["Prime Minister"])
    asked.submit("Report these letters", letters_1="2", letters_3="0")
    rest = reader.get(f"{path}/answer")
    assert [read(one) for one in rest.soup.select(".yes")] == ["Yes: all 2, to Prime Minister, by post, today"]
    assert "2 to: Prime Minister. One press" in reader.get(path).text


def test_where_letters_can_have_gone_to_many_targets_the_whole_form_is_filled_in(reader, session):
    _, *pages = promised_to_several(reader, session, "6", ["Prime Minister", "President", "Governor"])
    for page in pages:
        assert not page.soup.select(".yes")
        form = page.soup.select_one(".box .report")
        values = [form.select_one(f"[name=letters-{place}]").get("value") for place in range(1, 6)]
        assert values == ["2", "0", "2", "1", "1"]
    pages[1].submit("Report these letters")
    session.rollback()
    assert tally.read(session, 1).letters_sent == 6


def test_after_the_deadline_the_one_press_says_its_last_day(mine, clock, session):
    clock.at = datetime(2026, 3, 20, 12, 0, tzinfo=UTC)
    page = mine.reader.get(_path(mine))
    assert page.submit("Yes: all 3, by post, by Mar 15").status == 303
    assert not page.soup.select('a[href*="/write"]')
    session.rollback()
    assert str(session.query(Report).one().sent_on) == "2026-03-15"


def test_after_a_stop_action_nothing_on_the_page_asks_for_letters(mine, session):
    action = session.query(Action).one()
    action.closed_at, action.closed_reason = NOON, "stop action"
    session.commit()
    page = mine.reader.get(_path(mine))
    assert "Please write no more letters." in page.soup.select_one(".halt").get_text()
    assert "You reported no letters." in page.text
    assert "Once they are sent" not in page.text
    for path in ("/en/actions/ua-12-26/letters", "/en/actions/ua-12-26/write"):
        assert "Please write no more letters." in mine.reader.get(path).text


def test_after_good_news_every_page_of_the_action_says_it_before_that_it_has_closed(mine, session):
    action = session.query(Action).one()
    action.closed_at, action.closed_reason, action.outcome = NOON, "good news", "Ana Lopez is free."
    session.commit()
    for path in (_path(mine), "/en/actions/ua-12-26/letters", "/en/actions/ua-12-26/write", "/en/actions/ua-12-26"):
        said = mine.reader.get(path).text
        assert said.index("Good news Ana Lopez is free.") < said.index("Pledging has closed")


def test_the_page_behind_a_mails_button_reports_all_with_one_press(mine, session):
    asked = mine.reader.get(f"{_path(mine)}/answer")
    assert asked.soup.select_one(".box button").get_text() == "Yes: all 3, to Minister of Justice, by post, today"
    assert asked.soup.select_one("details .report")
    told = asked.submit("Yes: all 3, to Minister of Justice, by post, today").follow()
    sentence = told.soup.select_one("[autofocus]")
    assert (sentence["tabindex"], "Your report is stored." in sentence.get_text()) == ("-1", True)
    assert "Minister of Justice: 3, March 10, 2026." in " ".join(sentence.get_text().split())
    session.rollback()
    assert tally.read(session, 1).letters_sent == 3
    assert mine.reader.get(f"{_path(mine)}/answer").follow().soup.h1.get_text() == "Thank you, Amal!"


def test_behind_a_mails_button_a_part_is_reported_and_then_the_rest_is_asked_for(mine, clock, session):
    asked = mine.reader.get(f"{_path(mine)}/answer")
    told = asked.submit("Report these letters", letters_1="1", channel="email").follow()
    assert "Minister of Justice: 1" in told.soup.select_one("[autofocus]").get_text()
    clock.at = datetime(2026, 3, 20, 12, 0, tzinfo=UTC)
    rest = mine.reader.get(f"{_path(mine)}/answer")
    assert "Did you send the other 2 letters?" in rest.soup.h1.get_text()
    rest.submit("Yes: all 2, to Minister of Justice, by post, by Mar 15")
    assert [str(one.sent_on) for one in session.query(Report)] == ["2026-03-10", "2026-03-15"]
    clock.at = datetime(2026, 4, 20, 12, 0, tzinfo=UTC)
    assert mine.reader.get(f"{_path(mine)}/answer").status == 303


def _path(page) -> str:
    return page.form("Report these letters")["action"].removesuffix("/letters")


def test_the_data_is_handed_out_and_nobody_keeps_a_copy(mine):
    answer = mine.reader.client.get(f"{_path(mine)}/data.json")
    assert (answer.json["name"], answer.json["letters_pledged"]) == ("Amal", 3)
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="my-pledge.json"'


def test_a_new_link_ends_the_old_one(mine):
    fresh = mine.submit("Replace my link")
    assert fresh.headers["Location"] != _path(mine)
    assert "You promised 3 letters." in fresh.follow().text
    assert mine.reader.get(_path(mine)).status == 404


def test_a_scanner_that_opens_every_link_changes_nothing(mine, session):
    before = pledged(session)
    for link in mine.soup.select("main a[href^='/']"):
        mine.reader.client.get(link["href"])
    for purpose in ("withdraw", "erase", "email", "link", "change", "reports/1/undo"):
        assert mine.reader.client.get(f"{_path(mine)}/{purpose}").status_code == 405
    assert pledged(session) == before
    assert session.query(Pledge).one().name == "Amal"


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_the_file_of_the_database_holds_nothing_of_who_was_erased(reader, session, settings):
    an_action(session)
    mine = reader.get("/en/actions/ua-12-26").submit("I will write", name="Amal Markername", letters="3").follow()
    path = Path(settings["DATABASE_URL"].removeprefix("sqlite:///"))
    keys = mine.form("Erase me: your name")
    values = {one["name"]: one["value"] for one in keys.select("input[type=hidden]")}
    mine.reader.post(keys["action"], {**values, "sure": "y"})
    session.rollback()
    session.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
    assert b"Markername" not in path.read_bytes()


def a_held_pledge(session, **changes):
    """A pledge that is held, with a held report, under ONCE_KEY."""
    action, held = an_action(session), Arrival("192.0.2.1", Thresholds(**USUAL), trapped=True)
    pledge = a_pledge(session, action, letters=3, once_key=ONCE_KEY, arrival=held, **changes)
    a_report(session, action, pledge=pledge, target=2, copy=1)
    assert tally.read(session, action.id) == Tally(pledges_held=1, letters_held=2)
    return action


def test_a_held_pledge_says_so_and_its_owner_releases_it_with_the_link_that_was_mailed(reader, session):
    action = a_held_pledge(session, email="amal@example.org")
    page = reader.get(PRIVATE)
    assert "This pledge is stored and not counted yet." in page.text
    assert "stored, and looked at before it is counted" in page.text
    for _ in range(2):  # pressed twice
        assert page.submit("It is mine: count it").status == 303
    session.expire_all()
    totals = tally.read(session, action.id)
    assert (totals.pledges, totals.letters_pledged, totals.letters_sent, totals.copies_sent) == (1, 3, 2, 1)
    assert (totals.pledges_held, totals.letters_held, tally.check(session)) == (0, 0, [])
    assert "not counted yet" not in reader.get(PRIVATE).text


def test_more_than_one_mailbox_vouches_for_stays_held_and_the_page_says_so(an_app, session):
    action = a_held_pledge(session, email="amal@example.org")
    page = Reader(an_app(HOLD_PROOF_DOMAIN="1")).get(PRIVATE)
    refused = page.submit("It is mine: count it")
    assert refused.status == 409
    assert "These are more letters than one mailbox confirms in a day." in refused.text
    session.expire_all()
    assert tally.read(session, action.id) == Tally(pledges_held=1, letters_held=2)


def test_a_link_that_was_shown_on_the_screen_releases_nothing(reader, session):
    action = a_held_pledge(session)
    page = reader.get(PRIVATE)
    assert "This pledge is stored and not counted yet." in page.text
    assert "It is mine" not in page.text
    assert reader.post(f"{PRIVATE}/release", page.keys("Undo this report")).status in (400, 403)
    session.expire_all()
    assert tally.read(session, action.id).pledges == 0


def test_after_a_pledge_without_scripts_writing_is_the_one_strong_step(reader, session):
    an_action(session)
    thanks = reader.get("/en/actions/ua-12-26").submit("I will write", name="Amal", letters="2").follow()
    main = thanks.soup.main
    [write] = main.select(".strong")
    assert (write.get_text(), write["href"].endswith("/write")) == ("Write my letter now", True)
    link, message = main.select_one("#private-link"), main.select_one("#message-text")
    order = [*main.descendants]
    assert order.index(write) < order.index(link) < order.index(message)
    token = link["href"].rsplit("/", 1)[1]
    assert token not in message.get_text()
    assert token not in message.find_next("a")["href"]
    assert "Did you send" not in thanks.text
    later = reader.get(link["href"])
    assert "Did you send your 2 letters?" in later.text
    assert not later.soup.select("#message")
    thanks.submit("Report these letters", **{"letters-1": "2"})
    assert not reader.get(f"{link['href']}?new=yes").soup.select("#private-link")
