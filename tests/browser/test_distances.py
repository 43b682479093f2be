"""A heading or a note never presses against what comes next: it would be read as belonging to it."""

import pytest

from tests.browser import every_page
from tests.browser.test_every_page import pages_of

PRESSED = """
    () => [...document.querySelectorAll(
        "h1 + :is(h2, form, dl, section), .hint + :is(.field, .fields, fieldset, .verbs), form + .hint")]
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
