"""Pages zoomed to 400 %, or with text twice as large, with the longest names and titles: all is there to read.

A window of 1280 pixels shows 320 when it is zoomed to 400 % (WCAG 2.2, 1.4.10). Text alone doubles when the reader
sets another font size (1.4.4): the sizes of all style sheets are relative to it.
"""

from collections.abc import Iterator

import pytest

from tests.browser import every_page
from ua_tracker.models import Recipient

pytestmark = pytest.mark.walk

WORD = "Unbroken" * 15
LONG = {
    "title": WORD, "country": WORD, "summary": [WORD], "demands": [WORD, WORD], "background": [WORD],
    "office_name": WORD, "office_address": [WORD],
}  # fmt: skip
# A sheet of paper has its own size. An embedded counter and the wall show the beginning of a title or a name that is
# too long, because their place is fixed.
ON_PAPER = ("poster", "envelopes", "labels")
CUT_ON_PURPOSE = (*ON_PAPER, "embed", "wall")
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
CUT = """
    () => [...document.querySelectorAll("body *:not(textarea, input, select, option, iframe, svg, svg *)")]
        .filter(one => one.checkVisibility() && !one.closest(".sheet"))
        .map(one => [one, getComputedStyle(one)])
        .filter(([, style]) => style.clipPath === "none" && !["visible", "auto", "scroll"].includes(style.overflowX))
        .filter(([one]) => one.scrollWidth > one.clientWidth + 1 || one.scrollHeight > one.clientHeight + 16)
        .map(([one]) => one.outerHTML.slice(0, 120))
"""
# Where the end of a text is cut off on purpose, no line may be wider than its place, unless an ellipsis says so.
TOO_WIDE = """
    () => [...document.querySelectorAll("main *:not(svg, svg *, progress)")]
        .filter(one => one.checkVisibility() && getComputedStyle(one).textOverflow !== "ellipsis")
        .filter(one => one.clientWidth && one.scrollWidth > one.clientWidth + 1 && !one.closest(".for-ears, .name"))
        .map(one => one.outerHTML.slice(0, 120))
"""


@pytest.fixture
def world(session, site):
    made = every_page.fill(session, WORD[:80], **LONG)
    for one in session.query(Recipient):
        one.name, one.role, one.address_lines = WORD, WORD, [WORD]
        one.email = [f"{WORD[:60]}@{WORD[:60].lower()}.example"]
    session.commit()
    return made


def pages_of(world, page, language) -> Iterator[str]:
    for name, path in world.public.items():
        page.goto(path.format(language))
        yield name
    world.sign_in(page, language)
    for name, path in world.office.items():
        page.goto(path.format(language))
        yield name


@pytest.fixture(params=[(320, 16), (1280, 32), (400, 32)], ids=lambda one: f"{one[0]} pixels, text of {one[1]}")
def zoomed(request, browser_type, browser_type_launch_args, address):
    """A page in a browser whose reader has chosen this size of text."""
    width, size = request.param
    flags = [*browser_type_launch_args["args"], f"--blink-settings=defaultFontSize={size}"]
    browser = browser_type.launch(**{**browser_type_launch_args, "args": flags})
    page = browser.new_page(base_url=address, viewport={"width": width, "height": 800})
    page.goto("/en/")
    assert page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)") == size
    yield page
    browser.close()


@pytest.mark.parametrize("language", ["en", "fr"])
def test_nothing_hangs_out_and_nothing_is_cut_off(zoomed, world, language):
    wide, cut = {}, {}
    for name in pages_of(world, zoomed, language):
        zoomed.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
        if name not in ON_PAPER and (over := zoomed.evaluate(SIDEWAYS)) > 0:
            wide[name] = over
        if not any(kind in name for kind in CUT_ON_PURPOSE) and (found := zoomed.evaluate(CUT)):
            cut[name] = found
        if any(kind in name for kind in ("poster", "embed", "wall")) and (found := zoomed.evaluate(TOO_WIDE)):
            cut[name] = found
    assert wide == {}
    assert cut == {}
