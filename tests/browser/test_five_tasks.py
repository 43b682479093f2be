"""Five tasks of a stranger on a phone: how many taps each takes, and how much of a person's time.

The time is reckoned, not measured, so that it is the same on every machine: what a person needs for each act of the
keystroke-level model (Card, Moran and Newell, 1980), with a finger instead of a mouse. `-s` shows the figures.
"""

import math

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import every_page

pytestmark = pytest.mark.walk

DECIDE, TAP, KEY, SWIPE, WORD = 1.35, 1.1, 0.28, 0.8, 0.25  # seconds; a word read costs what 240 words a minute cost
REACH = 500  # pixels that a swipe moves
BELOW = "(one) => { const box = one.getBoundingClientRect(); return [box.top, Math.min(box.bottom, box.top + 200)]; }"


class Stranger:
    """Somebody with a phone who has never seen the site."""

    def __init__(self, page: Page) -> None:
        self.page, self.taps, self.seconds = page, 0, 0.0

    def look_at(self, what: Locator) -> None:
        """Swipes until it is on the screen."""
        what.wait_for()
        top, bottom = what.evaluate(BELOW)
        height = self.page.viewport_size["height"]
        off = bottom - height if bottom > height else min(top, 0)
        self.page.evaluate("by => window.scrollBy(0, by)", off)
        self.seconds += math.ceil(abs(off) / REACH) * SWIPE

    def read(self, what: Locator) -> str:
        """Reads all of it."""
        self.look_at(what)
        words = what.inner_text()
        self.seconds += len(words.split()) * WORD
        return words

    def tap(self, what: Locator) -> None:
        """Finds it, decides and taps."""
        self.look_at(what)
        self.taps += 1
        self.seconds += DECIDE + TAP
        what.tap()

    def type(self, what: Locator, text: str) -> None:
        """Taps the field and types."""
        self.tap(what)
        self.seconds += len(text) * KEY
        what.fill(text)

    def choose(self, what: Locator, value: str) -> None:
        """Taps the list and the choice in it."""
        self.look_at(what)
        self.taps += 2
        self.seconds += 2 * (DECIDE + TAP)
        what.select_option(value)


def find_what_to_do(one: Stranger, path: str) -> None:
    one.page.goto(path.partition("actions/")[0])
    one.tap(one.page.locator(f"main a[href='{path}']"))
    for part in ("h1", ".lead", ".demands li >> nth=0", ".demands li >> nth=1"):
        one.read(one.page.locator(part))


def pledge(one: Stranger, path: str) -> None:
    one.page.goto(path)
    one.tap(one.page.locator(".standing a[href='#pledge']"))
    one.type(one.page.locator("#pledge [name=name]"), "Amal")
    one.tap(one.page.locator("#pledge button.strong"))
    assert one.read(one.page.locator("#pledge .plate h2"))


def write(one: Stranger, path: str) -> None:
    one.page.goto(path)
    one.tap(one.page.locator("main a[href*='/write']").first)
    one.read(one.page.locator("h1"))
    one.tap(one.page.locator("[data-copy=letter-1]"))
    expect(one.page.locator("#announcement")).not_to_be_empty()


def report(one: Stranger, path: str) -> None:
    one.page.goto(path)
    one.tap(one.page.locator(".standing a[href$='/letters']"))
    one.read(one.page.locator("h1"))
    one.tap(one.page.locator("#report [type=submit]"))
    assert one.read(one.page.locator("#report h2, #reported h2, .plate h2, .plate h1").first)


def find_the_number_of_the_group(one: Stranger, path: str) -> None:
    one.page.goto(path)
    one.tap(one.page.locator("main a[href*='/share']").first)
    one.read(one.page.locator("h1"))
    one.page.wait_for_load_state()  # before that, nothing listens to the choice
    with one.page.expect_response("**/share/kit*"):
        one.choose(one.page.locator("select[name=group]"), "montreal")
    one.look_at(one.page.locator("iframe"))
    number = one.page.frame_locator("iframe").locator("[data-count=group-letters-sent]")
    expect(number).to_have_text("137")


TASKS = (find_what_to_do, pledge, write, report, find_the_number_of_the_group)


@pytest.fixture
def phone(browser, address):
    context = browser.new_context(
        base_url=address, viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True,
        permissions=["clipboard-read", "clipboard-write"],
    )  # fmt: skip
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.__name__)
def test_a_stranger_needs_at_most_six_taps_and_twenty_seconds(phone, session, site, task, language):
    world = every_page.fill(session)
    one = Stranger(phone)
    task(one, world.public["open"].format(language))
    print(f"\n{task.__name__.replace('_', ' ')} ({language}): {one.taps} taps, {one.seconds:.1f} s")
    assert one.taps <= 6
    assert one.seconds <= 20
