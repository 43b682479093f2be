"""Who did what, when, to what, from what to what: for the office to read."""

import pytest

from tests.factories import NOON, a_coordinator, a_group, an_action, an_evening
from ua_tracker import actions, audit, coordinators, letters
from ua_tracker.models import AuditEntry

HISTORY = "/en/dashboard/history"


def test_an_event_is_shown_with_its_values_before_and_after(office, session):
    an_action(session)
    office.get("/en/dashboard/ua-12-26").submit("New deadline", deadline="2026-03-20")
    page = office.get(f"{HISTORY}?subject=ua-12-26")
    row = " ".join(page.soup.select_one("tbody tr").get_text().split())
    assert row == (
        "2026-03-10 16:00:00 oda@example.org deadline extended "
        "TEACHER HELD WITHOUT CHARGE ua-12-26 Deadline March 15, 2026 Deadline March 20, 2026"
    )


def test_a_french_office_reads_it_in_french(office, session):
    action = an_action(session)
    a_group(session)
    letters.enter_evening(session, action, None, an_evening(action), once_key="k", actor="rosa", now=NOON)
    actions.close(session, action, actions.GOOD_NEWS, revision=action.revision, actor="rosa", now=NOON)
    session.commit()
    page = office.get("/fr/dashboard/history?subject=ua-12-26")
    closed, entered = (" ".join(row.get_text().split()) for row in page.soup.select("tbody tr"))
    assert "action close TEACHER HELD WITHOUT CHARGE ua-12-26" in closed
    assert "Motif de la fin Bonne nouvelle" in closed
    assert "soirée de lettres saisie" in entered
    assert "Personnes 14" in entered


@pytest.mark.parametrize("who", ["coordinator ²", "coordinator 99999999999999999999", "coordinator 0", "coordinator"])
def test_a_number_that_is_none_finds_nothing(office, who):
    assert "There are no events here." in office.get(HISTORY, query_string={"actor": who}).text


def test_a_removed_coordinator_is_still_asked_for_by_e_mail(office, session):
    gone = a_coordinator(session, "gus@example.org")
    coordinators.remove(session, "gus@example.org", by="rosa", now=NOON)
    audit.note(session, actor=gone.actor, event="edited", subject="ua-12-26", now=NOON)
    session.commit()
    by = office.get(HISTORY, query_string={"actor": "Gus@example.org"})
    assert "action edited" in [row.select("td")[2].get_text() for row in by.soup.select("tbody tr")]
    about = office.get(HISTORY, query_string={"subject": "gus@example.org"})
    assert "removed" in [row.select("td")[2].get_text() for row in about.soup.select("tbody tr")]


def test_it_is_filtered_by_person_and_by_event_and_the_form_keeps_both(office, session):
    action = an_action(session)
    for event, actor in (("edited", "rosa"), ("closed", "rosa"), ("edited", "coordinator 1")):
        audit.note(session, actor=actor, event=event, subject=action.slug, now=NOON)
    session.commit()
    page = office.get(f"{HISTORY}?actor=oda@example.org&deed=edited&subject=ua-12-26")
    assert len(page.soup.select("tbody tr")) == 1
    assert page.soup.select_one("#actor")["value"] == "oda@example.org"
    assert page.soup.select_one("#deed [selected]")["value"] == "edited"
    assert len(office.get(f"{HISTORY}?deed=edited").soup.select("tbody tr")) == 2
    assert "There are no events here." in office.get(f"{HISTORY}?deed=nonsense").text


def test_older_lines_are_on_the_next_page(office, session):
    for number in range(60):
        audit.note(session, actor="command line", event="edited", subject="x", now=NOON, after={"goal": number})
    session.commit()
    first = office.get(f"{HISTORY}?subject=x")
    second = office.get(first.soup.select_one("a[rel=next]")["href"])
    assert (len(first.soup.select("tbody tr")), len(second.soup.select("tbody tr"))) == (50, 10)
    goals = [int(row.get_text().split()[-1]) for page in (first, second) for row in page.soup.select("tbody tr")]
    assert goals == list(range(59, -1, -1))


def test_what_it_holds_is_harmless_on_the_page(office, session):
    audit.note(session, actor="x", event="edited", subject="z", now=NOON, after={"reason": "<script>alert(1)</script>"})
    session.commit()
    assert "<script>alert" not in office.get(HISTORY).html


def test_nobody_but_the_office_reads_it(montreal, reader):
    assert montreal.get(HISTORY).status == 403
    assert reader.get(HISTORY).status == 303


def test_no_page_changes_or_removes_a_line(office, session):
    before = session.query(AuditEntry).count()
    for method in ("post", "put", "delete", "patch"):
        assert getattr(office.client, method)(HISTORY).status_code == 405
    assert session.query(AuditEntry).count() == before
