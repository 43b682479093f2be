"""The forms of the dashboard: reasons, extensions, closings, evenings, groups."""

from tests.factories import a_group, an_action
from ua_tracker.models import Report

EVENING = "/en/dashboard/ua-12-26/evening"
TYPED = {"people": "14", "letters_1": "31", "letters_2": "12", "sent_on": "2026-03-09", "channel": "post"}
ACTION = "/en/dashboard/ua-12-26"


def test_errors_are_shown_at_their_fields_and_nothing_is_lost(montreal, session):
    an_action(session)
    wrong = montreal.get(EVENING).submit(
        "Enter the evening", people="", letters_1="99999", letters_2="2", sent_on="2026-03-30", group="montreal"
    )
    assert wrong.status == 422
    for words in ("Write how many people took part.", "Choose a number from 0 to 20,000."):
        assert words in wrong.text
    assert wrong.soup.select_one("#letters-2")["value"] == "2"
    future = montreal.get(EVENING).submit("Enter the evening", **{**TYPED, "sent_on": "2026-03-11"}, group="montreal")
    assert "This day is still to come." in future.text


def test_an_evening_without_its_key_is_given_back_with_one(montreal, session):
    an_action(session)
    again = montreal.get(EVENING).submit("Enter the evening", **TYPED, once_key="", group="montreal")
    assert (again.status, session.query(Report).count()) == (400, 0)
    assert "Nothing is lost: please press the button once more." in again.text
    assert again.submit("Enter the evening", group="montreal").status == 303


def test_what_cannot_be_is_said_at_its_place(office, session):
    an_action(session)
    page = office.get(ACTION)
    earlier = page.submit("New deadline", deadline="2026-03-01")
    assert earlier.status == 422
    assert "Choose a day after the present deadline, March 15, 2026." in earlier.text
    unsaid = page.submit("Close now", reason="", outcome="She is free.")
    assert unsaid.status == 422
    assert "Choose why it ends." in unsaid.text
    assert "She is free." in unsaid.html
    late = page.submit("New deadline", deadline="2026-03-20", revision="77")
    assert late.status == 409
    assert "Somebody else changed" in late.text


def test_an_evening_without_a_channel_is_not_taken_for_post(montreal, session):
    an_action(session)
    values = {**montreal.get(EVENING).keys("Enter the evening"), "letters-1": "3", "people": "3",
              "sent_on": "2026-03-09", "group": "montreal"}  # fmt: skip
    answer = montreal.post(EVENING, values)
    assert (answer.status, "Choose how you sent them." in answer.text) == (422, True)
    assert session.query(Report).count() == 0


def test_a_group_is_not_offered_to_itself_to_merge_into(office, session):
    a_group(session), a_group(session, "laval", "Laval")
    page = office.get("/en/dashboard/groups/laval")
    form = page.form("Merge")
    assert [one["value"] for one in form.select("[name=group] option")] == ["", "montreal"]
