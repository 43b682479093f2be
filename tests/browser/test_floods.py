"""A coordinator with ten minutes and docs/coordinators.md tells people from a program, takes back, and undoes."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests import floods
from tests.browser.every_page import World
from tests.factories import a_coordinator, a_report
from ua_tracker import leaders, tally
from ua_tracker.models import Action, Report

DASHBOARD = "/en/dashboard/ua-12-26"


class Office:
    """A coordinator at a browser, who counts the pages that she opens."""

    def __init__(self, page: Page) -> None:
        self.page, self.steps = page, 0
        World({}, {}).sign_in(page, "en")
        page.goto(DASHBOARD)

    def press(self, name: str, role: str = "button") -> None:
        """Presses the first button or link whose words begin so; a page comes."""
        self.steps += 1
        with self.page.expect_navigation():
            self.page.get_by_role(role, name=re.compile(f"^{re.escape(name)}")).first.click()

    def follow(self, name: str) -> None:
        """Follows the first link with these words."""
        self.press(name, "link")

    def filter(self, **typed: str) -> None:
        """Types into the fields of *More filters*, and shows what they find."""
        if not self.page.locator("#domain").is_visible():
            self.page.get_by_text("More filters", exact=True).click()
        for name, value in typed.items():
            self.page.locator(f"#{name}").fill(value)
        self.press("Show")

    def take_back_all(self, why: str) -> None:
        """Takes back all that the filter shows, after a look at the preview."""
        self.follow("Take back all that this filter shows…")
        self.page.get_by_label("Why is it taken back?").fill(why)
        self.press("Take them back")
        expect(self.page.locator(".said, [role=status]").first).to_contain_text("taken back")

    def tick_networks(self, reports: int) -> int:
        """Ticks the leading networks with at least so many reports; how many these are."""
        leading = self.page.locator("dd:has(input[name=like])")
        sizes = [
            int(re.search(r"reports \(\D*([\d,]+)\)", text)[1].replace(",", "")) for text in leading.all_inner_texts()
        ]
        large = [place for place, number in enumerate(sizes) if number >= reports]
        for place in large:
            leading.nth(place).locator("input").check()
        return len(large)


def without_addresses(office: Office) -> None:
    while True:
        ticked = office.tick_networks(200)
        office.press("Show the reports of the ticked networks")
        office.filter(domain="-")
        office.take_back_all("one program without addresses")
        if ticked < leaders.MOST_NETWORKS:
            return  # no others were left
        office.follow("Overview")


def slowly(office: Office) -> None:
    office.follow("Letters")
    office.press("Letters")
    office.filter(least="6", domain="large.example")
    office.take_back_all("at night, as many letters each time")


def in_a_university(office: Office) -> None:
    office.follow("its reports")
    office.filter(domain="large.example")
    office.take_back_all("one network, one mail domain")


WALKS = {"without addresses": without_addresses, "slowly": slowly, "in a university": in_a_university}


def standing(session) -> list[str]:
    session.expire_all()
    return [row.once_key for row in session.query(Report).filter(Report.voided_at.is_(None))]


@pytest.mark.walk
@pytest.mark.parametrize("kind", floods.KINDS)
def test_a_coordinator_isolates_the_false_rows_in_under_ten_steps_and_undoes_a_mistake(quiet, session, site, kind):
    action = session.query(Action).one()
    floods.pour(session, action, kind)
    a_coordinator(session)
    before = standing(session)
    people = [one for one in before if not one.startswith(floods.ROBOT)]
    office = Office(quiet)
    WALKS[kind](office)
    left = standing(session)
    assert office.steps < 10
    assert [one for one in left if one.startswith(floods.ROBOT)] == []
    assert len(people) - len(left) <= 2
    assert tally.check(session) == []
    counted = tally.read(session, action.id).letters_sent
    office.page.goto("/en/dashboard/history?subject=ua-12-26")
    office.follow("Undo…")
    office.page.get_by_label("Why is it undone?").fill("these were a choir")
    office.press("Undo it")
    assert len(standing(session)) > len(left)
    assert tally.read(session, action.id).letters_sent > counted
    assert tally.check(session) == []


@pytest.mark.walk
def test_two_coordinators_at_once_take_back_choose_over_pages_and_undo(browser, address, session, site):
    action = session.query(Action).one()
    a_coordinator(session)
    rows = [a_report(session, action, name=f"Robot {number}", target=1, copy=0) for number in range(60)]
    first, second = (Office(browser.new_context(base_url=address).new_page()) for _ in "ab")
    for office in (first, second):
        office.follow("Letters")
        office.page.locator(f"[name=row][value='{rows[-1].id}']").check()
    a_report(session, action, name="Amal", target=1, copy=0)  # while both look at the first page
    first.press("Next page")
    first.page.locator(f"[name=row][value='{rows[0].id}']").check()
    first.press("Name")
    second.press("Take back the chosen…")
    first.press("Take back the chosen…")
    expect(first.page.locator("main")).to_contain_text("2 rows would be taken back.")
    for office in (second, first):
        office.page.get_by_label("Why is it taken back?").fill("a program")
        office.press("Take them back")
    expect(first.page.get_by_role("alert").first).to_be_visible()  # the other was quicker: nothing is done
    expect(first.page.locator("main")).to_contain_text("One row would be taken back.")
    assert sorted(standing(session)) == sorted(row.once_key for row in session.query(Report) if row.id != rows[-1].id)
    first.press("Take them back")
    second.page.goto("/en/dashboard/history?subject=ua-12-26")
    second.follow("Undo…")
    second.page.get_by_label("Why is it undone?").fill("it was Zoe")
    second.press("Undo it")
    session.expire_all()
    assert [rows[number].voided_at is None for number in (0, -1)] == [True, False]
    assert tally.check(session) == []
    for office in (first, second):
        office.page.context.close()
