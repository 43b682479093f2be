"""What is asked about a typed address, before anything is stored."""

import pytest
from sqlalchemy import func, select

from tests.factories import an_action
from ua_tracker.models import Pledge, Report

PAGE = "/en/actions/ua-12-26"
SLIP = "Is this address right: amal@gmial.com? Or did you mean amal@gmail.com?"


def number_of(session, table) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(table))


@pytest.mark.parametrize("htmx", [False, True])
@pytest.mark.parametrize(
    ("button", "kept"), [("Use amal@gmail.com", "amal@gmail.com"), ("Yes, it is right", "amal@gmial.com")]
)
def test_a_likely_slip_of_a_pledge_is_asked_about_once_and_nothing_is_lost(reader, session, htmx, button, kept):
    an_action(session)
    typed = {"name": "Amal", "letters": "3", "email": "amal@gmial.com", "write_on": "2026-03-12"}
    asked = reader.get(PAGE).submit("I will write", htmx=htmx, **typed)
    assert (asked.status, number_of(session, Pledge)) == (200, 0)
    assert SLIP in asked.text
    assert not asked.soup.select(".summary, [aria-invalid]")
    assert asked.soup.select_one("[autofocus] button").get_text() == "Yes, it is right"
    shown = {name: asked.soup.select_one(f"#{name}")["value"] for name in typed}
    assert shown == typed
    [pressed] = [one for one in asked.soup.select("button") if one.get_text() == button]
    chosen = {pressed["name"]: pressed["value"]} if pressed.has_attr("name") else {}
    thanks = asked.submit("I will write", htmx=htmx, **chosen)
    assert f"on its way to {kept}. Look among" in thanks.text
    assert session.scalars(select(Pledge.email)).all() == [kept]


def test_another_slip_is_asked_about_again(reader, session):
    an_action(session)
    asked = reader.get(PAGE).submit("I will write", name="Amal", letters="3", email="amal@gmial.com")
    assert "amal@hotmail.com" in asked.submit("I will write", email="amal@hotmial.com").text
    asked.submit("I will write", email="amal@example.org")
    assert session.scalars(select(Pledge.email)).all() == ["amal@example.org"]


def test_a_slip_beside_an_error_is_asked_about_with_it(reader, session):
    an_action(session)
    told = reader.get(PAGE).submit("I will write", name="", letters="3", email="amal@gmial.com")
    assert (told.status, SLIP in told.text, told.soup.select_one("#name-error") is not None) == (422, True, True)


@pytest.mark.parametrize("htmx", [False, True])
def test_a_likely_slip_of_a_report_is_asked_about(reader, session, htmx):
    an_action(session)
    page = reader.get(f"{PAGE}/letters")
    asked = page.submit("Report these letters", htmx=htmx, letters_1="3", email="amal@gmial.com")
    assert (asked.status, number_of(session, Report)) == (200, 0)
    assert SLIP in asked.text
    assert asked.soup.select_one("#letters-1")["value"] == "3"
    assert asked.soup.select_one("details[open] #email")
    thanks = asked.submit("Report these letters", htmx=htmx, email_taken="yes")
    assert (thanks.status, "A receipt is on its way to amal@gmail.com." in thanks.text) == (200, True)
    assert session.scalars(select(Report.email)).all() == ["amal@gmail.com"]


def test_a_likely_slip_of_another_address_is_asked_about_on_the_private_page(reader, session):
    an_action(session)
    mine = reader.get(PAGE).submit("I will write", name="Amal", letters="3").follow()
    asked = mine.submit("Use another address", email="amal@gmial.com")
    assert (asked.status, SLIP in asked.text) == (200, True)
    done = asked.submit("Use another address", email_taken="yes").follow()
    assert "The new address: amal@gmail.com." in done.soup.select_one("[autofocus]").get_text()


def test_a_likely_slip_is_asked_about_where_a_lost_link_is_asked_for(reader, session):
    an_action(session)
    asked = reader.get("/en/pledges/link").submit("Send the link", email="amal@gmial.com")
    assert (asked.status, SLIP in asked.text) == (200, True)
    assert "is on its way there" in asked.submit("Send the link").text


@pytest.mark.parametrize(
    ("wanted", "sentence"),
    [
        ({"wants_outcome": "y"}, "You want to be told by mail what came of it. To what address?"),
        ({"write_on": "2026-03-12"}, "With an e-mail address you are reminded on the day you chose."),
    ],
)
def test_who_wants_mails_and_gives_no_address_is_asked_for_it_once(reader, session, wanted, sentence):
    an_action(session)
    asked = reader.get(PAGE).submit("I will write", name="Amal", letters="3", **wanted)
    assert (asked.status, number_of(session, Pledge)) == (200, 0)
    assert sentence in asked.text
    assert asked.soup.select_one("details[open] #write_on").get("value", "") == wanted.get("write_on", "")
    assert asked.soup.select_one("#wants_outcome").has_attr("checked") == ("wants_outcome" in wanted)
    mine = asked.submit("Go on without an address", **wanted).follow()
    assert "Thank you, Amal! You promised 3 letters." in mine.text
    pledge = session.scalars(select(Pledge)).one()
    assert (pledge.email, pledge.wants_outcome) == (None, False)


def test_the_question_is_asked_in_french(reader, session):
    an_action(session)
    asked = reader.get("/fr/actions/ua-12-26").submit("Je vais écrire", name="Zoé", letters="1", email="zoe@hotmial.fr")
    assert "zoe@hotmail.fr" in asked.text
    assert "Oui, elle est exacte" in asked.text
