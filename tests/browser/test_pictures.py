"""The picture of an action: below the first screen of a phone, in its place before it is loaded, never on paper."""

import pytest

from tests.factories import a_photograph, a_picture
from ua_tracker.models import Action

pytestmark = pytest.mark.walk

LONG = "1,4 million de personnes réfugiées afghanes risquent d’être renvoyées de force vers l’Afghanistan"
ENDS = "[...document.querySelectorAll('.standing .verbs .button')].map(one => one.getBoundingClientRect().bottom)"


@pytest.fixture
def pictured(session, site):
    action = session.query(Action).one()
    action.title = LONG
    session.commit()
    return a_picture(session, action, a_photograph(size=(1600, 1000)))


@pytest.mark.parametrize("width", [360, 1280])
def test_the_buttons_stand_above_the_picture_and_nothing_moves_when_it_comes(page, pictured, width):
    page.set_viewport_size({"width": width, "height": 740})
    page.route("**/pictures/*", lambda route: route.abort())
    page.goto("/fr/actions/ua-12-26")
    assert max(page.evaluate(ENDS)) <= 740
    without = [page.locator(".demands").bounding_box(), page.locator(".picture img").bounding_box()]
    assert without[1]["y"] >= max(page.evaluate(ENDS))
    page.unroute("**/pictures/*")
    page.reload()
    page.locator(".picture img").scroll_into_view_if_needed()
    page.wait_for_function("document.querySelector('.picture img').naturalWidth > 0")
    page.evaluate("scrollTo(0, 0)")
    assert [page.locator(".demands").bounding_box(), page.locator(".picture img").bounding_box()] == without
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_on_paper_there_is_no_picture(page, pictured):
    page.goto("/fr/actions/ua-12-26")
    assert page.locator(".picture").is_visible()
    page.emulate_media(media="print")
    assert not page.locator(".picture").is_visible()
