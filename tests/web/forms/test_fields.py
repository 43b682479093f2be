"""What is read of what people type: numbers, days, choices, names."""

import pytest
from sqlalchemy import func, select
from wtforms import Form, RadioField

from tests.factories import an_action
from ua_tracker.models import Group, Pledge, Report
from ua_tracker.web.forms import accounts, actions, dashboard, pledging, private_page, reporting
from ua_tracker.web.forms.fields import OneOf

PAGE = "/en/actions/ua-12-26"
NO_NUMBERS = ["1_0", "１０", "١٠", "+5", "5.0", "0x5", "1e1", "5\u200b", "²", "9" * 5000]
NO_DAYS = ["20260309", "2026-W11-1", "2026-W11", "2026-068", "２０２６-03-09", "2026-3-9", "2026-03-09T00:00"]
UNSEEN = ["\u200b", "\u202e\u202c", "\ufeff", "\uffff", "\u3164", "\u2800", "\U000e0020", "\u200d\u200c"]
EVERY_MODULE = (accounts, actions, dashboard, pledging, private_page, reporting)


def stored(session, table) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(table))


@pytest.mark.parametrize("typed", NO_NUMBERS)
def test_what_is_no_number_is_asked_for_again(reader, session, typed):
    an_action(session)
    page = reader.get(PAGE).submit("I will write", name="Amal", letters=typed)
    assert page.status == 422
    assert "Write a whole number, as 3." in page.text
    page = reader.get(f"{PAGE}/letters").submit("Report these letters", letters_1=typed, sent_on="2026-03-09")
    assert page.status == 422
    assert (stored(session, Pledge), stored(session, Report)) == (0, 0)


def test_spaces_that_were_copied_along_do_no_harm(reader, session):
    an_action(session)
    assert reader.get(PAGE).submit("I will write", name="Amal", letters=" 5 ").status == 303
    assert session.scalar(select(Pledge.letters)) == 5


@pytest.mark.parametrize("typed", NO_DAYS)
def test_what_is_no_day_is_asked_for_again(reader, office, session, typed):
    an_action(session)
    page = reader.get(f"{PAGE}/letters").submit("Report these letters", letters_1="3", sent_on=typed)
    assert page.status == 422
    assert "Write the day as year-month-day, as 2026-01-31." in page.text
    assert stored(session, Report) == 0
    assert office.get("/en/dashboard/ua-12-26/pledges", query_string={"first": typed}).status == 422


def test_no_form_chooses_for_those_who_chose_nothing():
    """Every choice among radio buttons is of the kind that is None when nothing was sent."""
    every = {one for module in EVERY_MODULE for one in vars(module).values() if isinstance(one, type)}
    fields = [
        (form.__name__, name, field)
        for form in every if issubclass(form, Form)
        for name in dir(form) if hasattr(field := getattr(form, name), "field_class")
    ]  # fmt: skip
    chosen = [(form, name, field) for form, name, field in fields if issubclass(field.field_class, RadioField)]
    assert len(chosen) >= 4
    assert [name for name in chosen if not issubclass(name[2].field_class, OneOf)] == []


@pytest.mark.parametrize("typed", UNSEEN)
def test_a_name_of_invisible_characters_is_refused(app, reader, office, session, typed):
    an_action(session)
    page = reader.get(PAGE).submit("I will write", name=typed, letters="3")
    assert (page.status, "Write your name or initials." in page.text) == (422, True)
    page = office.get("/en/dashboard/groups").submit("Add the group", name=typed, slug="unseen")
    assert (page.status, "Write the group’s name." in page.text) == (422, True)
    said = app.test_cli_runner().invoke(args=["groups", "add", "unseen", typed])
    assert (said.exit_code, said.output) == (1, "Error: Write the group’s name.\n")
    assert (stored(session, Pledge), stored(session, Group)) == (0, 0)


def test_invisible_characters_are_removed_from_names_and_long_texts(reader, office, session):
    an_action(session)
    reader.get(PAGE).submit("I will write", name="\u202eAm\u200bal\uffff", letters="3")
    assert session.scalar(select(Pledge.name)) == "Amal"
    edited = office.get("/en/dashboard/ua-12-26/edit").submit(
        "Store the changes", demands="Free\u202e her.\nLet\u200b her\uffff go.", outcome="Good\ue000 news"
    )
    assert edited.status == 303
    page = reader.get(PAGE)
    assert [one.get_text().strip() for one in page.soup.select(".demands li")] == ["Free her.", "Let her go."]


def test_a_day_of_spaces_is_no_day_and_costs_no_error(reader, office, session):
    an_action(session)
    page = reader.get("/en/actions/ua-12-26/letters")
    answer = page.submit("Report these letters", sent_on="   ", letters_1="2")
    assert (answer.status, "Choose the day on which you sent them." in answer.text) == (422, True)
    edit = office.get("/en/dashboard/ua-12-26")
    extended = edit.submit("Move it", deadline="   ")
    assert extended.status == 422


def test_control_characters_are_removed_from_a_name(reader, session):
    an_action(session)
    reader.get(PAGE).submit("I will write", name=" A\x00mal\r\n\tB\x1b ", letters="1")
    assert session.scalars(select(Pledge.name)).one() == "Amal B"
