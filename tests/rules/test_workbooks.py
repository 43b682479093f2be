"""The workbooks: texts as texts, days and times as such, several sheets, and nothing that is cut looks whole."""

import re
import zipfile
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from xml.etree import ElementTree

import pytest
from hypothesis import example, given

from tests.factories import NOON, a_group, a_pledge, a_report, an_action, an_api_key
from tests.rules.test_exports import HOSTILE, SECRET, TEXTS, order_of, two_people
from ua_tracker import exports
from ua_tracker.exports import Flavour, columns, local_times, people, rows, workbook_cells, workbooks
from ua_tracker.models import Pledge, Report

XML = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def book_of(make, session, action, group_id=None, language="en") -> zipfile.ZipFile:
    order = order_of(action, group_id, Flavour.WORKBOOK, language)
    return zipfile.ZipFile(BytesIO(b"".join(make(session, order).chunks)))


def sheets_of(book: zipfile.ZipFile) -> list[str]:
    """The names of the sheets."""
    root = ElementTree.fromstring(book.read("xl/workbook.xml"))
    return [sheet.get("name") for sheet in root.iter(f"{XML}sheet")]


def as_read(text: str) -> str:
    """A text as a spreadsheet reads it: `_x0041_` is a character (ECMA-376, 22.9.2.19)."""
    return re.sub(r"_x([0-9A-Fa-f]{4})_", lambda found: chr(int(found[1], 16)), text)


def cells_of(book: zipfile.ZipFile, sheet: int = 1) -> list[dict[str, tuple[str, str]]]:
    """The rows below the headings: for each heading the type of the cell and what stands in it."""
    root = ElementTree.fromstring(book.read(f"xl/worksheets/sheet{sheet}.xml"))
    shared = [as_read(one.text) for one in ElementTree.fromstring(book.read("xl/sharedStrings.xml")).iter(f"{XML}t")]
    assert not list(root.iter(f"{XML}f")), "a formula"
    found = []
    for row in root.iter(f"{XML}row"):
        cells = {}
        for cell in row:
            column = re.fullmatch(rf"([A-Z]+){row.get('r')}", cell.get("r"))[1]
            kind = cell.get("t", "n")
            value = "".join(one.text or "" for one in cell.iter() if one.tag in (f"{XML}t", f"{XML}v"))
            if kind == "s":
                value = shared[int(value)]
            cells[column] = (kind, as_read(value) if kind == "inlineStr" else value)
        found.append(cells)
    headings = {column: text for column, (_, text) in found[0].items()}
    return [{headings[column]: cell for column, cell in row.items()} for row in found[1:]]


def test_texts_numbers_days_and_times_are_what_they_are(session):
    action = two_people(session)
    [amal, zoe] = cells_of(book_of(exports.pledges, session, action))
    assert amal == {
        "Pledge": ("inlineStr", "ua-pledge-1"), "Action": ("inlineStr", "ua-109-23-2"),
        "AI index": ("inlineStr", "ASA 33/9519/2025"), "Name": ("inlineStr", "Amal"),
        "E-mail": ("inlineStr", "amal@example.org"), "Local group": ("inlineStr", "montreal"),
        "Letters promised": ("n", "3"), "Will write on": ("n", "46093"), "Language": ("inlineStr", "English"),
        "Made on (time zone America/Toronto)": ("n", "46091.5"), "State": ("inlineStr", "counted"),
        "Letters reported": ("n", "2"), "Copies reported": ("n", "1"), "Has reported": ("inlineStr", "yes"),
        "Wants to be told what came of it": ("inlineStr", "no"),
        "Person": ("inlineStr", people.ids(SECRET)("amal@example.org")), "First name": ("inlineStr", "Amal"),
    }  # fmt: skip
    assert (zoe["State"], zoe["Name"][1]) == (("inlineStr", "withdrawn"), 'Zoé "Zo" Roy, Laval')
    assert {"E-mail", "Will write on", "Person"} & set(zoe) == set()
    [target, copy] = cells_of(book_of(exports.letters, session, action, language="fr"))
    assert (target["Jour de l’envoi"], target["Fonction"][1]) == (("n", "46090"), "Minister of Justice")
    assert (target["Destinataire ou copie"][1], target["Moyen d’envoi"][1], copy["Lettres"]) == (
        "Destinataire", "Poste", ("n", "1"),
    )  # fmt: skip


def test_a_workbook_says_which_program_entered_a_row(session):
    action = two_people(session)
    an_api_key(session)
    for table in (Pledge, Report):
        session.query(table).filter(table.id == 1).update({"api_key_id": 1})
    session.commit()
    [by_program, by_herself] = cells_of(book_of(exports.pledges, session, action))
    assert (by_program["API key"], "API key" in by_herself) == (("inlineStr", "ua-key-1"), False)
    for row in cells_of(book_of(exports.letters, session, action, language="fr")):
        assert row["Clé d’API"] == ("inlineStr", "ua-key-1")


def test_headings_and_words_are_in_the_language_of_the_page(session):
    book = book_of(exports.pledges, session, two_people(session), language="fr")
    [amal, _] = cells_of(book)
    assert sheets_of(book) == ["Promesses"]
    assert amal["Faite le (fuseau horaire America/Toronto)"] == ("n", "46091.5")
    assert (amal["Langue"][1], amal["État"][1], amal["A signalé des lettres"][1]) == ("English", "comptée", "oui")


@pytest.mark.parametrize(
    "text",
    [*HOSTILE, "007", "1/2", "TRUE", "+41791234567", "12345678901234567890", "_x003D_1+1", "_x005F_x0041_", "<b>&amp;"],
)
def test_a_text_is_a_text_and_comes_back_as_it_was(text):
    cell = workbook_cells.Texts("A", "").cell(text)
    read = ElementTree.fromstring(f"<x>{cell.replace(workbook_cells.ROW, '2')}</x>")
    if not text:
        assert list(read) == []
        return
    assert read[0].get("t") == "inlineStr"
    shown = re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]", "\ufffd", re.sub(r"\r\n?", "\n", text))
    assert as_read("".join(read.itertext())) == shown


@given(TEXTS)
@example("Amal \u2028=1")
def test_a_plain_text_needs_no_care_nor_do_its_parts(text):
    if text and workbook_cells.is_plain(text):
        assert all(workbook_cells.escaped(part) == part for part in (text, *people.apart(text)))
        assert text == text.strip()


@pytest.mark.parametrize(("text", "ending"), [("x" * 40_000, "x…"), ("✊🏽" * 20_000, "…"), ("x" * 32_767, "xx")])
def test_a_text_that_no_cell_can_hold_is_cut_and_says_so(text, ending):
    read = workbook_cells.escaped(text)
    assert len(read.encode("utf-16-le")) // 2 <= workbook_cells.LONGEST
    assert read.endswith(ending)


def test_a_text_stays_one_when_somebody_types_in_its_cell(session):
    book = book_of(exports.pledges, session, two_people(session))
    sheet = book.read("xl/worksheets/sheet1.xml").decode()
    [style] = re.findall(r'<c r="D2" s="(\d+)"', sheet)
    formats = ElementTree.fromstring(book.read("xl/styles.xml")).find(f"{XML}cellXfs")
    assert formats[int(style)].get("numFmtId") == "49"  # text


def test_the_head_stays_in_view_with_filters_over_all_rows(session):
    book = book_of(exports.pledges, session, two_people(session))
    sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert re.search(r'<pane ySplit="1" [^>]*state="frozen"', sheet)
    assert '<autoFilter ref="A1:T3"/>' in sheet
    widths = [float(width) for width in re.findall(r'<col min="\d+" max="\d+" width="([\d.]+)"', sheet)]
    assert all(9 < width < 40 for width in widths)


def test_what_does_not_fit_goes_on_in_another_sheet(session, monkeypatch):
    action = an_action(session)
    for number in range(7):
        a_pledge(session, action, name=f"Amal {number}")
    monkeypatch.setattr(workbooks, "MOST_ROWS", 3)
    monkeypatch.setattr(rows, "PAGE", 2)
    book = book_of(exports.pledges, session, action)
    assert sheets_of(book) == ["Pledges", "Pledges 2", "Pledges 3"]
    names = [[row["Name"][1] for row in cells_of(book, sheet)] for sheet in (1, 2, 3)]
    assert names == [["Amal 0", "Amal 1", "Amal 2"], ["Amal 3", "Amal 4", "Amal 5"], ["Amal 6"]]
    assert '<autoFilter ref="A1:T2"/>' in book.read("xl/worksheets/sheet3.xml").decode()
    monkeypatch.setattr(workbooks, "MOST_ROWS", 7)
    monkeypatch.setattr(workbooks, "MOST_BYTES", 4000)
    book = book_of(exports.pledges, session, action)
    assert len(sheets_of(book)) > 1
    assert sum(len(cells_of(book, sheet)) for sheet in range(1, len(sheets_of(book)) + 1)) == 7


def test_an_action_without_anybody_has_its_headings(session):
    action = an_action(session)
    for make in (exports.pledges, exports.letters):
        assert cells_of(book_of(make, session, action)) == []


def test_a_group_sees_its_own_rows(session):
    action, montreal = an_action(session), a_group(session)
    for group in ("montreal", None):
        a_report(session, action, pledge=a_pledge(session, action, group=group), group=group)
    for make, number in ((exports.pledges, 1), (exports.letters, 2)):
        found = cells_of(book_of(make, session, action, montreal.id))
        assert [row["Local group"][1] for row in found] == ["montreal"] * number


def test_a_part_of_a_workbook_is_none_and_its_properties_name_nobody(session):
    order = order_of(two_people(session), flavour=Flavour.WORKBOOK)
    *parts, last = exports.pledges(session, order).chunks
    assert parts
    for part in (b"".join(parts), b"".join(parts) + last[:-1]):
        with pytest.raises(zipfile.BadZipFile):
            zipfile.ZipFile(BytesIO(part))
    properties = ElementTree.fromstring(book_of(exports.pledges, session, order.action).read("docProps/core.xml"))
    told = {one.tag.partition("}")[2]: one.text for one in properties}
    assert told == {
        "title": "ua-109-23-2-pledges-2026-03-10.xlsx", "creator": None, "lastModifiedBy": None,
        "created": "2026-03-10T16:00:00Z", "modified": "2026-03-10T16:00:00Z",
    }  # fmt: skip


def test_no_transaction_stays_open_while_the_reader_takes_a_chunk(session):
    action = two_people(session)
    for make in (exports.pledges, exports.letters):
        for _ in make(session, order_of(action, flavour=Flavour.WORKBOOK)).chunks:
            assert not session.in_transaction()


@pytest.mark.parametrize(
    "at", [NOON, datetime(2026, 11, 1, 5, 59, 59, tzinfo=UTC), datetime(2026, 3, 8, 7, tzinfo=UTC)]
)
@pytest.mark.parametrize("zone", ["America/Toronto", "Asia/Kathmandu", "Pacific/Apia", "Australia/Lord_Howe"])
def test_an_instant_is_the_local_date_and_time_whatever_the_database_gives(at, zone):
    stored, number = f"{at:%Y-%m-%d %H:%M:%S}.000000", local_times.numbers(zone)
    local = at.astimezone(local_times.ZoneInfo(zone)).replace(tzinfo=None)
    for value in (stored, at):
        shown = datetime(1899, 12, 30) + timedelta(days=float(number(value)))
        assert abs(shown - local) < timedelta(milliseconds=1)
        assert local_times.texts(zone)(value) == f"{local:%Y-%m-%d %H:%M}"
    assert local_times.number_of_day(date(2026, 3, 10)) == local_times.number_of_day("2026-03-10") == 46091


def test_every_column_has_a_heading_of_its_own():
    for table in (columns.PLEDGES, columns.LETTERS):
        assert len({column.heading for column in table}) == len(table)
