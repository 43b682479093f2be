"""The CSV files: complete, or recognisable when they were cut short, and without formulas."""

import csv
import re
import unicodedata
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy import delete, insert, update

from tests.factories import NOON, a_group, a_pledge, a_report, an_action, an_api_key
from ua_tracker import exports, ledger, letters
from ua_tracker.exports import Flavour, Order, csv_cells, people, rows
from ua_tracker.ledger import Wanted
from ua_tracker.models import Pledge, PrivateLink, Report

PAGE = Path(__file__).resolve().parents[2] / "docs" / "csv.md"
BOM = "\ufeff"


SECRET = "the site's key"
AMAL = people.ids(SECRET)("amal@example.org")


def order_of(action, group_id=None, flavour=Flavour.IMPORT, language="en") -> Order:
    return Order(action, group_id, flavour, language, SECRET, NOON)


def file_of(make, session, action, group_id=None, flavour=Flavour.IMPORT, language="en") -> bytes:
    return b"".join(make(session, order_of(action, group_id, flavour, language)).chunks)


def rows_of(file: bytes, delimiter: str = ",") -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(file.decode("utf-8-sig"), newline=""), delimiter=delimiter, strict=True))


def names_of(file: bytes) -> list[str]:
    return [row["name"] for row in rows_of(file)]


def is_whole(file: bytes) -> bool:
    """How docs/csv.md says a file is known to be whole."""
    rows = list(csv.reader(StringIO(file.decode("utf-8-sig", "replace"), newline="")))
    return bool(rows) and rows[-1][-1] == ("yes" if len(rows) > 1 else "last_row")


def two_people(session):
    """Amal of Montréal, who pledged and wrote, and Zoé, who withdrew."""
    action = an_action(session, slug="ua-109-23-2", ai_index="ASA 33/9519/2025")
    a_group(session)
    changes = {"email": "amal@example.org", "group": "montreal", "write_on": date(2026, 3, 12)}
    amal = a_pledge(session, action, name="Amal", **changes)
    zoe = a_pledge(
        session, action, name='Zoé "Zo" Roy, Laval', letters=1, language="fr", now=NOON + timedelta(seconds=1)
    )
    zoe.withdrawn_at = NOON + timedelta(hours=1)
    a_report(session, action, pledge=amal, name="Amal", group="montreal")
    return action


def test_the_pledges_for_import_are_plain_to_the_last_byte(session):
    file = file_of(exports.pledges, session, two_people(session))
    assert file.decode() == (
        "external_id,action,ai_index,name,email,group,letters,write_on,language,made_at,state,void_reason,"
        "letters_reported,copies_reported,has_reported,wants_outcome,person_id,given_name,family_name,api_key,"
        "last_row\r\n"
        "ua-pledge-1,ua-109-23-2,ASA 33/9519/2025,Amal,amal@example.org,montreal,3,2026-03-12,en,2026-03-10T16:00:00Z,"
        f"standing,,2,1,1,0,{AMAL},Amal,,,no\r\n"
        'ua-pledge-2,ua-109-23-2,ASA 33/9519/2025,"Zoé ""Zo"" Roy, Laval",,,1,,fr,2026-03-10T16:00:01Z,'
        'withdrawn,,0,0,0,0,,Zoé,"""Zo"" Roy, Laval",,yes\r\n'
    )


def test_the_pledges_for_a_french_spreadsheet_open_as_columns_and_accents(session):
    action = two_people(session)
    a_pledge(session, action, name="=1+1", email="tim@example.org")
    file = file_of(exports.pledges, session, action, flavour=Flavour.SPREADSHEET, language="fr")
    assert file.decode() == (
        "\ufeffexternal_id;action;ai_index;name;email;group;letters;write_on;language;made_at;state;void_reason;"
        "letters_reported;copies_reported;has_reported;wants_outcome;person_id;given_name;family_name;api_key;"
        "last_row\r\n"
        "ua-pledge-1;ua-109-23-2;ASA 33/9519/2025;Amal;amal@example.org;montreal;3;2026-03-12;en;2026-03-10 12:00;"
        f"standing;;2;1;1;0;{AMAL};Amal;;;no\r\n"
        'ua-pledge-2;ua-109-23-2;ASA 33/9519/2025;"Zoé ""Zo"" Roy, Laval";;;1;;fr;2026-03-10 12:00;'
        'withdrawn;;0;0;0;0;;Zoé;"""Zo"" Roy, Laval";;no\r\n'
        "ua-pledge-3;ua-109-23-2;ASA 33/9519/2025;'=1+1;tim@example.org;;3;;en;2026-03-10 12:00;"
        f"standing;;0;0;0;0;{people.ids(SECRET)('tim@example.org')};'=1+1;;;yes\r\n"
    )


def test_the_letters_have_a_row_for_each_recipient_and_void_ones_keep_their_reason(session):
    action = two_people(session)
    wrong = a_report(session, action, target=0, copy=4, channel="email", name=None, email="x@example.org")
    letters.void(session, wrong, "entered twice", NOON, actor="rosa")
    session.commit()
    assert file_of(exports.letters, session, action).decode() == (
        "external_id,report_external_id,pledge_external_id,action,ai_index,recipient_kind,recipient_role,recipient_name,"
        "channel,sent_on,letters,people,name,email,group,reported_at,state,void_reason,person_id,"
        "given_name,family_name,api_key,last_row\r\n"
        "ua-letter-1-1,ua-report-1,ua-pledge-1,ua-109-23-2,ASA 33/9519/2025,target,Minister of Justice,Rufus Firefly,"
        "post,2026-03-09,2,1,Amal,,montreal,2026-03-10T16:00:00Z,standing,,,Amal,,,no\r\n"
        "ua-letter-1-2,ua-report-1,ua-pledge-1,ua-109-23-2,ASA 33/9519/2025,copy,Ambassador,"
        "Her Excellency Gloria Teasdale,post,2026-03-09,1,1,Amal,,montreal,"
        "2026-03-10T16:00:00Z,standing,,,Amal,,,no\r\n"
        "ua-letter-2-2,ua-report-2,,ua-109-23-2,ASA 33/9519/2025,copy,Ambassador,Her Excellency Gloria Teasdale,"
        "email,2026-03-09,4,1,,x@example.org,,2026-03-10T16:00:00Z,void,entered twice,"
        f"{people.ids(SECRET)('x@example.org')},,,,yes\r\n"
    )


def test_every_file_says_which_program_entered_a_row(session):
    action = an_action(session)
    for name in ("Amal", "Zoé"):
        a_report(session, action, pledge=a_pledge(session, action, name=name, email=f"{name}@example.org"), copy=0)
    an_api_key(session)
    for table in (Pledge, Report):
        session.query(table).filter(table.id == 2).update({"api_key_id": 1})
    session.query(Pledge).update({"wants_outcome": True})
    session.commit()
    for make, flavour, column in (
        (exports.pledges, Flavour.IMPORT, "api_key"), (exports.letters, Flavour.IMPORT, "api_key"),
        (exports.pledges, Flavour.ACTION_NETWORK, "ua_api_key"), (exports.pledges, Flavour.CIVICRM, "ua_api_key"),
    ):  # fmt: skip
        rows = rows_of(file_of(make, session, action, flavour=flavour))
        assert [row[column] for row in rows] == ["", "ua-key-1"], (make, flavour)


def test_an_english_spreadsheet_gets_commas(session):
    action = two_people(session)
    file = file_of(exports.letters, session, action, flavour=Flavour.SPREADSHEET, language="en")
    assert file.startswith(b"\xef\xbb\xbfexternal_id,report_external_id,")


def test_an_action_without_anybody_is_its_header(session):
    action = an_action(session)
    for make, columns in ((exports.pledges, exports.PLEDGE_COLUMNS), (exports.letters, exports.LETTER_COLUMNS)):
        assert file_of(make, session, action).decode() == ",".join(columns) + "\r\n"


def test_a_voided_pledge_says_why_even_when_it_was_withdrawn(session):
    action = an_action(session)
    pledge = a_pledge(session, action)
    pledge.withdrawn_at, pledge.voided_at, pledge.void_reason = NOON, NOON, "a joke, it seems"
    session.commit()
    (row,) = rows_of(file_of(exports.pledges, session, action))
    assert (row["state"], row["void_reason"]) == ("void", "a joke, it seems")


def test_a_group_sees_its_own_rows_and_nothing_of_others(session):
    action = an_action(session)
    montreal, laval = a_group(session), a_group(session, "laval", "Laval")
    amal = a_pledge(session, action, name="Amal", group="montreal")
    a_pledge(session, action, name="Lou", group="laval")
    a_pledge(session, action, name="Nobody's")
    a_report(session, action, pledge=amal, name="Amal with Montréal", group="montreal")
    a_report(session, action, pledge=amal, name="Amal with Laval", group="laval", target=7)
    a_report(session, action, name="Alone")
    assert names_of(file_of(exports.pledges, session, action, montreal.id)) == ["Amal"]
    assert names_of(file_of(exports.letters, session, action, montreal.id)) == ["Amal with Montréal"] * 2
    assert names_of(file_of(exports.letters, session, action, laval.id)) == ["Amal with Laval"] * 2
    assert names_of(file_of(exports.pledges, session, action)) == ["Amal", "Lou", "Nobody's"]
    assert len(rows_of(file_of(exports.letters, session, action))) == 6


def test_letters_reported_is_what_the_same_coordinators_letters_add_up_to(session):
    action = an_action(session)
    montreal = a_group(session)
    pledge = a_pledge(session, action, group="montreal")
    a_report(session, action, pledge=pledge, group="montreal", target=2)
    a_report(session, action, pledge=pledge, target=5)
    letters.void(session, a_report(session, action, pledge=pledge, target=90), "a slip", NOON, actor="rosa")
    session.commit()
    for group_id, counted in ((montreal.id, 2), (None, 7)):
        (row,) = rows_of(file_of(exports.pledges, session, action, group_id))
        standing = [one for one in rows_of(file_of(exports.letters, session, action, group_id))
                    if one["state"] == "standing" and one["recipient_kind"] == "target"]  # fmt: skip
        assert int(row["letters_reported"]) == sum(int(one["letters"]) for one in standing) == counted


def test_another_action_stays_out(session):
    action, other = an_action(session), an_action(session, slug="ua-13-26")
    a_pledge(session, other)
    a_report(session, other)
    assert (
        rows_of(file_of(exports.pledges, session, action)) == rows_of(file_of(exports.letters, session, action)) == []
    )


def test_no_secret_leaves_with_the_file(session):
    columns = set(exports.PLEDGE_COLUMNS) | set(exports.LETTER_COLUMNS)
    assert not columns & {"once_key", "token", "token_hash", "email_key"}
    action = two_people(session)
    stored = {pledge.once_key for pledge in session.query(Pledge)}
    file = file_of(exports.pledges, session, action) + file_of(exports.letters, session, action)
    assert len(stored) == 2
    assert not any(key.encode() in file for key in stored)


def many_pledges(session, action, number: int) -> None:
    row = {"action_id": action.id, "letters": 1, "language": "en", "made_at": NOON}
    session.execute(insert(Pledge), [{**row, "name": f"Amal {n}", "once_key": f"key {n}"} for n in range(number)])
    session.commit()


@pytest.mark.parametrize("number", [1, 999, 1000, 1001, 2500])
def test_every_row_comes_once_whatever_the_pages(session, number):
    action = an_action(session)
    many_pledges(session, action, number)
    download = exports.pledges(session, order_of(action))
    rows = rows_of(b"".join(download.chunks))
    assert [row["name"] for row in rows] == [f"Amal {n}" for n in range(number)]
    assert [row["last_row"] for row in rows] == ["no"] * (number - 1) + ["yes"]
    assert download.rows == number


def test_a_page_may_end_in_the_middle_of_a_report(session, monkeypatch):
    action = an_action(session)
    for _ in range(4):
        a_report(session, action)
    whole = file_of(exports.letters, session, action)
    monkeypatch.setattr(rows, "PAGE", 3)
    download = exports.letters(session, order_of(action))
    assert download.rows == 8
    chunks = list(download.chunks)
    assert len(chunks) == 4
    assert b"".join(chunks) == whole


def test_what_is_pledged_during_a_download_is_left_out_of_it(session):
    action = an_action(session)
    many_pledges(session, action, 1500)
    download = exports.pledges(session, order_of(action))
    begun = next(download.chunks)
    a_pledge(session, action, name="Late")
    rows = rows_of(begun + b"".join(download.chunks))
    assert len(rows) == download.rows == 1500
    assert rows[-1]["last_row"] == "yes"


def filtered(session, action, table, wanted: Wanted) -> Order:
    return replace(order_of(action), which=ledger.matching(session, table, action, None, wanted))


def test_of_a_filter_the_rows_that_matched_at_the_beginning_are_sent_each_once(session):
    action = an_action(session)
    many_pledges(session, action, 2500)
    session.execute(update(Pledge).where(Pledge.id % 2 == 0).values(letters=5))
    session.commit()
    download = exports.pledges(session, filtered(session, action, Pledge, Wanted(least=5)))
    begun = next(download.chunks)
    session.execute(update(Pledge).values(letters=7))
    session.commit()
    a_pledge(session, action, name="Late", letters=9)
    found = rows_of(begun + b"".join(download.chunks))
    assert [int(row["external_id"].removeprefix("ua-pledge-")) for row in found] == list(range(2, 2501, 2))
    assert (download.rows, found[-1]["last_row"]) == (1250, "yes")


def test_what_was_reported_for_the_pledges_of_a_filter_is_theirs_however_far_apart_they_are(session):
    action = an_action(session)
    first = a_pledge(session, action, name="Amal", letters=9)
    between = [a_pledge(session, action, letters=1) for _ in range(60)]
    last = a_pledge(session, action, name="Zoe", letters=9)
    for pledge, target in ((first, 4), (between[7], 5), (last, 6)):
        a_report(session, action, pledge=pledge, target=target, copy=1)
    order = filtered(session, action, Pledge, Wanted(least=9))
    found = rows_of(b"".join(exports.pledges(session, order).chunks))
    assert [(row["name"], row["letters_reported"], row["has_reported"]) for row in found] == [
        ("Amal", "4", "1"), ("Zoe", "6", "1"),
    ]  # fmt: skip


def test_letters_of_a_filter_are_counted_by_recipient_and_end_like_a_whole_file(session, monkeypatch):
    action = an_action(session)
    for number in range(9):
        a_report(session, action, target=1 + number % 2, copy=1)
    monkeypatch.setattr(rows, "PAGE", 3)
    download = exports.letters(session, filtered(session, action, Report, Wanted(least=2)))
    found = rows_of(b"".join(download.chunks))
    assert (download.rows, len(found), found[-1]["last_row"]) == (8, 8, "yes")
    nothing = exports.letters(session, filtered(session, action, Report, Wanted(least=99)))
    assert (nothing.rows, rows_of(b"".join(nothing.chunks))) == (0, [])


def test_no_transaction_stays_open_while_the_reader_takes_a_chunk(session):
    action = two_people(session)
    for make in (exports.pledges, exports.letters):
        for _ in make(session, order_of(action)).chunks:
            assert not session.in_transaction()


@pytest.mark.parametrize("make", [exports.pledges, exports.letters])
def test_a_file_that_was_cut_anywhere_shows_it(session, make):
    whole = file_of(make, session, two_people(session))
    header = whole.index(b"\r\n")
    assert is_whole(whole)
    for length in range(len(whole) - 2):  # without its last line end it is whole
        if not header <= length <= header + 2:  # the header alone is the file of an action without rows
            assert not is_whole(whole[:length]), whole[:length][-40:]


def test_the_file_is_named_by_action_and_day_in_the_actions_zone(session):
    action = an_action(session, slug="ua-109-23-2")
    late = datetime(2026, 11, 25, 4, 59, tzinfo=UTC)  # a minute to midnight in Toronto
    assert exports.file_name(action, "pledges", late) == "ua-109-23-2-pledges-2026-11-24.csv"
    assert exports.file_name(action, "letters", late + timedelta(minutes=1)) == "ua-109-23-2-letters-2026-11-25.csv"


# ── Texts that would like to be formulas ──

HOSTILE = [
    "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\r\n=1", "  =1", "\xa0=1", "\u200b=1", "\ufeff=1",
    "\x00=1", "\u202e=1", '"=1', '"";=1', "＝1＋1", "Amal\n=1", "Amal\r\n  -1", "Amal\u2028@x", "Amal,=1", "Amal; +1",
    "Amal\t=1", "Amal|=cmd", "\tAmal", "Amal\n\t", '=HYPERLINK("https://example.org";"x")', "'", "''", "'=1", '"',
    '""', ",", ";", "\r", "\n", "\x00", "Ama\x00l", "أمل حداد", "\u202bאמל\u202c", "Zoé ✊🏽", "O'Neil-Roy", "-",
    "a@example.org", "\ud800",
]  # fmt: skip
ALPHABET = "=+-@＝'\",;|\t\r\n\x00\x0b\x85\u2028 \xa0\u200b\ufeff\u202eaé1✊"
TEXTS = st.one_of(st.text(ALPHABET, max_size=12), st.text(max_size=20))


def looked_through(text: str) -> str:
    """Without what a spreadsheet might pass over before a formula; more than our own list holds."""
    return text.lstrip("".join(c for c in set(text) if c in ' "' or unicodedata.category(c) in {"Zs", "Cc", "Cf"}))


def cells_of_calc(line: str, separators: str) -> list[str]:
    """The cells of a file as LibreOffice Calc and Excel take them apart, with these separators.

    A cell that begins with a quote ends at the next quote that is not doubled; what follows it up to the
    separator is added to the cell as it stands.
    """
    cells, rest = [], line
    while True:
        cell = ""
        if rest.startswith('"'):
            quoted = re.match(r'"((?:[^"]|"")*)(?:"|$)', rest)
            cell, rest = quoted[1].replace('""', '"'), rest[quoted.end() :]
        end = re.search(rf"[{separators}\r\n]", rest)
        cells.append(cell + rest[: end.start() if end else len(rest)])
        if not end:
            return cells
        rest = rest[end.end() :]


@given(TEXTS)
@example("\t=1")
@example("Amal\r\n\r\n=1")
def test_no_cell_and_no_line_begins_a_formula_in_a_spreadsheet(text):
    cell = csv_cells.guarded_cell(text)
    for separators in (",", ";", "\t", "|", ",;\t"):
        for found in cells_of_calc(cell, separators):
            for line in re.split(r"[\n\r\v\f\x85\u2028\u2029]", found):
                assert not looked_through(line).startswith(tuple("=+-@＝＋－＠")), (cell, found)
    assert not exports.guarded(text).startswith(("\t", "\r", "\n", "\x00"))


@given(TEXTS)
def test_the_quick_test_lets_nothing_by_that_the_guard_would_change(text):
    plain = csv_cells.guarded_cell(text)
    assert next(csv.reader(StringIO(f"{plain},\r\n", newline="")))[0] == exports.guarded(text)


@pytest.mark.parametrize("text", HOSTILE)
def test_for_import_a_text_is_unaltered_and_for_a_spreadsheet_only_apostrophes_are_added(text):
    styles = (csv_cells.for_programs(), csv_cells.for_spreadsheet(";"), csv_cells.for_spreadsheet(","))
    for style in styles:
        line = style.separator.join(["before", style.text(text), "after"]) + "\r\n"
        sent = csv_cells.encoded(line).decode()
        before, cell, after = next(csv.reader(StringIO(sent, newline=""), delimiter=style.separator, strict=True))
        assert (before, after) == ("before", "after")
        kept = cell if not style.beginning else cell.replace("'", "")
        assert kept == (text if not style.beginning else text.replace("'", "")).replace("\ud800", "?")


@pytest.mark.parametrize("text", ["Amal", "O'Neil-Roy", "'", "a@example.org", "1-2", "أمل حداد", "Zoé ✊🏽", "", "C+"])
def test_a_harmless_text_is_left_alone(text):
    assert exports.guarded(text) == text


def test_names_of_every_kind_survive_the_database_and_the_file(session):
    action = an_action(session)
    names = [text for text in HOSTILE if "\ud800" not in text]
    if session.get_bind().dialect.name == "postgresql":
        names = [text for text in names if "\x00" not in text]  # it stores no NUL
    for name in names:
        a_pledge(session, action, name=name)
    assert names_of(file_of(exports.pledges, session, action)) == names
    sheet = rows_of(file_of(exports.pledges, session, action, flavour=Flavour.SPREADSHEET, language="fr"), ";")
    assert [row["name"] for row in sheet] == [exports.guarded(name) for name in names]


# ── The page ──


def test_every_column_is_explained_for_a_volunteer():
    sections = PAGE.read_text().split("\n## ")
    for title, columns in (("pledges.csv", exports.PLEDGE_COLUMNS), ("letters.csv", exports.LETTER_COLUMNS)):
        section = next(one for one in sections if one.startswith(f"`{title}`"))
        assert re.findall(r"^\| `([a-z_]+)` \|", section, re.M) == list(columns)


def test_columns_are_in_snake_case_and_occur_once():
    for columns in (exports.PLEDGE_COLUMNS, exports.LETTER_COLUMNS):
        assert len(set(columns)) == len(columns)
        assert all(re.fullmatch(r"[a-z]+(_[a-z]+)*", column) for column in columns)


def test_a_file_of_a_filter_ends_without_rows_that_were_removed_meanwhile(session):
    pledge = a_pledge(session, an_action(session))
    matched = rows.picked(session, rows.PLEDGES, [rows.PLEDGES.c.id == pledge.id])
    session.execute(delete(PrivateLink))
    session.delete(pledge)
    session.commit()
    assert list(rows.pledges_with_reports(session, matched, None)) == []
