"""What search engines may find says in one sentence what it is about."""

import pytest

from tests.factories import SECRET
from tests.web.test_stored_text import ON_SQLITE, OPEN, World, addresses

pytestmark = pytest.mark.walk


@pytest.fixture
def app(an_app):
    return an_app(SECRET_KEY=SECRET)


@ON_SQLITE
def test_each_page_that_may_be_found_has_a_description(app, session):
    world, described = World(app, session), {}
    for address in addresses(world, private=False, slugs=(OPEN,)):
        page = world.nobody.get(address)
        is_whole = page.response.mimetype == "text/html" and page.html.startswith("<!doctype") and page.status == 200
        if not is_whole or "noindex" in page.headers.get("X-Robots-Tag", ""):
            continue
        if not page.soup.select("meta[content=noindex]"):
            described[address] = [one["content"] for one in page.soup.select("meta[name=description]")]
    assert [address for address, found in described.items() if len(found) != 1 or not found[0]] == []
    assert len(described) > 10
