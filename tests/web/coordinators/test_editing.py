"""An action is written and changed; what was typed is never lost, and nobody is overwritten."""

from datetime import date

import pytest
from sqlalchemy import event
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from tests.factories import NOON, a_pledge, a_report, an_action
from ua_tracker import tally
from ua_tracker.database import db
from ua_tracker.limits import LONGEST_LEAD
from ua_tracker.models import Action, AuditEntry, Mail, Recipient

EDIT = "/en/dashboard/ua-12-26/edit"


def typed(page, button: str, **changes) -> dict[str, str]:
    """All that stands in the form, with changes."""
    form = page.form(button)
    values = {field["name"]: field.get("value", "") for field in form.select("input[name]")}
    values |= {area["name"]: area.get_text().lstrip("\n") for area in form.select("textarea")}
    values |= {
        one["name"]: (one.select_one("[selected]") or one.select_one("option"))["value"]
        for one in form.select("select")
    }
    return {**values, **changes}


def test_all_of_an_action_can_be_changed_and_stays_when_it_is_not(office, session):
    action = an_action(session)
    page = office.get(EDIT)
    assert not page.soup.select("[name=recipients]")
    office.post(EDIT, typed(page, "Store the changes"))
    session.expire_all()
    before = [action.title, action.demands, [one.role for one in action.recipients], action.deadline]
    assert session.query(AuditEntry).filter_by(event="edited").count() == 0
    values = typed(page, "Store the changes", title="TEACHER HELD", demands="Release her.\n\nLet her see a lawyer.\n",
                   goal="250", grace_days="21")  # fmt: skip
    assert office.post(EDIT, values).status == 303
    session.expire_all()
    assert before[2] == [one.role for one in session.query(Action).one().recipients]
    assert (action.title, action.goal, action.grace_days) == ("TEACHER HELD", 250, 21)
    assert action.demands == ["Release her.", "Let her see a lawyer."]
    line = session.query(AuditEntry).filter_by(event="edited").one()
    assert (line.before["goal"], line.after["goal"]) == (100, 250)


def test_recipients_come_go_and_change_places(office, session):
    action = an_action(session)
    a_report(session, action, target=3)
    page = office.get(EDIT)
    values = typed(page, "Store the changes", **{
        "recipients-0-place": "2",
        "recipients-2-kind": "target", "recipients-2-place": "1", "recipients-2-role": "President",
        "recipients-2-address_lines": "Palace\nFreedonia City",
        "recipients-1-role": "", "recipients-1-name": "",
    })  # fmt: skip
    assert office.post(EDIT, values).status == 303
    session.expire_all()
    action = session.query(Action).one()
    assert [(one.kind, one.role) for one in action.recipients] == [
        ("target", "President"),
        ("target", "Minister of Justice"),
    ]
    assert session.query(Recipient).filter(Recipient.retired_at.is_not(None)).one().role == "Ambassador"
    assert office.get("/en/actions/ua-12-26").count("letters-sent") == 3


def test_two_who_edit_at_once_get_an_error_and_overwrite_nothing(office, session):
    an_action(session)
    page = office.get(EDIT)
    office.post(EDIT, typed(page, "Store the changes", goal="300"))
    late = office.post(EDIT, typed(page, "Store the changes", title="MY TITLE"))
    assert late.status == 409
    assert "Somebody else changed" in late.text
    assert late.soup.select_one("#title")["value"] == "MY TITLE"
    session.expire_all()
    assert session.query(Action).one().title == "TEACHER HELD WITHOUT CHARGE"
    assert office.post(EDIT, typed(late, "Store the changes")).status == 303
    session.expire_all()
    assert session.query(Action).one().title == "MY TITLE"


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_a_draft_with_a_deadline_that_no_clock_can_reach_is_not_stored(office, day):
    page = office.get("/en/dashboard/new")
    values = typed(page, "Store the draft", ai_index="ASA 33/1/2026", title="T", country="C", deadline=day,
                   timezone="Asia/Tokyo")  # fmt: skip
    told = office.post("/en/dashboard/new", values)
    assert told.status == 422
    assert "Choose a day" in told.soup.select_one("#deadline-error").get_text()


def test_a_new_action_is_a_draft_until_it_is_published(office, session):
    page = office.get("/en/dashboard/new")
    values = typed(page, "Store the draft", ua_number="14/26", sequence="first", title="POET MISSING",
                   country="Sylvania", deadline="2026-04-01", **{"recipients-0-role": "President"})  # fmt: skip
    done = office.post("/en/dashboard/new", values)
    assert done.headers["Location"].endswith("/en/dashboard/ua-14-26")
    assert office.get("/en/actions/ua-14-26").status == 404
    again = office.post("/en/dashboard/new", values)
    assert again.status == 422
    assert "This action is there already" in again.text


@pytest.fixture
def busy(app):
    """Whether every statement fails, as when the database is away; to be filled and cleared."""
    away = []

    def lose(*_args):
        if away:
            raise OperationalError("SELECT 1", {}, Exception("away"))

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", lose)
    yield away
    event.remove(engine, "before_cursor_execute", lose)


def test_an_action_is_duplicated_without_its_numbers_days_and_letters(office, session):
    action = an_action(session, lead="Ask for her release.", outcome="Nothing yet.")
    a_report(session, action, target=7)
    form = office.get("/en/dashboard/ua-12-26").soup.find("a", string="Duplicate")["href"]
    page = office.get(form)
    assert action.title in page.text
    values = typed(page, "Store the draft")
    assert (values["deadline"], values["issued"], values["outcome"], values["ai_index"]) == ("", "", "", "")
    assert "Give the action its UA" in office.post("/en/dashboard/new", values).text
    assert office.post("/en/dashboard/new", {**values, "ua_number": "31/26"}).status == 303
    session.expire_all()
    first, second = session.query(Action).order_by(Action.id)
    shared = ("title", "lead", "country", "language", "summary", "demands", "background", "goal", "timezone")
    assert [getattr(second, name) for name in shared] == [getattr(first, name) for name in shared]
    assert [(one.kind, one.role, one.address_lines) for one in second.recipients] == [
        (one.kind, one.role, one.address_lines) for one in first.recipients
    ]
    assert {one.id for one in first.recipients}.isdisjoint(one.id for one in second.recipients)
    assert (second.published_at, second.deadline, second.case.ua_number) == (None, None, "31/26")
    assert tally.read(session, second.id).letters_sent == 0
    assert office.get("/en/dashboard/new?like=nowhere").status == 404


def test_a_database_that_is_busy_keeps_what_was_typed(office, session, busy):
    an_action(session)
    values = typed(office.get(EDIT), "Store the changes", title="TYPED FOR AN HOUR")
    busy.append(True)
    told = office.post(EDIT, values)
    assert told.status == 503
    assert "TYPED FOR AN HOUR" in told.text
    busy.clear()
    assert told.submit("Try again").status == 303
    session.expire_all()
    assert session.query(Action).one().title == "TYPED FOR AN HOUR"


@pytest.mark.parametrize("error", [PoolTimeout, DatabaseError])
def test_whatever_fails_in_the_database_there_is_a_page_with_what_was_typed(app, office, session, error):
    an_action(session)
    app.config["PROPAGATE_EXCEPTIONS"] = False  # as on a real server
    values = typed(office.get(EDIT), "Store the changes", title="TYPED FOR AN HOUR")
    with app.app_context():
        engine = db.engine

    def lose(*_args):
        raise error() if error is PoolTimeout else error("SELECT 1", {}, Exception("broken"))

    event.listen(engine, "before_cursor_execute", lose)
    told = office.post(EDIT, values)
    event.remove(engine, "before_cursor_execute", lose)
    assert told.status == (503 if error is PoolTimeout else 500)
    assert "TYPED FOR AN HOUR" in told.text


def test_pressed_twice_it_is_stored_once_and_nobody_is_said_to_have_been_quicker(office, session):
    action = an_action(session)
    values = typed(office.get(EDIT), "Store the changes", **{"recipients-2-role": "King"})
    for _ in range(2):
        assert office.post(EDIT, values).status == 303
    session.expire_all()
    assert [one.title for one in action.recipients].count("King") == 1


@pytest.mark.parametrize("error", [PoolTimeout, OperationalError])
def test_also_a_long_text_is_given_back_when_the_database_is_away(app, office, session, error):
    an_action(session)
    values = typed(office.get(EDIT), "Store the changes", background="A long story. " * 6000)
    with app.app_context():
        engine = db.engine

    def lose(*_args):
        raise error() if error is PoolTimeout else error("SELECT 1", {}, Exception("away"))

    event.listen(engine, "before_cursor_execute", lose)
    told = office.post(EDIT, values)
    event.remove(engine, "before_cursor_execute", lose)
    assert (told.status, told.text.count("A long story.") >= 6000) == (503, True)


def test_a_database_that_is_busy_shows_no_password(office, busy):
    page = office.get("/en/dashboard/account/password")
    busy.append(True)
    told = page.submit("Change your password", password="three plain words", new_password="four other plain words")
    assert told.status == 503
    assert "plain words" not in told.html


def test_a_session_that_was_lost_keeps_what_was_typed(app, office, session):
    from tests.factories import PASSWORD

    an_action(session)
    values = typed(office.get(EDIT), "Store the changes", title="TYPED FOR AN HOUR")
    office.client.delete_cookie("session")
    lost = office.post(EDIT, values)
    assert lost.status == 401
    assert "TYPED FOR AN HOUR" in lost.text
    office.sign_in("oda@example.org", PASSWORD)  # in another window
    assert lost.submit("Try again").status == 303
    session.expire_all()
    assert session.query(Action).one().title == "TYPED FOR AN HOUR"


def test_the_sentence_under_the_title_is_written_suggested_recorded_and_taken_back(office, session):
    action = an_action(session)
    page = office.get(EDIT)
    suggested = page.soup.select_one(f"#{page.soup.select_one('#lead')['aria-describedby']}").get_text()
    assert "Write to: Minister of Justice. The letter and the address are here." in suggested
    office.post(EDIT, typed(page, "Store the changes", lead="  Ask for\u200b her release. "))
    session.expire_all()
    assert action.lead == "Ask for her release."
    assert "Ask for her release." in office.get("/en/actions/ua-12-26").text
    office.post(EDIT, typed(office.get(EDIT), "Store the changes", lead=""))
    session.expire_all()
    assert action.lead is None
    lines = session.query(AuditEntry).filter_by(event="edited").order_by(AuditEntry.id)
    assert [(line.before, line.after) for line in lines] == [
        ({"lead": None}, {"lead": "Ask for her release."}),
        ({"lead": "Ask for her release."}, {"lead": None}),
    ]
    assert "Sentence under the title" in office.get("/en/dashboard/history").text


def test_a_sentence_that_is_too_long_is_refused_at_its_field(office, session):
    action = an_action(session)
    told = office.post(EDIT, typed(office.get(EDIT), "Store the changes", lead="x" * (LONGEST_LEAD + 1)))
    assert told.status == 422
    assert "This is longer than 200 characters." in told.soup.select_one("#lead-error").get_text()
    session.expire_all()
    assert action.lead is None


def test_number_and_index_are_corrected_and_the_json_follows(office, reader, session):
    an_action(session, ai_index="ASA 33/9519/2025")
    an_action(session, slug="other", ai_index="ASA 33/1/2025")
    assert reader.get("/api/v1/actions/ua-12-26").response.json["ua_number"] is None
    page = office.get(EDIT)
    taken = office.post(EDIT, typed(page, "Store the changes", ai_index="ASA 33/1/2025"))
    assert taken.status == 422
    assert "This action is there already" in taken.soup.select_one("#ai_index-error").get_text()
    values = typed(page, "Store the changes", ua_number="9/23", ai_index="asa 33/9591/2025")
    assert [office.post(EDIT, values).status for _ in range(2)] == [303, 303]  # pressed twice
    told = reader.get("/api/v1/actions/ua-12-26").response.json
    assert (told["slug"], told["ua_number"], told["ai_index"]) == ("ua-12-26", "09/23", "ASA 33/9591/2025")
    del values["ua_number"], values["ai_index"]  # a page from before
    values["revision"] = str(session.query(Action).filter_by(slug="ua-12-26").one().revision)
    office.post(EDIT, {**values, "title": "TEACHER FREE"})
    assert reader.get("/api/v1/actions/ua-12-26").response.json["ua_number"] == "09/23"


@pytest.mark.parametrize("new", [False, True])
def test_a_title_in_capitals_is_offered_in_sentence_case_and_stored_only_by_another_press(office, session, new):
    action = an_action(session, title="ANA LOPEZ HELD WITHOUT CHARGE IN FREEDONIA")
    calm, path = "Ana Lopez held without charge in Freedonia", "/en/dashboard/new" if new else EDIT
    button, count = "Store the draft" if new else "Store the changes", session.query(Action).count()
    page = office.get(path)
    first = page.form(button).select_one("button")
    assert (first.has_attr("hidden"), first.has_attr("name")) == (True, False)  # the one that Enter presses
    assert (calm in page.text) is not new
    given = {"title": action.title, "goal": "7", "summary": "Ana Lopez was taken.", "country": "Freedonia"}
    given |= {"ua_number": "13/26"} if new else {}
    offered = office.post(path, typed(page, button, **given, sentence_case="yes"))
    assert (offered.status, offered.soup.select_one("#title")["value"]) == (200, calm)
    assert offered.soup.select_one("#goal")["value"] == "7"
    assert "Nothing is stored yet." in offered.soup.select_one("#title-suggested").get_text()
    session.expire_all()
    assert (session.query(Action).count(), action.title.isupper(), action.goal) == (count, True, 100)
    values = typed(offered, button)
    assert not values.pop("sentence_case", None)
    assert office.post(path, values).status == 303
    assert session.query(Action).filter_by(title=calm, goal=7).count() == 1


def test_a_title_that_is_not_in_capitals_gets_no_such_button(office, session):
    an_action(session, title="Teacher held without charge")
    assert "sentence case" not in office.get(EDIT).text


def test_a_deadline_that_somebody_relies_on_moves_to_no_earlier_day_and_the_page_says_what_to_do(office, session):
    action = an_action(session)
    page = office.get(EDIT)
    assert office.post(EDIT, typed(page, "Store the changes", deadline="2026-03-14")).status == 303
    pledge = a_pledge(session, action, email="amal@example.org")
    pledge.withdrawn_at = NOON
    session.commit()
    told = office.post(EDIT, typed(office.get(EDIT), "Store the changes", deadline="2026-03-13"))
    assert told.status == 422
    assert "Move it to an earlier day on the page of the action" in told.soup.select_one("#deadline-error").get_text()
    session.expire_all()
    assert (action.deadline, session.query(Mail).filter_by(kind="deadline_moved").count()) == (date(2026, 3, 14), 0)


def test_rows_for_more_recipients_are_folded_until_something_is_wrong_in_them(office, session):
    an_action(session)
    page = office.get(EDIT)
    rows = page.soup.select("fieldset.recipient")
    assert [one.parent.name == "details" for one in rows] == [False, False, True, True]
    again = page.submit("Store the changes", **{"recipients-3-address_lines": "Palace"})
    assert again.status == 422
    assert [one.has_attr("open") for one in again.soup.select(".fields > details")] == [False, True]
    fresh = office.get("/en/dashboard/new").soup.select("fieldset.recipient")
    assert [one.parent.name == "details" for one in fresh] == [False, True]  # whom to write to must be said
