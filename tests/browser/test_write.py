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


def test_what_is_typed_comes_back_on_this_device_until_it_is_forgotten(quiet):
    letter, name = quiet.locator("#letter-1"), quiet.get_by_label("Name or initials")
    quiet.goto(WRITE)
    suggested = letter.input_value()
    letter.fill("My own words.")
    name.fill("Amal")
    quiet.get_by_label("Address, for the answer").fill("1 Main Street\nMontréal")
    expect(quiet.get_by_text("kept on this device only, and comes back on this page until")).to_be_visible()
    quiet.get_by_role("link", name="A4").click()
    quiet.wait_for_url("**paper=a4*")
    expect(letter).to_have_value("My own words.")
    quiet.get_by_role("link", name="Envelopes").click()
    expect(quiet.locator(".from").first).to_have_text("Amal 1 Main Street Montréal", use_inner_text=True)
    quiet.go_back()
    quiet.reload()
    expect(letter).to_have_value("My own words.")
    expect(quiet.locator(".signed").first).to_have_text("Amal")
    body = parse_qs(urlsplit(quiet.locator("[data-mail]").first.get_attribute("href")).query)["body"]
    assert body == ["My own words.\r\n\r\nAmal\r\n1 Main Street\r\nMontréal"]
    quiet.get_by_role("button", name="Forget it on this device").click()
    assert quiet.evaluate("localStorage.length") == 0
    assert (letter.input_value(), name.input_value()) == (suggested, "")
    quiet.get_by_role("button", name="Bring it back").click()
    expect(letter).to_have_value("My own words.")
    quiet.get_by_role("button", name="Forget it on this device").click()
    quiet.reload()
    expect(letter).to_have_value(suggested)


def test_what_is_typed_before_the_script_came_is_newer_than_what_is_kept(quiet):
    letter = quiet.locator("#letter-1")
    quiet.goto(WRITE)
    letter.fill("My own words.")
    late = []
    quiet.route("**/write*.js*", lambda route: late.append(route))
    with quiet.expect_request("**/write*.js*"):
        quiet.goto(WRITE, wait_until="commit")
    letter.focus()
    quiet.keyboard.press("Control+a")
    quiet.keyboard.type("Typed over a slow line.")
    late[0].continue_()
    expect(quiet.locator(".sheet .text").first).to_contain_text("Typed over a slow line.")
    expect(letter).to_have_value("Typed over a slow line.")
    quiet.unroute("**/write*.js*")
    quiet.reload()
    expect(letter).to_have_value("Typed over a slow line.")


def test_the_mail_link_follows_the_text_both_ways(quiet, session):
    session.query(Action).one().demands = ["Release every one of them. " * 40]
    session.commit()
    quiet.goto(WRITE)
    letter, link = quiet.locator("#letter-1"), quiet.locator("[data-mail]").first
    expect(link).to_have_text("Open an empty mail", use_inner_text=True)
    letter.fill("Short.")
    expect(link).to_have_text("Open in my mail program", use_inner_text=True)
    assert link.get_attribute("href").endswith("&body=Short.")
    expect(quiet.get_by_text("This text is too long for a mail link").first).to_be_hidden()
    letter.fill("x" * 3000)
    expect(link).to_have_text("Open an empty mail", use_inner_text=True)
    assert "body" not in link.get_attribute("href")


def test_a_text_that_is_over_does_not_come_back_and_a_browser_that_keeps_nothing_says_so(quiet):
    quiet.goto(WRITE)
    quiet.locator("#letter-1").fill("My own words.")
    over = "JSON.stringify({ ...JSON.parse(localStorage[name]), until: Date.now() - 1 })"
    quiet.evaluate(f"() => {{ for (const name of Object.keys(localStorage)) localStorage[name] = {over}; }}")
    quiet.evaluate("localStorage['letters:other'] = 'no letter'")
    quiet.reload()
    expect(quiet.locator("#letter-1")).not_to_have_value("My own words.")
    assert quiet.evaluate("localStorage.length") == 0
    quiet.add_init_script("Object.defineProperty(window, 'localStorage', { get() { throw new Error('forbidden'); } })")
    quiet.reload()
    expect(quiet.get_by_text("Your browser keeps nothing for this page.")).to_be_visible()
    quiet.locator("#letter-1").fill("My own words.")
    assert quiet.locator("[data-mail]").first.get_attribute("href").endswith("&body=My%20own%20words.")


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
