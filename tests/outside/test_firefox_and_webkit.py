"""Firefox, and WebKit, which Safari and every browser on a telephone of Apple's are made of: what people come for."""

import re
import shutil

import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from tests.conftest import lacking
from tests.elsewhere import WORDPRESS, Elsewhere
from tests.factories import NOON, a_group, a_report, an_action
from tests.outside.browsers import Firefox, WebKit
from tests.site import Site
from ua_tracker.models import Action

PROGRAMS = {Firefox: ("firefox-esr",), WebKit: ("WebKitWebDriver", "Xvfb")}
SENT = '[data-count="letters-sent"]'
PAGES = ("", "/letters", "/write", "/write/envelopes", "/share", "/wall", "/poster")


@pytest.fixture(scope="module", params=[Firefox, WebKit], ids=["firefox", "webkit"])
def window(request):
    for program in PROGRAMS[request.param]:
        if shutil.which(program) is None:
            lacking("browsers", f"{program} is missing")
    running = request.param()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def server(sqlite_template, tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    path = shutil.copy(sqlite_template, folder / "ua_tracker.db")
    running = Site(folder, f"sqlite:///{path}", NOON).start()
    yield running
    running.stop()


@pytest.fixture
def session(server):
    engine = create_engine(server.database)
    with Session(engine) as opened:
        yield opened
    engine.dispose()


@pytest.fixture
def action(session, request) -> Action:
    """An action of this test's own."""
    name = re.sub(r"[^a-z]+", "-", request.node.name).strip("-")
    return an_action(session, slug=name, ai_index=name)


def address(server: Site, action: Action, language: str = "en") -> str:
    return f"{server.address}/{language}/actions/{action.slug}"


def test_a_pledge_is_thanked_in_place_and_others_letters_arrive(window, server, session, action):
    window.open(address(server, action))
    window.run("window.isTheSamePage = true")
    window.type("#name", "Amal")
    window.click("#pledge button.strong")
    window.wait_for("document.querySelector('.thanks, #thanks')")
    a_report(session, action, target=7)
    window.wait_for(f"document.querySelector('{SENT}').textContent.trim() === '7'")
    assert window.run("return window.isTheSamePage")


def test_a_wrong_form_says_where_and_keeps_what_was_typed(window, server, action):
    window.open(address(server, action, "fr"))
    window.type("#email", "amal")
    window.click("#pledge button.strong")
    window.wait_for("document.querySelector('#name[aria-invalid=true]')")
    assert window.run("return document.querySelector('#email').value") == "amal"


def test_letters_are_reported(window, server, session, action):
    window.open(f"{address(server, action)}/letters")
    window.run("document.querySelector('input[name^=letters], input[type=number]').value = '2'")
    window.click("main form button[type=submit]")
    window.wait_for("document.querySelector('.thanks, #thanks, .plate')")
    window.open(address(server, action))
    assert window.text(SENT) == "2"


def test_the_counter_lives_on_others_pages(window, server, session, action):
    """By frame, by script far down in a closed part, and in WordPress's sandbox, whose pages have no origin."""
    a_group(session, slug=f"group-{action.id}")
    elsewhere = Elsewhere()
    embed = f"{server.address}/en/embed/{action.slug}"
    elsewhere.body = (
        f'<iframe id="plain" src="{embed}" width="100%" height="480"></iframe>'
        f'<div style="height: 2500px">Text</div><details>'
        f'<a class="ua-counter" href="{address(server, action)}">Letters</a></details>'
        f'<script src="{server.address}/embed.js" async></script>'
        + WORDPRESS.format(site=server.address).replace("ua-12-26", action.slug)
    )
    frames = ("#plain", "a.ua-counter + iframe", "#sandboxed")
    try:
        window.open(elsewhere.address)
        window.run("document.querySelector('details').open = true")
        counter = "document.querySelector('a.ua-counter + iframe')"
        window.wait_for(f"getComputedStyle({counter}).visibility === 'visible'")
        assert 200 < window.run(f"return {counter}.clientHeight") < 600
        window.wait_for("window.heard.some((told) => told.message === 'height' && told.value > 50)")
        told = "heard.findLast((one) => one.message === 'height').value"
        window.wait_for(f"sandboxed.clientHeight === Math.max(200, {told})")
        window.frame("#plain")
        assert window.run("return document.querySelector('main').offsetHeight === innerHeight")
        assert window.run("return document.documentElement.className") == "full light"
        window.frame(None)
        for frame in frames:
            window.frame(frame)
            window.wait_for(f"document.querySelector('{SENT}')?.textContent.trim() === '0'")
            window.frame(None)
        a_report(session, action, target=7)
        for frame in frames:
            window.frame(frame)
            window.wait_for(f"document.querySelector('{SENT}').textContent.trim() === '7'")
            window.frame(None)
    finally:
        window.frame(None)
        elsewhere.stop()


@pytest.mark.parametrize("language", ["en", "fr"])
def test_no_page_is_wider_than_a_narrow_window(window, server, action, language):
    window.resize(450, 800)
    wide = []
    for page in PAGES:
        window.open(address(server, action, language) + page)
        if window.run("return document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            wide.append(page)
    window.resize(1280, 900)
    assert wide == []
