"""On each page one bordered box at most holds the one thing to do."""

from collections import Counter

import pytest

from tests.web.test_stored_text import ON_SQLITE, World, addresses

pytestmark = pytest.mark.walk


@pytest.fixture
def app(an_app):
    return an_app(RATELIMIT_ENABLED="no")


@ON_SQLITE
def test_no_page_has_a_second_box(app, session):
    world, boxes = World(app, session), {}
    for private, readers in ((False, [world.nobody]), (True, [world.office, world.of_group])):
        for reader in readers:
            for address in addresses(world, private):
                page = reader.get(address)
                if page.response.mimetype == "text/html" and page.html.startswith("<!doctype"):
                    boxes[address] = len(page.soup.select(".box"))
    assert [address for address, found in boxes.items() if found > 1] == []
    assert Counter(boxes.values())[1] > 10
