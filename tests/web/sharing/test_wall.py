"""The wall at a letter evening: the group's letters tonight and in all, and the action's."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import update

from tests.factories import a_group, a_report, an_action
from tests.web.sharing.test_share import read_code
from ua_tracker.models import ActionTally

WALL = "/en/actions/ua-12-26/wall"
EARLIER = datetime(2026, 3, 9, tzinfo=UTC)


def numbers(page) -> tuple[int, int, int]:
    return page.count("letters-tonight"), page.count("group-letters-sent"), page.count("letters-sent")


def test_a_wall_counts_the_group_tonight_the_group_and_all(reader, session, clock):
    action = an_action(session, deadline=date(2026, 5, 15))
    a_group(session)
    a_report(session, action, target=5, group="montreal", now=datetime(2026, 3, 9, 23, 0, tzinfo=UTC))
    a_report(session, action, target=2, copy=9, group="montreal")
    a_report(session, action, target=4)
    page = reader.get(f"{WALL}?group=montreal")
    assert numbers(page) == (2, 7, 11)
    assert "Groupe de Montréal, tonight 2" in page.text
    assert "7 in all" in page.text
    assert page.soup.img["src"].endswith("qr.svg?to=letters&group=montreal")


def test_the_typed_address_leads_to_the_report_form_of_the_group_as_the_code_does(reader, session):
    an_action(session)
    a_group(session)
    page = reader.get(f"{WALL}?group=montreal")
    typed = page.soup.select_one(".typed strong").get_text()
    assert len(typed) < len("localhost/r/") + 6
    leads_to = reader.get(typed.removeprefix("localhost")).headers["Location"]
    assert leads_to == "/en/actions/ua-12-26/letters?group=montreal"
    assert reader.get(leads_to).soup.select_one("#group option[selected][value=montreal]")
    assert read_code(reader.client.get(page.soup.img["src"])) == f"http://{typed}"


@pytest.mark.parametrize(
    ("sent", "changes", "look", "words"),
    [
        (0, {}, "open", "letters wanted, none sent yet 100"),
        (41, {}, "open", "41 letters sent Goal: 100"),
        (100, {}, "reached", "Goal reached"),
        (240, {}, "reached", "2.4 times the goal"),
        (41, {"deadline": date(2026, 3, 13)}, "soon", "3 days left"),
        (41, {"deadline": date(2026, 3, 9)}, "reporting", "Pledging closed"),
        (41, {"deadline": date(2026, 1, 9)}, "closed", "Closed. This is the final total. 41"),
        (41, {"closed_at": EARLIER, "closed_reason": "good news", "outcome": "She is free."}, "good", "She is free."),
        (41, {"closed_at": EARLIER, "closed_reason": "stop action"}, "stopped", "Please write no more letters."),
    ],
)
def test_a_wall_shows_where_the_action_stands_on_the_page_and_after_a_poll(reader, session, sent, changes, look, words):
    action = an_action(session, **{"deadline": date(2026, 5, 15), **changes})
    session.execute(update(ActionTally).where(ActionTally.action_id == action.id).values(letters_sent=sent))
    session.commit()
    page, polled = reader.get(WALL), reader.get(f"{WALL}/numbers")
    assert page.soup.select_one(f"#numbers.{look}") is not None
    assert words in page.text
    assert page.count("letters-sent") == sent
    assert str(page.soup.select_one("#numbers")) == str(polled.soup.select_one("#numbers"))


def test_the_numbers_ask_for_themselves_and_are_silent_when_nothing_has_changed(reader, session):
    action = an_action(session)
    a_group(session)
    address = reader.get(f"{WALL}?group=montreal").soup.select_one("#numbers")["hx-get"]
    shown = reader.get(address.partition("?")[0] + "?group=montreal")
    assert numbers(shown) == (0, 0, 0)
    address = shown.soup.select_one("[hx-get]")["hx-get"]
    assert address.endswith("&group=montreal")
    assert reader.get(address).status == 204
    a_report(session, action, target=3, group="montreal")
    assert numbers(reader.get(address)) == (3, 3, 3)


def test_a_new_evening_begins_with_nothing_at_four(reader, session, clock):
    action = an_action(session)
    a_report(session, action, target=3)
    asked = f"{WALL}/numbers"
    shown = reader.get(asked).soup.select_one("[hx-get]")["hx-get"]
    assert reader.get(shown).status == 204
    clock.at = datetime(2026, 3, 11, 7, 59, tzinfo=UTC)
    assert reader.get(asked).count("letters-tonight") == 3
    clock.at = datetime(2026, 3, 11, 8, 0, tzinfo=UTC)
    assert reader.get(shown).count("letters-tonight") == 0  # also to a wall that was left on
    assert reader.get(asked).count("letters-tonight") == 0
    assert reader.get(asked).count("letters-sent") == 3


def test_an_unknown_group_gets_a_message_and_sees_all(reader, session):
    a_report(session, an_action(session), target=3)
    page = reader.get(f"{WALL}?group=nowhere")
    assert "There is no group “nowhere”" in page.text
    assert (page.count("letters-tonight"), page.count("letters-sent")) == (3, 3)


def test_a_closed_wall_keeps_its_total_and_asks_no_more(reader, session, clock):
    a_report(session, an_action(session), target=3)
    clock.at = datetime(2026, 4, 20, tzinfo=UTC)
    page = reader.get(WALL)
    assert "Closed. This is the final total." in page.text
    assert not page.soup.select("[hx-get], img")
