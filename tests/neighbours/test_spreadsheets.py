"""The files as LibreOffice opens them, in English and in French: each cell with its type and its value."""

import shutil
import subprocess
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.conftest import lacking
from tests.factories import a_group, a_pledge, a_report, an_action
from tests.rules.test_exports import HOSTILE, file_of
from tests.web.test_stored_text import ON_SQLITE
from ua_tracker import exports
from ua_tracker.exports import Flavour

OF = {name: f"{{urn:oasis:names:tc:opendocument:xmlns:{name}:1.0}}" for name in ("table", "office", "text")}
LOCALES = {"en": "en-CA", "fr": "fr-CA"}
SEPARATORS = {"en": 44, "fr": 59}
TEXTS = [
    "007", "1/2", "TRUE", "VRAI", "=1+1", "+41791234567", "-5", "@SUM(A1)", "12345678901234567890", "'quoted", "1e5",
    "2026-03-01", "12:30", "10%", "1 234,5", "#REF!", "{=1}", "_x003D_1+1", "https://example.org", "<b>&amp;",
    *(text for text in HOSTILE if text and text.isprintable()),
]  # fmt: skip
# What stands in a profile that was never used before, so that LibreOffice has this locale.
PROFILE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry"><item oor:path="/org.openoffice.Setup/L10N">
<prop oor:name="ooSetupSystemLocale" oor:op="fuse"><value>{locale}</value></prop></item></oor:items>
"""


@pytest.fixture
def action(session):
    """Amal, who wrote, and people whose names are no names."""
    made = an_action(session, slug="ua-109-23-2")
    a_group(session)
    changes = {"email": "amal@example.org", "group": "montreal", "write_on": date(2026, 3, 12)}
    a_report(session, made, pledge=a_pledge(session, made, name="Amal Haddad", **changes), name="Amal")
    for text in TEXTS:
        a_pledge(session, made, name=text)
    return made


@pytest.fixture(params=LOCALES)
def lang(request) -> str:
    return request.param


def opened(files: dict[str, bytes], folder: Path, lang: str, *options: str) -> dict[str, list[list[tuple[str, str]]]]:
    """The rows of each file as LibreOffice has them: of each cell its type, and its value or its text."""
    program = shutil.which("localc") or lacking("calc", "not installed")
    (folder / "profile" / "user").mkdir(parents=True, exist_ok=True)
    (folder / "profile" / "user" / "registrymodifications.xcu").write_text(PROFILE.format(locale=LOCALES[lang]))
    for name, content in files.items():
        (folder / name).write_bytes(content)
    profile = f"-env:UserInstallation=file://{folder}/profile"
    command = [program, profile, "--headless", *options, "--convert-to", "fods", "--outdir", str(folder / "out")]
    subprocess.run([*command, *(str(folder / name) for name in files)], check=True, capture_output=True, timeout=180)
    return {name: _rows(ElementTree.parse(folder / "out" / f"{Path(name).stem}.fods").getroot()) for name in files}


def _rows(root: ElementTree.Element) -> list[list[tuple[str, str]]]:
    found = [[_cell(cell) for cell in row for _ in range(_times(cell))] for row in root.iter(f"{OF['table']}table-row")]
    return [row for row in found if any(kind for kind, _ in row)]


def _times(cell: ElementTree.Element) -> int:
    return min(int(cell.get(f"{OF['table']}number-columns-repeated", "1")), 50)


def _cell(cell: ElementTree.Element) -> tuple[str, str]:
    assert cell.get(f"{OF['table']}formula") is None, "a formula"
    kind = cell.get(f"{OF['office']}value-type", "")
    value = cell.get(f"{OF['office']}date-value") or cell.get(f"{OF['office']}value")
    return kind, value or "\n".join(_text(line) for line in cell.iter(f"{OF['text']}p"))


def _text(line: ElementTree.Element) -> str:
    """The text of a line; several spaces are an element that counts them."""
    spaces = "".join(" " * int(node.get(f"{OF['text']}c", "1")) for node in line.iter(f"{OF['text']}s"))
    return "".join(line.itertext()) if not spaces else f"{spaces}{''.join(line.itertext())}"


@ON_SQLITE
def test_a_workbook_opens_with_every_cell_as_it_is(session, action, lang, tmp_path):
    made = {"pledges.xlsx": exports.pledges, "letters.xlsx": exports.letters}
    files = {name: file_of(make, session, action, None, Flavour.WORKBOOK, lang) for name, make in made.items()}
    rows = opened(files, tmp_path, lang)
    headings, amal, *others = rows["pledges.xlsx"]
    assert ("string", {"en": "Letters promised", "fr": "Lettres promises"}[lang]) in headings
    yes, no, counted = {"en": ("yes", "no", "counted"), "fr": ("oui", "non", "comptée")}[lang]
    assert amal[3:16] == [
        ("string", "Amal Haddad"), ("string", "amal@example.org"), ("string", "montreal"), ("float", "3"),
        ("date", "2026-03-12"), ("string", "English"), ("date", "2026-03-10T12:00:00"), ("string", counted), ("", ""),
        ("float", "2"), ("float", "1"), ("string", yes), ("string", no),
    ]  # fmt: skip
    assert amal[17:19] == [("string", "Amal"), ("string", "Haddad")]
    assert [row[3] for row in others] == [("string", text) for text in TEXTS]
    _, target, copy = rows["letters.xlsx"]
    assert [target[9], target[10], target[15], copy[10]] == [
        ("date", "2026-03-09"), ("float", "2"), ("date", "2026-03-10T12:00:00"), ("float", "1"),
    ]  # fmt: skip


@ON_SQLITE
def test_a_csv_for_a_spreadsheet_opens_as_columns_with_times_and_without_formulas(session, action, lang, tmp_path):
    file = file_of(exports.pledges, session, action, None, Flavour.SPREADSHEET, lang)
    reads = f"--infilter=CSV:{SEPARATORS[lang]},34,76,1,,0,false,true"
    _, amal, *others = opened({"pledges.csv": file}, tmp_path, lang, reads)["pledges.csv"]
    assert amal[3:8] == [
        ("string", "Amal Haddad"), ("string", "amal@example.org"), ("string", "montreal"), ("float", "3"),
        ("date", "2026-03-12"),
    ]  # fmt: skip
    assert {row[9] for row in (amal, *others)} == {("date", "2026-03-10T12:00:00")}
