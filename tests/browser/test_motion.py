"""Nothing moves by itself, least of all for readers who asked for less motion."""

import pytest

from tests.browser import every_page

pytestmark = pytest.mark.walk

MOVING = """
    () => [...document.querySelectorAll("*")]
        .flatMap(one => ["", "::before", "::after"].map(part => [one, getComputedStyle(one, part || null)]))
        .filter(([, style]) => style.animationName !== "none" || style.scrollBehavior !== "auto"
            || style.transitionDuration.split(", ").some(time => parseFloat(time) > 0))
        .map(([one]) => one.outerHTML.slice(0, 100))
"""


def test_no_page_has_a_transition_or_an_animation(page, session, site):
    page.emulate_media(reduced_motion="reduce")
    world = every_page.fill(session)
    for name, path in world.public.items():
        page.goto(path.format("en"))
        assert page.evaluate(MOVING) == [], name
        assert page.evaluate("document.getAnimations().length") == 0, name
    world.sign_in(page, "en")
    for name, path in world.office.items():
        page.goto(path.format("en"))
        assert page.evaluate(MOVING) == [], name
