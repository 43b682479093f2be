"""On other people's pages: framed, by script, and in the sandbox that WordPress makes; live, without a cookie."""

import json
import urllib.request
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect
from sqlalchemy import update

from tests.browser.test_supporters import CLOSING
from tests.elsewhere import WORDPRESS, Elsewhere
from tests.factories import NOON, a_group, a_report
from ua_tracker import public_notes
from ua_tracker.models import Action, ActionTally

pytestmark = pytest.mark.walk

TEN_SECONDS = 10_000
OVER = datetime(2026, 3, 30, 4, 0, tzinfo=UTC)


@pytest.fixture
def elsewhere():
    other = Elsewhere()
    yield other
    other.stop()


@pytest.fixture
def action(session, site) -> Action:
    a_group(session)
    return session.query(Action).one()


def sent(frame):
    return frame.locator('[data-count="letters-sent"]')


def link(site, **data) -> str:
    data = "".join(f' data-{name}="{value}"' for name, value in data.items())
    page = f"{site.address}/en/actions/ua-12-26?group=montreal"
    script = f'<script src="{site.address}/embed.js" async></script>'
    return f'<a class="ua-counter" href="{page}"{data}>Letters for Ana</a>{script}'


def test_frame_script_and_sandbox_follow_a_new_report_and_set_no_cookie(quiet, elsewhere, site, session, action):
    elsewhere.body = (
        f'<iframe id="plain" src="{site.address}/fr/embed/ua-12-26"></iframe>'
        + link(site)
        + WORDPRESS.format(site=site.address)
    )
    quiet.goto(elsewhere.address)
    frames = [quiet.frame_locator(one) for one in ("#plain", "a.ua-counter + iframe", "#sandboxed")]
    for frame in frames:
        expect(sent(frame)).to_have_text("0")
    a_report(session, action, target=7, group="montreal")
    for frame in frames:
        expect(sent(frame)).to_have_text("7", timeout=TEN_SECONDS)
    expect(frames[1].locator('[data-count="group-letters-sent"]')).to_have_text("7")
    assert quiet.context.cookies() == []


def test_the_script_puts_the_counter_in_the_links_place_at_its_own_height(quiet, elsewhere, site, action):
    elsewhere.body = link(site, theme="dark", size="compact")
    quiet.goto(elsewhere.address)
    frame = quiet.locator("a.ua-counter + iframe")
    expect(frame).to_be_visible()
    expect(quiet.get_by_role("link", name="Letters for Ana")).to_be_hidden()
    inside = quiet.frame_locator("a.ua-counter + iframe")
    assert inside.locator("html").get_attribute("class") == "compact dark"
    height = inside.locator("body").evaluate("body => Math.ceil(body.getBoundingClientRect().height)")
    assert frame.evaluate("frame => frame.clientHeight") == height > 50
    quiet.set_viewport_size({"width": 320, "height": 700})
    expect(frame).to_have_js_property("clientWidth", 304)
    grown = inside.locator("body").evaluate("body => Math.ceil(body.getBoundingClientRect().height)")
    expect(frame).to_have_js_property("clientHeight", grown)


@pytest.mark.parametrize("path", ["/en/actions/nowhere", "/en/", "https://elsewhere.example/en/actions/ua-12-26"])
def test_the_link_stays_where_there_is_no_counter(page, elsewhere, site, action, path):
    address = path if path.startswith("https") else site.address + path
    elsewhere.body = (
        f'<a class="ua-counter" href="{address}">Letters</a><script src="{site.address}/embed.js"></script>'
    )
    page.clock.install()
    page.goto(elsewhere.address)
    page.clock.run_for(30_000)
    expect(page.get_by_role("link", name="Letters")).to_be_visible()
    expect(page.locator("iframe")).to_have_count(0)


def test_a_height_that_another_page_makes_up_is_not_believed(quiet, elsewhere, site, action):
    liar = "<script>parent.postMessage({type: 'ua-tracker:height', height: 999}, '*')</script>"
    elsewhere.body = f'<iframe id="liar" srcdoc="{liar}"></iframe>' + link(site)
    quiet.goto(elsewhere.address)
    frame = quiet.locator("a.ua-counter + iframe")
    expect(frame).to_be_visible()
    quiet.evaluate("window.postMessage({type: 'ua-tracker:height', height: 999}, '*')")
    quiet.locator("#liar").evaluate("frame => frame.srcdoc += ' '")
    expect(quiet.frame_locator("#liar").locator("script")).to_have_count(1)
    assert frame.evaluate("frame => frame.clientHeight") < 600


COUNTER = "a.ua-counter + iframe"


def height_inside(page) -> int:
    body = page.frame_locator(COUNTER).locator("body")
    return body.evaluate("body => Math.ceil(body.getBoundingClientRect().height)")


def test_a_counter_in_a_part_that_is_unfolded_late_comes_alive_then(quiet, elsewhere, site, action):
    elsewhere.body = f'<div id="folded" hidden>{link(site)}</div>'
    quiet.clock.install()
    quiet.goto(elsewhere.address)
    quiet.clock.run_for(60_000)
    quiet.evaluate("document.getElementById('folded').hidden = false")
    expect(quiet.locator(COUNTER)).to_be_visible()
    expect(quiet.locator(COUNTER)).to_have_js_property("clientHeight", height_inside(quiet))


# What programs that make pages faster make of the script, and run at the first movement of the mouse.
LATER = """
    <script type="text/later" data-src="{script}" data-async></script>
    <script>
      addEventListener("later", async () => {{
        const waiting = document.querySelector("[type='text/later']");
        const text = await (await fetch(waiting.dataset.src)).text();
        {how}
      }});
    </script>
"""


@pytest.mark.parametrize("how", [
    "waiting.replaceWith(Object.assign(document.createElement('script'), {src: waiting.dataset.src}))",
    "const src = URL.createObjectURL(new Blob([text]));"
    "document.body.append(Object.assign(document.createElement('script'), {src}))",
    "new Function(text)()",
])  # fmt: skip
def test_the_script_works_when_it_is_started_late_from_elsewhere(quiet, elsewhere, site, action, how):
    anchor = link(site).partition("<script")[0]
    elsewhere.body = anchor + LATER.format(script=f"{site.address}/embed.js", how=how)
    quiet.goto(elsewhere.address)
    expect(quiet.get_by_role("link", name="Letters for Ana")).to_be_visible()
    quiet.evaluate("dispatchEvent(new Event('later'))")
    expect(quiet.locator(COUNTER)).to_be_visible()
    expect(quiet.locator(COUNTER)).to_have_js_property("clientHeight", height_inside(quiet))


def test_the_script_finds_its_links_wherever_it_stands_and_whenever_they_come(quiet, elsewhere, site, action):
    """Programs that make pages faster bundle scripts, run them late, as modules or twice, and move them."""
    with urllib.request.urlopen(f"{site.address}/embed.js") as answer:
        bundled = f"<script>var before = 1\n{answer.read().decode()}</script>"
    module = f'<script type="module" src="{site.address}/embed.js"></script>'
    anchor = link(site).partition("<script")[0]
    for scripts in (bundled * 2, module):
        elsewhere.body = f'{scripts}<p id="place">{anchor}</p>'
        quiet.goto(elsewhere.address)
        expect(quiet.locator(COUNTER)).to_be_visible()
        quiet.evaluate("html => document.body.insertAdjacentHTML('beforeend', html)", anchor)
        expect(quiet.locator("iframe")).to_have_count(2)
        for frame in quiet.locator("iframe").all():
            expect(frame).to_be_visible()


def test_a_closed_part_is_no_fault_of_the_site_and_a_slow_site_is_waited_for(quiet, elsewhere, site, action):
    slow, release = [], []
    elsewhere.body = f"<details>{link(site)}</details>" + link(site).replace("ua-counter", "ua-counter slow")

    def answer(route) -> None:
        slow.append(route) if len(slow) == len(release) == 0 else route.fallback()

    quiet.route("**/en/embed/*", answer, times=1)
    quiet.clock.install()
    quiet.goto(elsewhere.address, wait_until="commit")
    expect(quiet.locator("iframe")).to_have_count(2)
    quiet.clock.run_for(60_000)
    slow[0].fallback()
    quiet.clock.run_for(1_000)
    quiet.evaluate("document.querySelector('details').open = true")
    for frame in quiet.locator("iframe").all():
        expect(frame).to_be_visible()
        expect(frame).not_to_have_js_property("clientHeight", 0)


def test_a_frame_stays_with_its_link(quiet, elsewhere, site, action):
    """Scripts of pages move parts, put copies in their place, and take them away."""
    anchor = link(site).partition("<script")[0]
    script = link(site).removeprefix(anchor)
    elsewhere.body = f'<p id="here">{anchor}</p><p id="there"></p>{script}'
    quiet.goto(elsewhere.address)
    expect(quiet.locator("#here iframe")).to_be_visible()
    quiet.evaluate("there.append(document.querySelector('a'))")
    expect(quiet.locator("#there iframe")).to_be_visible()
    expect(quiet.locator("iframe")).to_have_count(1)
    quiet.evaluate("there.replaceWith(there.cloneNode(true))")
    expect(quiet.locator("#there iframe")).to_be_visible()
    expect(quiet.locator("iframe")).to_have_count(1)
    expect(quiet.frame_locator("#there iframe").get_by_role("heading")).to_be_visible()
    quiet.evaluate("document.querySelector('iframe').remove()")
    expect(quiet.get_by_role("link", name="Letters for Ana")).to_be_visible()
    quiet.evaluate("html => { here.innerHTML = html }", anchor)
    expect(quiet.locator("#here iframe")).to_be_visible()
    quiet.evaluate("here.querySelector('a').remove()")
    expect(quiet.locator("iframe")).to_have_count(0)


def test_a_link_that_becomes_one_later_and_a_theme_with_rules_for_frames(quiet, elsewhere, site, action):
    rules = (
        "<style>iframe { height: auto !important; max-height: 90px !important } a { display: block !important }</style>"
    )
    elsewhere.body = rules + link(site).replace("ua-counter", "later").replace(' href="', ' data-href="')
    quiet.goto(elsewhere.address)
    expect(quiet.locator("iframe")).to_have_count(0)
    quiet.evaluate("{ const a = document.querySelector('a'); a.className = 'ua-counter'; a.href = a.dataset.href }")
    expect(quiet.locator(COUNTER)).to_be_visible()
    expect(quiet.get_by_role("link", name="Letters for Ana")).to_be_hidden()
    assert quiet.locator(COUNTER).evaluate("frame => frame.clientHeight") == height_inside(quiet)


def test_of_two_hundred_counters_far_down_on_slow_devices_none_is_lost(quiet, elsewhere, site, action):
    """Each is a load of its own, 2,500 pixels below the one before: Chromium draws none of them at first.

    Fails when `embed.js` asks no frame for its height, and waits until each tells it by itself.
    """
    anchor, script = link(site).partition("<script")[0], link(site).partition("</a>")[2]
    elsewhere.body = f'<div style="height: 2500px">Text</div>{anchor}' * 25 + script
    throttled = quiet.context.new_cdp_session(quiet)
    throttled.send("Network.enable")
    throttled.send("Network.setCacheDisabled", {"cacheDisabled": True})
    line = {"offline": False, "latency": 20, "downloadThroughput": 2_000_000, "uploadThroughput": 500_000}
    throttled.send("Network.emulateNetworkConditions", line)
    throttled.send("Emulation.setCPUThrottlingRate", {"rate": 2})
    heights = []
    for _ in range(8):
        # On another host, as everywhere but in a test: Chromium then has the frames in a process of their own.
        quiet.goto(elsewhere.address.replace("127.0.0.1", "localhost"))
        quiet.wait_for_function(
            "[...document.querySelectorAll('a')].every(one => getComputedStyle(one).display === 'none')"
        )
        heights += quiet.evaluate("[...document.querySelectorAll('iframe')].map(frame => frame.clientHeight)")
    assert (len(heights), len(set(heights))) == (200, 1)
    assert 200 < heights[0] < 600


def test_a_counter_far_down_a_page_has_its_height_before_it_is_scrolled_to(quiet, elsewhere, site, action):
    elsewhere.body = f'<div style="height: 2500px">Text</div>{link(site)}'
    for _ in range(3):
        quiet.goto(elsewhere.address)
        expect(quiet.get_by_role("link", name="Letters for Ana")).to_be_hidden()
        expect(quiet.locator(COUNTER)).to_have_js_property("clientHeight", height_inside(quiet))


def test_a_frame_without_a_width_tells_no_height(quiet, elsewhere, site, action):
    listening = "<script>window.heard = []; addEventListener('message', one => heard.push(one.data.height));</script>"
    elsewhere.body = f'{listening}<iframe src="{site.address}/en/embed/ua-12-26" style="width: 0"></iframe>'
    quiet.goto(elsewhere.address)
    frame = quiet.locator("iframe")
    frame.evaluate("frame => frame.contentWindow.postMessage({type: 'ua-tracker:ask'}, '*')")
    frame.evaluate("frame => { frame.style.width = '300px'; }")
    quiet.wait_for_function("window.heard.some(height => height)")
    inside = quiet.frame_locator("iframe").locator("body")
    height = inside.evaluate("body => Math.ceil(body.getBoundingClientRect().height)")
    assert set(quiet.evaluate("window.heard")) - {None} == {height}


def test_when_the_network_returns_an_embedded_number_is_asked_for_before_the_next_poll(
    page, elsewhere, site, session, action
):
    elsewhere.body = link(site)
    page.add_init_script("addEventListener('online', () => { window.isBack = true; })")
    page.clock.install(time=NOON)
    page.goto(elsewhere.address)
    expect(page.locator(COUNTER)).to_be_visible()
    page.clock.pause_at(NOON + timedelta(minutes=2))  # from here on no poll comes by itself
    page.context.set_offline(True)
    a_report(session, action, target=7)
    page.context.set_offline(False)
    page.locator(COUNTER).element_handle().content_frame().wait_for_function("window.isBack")
    page.clock.run_for(1_000)
    expect(sent(page.frame_locator(COUNTER))).to_have_text("7")


def test_wordpress_gets_the_height_and_the_target_of_the_link(quiet, elsewhere, site, action):
    elsewhere.body = WORDPRESS.format(site=site.address)
    quiet.goto(elsewhere.address)
    quiet.frame_locator("#sandboxed").get_by_role("link").click()
    quiet.wait_for_function("window.heard.some(told => told.message === 'link')")
    heard = quiet.evaluate("window.heard")
    assert {told["message"] for told in heard} == {"height", "link"}
    assert 200 <= [told["value"] for told in heard if told["message"] == "height"][-1] <= 1000
    [leads_to] = {told["value"] for told in heard if told["message"] == "link"}
    assert leads_to == f"{site.address}/en/actions/ua-12-26"


def test_every_form_shows_the_end_without_anyone_editing_a_page(quiet, elsewhere, site, session, action):
    a_report(session, action, target=3)
    elsewhere.body = link(site) + WORDPRESS.format(site=site.address)
    quiet.goto(elsewhere.address)
    frames = [quiet.frame_locator(one) for one in ("a.ua-counter + iframe", "#sandboxed")]
    for frame in frames:
        expect(frame.get_by_role("link", name="Write a letter too")).to_be_visible()
    site.set_clock(CLOSING)
    for frame in frames:
        expect(frame.get_by_text("Letters sent by then are still counted.")).to_be_visible(timeout=TEN_SECONDS)
        expect(sent(frame)).to_have_text("3")


def test_without_a_script_a_frame_reloads_itself(browser, elsewhere, site, action):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    elsewhere.body = f'<iframe src="{site.address}/en/embed/ua-12-26"></iframe>'
    page.goto(elsewhere.address)
    frame = page.frame_locator("iframe")
    expect(frame.get_by_role("heading")).to_have_text("TEACHER HELD WITHOUT CHARGE")
    refresh = frame.locator('noscript meta[http-equiv="refresh"], meta[http-equiv="refresh"]')
    expect(refresh).to_have_attribute("content", "60")
    context.close()


def test_a_group_that_is_merged_shows_its_heirs_letters_on_an_open_page(quiet, elsewhere, site, session, action):
    from ua_tracker import groups

    a_group(session, "old", "Old")
    a_report(session, action, target=2, group="old")
    a_report(session, action, target=5, group="montreal")
    elsewhere.body = f'<iframe src="{site.address}/en/embed/ua-12-26?group=old"></iframe>'
    quiet.goto(elsewhere.address)
    own = quiet.frame_locator("iframe").locator('[data-count="group-letters-sent"]')
    expect(own).to_have_text("2")
    groups.merge(session, "old", "montreal", actor="tests", now=NOON)
    session.commit()
    expect(own).to_have_text("7", timeout=TEN_SECONDS)


def test_a_broken_link_does_not_keep_the_others_from_their_counters(page, elsewhere, site, action):
    elsewhere.body = '<a class="ua-counter" href="http://[bad">x</a>' + link(site)
    page.goto(elsewhere.address)
    expect(page.locator("iframe")).to_be_visible()


def test_a_message_between_frames_does_not_take_the_link_away(quiet, elsewhere, site, action):
    elsewhere.body = f'<iframe src="{site.address}/en/embed/ua-12-26"></iframe>'
    quiet.goto(elsewhere.address)
    quiet.locator("iframe").evaluate("frame => frame.contentWindow.postMessage({message: 'ready'}, '*')")
    quiet.frame_locator("iframe").get_by_role("link").click()
    quiet.wait_for_url(f"{site.address}/en/actions/ua-12-26")


def test_the_codes_of_the_share_page_work_when_they_are_pasted(quiet, elsewhere, site, session, action):
    a_report(session, action, target=4, group="montreal")
    quiet.goto("/en/actions/ua-12-26/share")
    quiet.get_by_label("Local group").select_option("Groupe de Montréal")
    expect(quiet.locator("#code-link")).to_have_value(f"{site.address}/en/actions/ua-12-26?group=montreal")
    codes = {one: quiet.locator(f"#code-{one}").input_value() for one in ("iframe", "script", "newsletter", "badge")}
    asked = quiet.request.get("/oembed", params={"url": f"{site.address}/en/actions/ua-12-26?group=montreal"}).json()
    phone = '<meta name="viewport" content="width=device-width">'
    in_a_table = f"<table><tr><td>{codes['newsletter']}{codes['badge']}</table>"
    elsewhere.body = phone + "<hr>".join([*codes.values(), asked["html"], in_a_table])
    quiet.set_viewport_size({"width": 360, "height": 700})
    quiet.goto(elsewhere.address)
    frames = ("div > iframe >> nth=0", "a.ua-counter + iframe", "body > iframe")
    expect(quiet.locator(frames[1])).to_be_visible()
    assert quiet.evaluate("document.documentElement.scrollWidth") == 360
    quiet.set_viewport_size({"width": 1280, "height": 700})
    for frame in map(quiet.frame_locator, frames):
        expect(frame.locator('[data-count="group-letters-sent"]')).to_have_text("4")
    for picture in quiet.locator("img").all():
        expect(picture).not_to_have_js_property("naturalWidth", 0)


@pytest.mark.parametrize("size", ["full", "compact"])
@pytest.mark.parametrize("width", [320, 480])
def test_a_frame_nobody_adjusts_is_large_enough(browser, site, session, action, size, width):
    from ua_tracker.web.sharing.embed_codes import HEIGHTS

    action.title = "HUMAN RIGHTS DEFENDER AND TWO JOURNALISTS AT RISK OF TORTURE"
    action.practice = True
    session.commit()
    assert taller_than(HEIGHTS[size], browser, site, size, width) == [], "empty"
    a_report(session, action, target=41, group="montreal")
    public_notes.add(session, action, "One evening was counted twice.", "en", actor="tests", now=NOON)
    session.commit()
    for state in (NOON, CLOSING, OVER):
        site.set_clock(state)
        assert taller_than(HEIGHTS[size], browser, site, size, width) == [], state
    site.set_clock(NOON)
    a_report(session, action, target=59)
    assert taller_than(HEIGHTS[size], browser, site, size, width) == [], "reached"
    action.closed_at, action.closed_reason = NOON, "stop action"
    session.commit()
    assert taller_than(HEIGHTS[size], browser, site, size, width) == [], "stopped"
    action.closed_reason, action.outcome = "good news", "The court has dropped the case. All three are at home again."
    session.commit()
    assert taller_than(HEIGHTS[size], browser, site, size, width) == [], "good news"


@pytest.mark.parametrize("size", ["full", "compact"])
def test_a_frame_nobody_adjusts_is_filled_and_still_says_what_it_needs(quiet, elsewhere, site, session, action, size):
    listening = "<script>window.heard = []; addEventListener('message', one => heard.push(one.data.height));</script>"
    frame = f'<iframe src="{site.address}/en/embed/ua-12-26?size={size}" width="100%" height="600"></iframe>'
    elsewhere.body = listening + frame
    quiet.goto(elsewhere.address)
    quiet.wait_for_function("window.heard.length > 0")
    assert quiet.evaluate("window.heard.at(-1)") < 400
    inside = quiet.frame_locator("iframe")
    assert inside.locator("main").evaluate("main => main.getBoundingClientRect().height") == 600
    button = inside.locator(".out").evaluate("out => innerHeight - out.getBoundingClientRect().bottom")
    assert button < (30 if size == "full" else 300)
    action.title = (
        "TEACHER HELD WITHOUT CHARGE FOR A HUNDRED DAYS AND NIGHTS, AND HIS BROTHER WITH HIM, WHO IS FIFTEEN " * 2
    )
    session.commit()
    before = quiet.evaluate("window.heard.at(-1)")
    if size == "full":
        quiet.wait_for_function(f"window.heard.at(-1) > {before}", timeout=TEN_SECONDS)


def taller_than(height, browser, site, size, width) -> list[tuple[str, float]]:
    """The languages in which the embedded page needs more than this height."""
    found = []
    for language in ("en", "fr"):
        context = browser.new_context(base_url=site.address, viewport={"width": width, "height": height})
        page = context.new_page()
        page.goto(f"/{language}/embed/ua-12-26?group=montreal&size={size}")
        found.append((language, page.evaluate("document.body.getBoundingClientRect().height")))
        context.close()
    return [(language, high) for language, high in found if high > height]


def test_a_wall_is_live_and_can_be_read_from_ten_metres(quiet, session, action):
    quiet.set_viewport_size({"width": 1280, "height": 720})
    quiet.goto("/fr/actions/ua-12-26/wall?group=montreal")
    a_report(session, action, target=7, group="montreal")
    expect(quiet.locator('[data-count="letters-tonight"]')).to_have_text("7", timeout=TEN_SECONDS)
    small = """() => [...document.querySelectorAll("main *:not(.for-ears, progress)")]
        .filter(one => [...one.childNodes].some(node => node.nodeType === 3 && node.data.trim()) && one.offsetWidth)
        .map(one => parseFloat(getComputedStyle(one).fontSize)).filter(size => size < 0.035 * innerWidth - 0.1)"""
    assert quiet.evaluate(small) == []
    assert quiet.evaluate("document.documentElement.scrollHeight <= innerHeight")


def test_a_wall_has_room_for_the_longest_name_and_a_number_of_five_digits(quiet, session, action):
    name = "Groupe local d’Amnistie internationale de l’Université du Québec à Trois-Rivières et de la Mauricie"
    a_group(session, "trois-rivieres", name)
    action.title, action.practice = (
        "1.4 million Afghan refugees at risk of deportation, and their families with them",
        True,
    )
    session.execute(update(ActionTally).where(ActionTally.action_id == action.id).values(letters_sent=12137))
    for _ in range(21):
        a_report(session, action, target=499, group="trois-rivieres")
    overlaps = """() => {
        const boxes = [...document.querySelectorAll("h1, .label, .tonight, .state, aside img, .typed strong, .foot")]
            .map(one => one.getBoundingClientRect());
        const across = (a, b) => a.left < b.right - 1 && b.left < a.right - 1;
        const meet = (a, b) => across(a, b) && a.top < b.bottom - 1 && b.top < a.bottom - 1;
        return boxes.some((one, at) => one.width < 1 || boxes.slice(at + 1).some(other => meet(one, other)));
    }"""
    for size in ({"width": 1280, "height": 720}, {"width": 1024, "height": 768}):
        quiet.set_viewport_size(size)
        for language in ("en", "fr"):
            quiet.goto(f"/{language}/actions/ua-12-26/wall?group=trois-rivieres")
            expect(quiet.locator('[data-count="letters-tonight"]')).to_have_text("10479")
            assert not quiet.evaluate(overlaps), (size, language)
            page = quiet.evaluate("[document.documentElement.scrollHeight, document.documentElement.scrollWidth]")
            assert page == [size["height"], size["width"]]


def test_a_wall_on_a_phone_shows_the_whole_name_of_the_group(page, session, action):
    name = "Groupe étudiant de l’Université du Québec à Trois-Rivières"
    a_group(session, "trois-rivieres", name)
    a_report(session, action, target=7, group="trois-rivieres")
    page.set_viewport_size({"width": 320, "height": 740})
    page.goto("/fr/actions/ua-12-26/wall?group=trois-rivieres")
    whose = page.locator(".whose")
    expect(whose).to_have_text(f"{name}, ce soir")
    shown = whose.locator("bdi").evaluate("one => Math.max(...[...one.getClientRects()].map(line => line.right))")
    box = whose.bounding_box()
    assert shown <= box["x"] + box["width"] <= 320


@pytest.mark.parametrize(("paper", "size"), [("a4", (595, 842)), ("letter", (612, 792))])
@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("title", [
    "TEACHER HELD",
    "HUMAN RIGHTS DEFENDER AND TWO JOURNALISTS AT RISK OF TORTURE AND OTHER ILL-TREATMENT",
    "1,4 million de personnes réfugiées afghanes risquent d’être renvoyées de force vers l’Afghanistan; " * 4,
])  # fmt: skip
@pytest.mark.parametrize("demands", [
    ["Release Ana Lopez.", "Let her see a lawyer."],
    ["Immediately and unconditionally release every one of the teachers who are held. " * 2] * 5,
    ["Investigate every one of these cases without delay and in full independence. " * 30],
])  # fmt: skip
def test_a_poster_is_one_sheet_in_large_print(quiet, session, action, paper, size, language, title, demands):
    import re

    action.title, action.demands = title, demands
    action.summary = ["He was taken from his house at night by three men without uniforms. " * 20] * 3
    session.commit()
    quiet.goto(f"/{language}/actions/ua-12-26/poster?group=montreal&paper={paper}")
    printed = quiet.pdf(prefer_css_page_size=True, print_background=True).decode("latin-1")
    sheets = re.findall(r"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", printed)
    assert [tuple(round(float(one)) for one in sheet) for sheet in sheets] == [size]
    quiet.emulate_media(media="print")
    poster = quiet.locator("main")
    assert poster.evaluate("one => one.scrollHeight <= one.clientHeight + 1"), "something is cut off"
    points = poster.evaluate(
        "one => Math.min(...[...one.querySelectorAll('*')].map(part => parseFloat(getComputedStyle(part).fontSize)))"
    )
    assert round(points * 0.75, 2) >= 16


def test_a_group_far_from_here_is_asked_about_as_often_as_the_site_says(page, elsewhere, site, action):
    """A busy site lengthens the pause in its JSON, and every frame obeys."""
    elsewhere.body = f'<iframe src="{site.address}/en/embed/ua-12-26"></iframe>'
    asked = []

    def answer(route) -> None:
        told = {**route.fetch().json(), "poll_seconds": 60}
        asked.append(told)
        route.fulfill(body=json.dumps(told), content_type="application/json")

    page.route("**/api/v1/actions/ua-12-26", answer)
    page.clock.install()
    page.goto(elsewhere.address)
    expect(sent(page.frame_locator("iframe"))).to_have_text("0")
    with page.expect_response("**/api/v1/actions/ua-12-26"):
        page.clock.run_for(6_000)
    page.clock.run_for(30_000)
    assert len(asked) == 1
    with page.expect_response("**/api/v1/actions/ua-12-26"):
        page.clock.run_for(40_000)
    assert len(asked) == 2
