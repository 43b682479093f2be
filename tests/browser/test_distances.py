"""A heading or a note never presses against what comes next: it would be read as belonging to it."""

import pytest
from sqlalchemy import select

from tests.browser import every_page
from tests.browser.test_every_page import pages_of
from tests.factories import NOON
from ua_tracker import pledges
from ua_tracker.models import Action, Pledge

PRESSED = """
    () => [...document.querySelectorAll(
        "h1 + :is(h2, form, dl, section), .hint + :is(.field, .fields, .pair, fieldset, .verbs, button), " +
        ":is(form, .verbs) + .hint")]
        .filter(one => one.checkVisibility() && one.previousElementSibling.checkVisibility())
        .map(one => [one, one.getBoundingClientRect().top - one.previousElementSibling.getBoundingClientRect().bottom])
        .filter(([, gap]) => gap < 12)
        .map(([one, gap]) => `${Math.round(gap)} px before ${one.outerHTML.slice(0, 100)}`)
"""


@pytest.mark.walk
@pytest.mark.parametrize("width", [360, 1280])
def test_nothing_presses_against_a_heading_or_a_note(page, session, site, width):
    page.set_viewport_size({"width": width, "height": 800})
    world = every_page.fill(session)
    found = {name: page.evaluate(PRESSED) for name in pages_of(world, page, "en")}
    assert {name: pressed for name, pressed in found.items() if pressed} == {}


def test_after_a_report_without_scripts_the_message_stands_apart(browser, site):
    context = browser.new_context(
        base_url=site.address, java_script_enabled=False, viewport={"width": 320, "height": 740}
    )
    page = context.new_page()
    page.goto("/fr/actions/ua-12-26/letters")
    page.locator("[name=letters-1]").fill("2")
    page.locator("#report button[type=submit]").click()
    page.wait_for_url("**/pledges/**")
    parts = [page.locator(one).bounding_box() for one in ("p:has(+ #message)", "#message > h2")]
    parts += [page.locator(one).bounding_box() for one in ("#message-link", "#message + .rights")]
    ends = [part["y"] + part["height"] for part in parts]
    assert parts[1]["y"] - ends[0] >= 24
    assert parts[3]["y"] - ends[2] >= 16
    context.close()


ENDS = """
    () => [...document.querySelectorAll(".box")].map(box => {
        const said = [...box.querySelectorAll("p, form, details, button")].filter(one => one.checkVisibility());
        return box.getBoundingClientRect().bottom - Math.max(...said.map(one => one.getBoundingClientRect().bottom));
    })
"""
WIDTHS = "[...document.querySelectorAll('.verbs > :is(button, .button):not([hidden])')].map(one => one.clientWidth)"
CUT = """
    () => [...document.querySelectorAll(".code textarea")]
        .filter(one => one.scrollHeight > one.clientHeight).map(one => one.value)
"""


def test_on_a_phone_equal_buttons_are_equally_wide_and_no_code_is_cut(page, session, site):
    every_page.fill(session)
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto("/en/actions/ua-21-26/share?group=montreal")
    widths = page.evaluate(WIDTHS)
    assert len(widths) >= 2
    assert len(set(widths)) == 1
    assert page.evaluate(CUT) == []


def test_a_box_ends_as_far_below_its_last_line_as_it_begins_above_its_first(page, session, site):
    every_page.fill(session)
    page.set_viewport_size({"width": 1280, "height": 800})
    for path in ("/en/actions/ua-24-26", "/en/login", "/en/actions/ua-21-26"):
        page.goto(path)
        assert all(20 <= end <= 28 for end in page.evaluate(ENDS)), path


def test_the_choices_of_paper_stand_apart_and_begin_where_their_line_does(page, session, site):
    every_page.fill(session)
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto("/en/actions/ua-21-26/poster")
    chosen, other, back = (
        page.locator(f".screen {one}").bounding_box() for one in ("strong", "a >> nth=0", "a >> nth=1")
    )
    assert other["x"] - (chosen["x"] + chosen["width"]) >= 4
    assert back["y"] == other["y"] or back["x"] == page.locator(".screen p").first.bounding_box()["x"]


BEGINS = """
    () => [...document.querySelectorAll(".box")].map(box => {
        const said = [...box.querySelectorAll("h2, p, label, button, .summary")].filter(one => one.checkVisibility());
        return Math.min(...said.map(one => one.getBoundingClientRect().top)) - box.getBoundingClientRect().top;
    })
"""


def test_every_box_begins_at_one_height(page, session, site):
    world = every_page.fill(session)
    page.set_viewport_size({"width": 360, "height": 740})
    for name in ("open", "reporting", "write", "report", "share", "sign-in", "lost link", "mine"):
        page.goto(world.public[name].format("fr"))
        begins = page.evaluate(BEGINS)
        assert begins, name
        assert all(24 <= begin <= 36 for begin in begins), name


def test_on_a_private_page_the_button_to_promise_again_stands_apart_from_what_is_folded(page, session, site):
    world = every_page.fill(session)
    pledges.withdraw(session, session.scalars(select(Pledge).where(Pledge.email.is_(None))).one(), NOON)
    session.commit()
    page.goto(world.public["mine"].format("fr"))
    button, fold = (page.locator(one).first.bounding_box() for one in (".pledge form button", ".fold"))
    assert fold["y"] - (button["y"] + button["height"]) >= 16


def test_letters_and_copies_are_asked_for_on_one_line(page, session, site):
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto("/fr/actions/ua-12-26/letters")
    for part in (".pair label", ".pair input"):
        places = [one.bounding_box()["y"] for one in page.locator(part).all()]
        assert len(places) == 2
        assert len(set(places)) == 1, part


WORDS = """
    one => [...one.firstChild.data.matchAll(/\\S+/g)].filter(word => {
        const text = new Range();
        text.setStart(one.firstChild, word.index);
        text.setEnd(one.firstChild, word.index + word[0].length);
        return text.getClientRects().length > 1;
    }).map(word => word[0])
"""


def test_on_a_phone_no_word_of_a_posters_title_and_no_short_address_is_broken(page, session, site):
    session.query(Action).one().title = "L’enseignante Ana Lopez détenue sans inculpation ni procès"
    session.commit()
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto("/fr/actions/ua-12-26/poster")
    assert [page.locator(one).evaluate(WORDS) for one in ("h1", ".address")] == [[], []]
    title, rest = (page.locator(one).evaluate("one => getComputedStyle(one).fontSize") for one in ("h1", ".way h2"))
    assert title == rest, "what is below the title is no larger than it"


def test_a_private_link_breaks_only_at_the_end_of_a_line(page, session, site):
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto("/fr/actions/ua-12-26/letters")
    page.locator("[name=letters-1]").fill("2")
    page.locator("#report button[type=submit]").click()
    link = page.locator("#private-link")
    widths = link.evaluate("one => [...one.getClientRects()].map(line => line.width)")
    assert len(widths) >= 2
    assert min(widths[:-1]) >= max(widths) - 16


TABS = "[...document.querySelectorAll('.tabs a')].map(one => one.getBoundingClientRect().top)"


def test_on_a_wide_screen_the_pages_of_an_action_are_named_in_one_line(page, session, site):
    every_page.fill(session).sign_in(page, "fr")
    page.set_viewport_size({"width": 1280, "height": 800})
    for path in ("", "/pledges", "/evenings", "/not-reported"):
        page.goto(f"/fr/dashboard/ua-21-26{path}")
        tops = page.evaluate(TABS)
        assert len(tops) == 10, path
        assert max(tops) - min(tops) < 1, path


STARTS = """
    () => ["thead", "tbody"].map(part => [...document.querySelectorAll(`.cards ${part} tr:first-child > :not(.n)`)]
        .map(one => one.getBoundingClientRect().left + parseFloat(getComputedStyle(one).paddingInlineStart)))
"""
FIELDS = "[...document.querySelectorAll('.filter details .field')].map(one => one.getBoundingClientRect().toJSON())"


def test_the_heading_of_a_column_begins_where_its_cells_do(page, session, site):
    every_page.fill(session).sign_in(page, "en")
    page.set_viewport_size({"width": 1280, "height": 800})
    for noun in ("pledges", "letters"):
        page.goto(f"/en/dashboard/ua-21-26/{noun}")
        heads, cells = page.evaluate(STARTS)
        assert len(heads) >= 8
        assert heads == cells, noun


def test_filters_stand_in_columns_and_the_days_with_their_hours_in_one_line(page, session, site):
    every_page.fill(session).sign_in(page, "fr")
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto("/fr/dashboard/ua-21-26/pledges?state=held")
    assert len({field["left"] for field in page.evaluate(FIELDS)}) == 4
    times = [page.locator(f"#{one}").bounding_box() for one in ("first", "first_hour", "last", "last_hour")]
    assert len({one["y"] for one in times}) == 1
