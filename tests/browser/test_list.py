"""The front page: what is open first, what came of the others beside it where there is room."""

import pytest

from tests.browser import every_page


@pytest.mark.parametrize(("width", "beside"), [(360, False), (1280, True)])
def test_what_came_of_the_others_stands_beside_the_open_ones_where_there_is_room(page, session, site, width, beside):
    every_page.fill(session)
    page.set_viewport_size({"width": width, "height": 800})
    page.goto("/en/")
    opened, closed = (page.locator(f".list > .{state}").bounding_box() for state in ("open", "closed"))
    assert (closed["x"] > opened["x"] + opened["width"], closed["y"] < opened["y"] + opened["height"]) == (beside,) * 2
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_the_most_urgent_action_has_the_largest_title(page, session, site):
    every_page.fill(session)
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto("/en/")
    sizes = page.evaluate(
        "[...document.querySelectorAll('h1, h3')].map(one => parseFloat(getComputedStyle(one).fontSize))"
    )
    assert sizes[1] == max(sizes) > max([sizes[0], *sizes[2:]])


def test_the_box_of_a_row_is_named_on_a_phone_too(page, session, site):
    world = every_page.fill(session)
    page.set_viewport_size({"width": 360, "height": 800})
    world.sign_in(page, "en")
    for name in ("pledges", "letters"):
        page.goto(world.office[name].format("en"))
        words = page.evaluate("getComputedStyle(document.querySelector('td:has([form=list])'), '::before').content")
        assert words == '"Choose"', name
