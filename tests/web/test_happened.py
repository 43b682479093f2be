"""What happened last stands first: on the page, in the list, in embeds, in the JSON."""

from datetime import UTC, date, datetime, timedelta

import pytest

from tests.factories import NOON, an_action
from ua_tracker import actions, public_notes

PAGE, LIST, EMBED = "/en/actions/ua-12-26", "/en/", "/en/embed/ua-12-26"
WHO = {"actor": "oda", "now": NOON}


def closed(session, reason: str, outcome: str | None = None):
    action = an_action(session)
    actions.close(session, action, reason, outcome=outcome, revision=action.revision, **WHO)
    session.commit()
    return action


@pytest.mark.parametrize(("reason", "today", "later"), [
    ("stop action", "stopped today", "stopped on March 10, 2026"),
    ("good news", "good news today", "good news on March 10, 2026"),
    ("ended", "closed today", "closed on March 10, 2026"),
])  # fmt: skip
def test_the_list_says_what_ended_an_action_and_no_day_to_come(reader, session, clock, reason, today, later):
    closed(session, reason, "She is home.")
    for path in (LIST, "/en/listing"):
        shown = reader.get(path)
        assert today in shown.text
        assert "She is home." in shown.text
        assert "March 15" not in shown.text
    clock.at = datetime(2026, 3, 11, 4, 0, tzinfo=UTC)  # midnight in Toronto
    assert later in reader.get("/en/listing").text


def test_an_extension_stands_before_the_number(reader, session):
    action = an_action(session)
    assert "extended" not in reader.get(PAGE).text
    actions.extend(session, action, date(2026, 3, 29), revision=action.revision, **WHO)
    session.commit()
    before_the_number = reader.get(PAGE).text.partition("Pledge letters")[0]
    assert "Deadline extended The deadline was extended from March 15, 2026 to March 29, 2026." in before_the_number
    for path in (LIST, EMBED):
        assert "Deadline extended" in reader.get(path).text
    assert "Délai prolongé" in reader.get("/fr/embed/ua-12-26").text


def test_a_later_correction_stands_in_its_place_until_it_is_withdrawn(reader, session):
    action = an_action(session)
    actions.extend(session, action, date(2026, 3, 29), revision=action.revision, **WHO)
    later = {**WHO, "now": NOON + timedelta(hours=1)}
    note = public_notes.add(session, action, "One evening was counted twice.", "en", **later)
    session.commit()
    assert "Count corrected One evening was counted twice." in reader.get(PAGE).text.partition("Pledge letters")[0]
    for path in (LIST, EMBED):
        assert "Count corrected" in reader.get(path).text
    public_notes.withdraw(session, action, note.id, **later)
    session.commit()
    assert "Deadline extended" in reader.get(LIST).text


def test_the_json_says_what_came_of_it(reader, session):
    closed(session, "good news", "She is home.")
    told = reader.get("/api/v1/actions/ua-12-26").response.json
    assert (told["closed_early"], told["closed_reason"], told["outcome"]) == (True, "good news", "She is home.")
