"""The text of a letter, its envelope and its mail link."""

from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import a_recipient, an_action
from ua_tracker import letter_texts
from ua_tracker.models import Action, Recipient

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r"), max_size=400)


def an_unsaved_recipient(*lines: str, **changes) -> Recipient:
    return a_recipient(
        Action(), "target", 1, address_lines=list(lines), **{"role": "Minister", "name": "Rufus", **changes}
    )


def test_a_letter_holds_the_demands_between_salutation_and_farewell(session):
    action = an_action(session)
    action.targets[0].salutation = "Your Excellency,"
    [to_minister, to_ambassador] = letter_texts.letters(action)
    assert to_minister.text == (
        "Your Excellency,\n\n"
        "I am writing to you because I am deeply concerned about what Amnesty International reports of people in danger"
        " (Freedonia).\n\n"
        "I respectfully ask you to act:\n\n"
        "1. Release Ana Lopez.\n2. Let her see a lawyer.\n\n"
        "I would be grateful to hear from you what has been done.\n\n"
        "Yours sincerely,\n\n"
    )
    assert to_ambassador.text.startswith("Dear Sir or Madam,\n\nI am sending you, for your information")
    assert "Minister of Justice" in to_ambassador.text


def test_the_frame_speaks_the_language_of_the_demands(session):
    action = an_action(session, language="fr", demands=["Libérez Ana Lopez."])
    assert "Je vous demande respectueusement d’agir" in letter_texts.letters(action)[0].text


def test_only_targets_get_a_mail_and_the_copies_stand_in_it(session):
    action = an_action(session)
    action.copies[0].email = ["embassy@example.org", "second@example.org"]
    to_minister, to_ambassador = letter_texts.letters(action)
    link = urlsplit(to_minister.mailto)
    assert (link.scheme, link.path) == ("mailto", "justice@example.org")
    fields = parse_qs(link.query)
    assert fields["cc"] == ["embassy@example.org,second@example.org"]
    assert fields["subject"] == ["People in danger: Freedonia"]
    assert fields["body"][0].replace("\r\n", "\n") == to_minister.text
    assert to_ambassador.mailto is None


@given(TEXTS, TEXTS)
def test_what_is_written_arrives_as_it_was_written(subject, body):
    link = letter_texts.mailto(["a@example.org"], ["b@example.org"], subject, body)
    assert link.isascii()
    assert not set(' +,\n\r"<>') & set(link)
    fields = dict(part.split("=", 1) for part in link.split("?", 1)[1].split("&"))
    assert unquote(fields["subject"]) == subject
    assert unquote(fields["body"]).replace("\r\n", "\n") == body
    assert "\n" not in unquote(fields["body"]).replace("\r\n", "")


def test_a_long_letter_says_that_its_link_is_too_long(session):
    action = an_action(session, demands=["Release every one of them. " * 40])
    assert letter_texts.letters(action)[0].too_long
    assert not letter_texts.letters(an_action(session, slug="ua-2-26"))[0].too_long


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (("4th Floor", "Islamabad, Pakistan"), ["4th Floor", "Islamabad", "PAKISTAN"]),
        (("Kremlin", "Moscow", "Russian Federation"), ["Kremlin", "Moscow", "RUSSIAN FEDERATION"]),
        (("1 rue X", "Abidjan, Côte d’Ivoire"), ["1 rue X", "Abidjan", "CÔTE D’IVOIRE"]),
        (("Berne, Suisse",), ["Berne", "SUISSE"]),
        (("10 Range Road", "Ottawa, ON K1N 8J3"), ["10 Range Road", "Ottawa, ON K1N 8J3"]),
        (("Constitution Ave,", "Freedonia City, Freedonia"), ["Constitution Ave", "Freedonia City, Freedonia"]),
        ((), []),
    ],
)
def test_the_country_stands_last_in_capitals_and_is_never_guessed(lines, expected):
    assert letter_texts.envelope(an_unsaved_recipient(*lines)) == ["Rufus", "Minister", *expected]
