"""A number, a day, a choice, a name: what is read of what people type, at every form and in every address."""

import pytest
from sqlalchemy import func, select
from wtforms import Form, RadioField

from tests.factories import a_group, an_action
from ua_tracker.models import Group, Pledge, Report
from ua_tracker.web.forms import accounts, actions, dashboard, pledging, private_page, reporting
from ua_tracker.web.forms.fields import OneOf
from ua_tracker.web.live.versions import Version

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


@pytest.mark.parametrize("typed", ["1_0", "１０", "+5", " 5 ", "²"])
def test_an_address_and_a_command_take_no_other_digits(app, reader, session, typed):
    an_action(session)
    asked = {"url": f"http://localhost{PAGE}", "maxwidth": typed}
    assert reader.get("/oembed", query_string=asked).status == (200 if typed == " 5 " else 400)
    assert reader.get(f"{PAGE}/counter", query_string={"v": f"1-1-1-open-{typed}"}).status == 200
    said = app.test_cli_runner().invoke(args=["actions", "import", "nowhere", "--goal", typed])
    assert said.exit_code == 2
    assert "is no whole number of the digits 0 to 9" in said.output


@pytest.mark.parametrize("typed", ["²", "١٠", "1_0", "", "9" * 5000])
def test_the_interval_that_a_page_names_is_read_of_the_same_digits(typed):
    assert not Version(5, (1,), "open").is_shown_as(f"1-open-{typed}")
    assert Version(5, (1,), "open").is_shown_as("1-open-15")


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


def test_a_report_without_a_channel_is_not_taken_for_post(reader, session):
    an_action(session)
    page = reader.get(f"{PAGE}/letters")
    values = {**page.keys("Report these letters"), "letters-1": "3", "sent_on": "2026-03-09"}
    answer = reader.post(f"{PAGE}/letters", values)
    assert answer.status == 422
    assert "Choose how you sent them." in answer.text
    assert not answer.soup.select("[name=channel][checked]")
    assert stored(session, Report) == 0


def test_an_evening_without_a_channel_and_an_invitation_without_a_role_are_refused(office, session):
    an_action(session)
    a_group(session)
    page = office.get("/en/dashboard/ua-12-26/evening")
    values = {
        **page.keys("Enter the evening"),
        "letters-1": "3",
        "people": "3",
        "sent_on": "2026-03-09",
        "group": "montreal",
    }
    answer = office.post("/en/dashboard/ua-12-26/evening", values)
    assert (answer.status, "Choose how you sent them." in answer.text) == (422, True)
    page = office.get("/en/dashboard/coordinators")
    answer = office.post("/en/dashboard/coordinators", {**page.keys("Invite somebody"), "email": "rosa@example.org"})
    assert (answer.status, "Choose the role." in answer.text) == (422, True)
    assert stored(session, Report) == 0


@pytest.mark.parametrize("typed", UNSEEN)
def test_a_name_that_nobody_sees_is_none(app, reader, office, session, typed):
    an_action(session)
    page = reader.get(PAGE).submit("I will write", name=typed, letters="3")
    assert (page.status, "Write your name or initials." in page.text) == (422, True)
    page = office.get("/en/dashboard/groups").submit("Add the group", name=typed, slug="unseen")
    assert (page.status, "Write the group’s name." in page.text) == (422, True)
    said = app.test_cli_runner().invoke(args=["groups", "add", "unseen", typed])
    assert (said.exit_code, said.output) == (1, "Error: Write the group’s name.\n")
    assert (stored(session, Pledge), stored(session, Group)) == (0, 0)


def test_what_nobody_sees_is_taken_out_of_names_and_long_texts(reader, office, session):
    an_action(session)
    reader.get(PAGE).submit("I will write", name="\u202eAm\u200bal\uffff", letters="3")
    assert session.scalar(select(Pledge.name)) == "Amal"
    edited = office.get("/en/dashboard/ua-12-26/edit").submit(
        "Store the changes", demands="Free\u202e her.\nLet\u200b her\uffff go.", outcome="Good\ue000 news"
    )
    assert edited.status == 303
    page = reader.get(PAGE)
    assert [one.get_text() for one in page.soup.select(".demands li")] == ["Free her.", "Let her go."]


def test_an_action_without_a_day_of_issue_has_no_earliest_day(reader, session):
    an_action(session, issued=None)
    page = reader.get(f"{PAGE}/letters")
    assert "min" not in page.soup.select_one("#sent_on").attrs
    assert "None" not in page.html


def test_the_other_languages_are_told_by_whole_addresses(an_app, session):
    an_action(session)
    page = (
        an_app(PUBLIC_URL="https://act.example.org")
        .test_client()
        .get(f"{PAGE}?group=x", base_url="https://act.example.org")
    )
    assert 'hreflang="fr" href="https://act.example.org/fr/actions/ua-12-26?group=x"' in page.get_data(as_text=True)


def test_a_day_of_spaces_is_no_day_and_costs_no_error(reader, office, session):
    an_action(session)
    page = reader.get("/en/actions/ua-12-26/letters")
    answer = page.submit("Report these letters", sent_on="   ", letters_1="2")
    assert (answer.status, "Choose the day on which you sent them." in answer.text) == (422, True)
    edit = office.get("/en/dashboard/ua-12-26")
    extended = edit.submit("Extend", deadline="   ")
    assert extended.status == 422
