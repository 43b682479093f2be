"""A letter is written, kept on one's own machine, mailed and printed."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from tests.browser.test_every_page import violations
from ua_tracker.models import Action

WRITE = "/en/actions/ua-12-26/write"


def pages(pdf: bytes) -> list[tuple[int, int]]:
    """The size of each sheet in points."""
    found = re.findall(r"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", pdf.decode("latin-1"))
    return [(round(float(wide)), round(float(high))) for wide, high in found]


def test_what_is_typed_goes_into_the_mail_and_onto_the_sheet_and_nowhere_else(quiet):
    quiet.goto(WRITE)
    asked = []
    quiet.on("request", lambda request: "/favicon" in request.url or asked.append(request.url))
    letter = quiet.get_by_label("Your letter").first
    typed = "Dear Minister,\n\nplease release Ana Lopez, today.\n\nAmal"
    letter.fill(typed)
    link = quiet.get_by_role("link", name="Open in my mail program").get_attribute("href")
    assert parse_qs(urlsplit(link).query)["body"] == [typed.replace("\n", "\r\n")]
    quiet.emulate_media(media="print")
    expect(quiet.locator(".sheet .text").first).to_have_text(re.compile("please release Ana Lopez, today"))
    letter.evaluate("area => { area.value = 'x'.repeat(3000); area.dispatchEvent(new Event('input')); }")
    quiet.emulate_media(media="screen")
    expect(quiet.get_by_text("This text is too long for a mail link").first).to_be_visible()
    assert asked == []


@pytest.mark.parametrize(("paper", "size"), [("letter", (612, 792)), ("a4", (595, 842))])
def test_each_letter_is_printed_on_one_sheet_with_its_address_in_the_window(browser, site, session, paper, size):
    action = session.query(Action).one()
    action.targets[0].name = "سید محسن رضا نقوی"
    session.commit()
    context = browser.new_context(base_url=site.address, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{WRITE}?paper={paper}")
    assert pages(page.pdf(prefer_css_page_size=True)) == [size, size]
    page.emulate_media(media="print")
    sheet = page.locator(".sheet").first
    expect(sheet.get_by_text("سید محسن رضا نقوی")).to_be_visible()
    top, address = sheet.bounding_box()["y"], sheet.locator("address").bounding_box()
    millimetres = (address["y"] - top) * 25.4 / 96, (address["y"] - top + address["height"]) * 25.4 / 96
    assert 45 <= millimetres[0] < millimetres[1] <= 90
    expect(page.get_by_role("heading", name="Write your letter")).to_be_hidden()
    context.close()


@pytest.mark.parametrize(("paper", "size"), [("letter", (684, 297)), ("a4", (624, 312))])
def test_an_envelope_is_an_envelope_and_labels_fill_one_sheet(quiet, paper, size):
    quiet.goto(f"{WRITE}?paper={paper}")
    expect(quiet.get_by_text("Paper: Letter · A4")).to_be_visible()
    quiet.goto(f"{WRITE}/envelopes?paper={paper}")
    assert pages(quiet.pdf(prefer_css_page_size=True)) == [size, size]
    quiet.goto(f"{WRITE}/labels?paper={paper}")
    assert len(pages(quiet.pdf(prefer_css_page_size=True))) == 1


@pytest.mark.walk
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_are_accessible_and_narrow(quiet, scheme):
    quiet.emulate_media(color_scheme=scheme)
    for width in (320, 1280):
        quiet.set_viewport_size({"width": width, "height": 800})
        for path in ("", "/envelopes", "/labels"):
            quiet.goto(WRITE.replace("/en/", "/fr/") + path)
            assert violations(quiet) == [], path
            wide = quiet.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert wide <= 0, f"{path} at {width}"
