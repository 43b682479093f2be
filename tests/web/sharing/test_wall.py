"""The wall at a letter evening: the group's letters tonight and in all, and the action's."""

from datetime import UTC, datetime

from tests.factories import a_group, a_report, an_action

WALL = "/en/actions/ua-12-26/wall"


def numbers(page) -> tuple[int, int, int]:
    return page.count("letters-tonight"), page.count("group-letters-sent"), page.count("letters-sent")


def test_a_wall_counts_the_group_tonight_the_group_and_all(reader, session, clock):
    action = an_action(session)
    a_group(session)
    a_report(session, action, target=5, group="montreal", now=datetime(2026, 3, 9, 23, 0, tzinfo=UTC))
    a_report(session, action, target=2, copy=9, group="montreal")
    a_report(session, action, target=4)
    page = reader.get(f"{WALL}?group=montreal")
    assert numbers(page) == (2, 7, 11)
    assert "Groupe de Montréal, tonight 2" in page.text
    assert page.soup.img["src"].endswith("qr.svg?to=letters&group=montreal")


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
