"""Supporters pledge and report in one browser, and another browser shows it."""

from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect

from tests.factories import SECRET, a_pledge
from ua_tracker import letters, private_links
from ua_tracker.models import Action, Report

PAGE = "/en/actions/ua-12-26"
CLOSING = datetime(2026, 3, 16, 4, 0, tzinfo=UTC)
SOON = 10_000  # what is reported here stands there within ten seconds


def sent(page: Page):
    return page.locator('[data-count="letters-sent"]')


def pledged(page: Page):
    return page.locator('[data-count="letters-pledged"]')


def pledge(page: Page, name: str = "Amal", letters: str = "3") -> None:
    page.get_by_label("Your name or initials").fill(name)
    page.get_by_label("How many letters will you write?").fill(letters)
    page.get_by_role("button", name="I will write").click()


def test_amal_pledges_three_and_reports_two_and_zoe_sees_it_without_a_reload(quiet, browser, address):
    amal, zoe, third = quiet, browser.new_page(base_url=address), browser.new_page(base_url=address)
    amal.goto(PAGE)
    zoe.goto("/fr/actions/ua-12-26")
    third.goto("/en/")
    expect(amal.get_by_text("Be the first")).to_be_visible()
    pledge(amal)
    expect(amal.get_by_role("heading", name="Thank you!")).to_be_focused()
    expect(pledged(amal)).to_have_text("3")
    expect(amal.locator("#announcement")).to_have_text("0 of 100 letters sent, 3 pledged.")
    expect(pledged(zoe)).to_have_text("3", timeout=SOON)
    amal.locator("#private-link").click()
    amal.get_by_text("Fewer, another way, another day").click()
    amal.get_by_label("Letters to: Minister of Justice").fill("2")
    amal.get_by_role("button", name="Report these letters").click()
    expect(amal.get_by_text("You reported 2 letters")).to_be_visible()
    expect(sent(amal)).to_have_text("2")
    expect(sent(zoe)).to_have_text("2", timeout=SOON)
    expect(sent(third)).to_have_text("2", timeout=SOON)
    expect(zoe.locator("#announcement")).to_be_empty()
    for page in (amal, zoe, third):
        assert page.context.cookies() == []
    zoe.close()
    third.close()


def test_a_page_left_open_locks_itself_and_a_late_form_is_refused(quiet, browser, address, site):
    left_open, typing = quiet, browser.new_page(base_url=address, java_script_enabled=False)
    left_open.goto(PAGE)
    typing.goto(PAGE)
    typing.get_by_label("Your name or initials").fill("Amal")
    typing.get_by_label("How many letters will you write?").fill("3")
    site.set_clock(CLOSING)
    expect(left_open.get_by_role("heading", name="Pledging has closed")).to_be_visible(timeout=SOON)
    expect(left_open.get_by_role("button", name="I will write")).to_have_count(0)
    expect(left_open.get_by_role("link", name="Pledge letters")).to_have_count(0)
    expect(left_open.get_by_text("The deadline was Sunday, March 15, 2026")).to_be_visible()
    typing.get_by_role("button", name="I will write").click()
    expect(typing.get_by_role("heading", name="It is too late for this")).to_be_visible()
    expect(typing.get_by_text("Amal")).to_be_visible()
    expect(typing.get_by_text("Urgent Action Office")).to_be_visible()
    typing.close()


def test_the_thanks_with_the_private_link_outlive_the_lock(quiet, site):
    quiet.goto(PAGE)
    pledge(quiet)
    expect(quiet.locator("#private-link")).to_be_visible()
    site.set_clock(CLOSING)
    expect(quiet.get_by_text("The deadline was Sunday, March 15, 2026")).to_be_visible(timeout=SOON)
    expect(quiet.locator("#private-link")).to_be_visible()


def test_everything_works_without_javascript(browser, address):
    page = browser.new_page(base_url=address, java_script_enabled=False)
    page.goto("/")
    page.get_by_role("link", name="TEACHER HELD WITHOUT CHARGE").click()
    expect(page.get_by_role("button", name="Copy the address")).to_have_count(0)
    pledge(page, letters="0")
    expect(page.get_by_text("Choose a number from 1 to 500.").first).to_be_visible()
    pledge(page, letters="3")
    expect(page.get_by_text("You promised 3 letters.")).to_be_visible()
    page.get_by_text("Fewer, another way, another day").click()
    page.get_by_label("Letters to: Minister of Justice").fill("2")
    page.get_by_label("Copies to: Ambassador").fill("1")
    page.get_by_role("button", name="Report these letters").click()
    expect(page.get_by_text("You reported 2 letters and one copy")).to_be_visible()
    page.goto(f"{PAGE}/letters")
    page.get_by_label("Letters to: Minister of Justice").fill("4")
    page.get_by_role("button", name="Report these letters").click()
    expect(page.get_by_role("heading", name="Thank you!")).to_be_visible()
    expect(sent(page)).to_have_text("6")
    page.close()


def test_wrong_input_is_said_at_its_place_and_focus_goes_there(quiet):
    quiet.goto(PAGE)
    pledge(quiet, letters="0")
    expect(quiet.locator(".summary")).to_be_focused()
    quiet.get_by_role("link", name="Choose a number from 1 to 500.").click()
    expect(quiet.get_by_label("How many letters will you write?")).to_be_focused()
    expect(quiet.get_by_label("Your name or initials")).to_have_value("Amal")


def test_the_keyboard_alone_is_enough(quiet):
    quiet.goto(PAGE)
    quiet.keyboard.press("Tab")
    expect(quiet.get_by_role("link", name="To the content")).to_be_focused()
    quiet.get_by_label("Your name or initials").focus()
    quiet.keyboard.type("Amal")
    quiet.keyboard.press("Tab")
    quiet.keyboard.type("3")
    quiet.keyboard.press("Enter")
    expect(quiet.get_by_role("heading", name="Thank you!")).to_be_focused()


def test_a_server_that_dies_loses_nothing_that_was_typed(page, site):
    page.goto(PAGE)
    page.get_by_label("Your name or initials").fill("Amal")
    page.get_by_label("How many letters will you write?").fill("3")
    site.kill()
    page.get_by_role("button", name="I will write").click()
    expect(page.get_by_text("The site could not be reached. Nothing is lost")).to_be_visible()
    expect(page.get_by_label("Your name or initials")).to_have_value("Amal")
    site.start()
    page.get_by_role("button", name="I will write").click()
    expect(page.get_by_role("heading", name="Thank you!")).to_be_visible()
    expect(pledged(page)).to_have_text("3")


def test_the_address_is_copied_as_it_stands_on_the_envelope(quiet):
    quiet.context.grant_permissions(["clipboard-read", "clipboard-write"])
    quiet.goto(PAGE)
    quiet.get_by_role("button", name="Copy the address").first.click()
    expect(quiet.get_by_role("button", name="Copied")).to_be_visible()
    copied = quiet.evaluate("navigator.clipboard.readText()")
    assert copied == "Rufus Firefly\nMinister of Justice\n1 Main Street\nFreedonia City"


def test_one_tap_on_a_phone_reports_what_was_promised(browser, site, session):
    """From the link in a reminder: onto the button."""
    pledge = a_pledge(session, session.query(Action).one(), once_key="a key", letters=3)
    link = f"/fr/pledges/{private_links.token_for('a key', SECRET)}"
    context = browser.new_context(base_url=site.address, viewport={"width": 360, "height": 740}, has_touch=True)
    page = context.new_page()
    page.goto(f"{link}#report")
    button = page.get_by_role("button", name="Oui : les 3, par la poste, aujourd’hui")
    expect(button).to_be_in_viewport(ratio=1)
    button.tap()
    expect(page.get_by_text("Vous avez signalé l’envoi de 3 lettres")).to_be_visible()
    session.rollback()
    assert letters.reported_for(session, pledge).letters_sent == 3
    context.close()


@pytest.mark.parametrize("scripts", [True, False])
def test_letters_sent_earlier_by_fax_are_reported_with_and_without_scripts(browser, site, session, scripts):
    page = browser.new_page(base_url=site.address, java_script_enabled=scripts)
    page.goto(f"{PAGE}/letters")
    expect(page.get_by_label("Day sent")).to_be_hidden()
    page.get_by_label("Earlier").check()
    page.get_by_label("Day sent").fill("2026-03-09")
    page.get_by_text("Other", exact=True).click()
    page.get_by_label("Fax").check()
    page.get_by_role("button", name="Report these letters").click()
    expect(page.get_by_role("heading", name="Thank you!")).to_be_visible()
    report = session.query(Report).one()
    assert (str(report.sent_on), report.channel) == ("2026-03-09", "fax")
    page.close()
