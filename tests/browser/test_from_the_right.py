"""The site in a language that is written from right to left: nothing hangs out, and all is the other way round."""

import shutil

import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from tests import pseudo_language
from tests.browser import every_page
from tests.conftest import empty
from tests.factories import NOON, an_action
from tests.pseudo_language import CODE
from tests.site import FROM_THE_RIGHT, Site
from ua_tracker.models import Action

pytestmark = pytest.mark.walk

SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def turned(sqlite_template, tmp_path_factory):
    """A site that has a third language."""
    folder = tmp_path_factory.mktemp("turned")
    path = shutil.copy(sqlite_template, folder / "ua_tracker.db")
    pseudo_language.write_from_the_right(folder / "translations")
    environ = {FROM_THE_RIGHT: str(folder / "translations")}
    running = Site(folder, f"sqlite:///{path}", NOON, **environ).start()
    yield running
    running.stop()


@pytest.fixture
def session(turned):
    engine = create_engine(turned.database)
    empty(engine)
    with Session(engine) as opened:
        yield opened
    engine.dispose()


@pytest.fixture
def site(turned, session):
    an_action(session)
    return turned


@pytest.fixture
def world(session, site):
    return every_page.fill(session)


def box(page, selector: str) -> dict[str, float]:
    return page.locator(selector).first.bounding_box()


def middle(page, selector: str) -> float:
    found = box(page, selector)
    return found["x"] + found["width"] / 2


@pytest.mark.parametrize("width", [360, 1280])
def test_no_page_scrolls_sideways(page, world, width):
    page.set_viewport_size({"width": width, "height": 800})
    for name, path in world.public.items():
        page.goto(path.format(CODE))
        assert page.evaluate("document.dir") == "rtl", name
        assert page.evaluate(SIDEWAYS) <= 0, name
    world.sign_in(page, CODE)
    for name, path in world.office.items():
        answer = page.goto(path.format(CODE))
        assert (answer.status, page.evaluate("document.dir")) == (200, "rtl"), name
        assert page.evaluate(SIDEWAYS) <= 0, name


def test_the_parts_of_a_page_change_sides(page, world):
    page.set_viewport_size({"width": 1280, "height": 800})
    sides = {}
    for language in ("en", CODE):
        page.goto(world.public["open"].format(language))
        sides[language] = [
            middle(page, first) < middle(page, second)
            for first, second in (
                (".site .name", "header.site nav"),
                (".story", ".act"),
                (".scale > :first-child", ".scale > :last-child"),
                (".verbs .button:first-child", ".verbs .button:last-child"),
            )
        ]
    assert sides == {"en": [True] * 4, CODE: [False] * 4}


def test_the_bar_fills_from_where_the_lines_begin(page, world):
    fills = {}
    for language in ("en", CODE):
        page.goto(world.public["open"].format(language))
        bar = box(page, "progress")
        mark = page.evaluate("getComputedStyle(document.querySelector('.goal-mark'), '::after').left")
        fills[language] = (page.evaluate("getComputedStyle(document.querySelector('progress')).direction"),
                           float(mark.removesuffix("px")) < bar["width"] / 2)  # fmt: skip
    assert fills == {"en": ("ltr", False), CODE: ("rtl", True)}


DIRECTIONS = """
    () => Object.fromEntries(Object.entries({
        title: "h1", target: ".envelope h3 bdi", address: ".envelope address", demand: ".demands [dir]",
        email: ".envelope dd a", summary: ".summary-text",
    }).map(([name, selector]) => [name, getComputedStyle(document.querySelector(selector)).direction]))
"""


def test_what_people_wrote_keeps_its_own_direction(page, world, session):
    page.goto(world.public["open"].format(CODE))
    assert set(page.evaluate(DIRECTIONS).values()) == {"ltr"}
    action = session.query(Action).filter_by(slug="ua-21-26").one()
    action.title, action.summary, action.demands = "أوقفوا الإعدام", ["سُجن المعلم."], ["أطلقوا سراحه."]
    for one in action.recipients:
        one.name, one.role, one.address_lines = "روفوس", "وزير العدل", ["شارع الحرية ١", "المدينة"]
    session.commit()
    page.goto(world.public["open"].format("en") + "?again")
    told = page.evaluate(DIRECTIONS)
    assert told.pop("email") == "ltr"
    assert set(told.values()) == {"rtl"}


def test_codes_to_copy_run_from_the_left(page, world):
    page.goto(world.public["share"].format(CODE))
    codes = page.locator(".code textarea")
    assert codes.count() >= 4
    assert set(codes.evaluate_all("all => all.map(one => getComputedStyle(one).direction)")) == {"ltr"}


def test_days_and_numbers_are_those_of_the_language(page, world):
    page.goto(world.public["open"].format(CODE))
    assert "ביוני" in page.locator(".standing").inner_text()


def test_the_address_on_paper_stays_in_the_window_of_the_envelope(page, world):
    page.set_viewport_size({"width": 816, "height": 1056})
    places = []
    for language in ("en", CODE):
        page.goto(world.public["write"].format(language))
        page.emulate_media(media="print")
        sheet, address = box(page, ".sheet"), box(page, ".sheet address")
        places.append(round(address["x"] - sheet["x"]))
    assert places[0] == places[1]
