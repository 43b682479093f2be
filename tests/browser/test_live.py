"""The counter in the browser: silent when nothing changes, never going back, polite."""

import re
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from tests.factories import NOON, a_group, a_report
from ua_tracker import actions
from ua_tracker.models import Action

PAGE = "/en/actions/ua-12-26"
CLOSING = datetime(2026, 3, 16, 4, 0, tzinfo=UTC)
MUTATIONS = """
    window.changes = 0;
    new MutationObserver(records => { window.changes += records.length; })
        .observe(document.body, {childList: true, subtree: true, characterData: true});
"""


def the_action(session) -> Action:
    return session.query(Action).one()


def test_nothing_is_swapped_when_nothing_has_changed(quiet):
    quiet.goto(PAGE)
    quiet.evaluate(MUTATIONS)
    for _ in range(2):
        with quiet.expect_response(re.compile("/counter")) as answer:
            pass
        assert answer.value.status == 204
    assert quiet.evaluate("window.changes") == 0


def test_an_answer_that_was_overtaken_does_not_take_the_number_back(quiet, session):
    action = the_action(session)
    a_report(session, action, target=7)
    quiet.goto(PAGE)
    old = quiet.locator("#counter").evaluate("element => element.outerHTML")
    a_report(session, action, target=3)
    expect(quiet.locator('[data-count="letters-sent"]')).to_have_text("10", timeout=10_000)
    quiet.route(re.compile("/counter"), lambda route: route.fulfill(status=200, content_type="text/html", body=old))
    with quiet.expect_response(re.compile("/counter")) as answer:
        pass
    answer.value.finished()
    expect(quiet.locator('[data-count="letters-sent"]')).to_have_text("10")


def test_the_answer_to_ones_own_act_does_not_take_the_number_back_either(quiet, session):
    """A response is delayed while others report; the page must keep the newer counter."""
    action = the_action(session)
    quiet.goto(PAGE)
    held = []
    quiet.route(re.compile("/pledges$"), lambda route: held.append((route, route.fetch())))
    quiet.get_by_label("Your name or initials").fill("Amal")
    quiet.get_by_label("How many letters will you write?").fill("3")
    quiet.get_by_role("button", name="I will write").click()
    expect(quiet.locator('[data-count="letters-pledged"]')).to_have_text("3", timeout=10_000)
    a_report(session, action, target=10)
    expect(quiet.locator('[data-count="letters-sent"]')).to_have_text("10", timeout=10_000)
    [(route, answer)] = held
    route.fulfill(response=answer)
    expect(quiet.get_by_role("heading", name="Thank you!")).to_be_visible()
    expect(quiet.locator('[data-count="letters-sent"]')).to_have_text("10")


def test_a_quarter_of_the_goal_is_announced_and_other_letters_are_not(quiet, session):
    action = the_action(session)
    quiet.goto(PAGE)
    a_report(session, action, target=20)
    expect(quiet.locator('[data-count="letters-sent"]')).to_have_text("20", timeout=10_000)
    expect(quiet.locator("#announcement")).to_be_empty()
    a_report(session, action, target=5)
    expect(quiet.locator("#announcement")).to_have_text("25% of the goal is reached.", timeout=10_000)


def test_an_error_of_the_server_does_not_touch_the_number(page, session):
    a_report(session, the_action(session), target=7)
    page.goto(PAGE)
    page.route(re.compile("/counter"), lambda route: route.fulfill(status=500, body="<p>broken</p>"))
    with page.expect_response(re.compile("/counter")):
        pass
    expect(page.locator('[data-count="letters-sent"]')).to_have_text("7")
    expect(page.get_by_text("broken")).to_have_count(0)


def test_a_page_out_of_sight_asks_nothing_until_it_is_seen_again(quiet, session):
    asked = []
    quiet.clock.install()
    quiet.goto(PAGE)
    quiet.evaluate("Object.defineProperty(document, 'hidden', {get: () => true, configurable: true})")
    quiet.on("request", lambda request: "/favicon" in request.url or asked.append(request.url))
    quiet.clock.run_for(60_000)
    assert asked == []
    with quiet.expect_response(re.compile("/counter")):
        quiet.evaluate("delete document.hidden; document.dispatchEvent(new Event('visibilitychange'))")


BACK = "addEventListener('online', () => { window.isBack = true; })"


@pytest.mark.parametrize("path", [PAGE, f"{PAGE}/wall"])
def test_when_the_network_returns_the_number_is_asked_for_before_the_next_poll(page, session, path):
    page.add_init_script(BACK)
    page.clock.install(time=NOON)
    page.goto(path)
    page.clock.pause_at(NOON + timedelta(minutes=2))  # from here on no poll comes by itself
    page.context.set_offline(True)
    a_report(session, the_action(session), target=7)
    page.context.set_offline(False)
    page.wait_for_function("window.isBack")
    page.clock.run_for(1_000)
    expect(page.locator('[data-count="letters-sent"]')).to_have_text("7")


def test_a_request_that_a_sleep_has_cut_off_does_not_hold_up_the_next(page, session):
    page.clock.install()
    page.goto(PAGE)
    unanswered = []
    page.route(re.compile("/counter"), lambda route: route.continue_() if unanswered else unanswered.append(route))
    with page.expect_request(re.compile("/counter")):
        page.clock.run_for(5_000)
    a_report(session, the_action(session), target=7)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.locator('[data-count="letters-sent"]')).to_have_text("7")


def test_without_a_network_the_page_tries_again_soon(page, session):
    page.clock.install(time=NOON)
    page.goto(PAGE)
    page.route(re.compile("/counter"), lambda route: route.abort())
    with page.expect_event("requestfailed"):
        page.clock.pause_at(NOON + timedelta(minutes=2))
    page.unroute_all(behavior="wait")
    a_report(session, the_action(session), target=7)
    page.clock.run_for(2_000)
    expect(page.locator('[data-count="letters-sent"]')).to_have_text("7")


def test_a_server_that_fails_is_asked_less_and_less(page):
    asked = []
    page.clock.install()
    page.goto(PAGE)
    page.route(re.compile("/counter"), lambda route: (asked.append(1), route.fulfill(status=500, body="broken")))
    for _ in range(24):
        with page.expect_event("response") if len(asked) == 0 else nullcontext():
            page.clock.run_for(5_000)
    assert 1 <= len(asked) <= 6


AS_IT_STANDS = """
    () => {
        const copy = document.querySelector("main").cloneNode(true);
        for (const one of copy.querySelectorAll("*")) {
            if (!one.className.length) one.removeAttribute("class");  // htmx marks what it swaps, and takes it back
            one.removeAttribute("hx-swap-oob");
        }
        return copy.innerHTML.replace(/\\s+/g, " ");
    }
"""


def test_a_page_that_locks_itself_is_the_page_that_a_reload_shows(quiet, session, site):
    a_group(session)
    a_report(session, the_action(session), target=7)
    quiet.goto(f"{PAGE}?group=montreal")
    site.set_clock(CLOSING)
    expect(quiet.get_by_text("Did you write? Report it now.")).to_be_visible(timeout=10_000)
    expect(quiet.get_by_role("heading", name="Pledging has closed")).to_be_visible()
    expect(quiet.locator(".htmx-request, .htmx-swapping, .htmx-settling, .htmx-added")).to_have_count(0)
    locked = quiet.evaluate(AS_IT_STANDS)
    quiet.reload()
    assert locked == quiet.evaluate(AS_IT_STANDS)


def test_a_page_left_open_takes_the_addresses_away_when_the_action_is_stopped(quiet, session, site):
    quiet.goto(PAGE)
    expect(quiet.get_by_text("Rufus Firefly")).to_be_visible()
    action = the_action(session)
    actions.close(session, action, "stop action", revision=action.revision, actor="oda", now=NOON)
    session.commit()
    expect(quiet.get_by_text("This action was stopped.")).to_be_visible(timeout=10_000)
    expect(quiet.get_by_text("Rufus Firefly")).to_be_hidden()


SHIFTS = """
    window.shift = 0;
    new PerformanceObserver(list => list.getEntries().forEach(one => { window.shift += one.value; }))
        .observe({type: "layout-shift", buffered: true});
"""
AS_IT_IS_POLLED = """
    () => {
        const copy = document.querySelector("[data-revision]").cloneNode(true);
        for (const one of [copy, ...copy.querySelectorAll("*")]) {
            if (!one.className.length) one.removeAttribute("class");
        }
        return copy.outerHTML;
    }
"""


@pytest.mark.parametrize("path", [PAGE, f"{PAGE}/wall", "/en/embed/ua-12-26", "/en/"])
def test_letters_of_others_move_nothing_and_leave_what_a_reload_shows(quiet, session, path):
    action = the_action(session)
    a_report(session, action, target=41)
    quiet.add_init_script(SHIFTS)
    quiet.goto(path)
    a_report(session, action, target=7)
    expect(quiet.locator('[data-count="letters-sent"]').first).to_have_text("48", timeout=10_000)
    expect(quiet.locator(".htmx-request, .htmx-swapping, .htmx-settling, .htmx-added")).to_have_count(0)
    swapped = quiet.evaluate(AS_IT_IS_POLLED)
    assert quiet.evaluate("window.shift") == 0
    assert quiet.evaluate("document.getElementById('announcement')?.textContent ?? ''") == ""
    quiet.reload()
    assert swapped == quiet.evaluate(AS_IT_IS_POLLED)
