"""The forms of the page that finds a person by e-mail address."""

import pytest

PAGE = "/en/dashboard/people"


@pytest.mark.parametrize(
    ("typed", "words"),
    [("", "Write the e-mail address."), (" ", "Write the e-mail address."), ("a" * 255, "longer than 254 characters")],
)
def test_an_address_is_needed_and_is_not_endless(office, typed, words):
    told = office.get(PAGE).submit("Find", email=typed)
    assert (told.status, words in told.text) == (422, True)
    assert told.soup.select_one("[name=email]").get("value", "") == typed.strip()
