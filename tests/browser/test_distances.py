"""A heading or a note never presses against what comes next: it would be read as belonging to it."""

import pytest

from tests.browser import every_page
from tests.browser.test_every_page import pages_of

PRESSED = """
    () => [...document.querySelectorAll(
        "h1 + :is(h2, form, dl, section), .hint + :is(.field, .fields, .pair, fieldset, .verbs), " +
        ":is(form, .verbs) + .hint")]
        .filter(one => one.checkVisibility() && one.previousElementSibling.checkVisibility())
        .map(one => [one, one.getBoundingClientRect().top - one.previousElementSibling.getBoundingClientRect().bottom])
        .filter(([, gap]) => gap < 12)
        .map(([one, gap]) => `${Math.round(gap)} px before ${one.outerHTML.slice(0, 100)}`)
"""


@pytest.mark.walk
@pytest.mark.parametrize("width", [360, 1280])
def test_nothing_presses_against_a_heading_or_a_note(page, session, site, width):
    page.set_viewport_size({"width": width, "height": 800})
    world = every_page.fill(session)
    found = {name: page.evaluate(PRESSED) for name in pages_of(world, page, "en")}
    assert {name: pressed for name, pressed in found.items() if pressed} == {}


def test_after_a_report_without_scripts_the_message_stands_apart(browser, site):
    context = browser.new_context(
        base_url=site.address, java_script_enabled=False, viewport={"width": 320, "height": 740}
    )
    page = context.new_page()
    page.goto("/fr/actions/ua-12-26/letters")
    page.locator("[name=letters-1]").fill("2")
    page.locator("#report button[type=submit]").click()
    page.wait_for_url("**/pledges/**")
    parts = [page.locator(one).bounding_box() for one in ("p:has(+ #message)", "#message > h2")]
    parts += [page.locator(one).bounding_box() for one in ("#message-link", "#message + .rights")]
    ends = [part["y"] + part["height"] for part in parts]
    assert parts[1]["y"] - ends[0] >= 24
    assert parts[3]["y"] - ends[2] >= 16
    context.close()
