"""Rows are chosen by their boxes or by the filter, taken back or released after a preview, and that is undone."""

import re

from sqlalchemy import select

from tests.factories import NOON, a_report, an_action
from ua_tracker import letters, tally
from ua_tracker.models import AuditEntry, Report
from ua_tracker.trust import USUAL, Arrival, Thresholds

LETTERS = "/en/dashboard/ua-12-26/letters"
LIMITS = Thresholds(**{**USUAL, "letters": 10})


def held(session, action, number: int = 3, source: str = "203.0.113.1") -> list[Report]:
    return [a_report(session, action, target=40, copy=0, arrival=Arrival(source, LIMITS)) for _ in range(number)]


def sent(session, action) -> int:
    session.expire_all()
    return tally.read(session, action.id).letters_sent


def test_what_is_held_is_listed_with_its_reason_and_its_network_and_released_by_its_boxes(office, session):
    action = an_action(session)
    first, second, third = held(session, action)
    page = office.get(f"{LETTERS}?state=held")
    assert "many letters at once" in page.text
    assert "3 rows from the same network" in page.text
    preview = office.get(f"{LETTERS}/release?state=held&row={first.id}&row={third.id}")
    assert "2 rows would be released" in preview.text
    done = preview.submit("Release them", reason="a class that wrote together").follow()
    assert "2 rows are released" in done.html
    assert sent(session, action) == 80
    session.expire_all()
    assert [row.is_held for row in (first, second, third)] == [False, True, False]


def test_rows_chosen_on_one_page_stay_chosen_on_the_next(office, session):
    action = an_action(session)
    rows = held(session, action, 52)
    page = office.get(f"{LETTERS}?row={rows[-1].id}")
    box = page.soup.select_one(f'input[name=row][value="{rows[-1].id}"][form=list]')
    assert box.has_attr("checked")
    second = page.press("Next page")
    assert second.soup.select_one(f'#list input[type=hidden][name=row][value="{rows[-1].id}"]')
    assert "One row is chosen that is not on this page." in second.text


def test_a_coordinator_of_a_group_counts_and_finds_the_rows_of_the_own_group_in_a_network_and_undoes_there(
    montreal, session
):
    action = an_action(session)
    own = [a_report(session, action, target=40, group="montreal", arrival=Arrival("203.0.113.1", LIMITS)) for _ in "ab"]
    held(session, action, 3)
    page = montreal.get(LETTERS)
    assert "2 rows from the same network" in page.text
    montreal.get(f"{LETTERS}/void?row={own[0].id}").submit("Take them back", reason="twice")
    undo = montreal.get(LETTERS).soup.find("a", href=re.compile("/undo$"))
    preview = montreal.get(undo["href"])
    assert "One row would change back." in preview.text
    preview.submit("Undo it", reason="it was not")
    session.expire_all()
    assert [row.voided_at for row in own] == [None, None]
    assert tally.check(session) == []


def test_a_report_that_its_sender_took_back_has_no_undo_beside_it(office, session):
    letters.undo(session, a_report(session, an_action(session)), NOON)
    session.commit()
    page = office.get(LETTERS)
    assert "taken back:" in page.text
    assert page.soup.find("a", href=re.compile("/undo$")) is None


def test_a_whole_source_is_taken_back_in_one_press_and_that_is_undone_from_the_history(office, session, reader):
    action = an_action(session)
    a_report(session, action, target=5, copy=0, arrival=Arrival("192.0.2.1", LIMITS))
    rows = [a_report(session, action, target=9, copy=0, arrival=Arrival("203.0.113.1", LIMITS)) for _ in range(4)]
    taken = office.get(f"{LETTERS}/void?like={rows[0].id}").submit("Take them back", reason="a script")
    assert taken.status == 303
    assert sent(session, action) == 5
    public = reader.get("/en/actions/ua-12-26")
    assert "36 letters were taken out of the count" in public.text
    history = office.get("/en/dashboard/history?subject=ua-12-26")
    link = history.soup.find("a", string=lambda text: text and "Undo" in text) or history.soup.select_one("td.event a")
    undo = office.get(link["href"])
    assert "4 rows would change back" in undo.text
    assert undo.submit("Undo it", reason="they were a choir").follow().status == 200
    assert sent(session, action) == 41
    assert "they were put back" in reader.get("/en/actions/ua-12-26").text
    assert "There is nothing left to undo" in office.get(link["href"]).text


def test_a_note_is_withdrawn_and_another_published(office, session, reader):
    an_action(session)
    dashboard = "/en/dashboard/ua-12-26"
    office.get(dashboard).submit("Publish the note", note="900 letters wer not real.")
    assert office.get(dashboard).submit("Withdraw this note").status == 303
    assert "wer not real" not in reader.get("/en/actions/ua-12-26").text


def test_events_that_cannot_be_undone_are_not_found(office, session):
    an_action(session)
    number = session.scalars(select(AuditEntry.id).order_by(AuditEntry.id.desc())).first() or 1
    for wrong in (number, 99999):
        assert office.get(f"/en/dashboard/ua-12-26/corrections/{wrong}/undo").status == 404


def test_a_coordinator_of_a_group_releases_no_row_of_others(of_a_group, session):
    action = an_action(session)
    held(session, action)
    assert "Nothing that is held matches" in of_a_group.get(f"{LETTERS}/release").text
    assert sent(session, action) == 0


def test_the_effect_by_group_names_the_groups(office, session, montreal):
    action = an_action(session)
    a_report(session, action, target=40, group="montreal")
    preview = office.get(f"{LETTERS}/void")
    groups = [one.get_text() for one in preview.soup.select("tbody th")]
    assert groups == ["Groupe de Montréal"]
    preview.submit("Take them back", reason="twice")
    undo = office.get(office.get(LETTERS).soup.find("a", href=re.compile("/undo$"))["href"])
    assert [one.get_text() for one in undo.soup.select("tbody th")] == groups
