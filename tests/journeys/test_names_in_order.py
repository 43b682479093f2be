"""Names of groups stand in the order of the alphabet, whatever order the database has, in a real browser."""

import pytest
from playwright.sync_api import expect
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from tests.browser.conftest import browser_type_launch_args  # noqa: F401 (a fixture: where the browser is)
from tests.factories import PASSWORD, a_coordinator, a_group, an_action

NAMES = ["Zürich", "École du Nord", "Ökumene Basel", "ecole du Sud", "Łódź", "Ålesund", "Arvida", "Čačak", "Eau-Claire"]
ORDER = ["Ålesund", "Arvida", "Čačak", "Eau-Claire", "École du Nord", "ecole du Sud", "Łódź", "Ökumene Basel", "Zürich"]


@pytest.fixture
def page(browser, database, site):
    """A page of a phone on the site, which has these groups, made in no order."""
    engine = create_engine(database)
    with Session(engine) as session:
        an_action(session)
        for number, name in enumerate(NAMES):
            a_group(session, f"group-{number}", name)
        a_coordinator(session)
    engine.dispose()
    context = browser.new_context(base_url=site.address, viewport={"width": 360, "height": 740})
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("language", ["en", "fr"])
def test_ecole_stands_before_zurich_in_each_list(page, language):
    for path in ("actions/ua-12-26", "actions/ua-12-26/letters", "actions/ua-12-26/share"):
        page.goto(f"/{language}/{path}")
        names = [one for one in page.locator("select[name=group] option").all_text_contents() if one in NAMES]
        assert names == ORDER, path
    page.goto(f"/{language}/login")
    page.locator("[name=email]").fill("oda@example.org")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main [type=submit]").click()
    page.wait_for_url(f"**/{language}/dashboard/**")
    page.goto(f"/{language}/dashboard/groups")
    expect(page.locator("main")).to_contain_text("Zürich")
    said = page.locator("main").inner_text()
    assert sorted(NAMES, key=said.index) == ORDER
