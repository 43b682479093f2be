"""If markup came out unescaped after all: htmx ignores it among people's words, and requests only the site's own.

Everything here is put into the page by force, past the escaping that `tests/web/test_stored_text.py` holds.
"""

import re

import pytest
from playwright.sync_api import expect

from tests.factories import PASSWORD, a_coordinator, a_group, a_pledge, a_report
from ua_tracker.models import Action

ELSEWHERE = "/en/listing?stolen"  # one of the fragments that htmx may ask for
INJECTED = (
    f'<b hx-get="{ELSEWHERE}" hx-trigger="load">x</b><b data-hx-get="{ELSEWHERE}" data-hx-trigger="load"></b>'
    f'<b hx-post="{ELSEWHERE}" hx-trigger="load" hx-include="form"></b><b hx-on::load="fetch(\'{ELSEWHERE}\')"></b>'
    f'<i hx-get="{ELSEWHERE}" hx-trigger="load"></i>'
)
PAGES = ("/en/actions/ua-12-26", "/en/actions/ua-12-26/letters", "/en/actions/ua-12-26/wall?group=montreal",
         "/en/dashboard/ua-12-26/pledges", "/en/dashboard/ua-12-26", "/en/dashboard/history", "/en/")  # fmt: skip
MARKS = r'hx-disable|dir="?auto|class="?field[" >]'
QUIET = re.compile(rf"(<(?:bdi|(?!html|body|head|input|textarea)[a-z0-9]+[^<>]*\s(?:{MARKS}))[^<>]*>)")


@pytest.fixture
def stolen(page, site, session) -> list[str]:
    """Oda's page of a site where things have happened; returns what the injected markup requested."""
    a_group(session)
    action = session.query(Action).one()
    a_pledge(session, action, email="amal@example.org", group="montreal")
    a_report(session, action, group="montreal")
    a_coordinator(session)
    page.goto("/en/login")
    page.get_by_label("E-mail").fill("oda@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(re.compile("/dashboard"))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "stolen" in request.url else None)
    return asked


def put_into(page, pattern: re.Pattern, address: str) -> int:
    """Opens the page with the markup in every place that the pattern finds; how many there were."""
    places = 0

    def rewrite(route) -> None:
        nonlocal places
        answer = route.fetch()
        html, found = pattern.subn(lambda match: match[1] + INJECTED, answer.text())
        places += found
        route.fulfill(response=answer, body=html)

    page.route(f"**{address.partition('?')[0]}*", rewrite, times=1)
    page.goto(address)
    page.wait_for_function("window.htmx && window.htmx.config")
    page.wait_for_load_state("networkidle")
    return places


def test_raw_markup_among_peoples_words_makes_no_request(page, stolen):
    for path in PAGES:
        assert put_into(page, QUIET, path) > 0, path
        assert stolen == [], path
        page.evaluate(
            """markup => document.querySelectorAll(window.htmx.config.disableSelector).forEach(element => {
                element.insertAdjacentHTML("beforeend", markup);
                window.htmx.process(element);
            })""",
            INJECTED,
        )
        page.wait_for_load_state("networkidle")
        assert stolen == [], path


def test_the_same_markup_elsewhere_does_ask_so_the_test_can_fail(page, stolen):
    assert put_into(page, re.compile('(<main id="?main"?>)'), PAGES[0]) == 1
    assert any("stolen" in address for address in stolen)


def test_htmx_asks_for_nothing_but_fragments_and_sends_nothing_but_pledges_and_reports(page, stolen):
    """Markup that closes the element it stands in leaves the quiet place; it still cannot act for a coordinator."""
    asked: list[str] = []
    page.goto("/en/dashboard/coordinators")
    page.wait_for_load_state("networkidle")
    page.on("request", lambda request: asked.append(f"{request.method} {request.url}"))
    page.evaluate(
        """() => {
            const acts = {post: "/en/dashboard/coordinators", delete: "/en/actions/ua-12-26",
                          get: "/en/dashboard/groups",
                          put: "/en/actions/ua-12-26/pledges", patch: "/en/actions/ua-12-26/letters"};
            for (const [verb, path] of Object.entries(acts)) {
                document.querySelector("main").insertAdjacentHTML("beforeend",
                    `<b id="acts-${verb}" hx-${verb}="${path}" hx-include="#invite" hx-trigger="go"></b>`);
                window.htmx.process(document.querySelector(`#acts-${verb}`));
                window.htmx.trigger(`#acts-${verb}`, "go");
            }
        }"""
    )
    page.wait_for_load_state("networkidle")
    assert [one for one in asked if "favicon" not in one] == []  # which a browser fetches when it likes


def test_htmx_is_configured_strictly_and_the_page_works(page, stolen, session):
    page.goto(PAGES[0])
    config = page.evaluate("() => window.htmx.config")
    assert (config["selfRequestsOnly"], config["allowEval"], config["allowScriptTags"]) == (True, False, False)
    page.get_by_label("Your name or initials").fill("Amal")
    page.get_by_label("How many letters will you write?").fill("3")
    page.get_by_role("button", name="I will write").click()
    expect(page.get_by_role("heading", name="Thank you!")).to_be_visible()
    expect(page.locator('[data-count="letters-pledged"]')).to_have_text("6")
    assert page.url.endswith(PAGES[0])
