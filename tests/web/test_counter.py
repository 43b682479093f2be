"""The counter of an action: its number, its goal, and when it stops asking."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from tests.factories import NOON, a_pledge, a_report, an_action
from ua_tracker.models import Action

COUNTER = "/en/actions/ua-12-26/counter"
PAGE = "/en/actions/ua-12-26"
CLOSING = datetime(2026, 3, 16, 4, 0, tzinfo=UTC)


def test_the_revision_never_goes_back_not_even_with_a_correction(reader, session):
    from ua_tracker import letters

    action = an_action(session)
    report = a_report(session, action, target=5)
    before = int(reader.get(COUNTER).soup.section["data-revision"])
    letters.void(session, report, "twice", NOON, actor="tests")
    session.commit()
    after = reader.get(COUNTER)
    assert int(after.soup.section["data-revision"]) > before
    assert after.count("letters-sent") == 0


def test_a_locked_counter_asks_no_more(reader, session, clock):
    an_action(session)
    reader.get(COUNTER)
    clock.at = datetime(2026, 3, 16, 4, 0, tzinfo=UTC)
    locked = reader.get(COUNTER)
    assert not locked.soup.select("[hx-get], [hx-trigger]")


def test_a_draft_and_a_withdrawn_action_have_no_counter(reader, session):
    action = an_action(session)
    assert reader.get(COUNTER).status == 200
    session.execute(update(Action).where(Action.id == action.id).values(published_at=None))
    session.commit()
    assert reader.get(COUNTER).status == 404


@pytest.mark.parametrize("lang", ["en", "fr"])
@pytest.mark.parametrize("days", [0, 10, 60])
def test_the_counter_alone_is_the_one_that_the_page_has(reader, session, clock, lang, days):
    action = an_action(session, goal=1200)
    a_report(session, action, target=1100, copy=3)
    a_pledge(session, action)
    clock.at = NOON + timedelta(days=days)
    on_page = reader.get(f"/{lang}/actions/ua-12-26").soup.select_one("#counter")
    alone = reader.get(f"/{lang}/actions/ua-12-26/counter").soup.select_one("#counter")
    assert str(alone) == str(on_page)


def test_the_counter_says_the_goal_is_reached_only_when_it_is(reader, session):
    action = an_action(session, goal=8)
    marks = []
    for _ in range(4):
        a_report(session, action, target=2)
        marks.append(reader.get(COUNTER).soup.section["data-milestone"])
    assert marks == ["25", "50", "75", "100"]


def test_a_page_left_open_locks_at_the_next_poll(reader, session, clock):
    an_action(session)
    before = reader.get(f"{PAGE}/counter")
    assert before.soup.section["hx-trigger"].startswith("every 5s")
    assert "HX-Trigger" not in before.headers
    clock.at = CLOSING
    after = reader.get(f"{PAGE}/counter?v=" + before.soup.section["hx-get"].split("v=")[1])
    assert (after.status, after.headers["HX-Trigger"]) == (200, "locked")
    assert after.soup.section.get("hx-trigger") is None
    assert "Pledging has closed" in reader.get(f"{PAGE}/pledging").text
    assert "I will write" not in reader.get(f"{PAGE}/pledging").text
    standing = reader.get(f"{PAGE}/standing").soup
    assert not standing.select('a.strong[href="#pledge"]')
    # In place of the form; the thanks for a pledge, which may hold a private link, are no section and stay.
    assert (
        standing.select_one('section#pledge[hx-swap-oob="outerHTML:section#pledge"] h2').text == "Pledging has closed"
    )
    clock.at = NOON
    assert not reader.get(f"{PAGE}/standing").soup.select("#pledge")


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        (0, "Be the first Goal: 100"),
        (37, "63 to go Goal: 100"),
        (99, "1 to go Goal: 100"),
        (100, "Letters still count Goal: 100"),
        (109, "Letters still count Goal: 100"),
        (110, "1.1 times the goal Goal: 100"),
        (2437, "24 times the goal Goal: 100"),
    ],
)
def test_the_counter_says_what_is_missing_and_what_is_more(reader, session, sent, says):
    action = an_action(session)
    for letters in [500] * (sent // 500) + [sent % 500]:
        if letters:
            a_report(session, action, target=letters, copy=0)
    counter = reader.get(COUNTER)
    assert counter.count("letters-sent") == sent
    assert " ".join(counter.soup.select_one(".scale").get_text(" ").split()) == says
    assert ("Goal reached" in counter.text) == (sent >= 100)


def test_a_closed_counter_shows_the_final_total_and_no_letters_to_go(reader, session, clock):
    a_report(session, an_action(session), target=37)
    clock.at = datetime(2026, 3, 30, 4, 0, tzinfo=UTC)
    counter = reader.get(COUNTER)
    assert "Closed: the final total" in counter.text
    assert " ".join(counter.soup.select_one(".scale").get_text(" ").split()) == "37% Goal: 100"


@pytest.mark.parametrize(
    ("lang", "words"), [("en", "1 letter pledged by one person"), ("fr", "1 lettre promise par une personne")]
)
def test_one_letter_pledged_is_said_in_the_singular(reader, session, lang, words):
    a_pledge(session, an_action(session), letters=1)
    assert words in " ".join(reader.get(f"/{lang}/actions/ua-12-26/counter").soup.get_text().split())
