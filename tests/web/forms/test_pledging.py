"""The form for a pledge: each error is shown at its field."""

import pytest
from sqlalchemy import func, select

from tests.factories import an_action
from ua_tracker.models import Pledge

PAGE = "/en/actions/ua-12-26"
LINK = "/en/pledges/link"


def pledges_in(session) -> int:
    return session.scalar(select(func.count()).select_from(Pledge))


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        ({"name": ""}, "name", "Write your name or initials."),
        ({"name": "   "}, "name", "Write your name or initials."),
        ({"name": "x" * 81}, "name", "This is longer than 80 characters."),
        ({"name": "=1+1"}, "name", "A name cannot begin with “=”."),
        ({"letters": ""}, "letters", "Write how many letters you will send."),
        ({"letters": "0"}, "letters", "Choose a number from 1 to 500."),
        ({"letters": "-3"}, "letters", "Choose a number from 1 to 500."),
        ({"letters": "501"}, "letters", "Choose a number from 1 to 500."),
        ({"letters": "three"}, "letters", "Write a whole number, as 3."),
        ({"letters": "2.5"}, "letters", "Write a whole number, as 3."),
        ({"letters": "9" * 5000}, "letters", "Write a whole number, as 3."),
        ({"email": "amal@"}, "email", "Write the address as name@example.org, or leave it out."),
        ({"email": "a@example.org\r\nBcc: b@example.org"}, "email", "Write the address as name@example.org"),
        ({"write_on": "soon"}, "write_on", "Write the day as year-month-day, as 2026-01-31."),
        ({"write_on": "2026-02-30"}, "write_on", "Write the day as year-month-day, as 2026-01-31."),
        ({"write_on": "2026-03-16"}, "write_on", "Choose a day from today to the deadline, March 15, 2026."),
    ],
)
@pytest.mark.parametrize("htmx", [False, True])
def test_wrong_input_gets_its_sentence_at_the_field_and_nothing_is_lost(reader, session, typed, field, sentence, htmx):
    an_action(session)
    good = {"name": "Amal", "letters": "3", "email": "amal@example.org", "write_on": "2026-03-12"}
    answer = reader.get(PAGE).submit("I will write", htmx=htmx, **{**good, **typed})
    assert answer.status == 422
    assert sentence in answer.soup.select_one(f"#{field}-error").get_text()
    assert [link["href"] for link in answer.soup.select(".summary a")] == [f"#{field}"]  # one reason, not two
    assert answer.soup.select_one(f"#{field}")["aria-invalid"] == "true"
    for name, value in good.items():
        if name != field:
            assert answer.soup.select_one(f"#{name}")["value"] == value
    assert pledges_in(session) == 0


def test_the_corrected_form_goes_through(reader, session):
    an_action(session)
    answer = reader.get(PAGE).submit("I will write", name="Amal", letters="0")
    assert answer.soup.title.get_text().startswith("Error:")
    assert answer.submit("I will write", letters="3").status == 303
    assert pledges_in(session) == 1


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"email": ""}, "Write the e-mail address you pledged or reported with."),
        ({"email": "amal"}, "Write the address as name@example.org."),
    ],
)
def test_a_wrong_address_gets_its_sentence_at_the_field(reader, session, typed, sentence):
    an_action(session)
    answer = reader.get(LINK).submit("Send the link", **typed)
    assert answer.status == 422
    assert sentence in answer.soup.select_one("#email-error").get_text()


def test_an_action_that_is_not_offered_is_refused_at_its_field(reader, session):
    an_action(session)
    an_action(session, slug="ua-13-26", published_at=None)
    answer = reader.get(LINK).submit("Send the link", action="ua-13-26", email="amal@example.org")
    assert answer.status == 422
    assert answer.soup.select_one("#action-error")
