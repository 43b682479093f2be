"""Reporting letters on the site, with and without a pledge."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from tests.factories import a_group, an_action
from ua_tracker.models import Report

PAGE = "/en/actions/ua-12-26/letters"
BUTTON = "Report these letters"


def values(page) -> list[str]:
    """What stands in the fields for letters, in their order."""
    return [field.get("value", "") for field in page.soup.select("input[name^=letters-]")]


def reports_in(session) -> int:
    return session.scalar(select(func.count()).select_from(Report))


def test_letters_are_reported_without_a_pledge(reader, session):
    an_action(session)
    form = reader.get(PAGE)
    assert form.soup.select_one("#sent_on")["value"] == "2026-03-10"
    answer = form.submit(BUTTON, letters_1="2", letters_2="1").follow()
    assert "Your report is stored." in answer.text
    assert (answer.count("letters-sent"), answer.count("copies-sent")) == (2, 1)


def test_with_htmx_the_thanks_say_what_was_counted(reader, session):
    an_action(session)
    answer = reader.get(PAGE).submit(BUTTON, htmx=True, letters_1="2", letters_2="1", channel="fax")
    assert "Minister of Justice: 2" in answer.text
    assert answer.count("letters-sent") == 2


def test_the_same_form_sent_twice_is_one_report(reader, session):
    an_action(session)
    form = reader.get(PAGE)
    for _ in range(2):
        form.submit(BUTTON, letters_1="2")
    assert reports_in(session) == 1
    assert reader.get(PAGE).count("letters-sent") == 2


def test_a_pledge_takes_its_report_on_its_private_page(reader, session):
    an_action(session)
    a_group(session, "montreal", "Groupe de Montréal")
    pledged = reader.get("/en/actions/ua-12-26").submit("I will write", name="Amal", letters="3", group="montreal")
    mine = pledged.follow()
    assert "You have reported no letters yet." in mine.text
    assert mine.soup.select_one("#group option[selected]")["value"] == "montreal"
    mine = mine.submit(BUTTON, letters_1="2", letters_2="1").follow()
    assert "You reported 2 letters and one copy" in mine.text
    assert mine.count("letters-sent") == 2
    wrong = mine.submit(BUTTON, letters_1="-1")
    assert wrong.status == 422
    assert "Choose a number from 0 to 500." in wrong.text


def test_copies_alone_are_named_as_copies_in_french(reader, session):
    an_action(session)
    mine = reader.get("/fr/actions/ua-12-26").submit("Je vais écrire", name="Zoé", letters="1").follow()
    mine = mine.submit("Signaler ces lettres", letters_1="0", letters_2="2").follow()
    assert "Vous avez signalé l’envoi de 0 lettre et de 2 copies" in mine.text


@pytest.mark.parametrize("htmx", [False, True])
def test_another_report_from_the_same_page_gets_a_message_and_is_then_stored(reader, session, htmx):
    an_action(session)
    form = reader.get(PAGE)
    assert form.submit(BUTTON, htmx=htmx, letters_1="2").status in (200, 303)
    told = form.submit(BUTTON, htmx=htmx, letters_1="3")
    assert (told.status, values(told)[0]) == (422, "3")
    assert "Letters were reported with this page before (2), so nothing was added now." in told.html
    first = reader.get(told.soup.find("a", string="See what was stored before")["href"])
    assert "Minister of Justice: 2" in first.text
    assert reports_in(session) == 1
    assert told.submit(BUTTON, htmx=htmx).status in (200, 303)
    assert reader.get(PAGE).count("letters-sent") == 5


def test_a_report_taken_back_is_not_taken_for_stored(reader, session):
    an_action(session)
    mine = reader.get("/en/actions/ua-12-26").submit("I will write", name="Amal", letters="3").follow()
    mine.submit(BUTTON, letters_1="2").follow().submit("Undo this report")
    told = mine.submit(BUTTON, letters_1="2")
    assert "What was sent with this page before was taken back since" in told.text
    assert reader.get(PAGE).count("letters-sent") == 0
    assert told.submit(BUTTON).status == 303
    assert reader.get(PAGE).count("letters-sent") == 2


def test_too_late_on_the_private_page_names_the_moment_and_the_office(reader, session, clock):
    an_action(session)
    mine = reader.get("/en/actions/ua-12-26").submit("I will write", name="Amal", letters="3").follow()
    clock.at = datetime(2026, 3, 30, 4, 0, tzinfo=UTC)
    for typed in ({"letters_1": "2"}, {"letters_1": "two"}):
        answer = mine.submit(BUTTON, **typed)
        assert answer.status == 409
        assert "March 30, 2026 at 12:00 a.m." in answer.text
        assert "Urgent Action Office" in answer.text


@pytest.mark.parametrize("htmx", [False, True])
def test_after_the_grace_a_report_is_409_and_what_was_typed_is_shown(reader, session, clock, htmx):
    an_action(session)
    form = reader.get(PAGE)
    clock.at = datetime(2026, 3, 30, 4, 0, tzinfo=UTC)
    answer = form.submit(BUTTON, htmx=htmx, letters_1="2", name="Amal")
    assert answer.status == 409
    for words in ("Letters to recipient 1", "Amal", "Letters could be reported until March 30, 2026", "Urgent Action"):
        assert words in answer.text, words
    assert "Pledging has closed" in reader.get(PAGE).text


def test_without_scripts_the_page_after_a_report_has_a_message_to_others_once(reader, session):
    an_action(session)
    page = reader.get("/en/actions/ua-12-26/letters").submit("Report these letters", letters_1="2").follow()
    assert "Tell others" in page.soup.select_one("#message").get_text()
    assert page.soup.select_one("#message-link")["href"] == "http://localhost/en/actions/ua-12-26"
    later = reader.get(page.form("Take this report back")["action"].partition("/reports")[0])
    assert not later.soup.select("#message")
