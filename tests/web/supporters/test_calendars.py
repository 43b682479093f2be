"""The calendar files that everybody can take."""

from datetime import UTC, date, datetime, timedelta

from icalendar import Calendar

from tests.factories import NOON, an_action
from ua_tracker import actions

ACTION = "/en/actions/ua-12-26"


def event_in(page):
    assert page.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert "METHOD" not in page.html
    [event] = Calendar.from_ical(page.html).walk("VEVENT")
    return event


def link_to(page, name: str) -> str:
    return page.soup.select_one(f'a[download][href$="/{name}"]')["href"]


def test_everybody_takes_the_deadline_and_a_later_file_replaces_it(reader, session, clock):
    action = an_action(session)
    path = link_to(reader.get(ACTION), "deadline.ics")
    first = event_in(reader.get(path))
    actions.extend(session, action, date(2026, 3, 25), revision=action.revision, actor="oda", now=NOON)
    session.commit()
    page = reader.get(ACTION)
    assert "The deadline was extended from March 15, 2026 to March 25, 2026." in page.text
    second = event_in(reader.get(path))
    assert [str(event["DTSTART"].dt) for event in (first, second)] == ["2026-03-15", "2026-03-25"]
    assert [event["SEQUENCE"] for event in (first, second)] == [0, 1]
    assert first["UID"] == second["UID"]
    french = reader.get(path.replace("/en/", "/fr/"))
    assert event_in(french)["SUMMARY"] == "Dernier jour pour écrire\u00a0: TEACHER HELD WITHOUT CHARGE"
    clock.at = datetime(2026, 3, 26, 12, 0, tzinfo=UTC)
    assert reader.get(path).status == 409
    assert "was extended from March 15, 2026 to March 25, 2026." in reader.get(ACTION).text
    assert reader.get("/en/actions/nowhere/deadline.ics").status == 404


def test_the_deadline_of_a_stopped_action_is_cancelled_in_calendars(reader, session):
    action = an_action(session)
    path = link_to(reader.get(ACTION), "deadline.ics")
    first = event_in(reader.get(path))
    actions.close(session, action, actions.STOP_ACTION, revision=action.revision, actor="oda", now=NOON)
    session.commit()
    second = event_in(reader.get(path))
    assert (second["UID"], second["STATUS"], second["SEQUENCE"]) == (first["UID"], "CANCELLED", first["SEQUENCE"] + 1)
    assert second["DESCRIPTION"] == "This action was stopped. Please write no more letters."
    assert not second.subcomponents


def test_the_entry_of_a_reopened_action_replaces_the_cancelled_one(reader, session):
    action = an_action(session)
    path, seen = link_to(reader.get(ACTION), "deadline.ics"), []
    for change in (None, actions.close, actions.reopen, actions.close):
        if change is not None:
            why = {} if change is actions.reopen else {"reason": actions.STOP_ACTION}
            change(session, action, **why, revision=action.revision, actor="oda", now=NOON)
            session.commit()
        subscribed = event_in(reader.get("/en/deadlines.ics"))
        taken = event_in(reader.get(path))
        assert (subscribed["SEQUENCE"], subscribed["UID"]) == (taken["SEQUENCE"], taken["UID"])
        seen.append((taken["SEQUENCE"], taken.get("STATUS")))
    assert seen == [(0, None), (1, "CANCELLED"), (2, None), (3, "CANCELLED")]


def test_amal_without_an_address_takes_the_deadline_and_her_day(reader, session, clock):
    an_action(session)
    typed = {"name": "Amal", "letters": "3", "write_on": "2026-03-12", "email_asked": "-"}
    thanks = reader.get(ACTION).submit("I will write", htmx=True, **typed)
    assert event_in(reader.get(link_to(thanks, "deadline.ics")))["DTSTART"].dt == date(2026, 3, 15)
    mine = reader.get(thanks.soup.select_one("#private-link")["href"])
    day = event_in(reader.get(link_to(mine, "writing-day.ics")))
    assert (day["DTSTART"].dt, day["URL"]) == (date(2026, 3, 12), f"http://localhost{ACTION}/write")
    assert day.walk("VALARM")[0]["TRIGGER"].dt == timedelta(hours=9)
    clock.pass_by(minutes=5)
    mine = mine.submit("Change it", letters="3", write_on="2026-03-13").follow()
    later = event_in(reader.get(link_to(mine, "writing-day.ics")))
    assert (later["UID"], later["DTSTART"].dt) == (day["UID"], date(2026, 3, 13))
    assert later["SEQUENCE"] > day["SEQUENCE"]
    mine = mine.submit("Change it", letters="3", write_on="").follow()
    assert not mine.soup.select('a[href$="/writing-day.ics"]')
