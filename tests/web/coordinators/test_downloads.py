"""CSV files of the rows that a coordinator may see; the history records each download."""

import csv
import io

import pytest

from tests.factories import a_pledge, a_report, an_action
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


def test_a_draft_has_no_file_for_a_group(montreal, session):
    an_action(session, published_at=None)
    assert montreal.client.get(PLEDGES).status_code == 404
