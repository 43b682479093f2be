"""The page of an action on paper: what to ask for, addresses, deadline, the way back, and nothing to press."""

import io

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import expect

from tests.browser.test_write import pages
from tests.factories import NOON, a_group
from tests.rules.test_importing import SAMPLE
from ua_tracker import actions
from ua_tracker.importing import read, saving

pytestmark = pytest.mark.walk

MARGINS = dict.fromkeys(("top", "bottom", "left", "right"), "1cm")


@pytest.fixture
def real(session, site):
    """The real document, open."""
    options = {"goal": None, "timezone": None, "default_timezone": "America/Toronto", "now": NOON, "actor": "tests"}
    action = saving.save(session, read(SAMPLE.read_bytes()), **options).action
    actions.publish(session, action, actor="rosa", now=NOON)
    action.deadline = NOON.date()
    session.commit()
    return action


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("paper", ["Letter", "A4"])
def test_a_printed_action_fills_two_sheets_at_most(quiet, real, language, paper):
    quiet.goto(f"/{language}/actions/{real.slug}")
    assert len(pages(quiet.pdf(format=paper, margin=MARGINS))) <= 2


def test_on_paper_stand_demands_addresses_deadline_and_a_code_and_nothing_to_press(quiet, real, session, site):
    a_group(session)
    quiet.goto(f"/en/actions/{real.slug}?group=montreal")
    quiet.emulate_media(media="print")
    for words in (*real.demands, *real.targets[0].address_lines, "Until March 10, 2026"):
        expect(quiet.get_by_text(words).first).to_be_visible()
    assert quiet.locator("button:visible, .button:visible, form:visible, input:visible").count() == 0
    quiet.locator(".on-paper img").evaluate("image => image.decode()")
    [found] = zxingcpp.read_barcodes(Image.open(io.BytesIO(quiet.screenshot())).convert("L"))
    assert found.text == f"{site.address}/en/actions/{real.slug}?group=montreal"


def test_the_code_for_paper_is_not_fetched_for_the_screen(quiet, site):
    asked = []
    quiet.on("request", lambda request: asked.append(request.url))
    quiet.goto("/en/actions/ua-12-26")
    quiet.wait_for_load_state("networkidle")
    assert not [url for url in asked if "/qr." in url]
    with quiet.expect_request(lambda request: "/qr.svg" in request.url):
        quiet.pdf()
