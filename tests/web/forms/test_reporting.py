"""The form for letters that were sent: each error is shown at its field."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from tests.factories import a_recipient, an_action
from ua_tracker.models import Report

PAGE = "/en/actions/ua-12-26/letters"
BUTTON = "Report these letters"


def reports_in(session) -> int:
    return session.scalar(select(func.count()).select_from(Report))


def stored(session, table) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(table))


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        ({"letters_1": ""}, "letters-1", "Write how many letters you sent, to at least one of the recipients."),
        ({"letters_1": "0"}, "letters-1", "Write how many letters you sent, to at least one of the recipients."),
        ({"letters_1": "501"}, "letters-1", "Choose a number from 0 to 500."),
        ({"letters_1": "two"}, "letters-1", "Write a whole number, as 3."),
        ({"letters_2": "-1"}, "letters-2", "Choose a number from 0 to 500."),
        ({"sent_on": ""}, "sent_on", "Choose the day on which you sent them."),
        ({"sent_on": "10/03/2026"}, "sent_on", "Write the day as year-month-day"),
        ({"sent_on": "2026-03-11"}, "sent_on", "This day is still to come."),
        ({"sent_on": "2026-01-31"}, "sent_on", "This action was issued on February 1, 2026"),
        ({"channel": "pigeon"}, "channel", "Choose how you sent them."),
        ({"channel": ""}, "channel", "Choose how you sent them."),
        ({"email": "nobody"}, "email", "Write the address as name@example.org"),
    ],
)
def test_wrong_input_gets_its_sentence_at_the_field_and_nothing_is_lost(reader, session, typed, field, sentence):
    an_action(session)
    answer = reader.get(PAGE).submit(BUTTON, **{"letters_1": "2", "name": "Amal", **typed})
    assert answer.status == 422
    assert sentence in answer.soup.select_one(f"#{field}-error").get_text()
    assert answer.soup.select_one("#name")["value"] == "Amal"
    assert reports_in(session) == 0


def test_after_the_deadline_letters_sent_before_it_are_taken_and_later_ones_are_not(reader, session, clock):
    an_action(session)
    clock.at = datetime(2026, 3, 20, 12, 0, tzinfo=UTC)
    form = reader.get(PAGE)
    assert form.soup.select_one("#sent_on")["value"] == "2026-03-15"
    late = form.submit(BUTTON, letters_1="1", sent_on="2026-03-16")
    assert "The deadline was March 15, 2026: only letters sent by then count." in late.text
    assert late.submit(BUTTON, sent_on="2026-03-15").status == 303


def test_a_report_without_a_channel_is_not_taken_for_post(reader, session):
    an_action(session)
    page = reader.get(PAGE)
    values = {**page.keys("Report these letters"), "letters-1": "3", "sent_on": "2026-03-09"}
    answer = reader.post(PAGE, values)
    assert answer.status == 422
    assert "Choose how you sent them." in answer.text
    assert not answer.soup.select("[name=channel][checked]")
    assert stored(session, Report) == 0


def test_an_action_without_a_day_of_issue_has_no_earliest_day(reader, session):
    an_action(session, issued=None)
    page = reader.get(PAGE)
    assert "min" not in page.soup.select_one("#sent_on").attrs
    assert "None" not in page.html


@pytest.mark.parametrize(
    ("days", "stored_day"),
    [
        (["2026-03-10", "2026-03-09"], "2026-03-10"),  # “Today” is chosen, whatever stands in the hidden field
        (["", "2026-03-09"], "2026-03-09"),  # “Earlier” is chosen
        (["2026-03-09"], "2026-03-09"),
    ],
)
def test_today_and_earlier_are_choices_of_one_day(reader, session, days, stored_day):
    an_action(session)
    page = reader.get(PAGE)
    assert [choice["value"] for choice in page.soup.select("[type=radio][name=sent_on]")] == ["2026-03-10", ""]
    answer = reader.post(PAGE, {**page.keys(BUTTON), "letters-1": "3", "channel": "post", "sent_on": days})
    assert answer.status == 303
    assert str(session.query(Report).one().sent_on) == stored_day


def test_a_wrong_day_is_shown_again_as_an_earlier_one(reader, session):
    an_action(session)
    answer = reader.get(PAGE).submit(BUTTON, sent_on="2026-03-11")
    assert answer.soup.select_one("#sent_on")["value"] == "2026-03-11"
    assert answer.soup.select_one("#sent_on-earlier[checked]")


def test_the_form_begins_with_one_letter_by_post_today(reader, session):
    an_action(session)
    page = reader.get(PAGE)
    numbers = [field["value"] for field in page.soup.select("input[name^=letters-]")]
    assert numbers == ["1", "0"]
    assert page.submit(BUTTON).status == 303
    report = session.query(Report).one()
    assert ([line.letters for line in report.lines], report.channel, str(report.sent_on)) == ([1], "post", "2026-03-10")


def test_a_number_that_is_not_posted_is_no_letter(reader, session):
    an_action(session)
    page = reader.get(PAGE)
    values = {**page.keys(BUTTON), "letters-2": "3", "channel": "post", "sent_on": "2026-03-09"}
    assert reader.post(PAGE, values).status == 303
    assert [(line.recipient.kind, line.letters) for line in session.query(Report).one().lines] == [("copy", 3)]


def test_with_several_targets_nobody_guesses_who_got_the_letter(reader, session):
    action = an_action(session)
    session.add(a_recipient(action, "target", 3, role="Prime Minister"))
    session.commit()
    page = reader.get(PAGE)
    assert [field.get("value", "") for field in page.soup.select("input[name^=letters-]")] == ["", "", ""]
