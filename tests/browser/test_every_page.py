"""Every page: accessible, narrow, dark, printed, small, and calling nobody else."""

from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser import every_page
from tests.factories import NOON, a_group
from tests.rules.test_importing import SAMPLE
from ua_tracker import actions
from ua_tracker.importing import saving
from ua_tracker.importing.reading import read

CLOSING = datetime(2026, 3, 16, 4, 0, tzinfo=UTC)
PAGES = {"open action": "/{}/actions/ua-12-26", "report": "/{}/actions/ua-12-26/letters"}
# All rules but those of level AAA and the experimental ones. Without this choice those of WCAG 2.2 are left out.
# As many as an office with several towns has.
GROUPS = {
    "calgary": "Calgary", "edmonton": "Edmonton", "guelph": "Guelph", "halifax": "Halifax", "kingston": "Kingston",
    "laval": "Groupe de Laval", "london": "London", "montreal": "Groupe de Montréal", "ottawa": "Ottawa",
    "quebec": "Groupe de Québec", "regina": "Regina", "sherbrooke": "Groupe de Sherbrooke", "toronto": "Toronto",
    "vancouver": "Vancouver", "victoria": "Victoria", "winnipeg": "Winnipeg",
}  # fmt: skip
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
OPENED = "document.querySelectorAll('details').forEach(one => { one.open = true; })"


@pytest.fixture
def world(session, site):
    """Every page in every state."""
    return every_page.fill(session)


def violations(page) -> list[str]:
    found = Axe().run(page, options=RULES).response["violations"]
    return [f"{one['id']}: {node['html'][:150]}" for one in found for node in one["nodes"]]


def pages_of(world, page, language) -> Iterator[str]:
    """Opens each page, at last those for coordinators, and gives its name; all that is folded is unfolded."""
    for name, path in world.public.items():
        assert (page.goto(path.format(language)).status == 404) == name.startswith("missing"), name
        page.evaluate(OPENED)
        yield name
    world.sign_in(page, language)
    for name, path in world.office.items():
        assert page.goto(path.format(language)).status == 200, name
        page.evaluate(OPENED)
        yield name


SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


# Each takes long. Colours are the same at each width, and roles in each language.
@pytest.mark.parametrize(("width", "scheme", "language"), [(320, "light", "en"), (1280, "dark", "fr")])
def test_every_page_is_accessible_and_fits_320_pixels(page, world, language, scheme, width):
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 800})
    for name in pages_of(world, page, language):
        assert violations(page) == [], name
        assert page.evaluate(SIDEWAYS) <= 0, f"{name} scrolls sideways"


@pytest.mark.walk
def test_the_longer_words_of_french_fit_320_pixels_too(page, world):
    page.set_viewport_size({"width": 320, "height": 800})
    for name in pages_of(world, page, "fr"):
        assert page.evaluate(SIDEWAYS) <= 0, f"{name} scrolls sideways"


# On a phone the head of a table is shown while it has the focus of the keyboard, as is the link to the content.
SMALL_TARGETS = """
    () => [...document.querySelectorAll("a[href], button, summary, input:not([type=hidden]), select, textarea")]
        .filter(one => one.checkVisibility() && !one.closest(".skip, .for-ears, .cards thead, [aria-hidden=true]"))
        .filter(one => {
            if (getComputedStyle(one).display !== "inline") return true;
            let block = one.parentElement;  // a link in a sentence is as high as its line (WCAG 2.5.8, "Inline")
            while (getComputedStyle(block).display === "inline") block = block.parentElement;
            const copy = block.cloneNode(true);
            copy.querySelectorAll("a, button, .for-ears").forEach(link => link.remove());
            return !/[\\p{L}\\p{N}]/u.test(copy.textContent);
        })
        .map(one => [one, one.labels?.length && ["radio", "checkbox"].includes(one.type) ? one.labels[0] : one])
        .map(([one, target]) => [one, target.getBoundingClientRect()])
        .filter(([, box]) => box.width < 24 || box.height < 24)
        .map(([one, box]) => `${Math.round(box.width)}x${Math.round(box.height)} ${one.outerHTML.slice(0, 150)}`)
"""


@pytest.mark.walk
@pytest.mark.parametrize("language", ["en", "fr"])
def test_whatever_can_be_pressed_has_24_pixels_each_way(page, world, language):
    """WCAG 2.2, 2.5.8: targets outside running text, on a phone."""
    page.set_viewport_size({"width": 360, "height": 800})
    for name in pages_of(world, page, language):
        assert page.evaluate(SMALL_TARGETS) == [], name


def test_the_answers_to_forms_are_accessible_too(page, session, site):
    page.goto(PAGES["open action"].format("en"))
    page.get_by_role("button", name="I will write").click()
    expect(page.locator(".summary")).to_be_visible()
    assert violations(page) == []
    page.get_by_label("Your name or initials").fill("Amal")
    page.get_by_label("How many letters will you write?").fill("3")
    page.get_by_role("button", name="I will write").click()
    expect(page.locator("#private-link")).to_be_visible()
    assert violations(page) == []
    page.locator("#private-link").click()
    page.get_by_text("Fewer, another way, another day").click()
    page.get_by_label("Letters to: Minister of Justice").fill("501")
    page.get_by_role("button", name="Report these letters").click()
    expect(page.locator(".summary")).to_be_visible()
    assert violations(page) == []
    page.goto(PAGES["report"].format("fr"))
    page.get_by_label("Lettres à : Minister of Justice").fill("3")
    page.get_by_role("button", name="Signaler ces lettres").click()
    expect(page.get_by_role("heading", name="Merci!")).to_be_visible()
    assert violations(page) == []
    page.goto(PAGES["open action"].format("en"))
    site.set_clock(CLOSING)
    page.get_by_label("Your name or initials").fill("Amal")
    page.get_by_label("How many letters will you write?").fill("3")
    page.get_by_role("button", name="I will write").click()
    expect(page.get_by_text("What you had typed")).to_be_visible()
    assert violations(page) == []


def test_the_number_and_both_verbs_stand_on_a_phones_first_screen(page, session, site):
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(PAGES["open action"].format("fr"))
    for words in ("Promettre des lettres", "Signaler des lettres envoyées"):
        expect(page.get_by_role("link", name=words)).to_be_in_viewport()
    expect(page.locator(".number strong")).to_be_in_viewport()


def test_on_paper_the_addresses_stand_and_the_form_does_not(page, session, site):
    page.goto(PAGES["open action"].format("en"))
    page.emulate_media(media="print")
    for words in ("Rufus Firefly", "Her Excellency Gloria Teasdale"):
        expect(page.get_by_text(words)).to_be_visible()
    expect(page.get_by_role("button", name="I will write")).to_be_hidden()
    expect(page.get_by_text("She has taught for ten years.")).to_be_visible()


@pytest.mark.parametrize("query", ["", "?group=montreal"])
@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_page_of_the_real_document_is_small_and_calls_no_other_site(page, session, site, language, query):
    options = {"goal": None, "timezone": None, "default_timezone": "America/Toronto", "now": NOON, "actor": "tests"}
    action = saving.save(session, read(SAMPLE.read_bytes()), **options).action
    actions.publish(session, action, actor="rosa", now=NOON)
    action.deadline = NOON.date()
    for slug, name in GROUPS.items():
        a_group(session, slug, name)
    session.commit()
    page.context.set_extra_http_headers({"Accept-Encoding": "gzip"})
    sizes, hosts = {}, set()
    page.on("response", lambda answer: hosts.add(urlsplit(answer.url).netloc))
    with page.expect_event("requestfinished", lambda request: "/files/page." in request.url):
        page.on("requestfinished", lambda request: sizes.update({request.url: request.sizes()["responseBodySize"]}))
        html = page.goto(f"/{language}/actions/{action.slug}{query}").body()
    page.wait_for_load_state("networkidle")
    assert len(html) <= 12 * 1024
    assert hosts == {urlsplit(site.address).netloc}
    own = {url: size for url, size in sizes.items() if "/counter" not in url and "/favicon" not in url}
    assert len(own) == 4
    assert sum(own.values()) <= 45 * 1024
