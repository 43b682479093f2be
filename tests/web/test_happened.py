"""What happened last stands first: on the page, in the list, in embeds, in the JSON."""

import io
from datetime import UTC, date, datetime, timedelta

import pytest
from PIL import Image

from tests.factories import NOON, a_report, an_action
from ua_tracker import actions, public_notes
from ua_tracker.models import PublicNote

PAGE, LIST, EMBED = "/en/actions/ua-12-26", "/en/", "/en/embed/ua-12-26"
WALL = f"{PAGE}/wall"
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


def test_a_deadline_that_was_wrong_is_said_everywhere_and_no_extension(reader, session):
    action = an_action(session)
    actions.extend(session, action, date(2026, 3, 29), revision=action.revision, **WHO)
    later = {**WHO, "now": NOON + timedelta(hours=1)}
    actions.correct_deadline(session, action, date(2026, 3, 20), revision=action.revision, **later)
    session.commit()
    before_the_number = reader.get(PAGE).text.partition("Pledge letters")[0]
    assert "Earlier deadline The deadline was corrected: it is March 20, 2026, not March 29, 2026." in before_the_number
    for path in (LIST, EMBED, WALL):
        shown = reader.get(path).text.casefold()
        assert "earlier deadline" in shown
        assert "deadline extended" not in shown
    assert "earlier deadline" in reader.get("/actions/ua-12-26/badge.svg").html
    assert "Date limite avancée" in reader.get("/fr/embed/ua-12-26").text
    told = reader.get("/api/v1/actions/ua-12-26").response.json["happened"]
    days = {"what": "earlier", "deadline_before": "2026-03-29", "deadline_after": "2026-03-20"}
    assert days.items() <= told.items()
    assert "it is March 20, 2026, not March 29" in reader.get("/en/actions/ua-12-26/news.atom").html


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


def badge(reader) -> str:
    return reader.get("/actions/ua-12-26/badge.json").response.json["message"]


def drawn(reader, slug: str = "ua-12-26") -> bytes:
    """The card of this action, without its notes about itself."""
    return Image.open(io.BytesIO(reader.client.get(f"/actions/{slug}/card.png").data)).convert("RGB").tobytes()


def told(reader) -> dict:
    """What the JSON says; it says the same alone and in the list."""
    alone = reader.get("/api/v1/actions/ua-12-26").response.json["happened"]
    assert alone == reader.get("/api/v1/actions").response.json["actions"][0]["happened"]
    return alone


def test_badge_wall_and_json_say_an_extension_until_the_deadline_and_a_correction_also_after_it(reader, session, clock):
    action = an_action(session)
    assert told(reader) is None
    actions.extend(session, action, date(2026, 3, 29), revision=action.revision, **WHO)
    session.commit()
    assert badge(reader) == "be the first, deadline extended"
    assert "Deadline extended" in reader.get(WALL).text
    assert told(reader) == {
        "what": "extended",
        "at": "2026-03-10T16:00:00Z",
        "deadline_before": "2026-03-15",
        "deadline_after": "2026-03-29",
        "note": None,
        "note_language": None,
        "letters_taken_out": None,
    }
    clock.at = datetime(2026, 3, 31, 16, 0, tzinfo=UTC)
    assert "extended" not in badge(reader) + reader.get(WALL).text
    public_notes.add(session, action, "Un soir a été compté deux fois.", "fr", actor="oda", now=clock.at)
    session.commit()
    assert badge(reader) == "0 of 100, count corrected, pledging closed"
    assert "Count corrected" in reader.get(WALL).text
    assert (told(reader)["what"], told(reader)["note_language"]) == ("corrected", "fr")
    assert told(reader)["note"] == "Un soir a été compté deux fois."
    actions.close(session, action, "good news", outcome="Free.", revision=action.revision, actor="oda", now=clock.at)
    session.commit()
    assert badge(reader) == "0 of 100, good news"
    assert told(reader)["what"] == "good news"
    assert "Count corrected" not in reader.get(WALL).text


def test_a_correction_that_the_site_reports_by_itself_has_its_letters_in_the_json(reader, session):
    action = an_action(session)
    session.add(PublicNote(action_id=action.id, text="", language="en", letters=40, at=NOON))
    session.commit()
    assert (told(reader)["what"], told(reader)["letters_taken_out"], told(reader)["note"]) == ("corrected", 40, None)


@pytest.mark.parametrize("goal", [100, 2])  # the place beside the number is taken once the goal is reached
def test_the_card_of_an_extended_action_differs_from_that_of_another_until_its_deadline(reader, session, clock, goal):
    for slug in ("ua-12-26", "ua-13-26"):
        action = an_action(session, slug=slug, goal=goal)
        a_report(session, action, target=2)
        if slug == "ua-12-26":
            actions.extend(session, action, date(2026, 3, 29), revision=action.revision, **WHO)
        action.deadline = date(2026, 3, 29)
        session.commit()
    assert drawn(reader) != drawn(reader, "ua-13-26")
    clock.at = datetime(2026, 3, 31, 16, 0, tzinfo=UTC)
    assert drawn(reader) == drawn(reader, "ua-13-26")


def test_the_json_says_what_came_of_it(reader, session):
    closed(session, "good news", "She is home.")
    told = reader.get("/api/v1/actions/ua-12-26").response.json
    assert (told["closed_early"], told["closed_reason"], told["outcome"]) == (True, "good news", "She is home.")
