"""Who did what, when, to what, from what to what: for the office to read."""

from tests.factories import an_action
from ua_tracker import audit
from ua_tracker.models import AuditEntry

HISTORY = "/en/dashboard/history"


def test_a_deed_is_told_with_its_before_and_after(office, session):
    an_action(session)
    office.get("/en/dashboard/ua-12-26").submit("New deadline", deadline="2026-03-20")
    page = office.get(f"{HISTORY}?subject=ua-12-26")
    row = " ".join(page.soup.select_one("tbody tr").get_text().split())
    assert row == "2026-03-10 16:00:00 oda@example.org extended ua-12-26 deadline2026-03-15 deadline2026-03-20"


def test_older_lines_are_on_the_next_page(office, session):
    from tests.factories import NOON

    for number in range(60):
        audit.note(session, actor="command line", deed=f"deed {number}", subject="x", now=NOON)
    session.commit()
    first = office.get(f"{HISTORY}?subject=x")
    second = office.get(first.soup.select_one("a[rel=next]")["href"])
    assert (len(first.soup.select("tbody tr")), len(second.soup.select("tbody tr"))) == (50, 10)
    assert "deed 9" in second.text


def test_what_it_holds_is_harmless_on_the_page(office, session):
    from tests.factories import NOON

    audit.note(session, actor="x", deed="y", subject="z", now=NOON, after={"reason": "<script>alert(1)</script>"})
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
