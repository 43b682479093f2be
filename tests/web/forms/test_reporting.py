"""The form for letters that were sent: each error is shown at its field."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from tests.factories import an_action
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
