"""Firefox prints no empty sheet: one for each letter that fits, and none behind the page of an action."""

import re
import shutil
import zlib

import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from tests.conftest import lacking
from tests.factories import NOON, an_action
from tests.outside.browsers import Firefox
from tests.site import Site

PAPERS = {"letter": (21.59, 27.94), "a4": (21.0, 29.7)}  # width and height in centimetres
STREAM = re.compile(rb"stream\r?\n(.*?)endstream", re.DOTALL)
SHEET = re.compile(rb"/Type\s*/Page\b")


@pytest.fixture
def firefox():
    if shutil.which("firefox-esr") is None:
        lacking("browsers", "firefox-esr is missing")
    running = Firefox()
    yield running
    running.stop()


@pytest.fixture
def site(sqlite_template, tmp_path):
    """The site with one action, which has a target and a copy."""
    database = f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'ua_tracker.db')}"
    engine = create_engine(database)
    with Session(engine) as session:
        an_action(session)
    engine.dispose()
    running = Site(tmp_path, database, NOON).start()
    yield running
    running.stop()


def sheets(pdf: bytes) -> int:
    """The number of sheets. Firefox keeps the descriptions of the pages in compressed streams."""
    streams = [pdf]
    for found in STREAM.finditer(pdf):
        try:
            streams.append(zlib.decompressobj().decompress(found[1]))
        except zlib.error:  # a font or a picture, which is packed in another way
            continue
    return sum(len(SHEET.findall(stream)) for stream in streams)


def test_firefox_prints_a_sheet_for_each_letter_and_none_behind_an_action(firefox, site):
    page = f"{site.address}/en/actions/ua-12-26"
    for paper, (width, height) in PAPERS.items():
        firefox.open(f"{page}/write?paper={paper}")
        assert sheets(firefox.print(page={"width": width, "height": height})) == 2, paper
    firefox.open(page)
    assert sheets(firefox.print(page={"width": 21.0, "height": 29.7})) == 1
