"""Firefox, and WebKit, which Safari and every browser on a telephone of Apple's are made of: what people come for."""

import re
import shutil

import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from tests.conftest import lacking
from tests.elsewhere import WORDPRESS, Elsewhere
from tests.factories import NOON, SECRET, a_group, a_pledge, a_report, an_action
from tests.outside.browsers import Firefox, WebKit
from tests.site import Site
from ua_tracker.models import Action
from ua_tracker.private_links import token_for

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


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_wrong_address_is_put_right_on_the_thanks(window, server, action, language):
    window.open(address(server, action, language))
    window.type("#name", "Amal")
    window.type("#email", "anal@example.org")
    window.click("#pledge button.strong")
    window.wait_for("document.querySelector('.thanks')?.innerText.includes('anal@example.org')")
    window.run("document.querySelector('#right-email').closest('details').open = true")
    window.run("document.querySelector('#right-email').value = ''")
    window.type("#right-email", "amal@example.org")
    window.click(".thanks form button")
    window.wait_for("document.querySelector('.thanks')?.innerText.includes('amal@example.org')")
    window.wait_for("document.activeElement.matches('.thanks h2')")
    window.open(address(server, action))
    assert window.text('[data-count="letters-pledged"]') == "1"


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_letter_is_kept_and_reported_from_the_mail_in_two_taps(window, server, session, action, language):
    key = f"the form of {action.slug}"
    a_pledge(session, action, once_key=key, letters=4)
    mine = f"{server.address}/{language}/pledges/{token_for(key, SECRET)}"
    window.open(f"{mine}/write")
    window.type("textarea", "In my own words. ")
    window.open(f"{mine}_")  # as a program for mails ends a link that stood in bold
    assert window.run("return location.href") == mine
    window.open(f"{mine}/write")
    window.wait_for("document.querySelector('textarea').value.includes('In my own words.')")
    window.open(f"{mine}/answer")  # the first tap, in the mail
    window.click("main .box form button")
    window.wait_for("document.activeElement.matches('[role=status], [role=status] *')")
    assert window.run("return location.href").startswith(mine)
    window.open(address(server, action))
    assert window.text(SENT) == "4"


@pytest.mark.parametrize("how", [
    "document.body.append(Object.assign(document.createElement('script'), {src}))",
    "document.body.append(Object.assign(document.createElement('script'), "
    "{src: URL.createObjectURL(new Blob([text]))}))",
    "new Function(text)()",
], ids=["again", "blob", "inline"])  # fmt: skip
def test_a_script_that_starts_late_finds_links_that_come_late_and_move(window, server, action, how):
    elsewhere = Elsewhere()
    link = f'<a class="ua-counter" href="{address(server, action)}">Letters</a>'
    elsewhere.body = f'<p id="here">{link}</p><p id="there"></p>'
    frame = "document.querySelector('{} iframe')"
    visible = f"{frame} && getComputedStyle({frame}).visibility === 'visible' && {frame}.clientHeight > 50"
    try:
        window.open(elsewhere.address)
        src = f"'{server.address}/embed.js'"
        window.run(f"const src = {src}; fetch(src).then((got) => got.text()).then((text) => {{ {how}; }})")
        window.wait_for(visible.replace("{}", "#here"))
        window.run("there.append(document.querySelector('#here a'))")
        window.wait_for(visible.replace("{}", "#there"))
        window.run(f"here.innerHTML = '{link}'")
        window.wait_for(visible.replace("{}", "#here"))
        assert window.run("return document.querySelectorAll('iframe').length") == 2
    finally:
        elsewhere.stop()


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
