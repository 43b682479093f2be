"""A page is left, or comes back: a link shown once is asked about, and numbers and forms are as they should be."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.test_supporters import pledge, pledged, sent
from tests.factories import NOON, a_report
from ua_tracker.models import Action, Pledge

PAGE = "/en/actions/ua-12-26"
# What a browser tells a page that it has kept as it stood (HTML, 7.4.6.4); the tests' own browser keeps none.
COMES_BACK = "dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))"


def test_a_link_shown_once_is_asked_about_and_a_page_that_comes_back_is_up_to_date(page, session):
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.clock.install(time=NOON)
    page.goto(PAGE)
    pledge(page)
    expect(page.locator("#private-link")).to_be_visible()

    # Nobody has taken the link: the browser asks, and whoever stays still has it.
    with page.expect_event("dialog"):
        page.get_by_role("link", name="UA Tracker", exact=True).click(no_wait_after=True)
    expect(page.locator("#private-link")).to_be_visible()
    assert asked == ["beforeunload"]

    # The page comes back after an hour behind another one: it asks for the number at once.
    page.clock.pause_at("2026-03-10T17:00:00Z")
    a_report(session, session.query(Action).one(), target=7)
    page.evaluate(COMES_BACK)
    expect(sent(page)).to_have_text("7")
    expect(page.locator("#private-link")).to_be_visible()

    # The next person pledges with a key of their own.
    page.get_by_role("link", name="Another person pledges").click()
    expect(page.get_by_label("Your name or initials")).to_have_value("")
    pledge(page, name="Zoe", letters="2")
    expect(pledged(page)).to_have_text("5")
    page.get_by_role("button", name="Copy the link").first.click()
    expect(page.locator("#announcement")).to_have_text("Copied")
    session.expire_all()
    assert sorted(one.name for one in session.query(Pledge)) == ["Amal", "Zoe"]

    # Zoe's link was copied: nothing is asked.
    page.get_by_role("link", name="UA Tracker", exact=True).click()
    page.wait_for_url(re.compile("/en/$"))
    assert asked == ["beforeunload"]

    # The browser has not kept the page: coming back leads to the link that it showed.
    page.go_back()
    page.wait_for_url(re.compile(r"/en/pledges/[\w-]+\?new=yes$"))
    expect(page.locator("#private-link")).to_be_visible()
    expect(page.get_by_role("heading", name="Your pledge", exact=True)).to_be_visible()


def reported(page) -> None:
    page.get_by_role("button", name="Report these letters").click()


def reload(page) -> None:
    page.reload()


def leave_and_come_back(page) -> None:
    page.get_by_role("link", name="UA Tracker", exact=True).click()
    page.wait_for_url(re.compile("/en/$"))
    page.go_back()


def go_to_the_french_page(page) -> None:
    page.get_by_role("link", name="Français").click()


@pytest.mark.parametrize(
    ("path", "send", "tail"), [(PAGE, pledge, r"new=yes"), (f"{PAGE}/letters", reported, r"stored=report")]
)
@pytest.mark.parametrize(("step", "lang"), [(reload, "en"), (leave_and_come_back, "en"), (go_to_the_french_page, "fr")])
def test_one_more_step_after_the_thanks_loses_no_link_that_was_shown_once(page, path, send, tail, step, lang):
    page.on("dialog", lambda dialog: dialog.accept())  # browsers on phones do not ask
    page.goto(path)
    send(page)
    shown = page.locator("#private-link").get_attribute("href")
    assert page.evaluate("history.state") == {"again": f"{shown}?{tail}"}
    step(page)
    page.wait_for_url(f"**{shown.replace('/en/', f'/{lang}/')}?{tail}")
    expect(page.locator("main")).to_be_visible()


def test_the_next_person_at_the_screen_is_not_led_to_the_link_of_the_one_before(page):
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(PAGE)
    pledge(page)
    expect(page.locator("#private-link")).to_be_visible()
    page.get_by_role("link", name="Another person pledges").click()
    expect(page.get_by_label("Your name or initials")).to_have_value("")
    assert page.evaluate("history.state") is None
    go_to_the_french_page(page)
    page.wait_for_url("**/fr/actions/ua-12-26")
    page.go_back()
    expect(page.get_by_label("Your name or initials")).to_have_value("")
    page.reload()
    expect(page.get_by_label("Your name or initials")).to_be_visible()
