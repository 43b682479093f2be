"""Files of the rows that a coordinator may see; the history records each download."""

import csv
import io
import re
import zipfile

import pytest

from tests.factories import a_group, a_pledge, a_report, an_action
from ua_tracker.models import AuditEntry

PLEDGES = "/en/dashboard/ua-12-26/pledges.csv"


def rows(answer, separator: str = ",") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(answer.get_data().decode("utf-8-sig")), delimiter=separator))


def test_asking_for_the_head_alone_is_no_download(office, session):
    an_action(session)
    office.client.head("/en/dashboard/ua-12-26/pledges.csv")
    assert session.query(AuditEntry).filter_by(event="downloaded").count() == 0


def test_a_file_is_named_counted_and_noted(office, session):
    a_pledge(session, an_action(session), name="=1+1", letters=3)
    answer = office.client.get(PLEDGES)
    assert answer.headers["Content-Disposition"] == 'attachment; filename="ua-12-26-pledges-2026-03-10.csv"'
    assert answer.mimetype == "text/csv"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Row-Count"] == "1"
    assert answer.get_data().startswith(b"\xef\xbb\xbf")
    assert [row["name"] for row in rows(answer)] == ["'=1+1"]
    line = session.query(AuditEntry).filter_by(event="downloaded").one()
    assert (line.subject, line.after["file"], line.after["flavour"]) == ("ua-12-26", "pledges.csv", "spreadsheet")


def test_in_french_a_spreadsheet_wants_semicolons_and_a_program_never_does(office, session):
    a_pledge(session, an_action(session), name="=1+1")
    french = office.client.get(PLEDGES.replace("/en/", "/fr/"))
    assert rows(french, ";")[0]["name"] == "'=1+1"
    plain = office.client.get(PLEDGES.replace("/en/", "/fr/") + "?flavour=import")
    assert rows(plain)[0]["name"] == "=1+1"
    assert not plain.get_data().startswith(b"\xef\xbb\xbf")


@pytest.mark.parametrize("noun", ["pledges", "letters"])
def test_a_group_carries_away_its_own_rows_only(montreal, session, noun):
    action = an_action(session)
    for group in ("montreal", None):
        a_pledge(session, action, group=group)
        a_report(session, action, group=group)
    answer = montreal.client.get(f"/en/dashboard/ua-12-26/{noun}.csv")
    assert {row["group"] for row in rows(answer)} == {"montreal"}


@pytest.mark.parametrize("noun", ["pledges", "letters"])
def test_a_workbook_keeps_the_rules_of_the_csv(office, session, noun):
    a_report(session, an_action(session))
    answer = office.client.get(f"/fr/dashboard/ua-12-26/{noun}.xlsx")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="ua-12-26-{noun}-2026-03-10.xlsx"'
    assert answer.mimetype == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Row-Count"] == {"pledges": "0", "letters": "2"}[noun]
    assert zipfile.ZipFile(io.BytesIO(answer.get_data())).testzip() is None
    line = session.query(AuditEntry).filter_by(event="downloaded").one()
    assert line.after == {"file": f"{noun}.xlsx", "flavour": "workbook", "group": None}


def test_a_workbook_of_a_group_holds_its_own_rows_only(montreal, session):
    action = an_action(session)
    a_group(session, "laval", "Laval")
    for group in ("montreal", "laval", None):
        a_pledge(session, action, group=group, name=f"With {group}")
    answer = montreal.client.get(PLEDGES.replace(".csv", ".xlsx"))
    assert answer.headers["X-Row-Count"] == "1"
    sheet = zipfile.ZipFile(io.BytesIO(answer.get_data())).read("xl/worksheets/sheet1.xml").decode()
    assert re.findall("With ([a-zN]+)", sheet) == ["montreal"]


def test_a_file_for_a_crm_is_named_and_noted_and_holds_pledges_alone(office, session):
    pledge = a_pledge(session, an_action(session), email="amal@example.org")
    pledge.wants_outcome = True
    session.commit()
    answer = office.client.get(f"{PLEDGES}?flavour=civicrm")
    assert answer.headers["Content-Disposition"].endswith('"ua-12-26-pledges-civicrm-2026-03-10.csv"')
    assert [row["Email"] for row in rows(answer)] == ["amal@example.org"]
    assert session.query(AuditEntry).filter_by(event="downloaded").one().after["flavour"] == "civicrm"
    assert office.client.get("/en/dashboard/ua-12-26/letters.csv?flavour=civicrm").status_code == 404


def test_the_history_says_for_whom_a_file_was(office, session):
    an_action(session)
    for query in ("?flavour=action-network", "?flavour=civicrm"):
        office.client.get(PLEDGES + query)
    office.client.get(PLEDGES.replace(".csv", ".xlsx"))
    page = office.client.get("/en/dashboard/history").get_data(as_text=True)
    for words in ("for Action Network", "for CiviCRM", "for Excel or LibreOffice"):
        assert words in page


def test_a_draft_has_no_file_for_a_group(montreal, session):
    an_action(session, published_at=None)
    for suffix in ("csv", "xlsx"):
        assert montreal.client.get(PLEDGES.replace("csv", suffix)).status_code == 404


@pytest.mark.parametrize("noun", ["pledges", "letters"])
def test_of_a_filter_the_page_offers_its_own_rows_beside_the_whole(office, session, noun):
    action = an_action(session)
    for name, letters in (("Amal", 2), ("Zoe", 7), ("Oda", 9)):
        facts = {"letters": letters} if noun == "pledges" else {"target": letters, "copy": 0}
        (a_pledge if noun == "pledges" else a_report)(session, action, name=name, **facts)
    page = office.get(f"/en/dashboard/ua-12-26/{noun}?least=5&sort=-letters")
    links = {" ".join(a.get_text().split()): a["href"] for a in page.soup.select("a[download]")}
    found = []
    for words in ("Only these rows, for a spreadsheet (CSV)", "For a spreadsheet (CSV)"):
        answer = office.client.get(links[words])
        names = {row["name"] for row in rows(answer)}
        found.append((names, "-filtered-" in answer.headers["Content-Disposition"]))
        assert int(answer.headers["X-Row-Count"]) == len(names)
    assert found == [({"Zoe", "Oda"}, True), ({"Amal", "Zoe", "Oda"}, False)]
    noted = session.query(AuditEntry).filter_by(event="downloaded").order_by(AuditEntry.id).all()
    assert [one.after.get("filter") for one in noted] == [{"least": 5}, None]
    assert "Letters, at least" in office.get("/en/dashboard/history").text
    assert "whatever the filter, oldest first" in page.text
    whole = office.get(f"/en/dashboard/ua-12-26/{noun}?sort=-letters")
    assert len(whole.soup.select("a[download]")) == len(links) - 3, "an order is no filter"


def test_a_workbook_of_a_filter_holds_its_rows_alone(office, session):
    action = an_action(session)
    for name in ("Amal", "Zoe"):
        a_report(session, action, name=name)
    answer = office.client.get("/en/dashboard/ua-12-26/letters.xlsx?text=zoe")
    sheet = zipfile.ZipFile(io.BytesIO(answer.get_data())).read("xl/worksheets/sheet1.xml").decode()
    assert ("Zoe" in sheet, "Amal" in sheet) == (True, False)


@pytest.mark.parametrize(("query", "status"), [("least=many", 400), ("state=withdrawn", 400), ("group=nowhere", 422)])
def test_a_filter_that_makes_no_sense_is_no_download(office, session, query, status):
    an_action(session)
    assert office.client.get(f"/en/dashboard/ua-12-26/letters.csv?{query}").status_code == status
    assert session.query(AuditEntry).filter_by(event="downloaded").count() == 0


def test_a_group_gets_no_rows_of_others_by_a_filter(montreal, session):
    action = an_action(session)
    a_pledge(session, action, name="A", group="montreal")
    other = a_pledge(session, action, name="B")
    for query in ("least=1", "group=-", f"number={other.id}", f"like={other.id}", "text=b"):
        found = rows(montreal.client.get(f"{PLEDGES}?{query}"))
        assert {row["name"] for row in found} <= {"A"}, query
