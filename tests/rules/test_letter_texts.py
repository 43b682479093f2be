"""The text of a letter, its envelope and its mail link."""

from datetime import date
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import NOON, a_recipient, an_action
from ua_tracker import letter_texts
from ua_tracker.models import Action, Recipient

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r"), max_size=400)
TITLES = st.text("AZaz éÉ,.:’-", min_size=1, max_size=300).map(str.strip).filter(bool)
NO_TEXTS = {"summary": [], "demands": [], "background": []}


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
        "I am writing to you about the case “Teacher held without charge” (Freedonia)."
        " What Amnesty International reports of it concerns me deeply.\n\n"
        "I respectfully ask you to act:\n\n"
        "1. Release Ana Lopez.\n2. Let her see a lawyer.\n\n"
        "I would be grateful to hear from you what has been done.\n\n"
        "Yours sincerely,\n\n"
    )
    assert to_ambassador.text.startswith(
        "Dear Ambassador,\n\nI am sending you, for your information, what I have written to the Minister of Justice."
    )


def test_the_frame_speaks_the_language_of_the_demands(session):
    action = an_action(session, language="fr", demands=["Libérez Ana Lopez."])
    assert "Je vous demande respectueusement d’agir" in letter_texts.letters(action)[0].text


def test_a_french_letter_makes_nobody_a_man(session):
    action = an_action(session, language="fr", title="UNE ENSEIGNANTE DÉTENUE", country="Haïti")
    to_minister, to_ambassador = letter_texts.letters(action)
    assert to_minister.text.startswith(
        "Madame, Monsieur,\n\nJe vous écris au sujet du cas «\u00a0Une enseignante détenue"
    )
    assert to_ambassador.text.startswith("Madame, Monsieur,\n\n")
    for word in ("préoccupé ", "reconnaissant", "Monsieur le", "Cher"):
        assert word not in to_minister.text + to_ambassador.text


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        ("Minister of Interior", "Dear Minister of Interior,"),
        ("Attorney General", "Dear Attorney General,"),
        ("High Commissioner", "Dear High Commissioner,"),
        ("President, Supreme Court", "Dear President, Supreme Court,"),
        ("Embassy of Pakistan", "Dear Sir or Madam,"),
        ("Office of the Prime Minister", "Dear Sir or Madam,"),
        ("Prime Minister’s Office", "Dear Sir or Madam,"),
        ("His Excellency the Ambassador", "Dear Sir or Madam,"),
        (f"Minister of {'Interior ' * 30}", "Dear Sir or Madam,"),
        (None, "Dear Sir or Madam,"),
    ],
)
def test_without_a_salutation_the_letter_greets_the_office_that_one_person_holds(role, expected):
    assert letter_texts.greeting(an_unsaved_recipient(role=role), "en") == expected
    assert letter_texts.greeting(an_unsaved_recipient(role=role), "fr") == "Madame, Monsieur,"


@pytest.mark.parametrize(
    ("role", "language", "expected"),
    [
        ("Minister of Interior", "en", "the Minister of Interior"),
        ("The President", "en", "the President"),
        ("Theological Council", "en", "the Theological Council"),
        ("Her Excellency", "en", "Her Excellency"),
        (None, "en", "Rufus"),
        ("Ministre de la Justice", "fr", "Ministre de la Justice"),
    ],
)
def test_inside_a_sentence_a_role_has_its_article(role, language, expected):
    assert letter_texts.named(an_unsaved_recipient(role=role), language) == expected


@pytest.mark.parametrize(
    ("title", "country", "expected"),
    [
        ("TEACHER HELD WITHOUT CHARGE", "FREEDONIA", "Urgent: Teacher held without charge, Freedonia"),
        ("Teacher held in Freedonia", "Freedonia", "Urgent: Teacher held in Freedonia"),
        ("Teacher held", "DEMOCRATIC REPUBLIC OF THE CONGO", "Urgent: Teacher held, Democratic Republic of the Congo"),
        ("Teacher held", "UK", "Urgent: Teacher held, UK"),
    ],
)
def test_the_subject_names_the_case_and_the_country_and_does_not_shout(title, country, expected):
    assert letter_texts.subject(Action(title=title, country=country, language="en", **NO_TEXTS)) == expected


@given(TITLES, TITLES, st.sampled_from(["en", "fr"]))
def test_a_subject_is_never_longer_than_a_line(title, country, language):
    subject = letter_texts.subject(Action(title=title, country=country, language=language, **NO_TEXTS))
    assert len(subject) <= 78
    assert subject.startswith("Urgent")


def test_on_paper_the_last_lines_stay_with_the_signature(session):
    letter = letter_texts.letters(an_action(session, demands=[f"Demand {number}." for number in range(20)]))[0]
    beginning, end = letter.parts
    assert f"{beginning}\n{end}" == letter.text.rstrip()
    assert end.endswith("I would be grateful to hear from you what has been done.\n\nYours sincerely,")
    assert len(end.splitlines()) <= 9


def test_a_letter_is_kept_until_it_cannot_be_reported_and_thirty_days_at_most(session):
    action = an_action(session)
    assert letter_texts.days_kept(action, NOON) == 20  # to the end of 29 March
    action.deadline = date(2026, 12, 31)
    assert letter_texts.days_kept(action, NOON) == 30


def test_only_targets_get_a_mail_and_the_copies_stand_in_it(session):
    action = an_action(session)
    action.copies[0].email = ["embassy@example.org", "second@example.org"]
    to_minister, to_ambassador = letter_texts.letters(action)
    link = urlsplit(to_minister.mailto)
    assert (link.scheme, link.path) == ("mailto", "justice@example.org")
    fields = parse_qs(link.query)
    assert fields["cc"] == ["embassy@example.org,second@example.org"]
    assert fields["subject"] == ["Urgent: Teacher held without charge, Freedonia"]
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
