"""Firefox prints no empty sheet: one for each letter that fits, and none behind the page of an action."""

import shutil

import pypdfium2
import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from tests.conftest import lacking
from tests.factories import NOON, a_recipient, an_action
from tests.outside.browsers import Firefox
from tests.site import Site
from ua_tracker import letter_texts
from ua_tracker.models import Action

PAPERS = {"letter": (21.59, 27.94), "a4": (21.0, 29.7)}  # width and height in centimetres


@pytest.fixture
def firefox():
    if shutil.which("firefox-esr") is None:
        lacking("browsers", "firefox-esr is missing")
    running = Firefox()
    yield running
    running.stop()


@pytest.fixture
def site(sqlite_template, tmp_path):
    """The site with one action, which has one target."""
    database = f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'ua_tracker.db')}"
    engine = create_engine(database)
    with Session(engine) as session:
        session.delete(an_action(session).copies[0])
        session.commit()
    engine.dispose()
    running = Site(tmp_path, database, NOON).start()
    yield running
    running.stop()


def printed(firefox, address: str, size: tuple[float, float]) -> list[tuple[bool, int, str]]:
    """Of each sheet whether it lies across, where its text begins at the left (points), and the text."""
    firefox.open(address)
    document = pypdfium2.PdfDocument(firefox.print(page=dict(zip(("width", "height"), size, strict=True))))
    return [_read(page) for page in document]


def _read(page: pypdfium2.PdfPage) -> tuple[bool, int, str]:
    text = page.get_textpage()
    left = min((text.get_rect(number)[0] for number in range(text.count_rects())), default=0)
    return page.get_width() > page.get_height(), round(left), text.get_text_bounded().strip()


def is_alike(sheets: list[tuple[bool, int, str]], across: bool) -> bool:
    """Whether all sheets lie so and have the same margin: first letters begin within three points."""
    lefts = [left for _, left, _ in sheets]
    return {one for one, _, _ in sheets} == {across} and max(lefts) - min(lefts) <= 3


def with_recipients(session, number: int) -> Action:
    """The action, with so many to write to."""
    action = session.query(Action).one()
    have = len(action.targets) + len(action.copies)
    session.add_all(a_recipient(action, "target", place, name=f"Person {place}.") for place in range(have, number))
    action.revision += 1
    session.commit()
    session.refresh(action)
    return action


@pytest.mark.parametrize("paper", PAPERS)
def test_firefox_prints_each_letter_envelope_and_label_once_and_all_alike(firefox, site, paper):
    engine = create_engine(site.database)
    page, size = f"{site.address}/en/actions/ua-12-26", PAPERS[paper]
    for number in (1, 3, 10):
        with Session(engine) as session:
            action = with_recipients(session, number)
            names = [one.envelope[0] for one in letter_texts.letters(action)]
        assert len(names) == number
        letters = printed(firefox, f"{page}/write?paper={paper}", size)
        assert [name in text for name, (_, _, text) in zip(names, letters, strict=True)] == [True] * number
        assert is_alike(letters, across=False)
        covers = printed(firefox, f"{page}/write/envelopes?paper={paper}", size)
        assert [name in text for name, (_, _, text) in zip(names, covers, strict=True)] == [True] * number
        assert is_alike(covers, across=True)
        labels = printed(firefox, f"{page}/write/labels?paper={paper}", size)
        assert len(labels) == (2 if (paper, number) == ("a4", 10) else 1)
        assert all(name in "".join(text for _, _, text in labels) for name in names)
        assert is_alike(labels, across=False)
        [(across, _, text)] = printed(firefox, f"{page}/poster?paper={paper}", size)
        assert (across, action.title in text.replace("\r\n", " ")) == (False, True)
    engine.dispose()


def test_firefox_prints_a_letter_of_several_sheets_with_the_same_margins(firefox, site):
    firefox.open(f"{site.address}/en/actions/ua-12-26/write?paper=a4")
    firefox.type("#letter-1", "A line of the letter.\n" * 150)
    firefox.wait_for("document.querySelector('.sheet .lines').textContent.includes('A line')")
    found = printed(firefox, f"{site.address}/en/actions/ua-12-26/write?paper=a4", PAPERS["a4"])
    assert len(found) == 5
    assert is_alike(found, across=False)


def test_firefox_prints_nothing_behind_an_action(firefox, site):
    assert len(printed(firefox, f"{site.address}/en/actions/ua-12-26", PAPERS["a4"])) == 1
