"""The office publishes, extends, enters an evening, takes it back, and downloads the rows."""

import csv
import io
import re

import pytest
from passlib.totp import TOTP
from PIL import Image
from playwright.sync_api import expect

from tests.browser import every_page
from tests.browser.every_page import World
from tests.browser.test_every_page import violations
from tests.factories import NOON, PASSWORD, a_coordinator, a_group, a_pledge, a_report, an_api_key
from tests.rules.test_importing import SAMPLE
from ua_tracker.models import Action
from ua_tracker.trust import USUAL, Arrival, Thresholds

WORDS = {
    "en": {
        "sign in": "Sign in",
        "e-mail": "E-mail",
        "password": "Password",
        "read": "Read the documents",
        "store": "Store it as a draft",
        "swap": "Swap role and name",
        "publish": "Publish",
        "deadline": "Deadline",
        "extend": "Move the deadline",
        "do extend": "Move it",
        "new": "New deadline",
        "evening": "Letter evenings",
        "afterwards": "Enter the letters of an evening that is over",
        "people": "How many people wrote?",
        "to": "Letters to: Minister of Interior",
        "enter": "Enter the evening",
        "back": "Take back",
        "why": "Why is it taken back?",
        "spreadsheet": "For a spreadsheet (CSV)",
        "out": "Sign out",
        "day": "Day sent",
    },
    "fr": {
        "sign in": "Se connecter",
        "e-mail": "Courriel",
        "password": "Mot de passe",
        "read": "Lire les documents",
        "store": "Enregistrer comme brouillon",
        "swap": "Échanger la fonction et le nom",
        "publish": "Publier",
        "deadline": "Date limite",
        "extend": "Changer la date limite",
        "do extend": "Changer",
        "new": "Nouvelle date limite",
        "evening": "Soirées d’écriture",
        "afterwards": "Inscrire les lettres d’une soirée terminée",
        "people": "Combien de personnes ont écrit?",
        "to": "Lettres à : Minister of Interior",
        "enter": "Inscrire la soirée",
        "back": "Annuler",
        "why": "Pourquoi l’annuler?",
        "spreadsheet": "Pour un tableur (CSV)",
        "out": "Se déconnecter",
        "day": "Date d’envoi",
    },
}


# Two of the four at each change, the others in the long series.
EACH_TIME = (("fr", True), ("en", False))
DAYS = [
    pytest.param((language, scripts), marks=[] if (language, scripts) in EACH_TIME else pytest.mark.walk)
    for language in WORDS for scripts in (True, False)
]  # fmt: skip


@pytest.fixture(params=DAYS, ids=lambda one: f"{one[0]} {'with' if one[1] else 'without'} scripts")
def day(request, browser, address, session):
    """A page on which Oda of the office is signed in, and the words of its language."""
    language, scripts = request.param
    a_coordinator(session)
    a_group(session)
    context = browser.new_context(base_url=address, java_script_enabled=scripts, accept_downloads=True)
    page, words = context.new_page(), WORDS[language]
    said = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.goto(f"/{language}/login")
    page.get_by_label(words["e-mail"]).fill("oda@example.org")
    page.get_by_label(words["password"]).fill(PASSWORD)
    page.get_by_role("button", name=words["sign in"], exact=True).click()
    yield page, words, language
    context.close()
    assert said == []


def test_from_a_document_to_a_download(day, tmp_path):
    page, words, language = day
    press = lambda name: page.get_by_role("button", name=words[name], exact=True).first.click()  # noqa: E731
    page.goto(f"/{language}/dashboard/import")
    page.locator("#documents").set_input_files(SAMPLE)
    press("read")
    expect(page.locator(".source li").first).to_be_visible()
    page.get_by_label(words["deadline"], exact=True).fill("2026-04-10")
    press("swap")
    press("swap")
    expect(page.get_by_label(words["deadline"], exact=True)).to_have_value("2026-04-10")
    press("store")
    press("publish")
    page.get_by_text(words["extend"], exact=True).click()
    page.get_by_label(words["new"]).fill("2026-04-20")
    press("do extend")
    expect(page.locator(".state dd").filter(has_text=re.compile("20")).first).to_be_visible()
    page.get_by_role("link", name=words["evening"]).first.click()
    page.get_by_role("link", name=words["afterwards"]).click()
    page.locator("select[name=group]").select_option("montreal")
    page.get_by_label(words["people"]).fill("14")
    page.get_by_label(words["to"]).fill("31")
    page.get_by_label(words["day"]).fill("2026-03-09")
    press("enter")
    expect(page.locator("tbody tr")).to_have_count(1)
    page.locator("details.void summary").click()
    page.get_by_label(words["why"]).fill("X")
    page.locator("details.void button").click()
    expect(page.locator("details.void")).to_have_count(0)
    with page.expect_download() as download:
        page.get_by_role("link", name=words["spreadsheet"]).click()
    assert download.value.suggested_filename == "ua-109-23-2-letters-2026-03-10.csv"
    text = download.value.path().read_text("utf-8-sig")
    [row] = csv.DictReader(text.splitlines(), delimiter=";" if language == "fr" else ",")
    assert (row["letters"], row["people"], row["void_reason"]) == ("31", "14", "X")
    press("out")
    page.goto(f"/{language}/dashboard/")
    expect(page.get_by_role("heading", name=words["sign in"])).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_more_pages_of_the_dashboard_are_accessible_and_fit_320_pixels(quiet, session, site, scheme):
    page = quiet
    a_coordinator(session)
    action = session.query(Action).one()
    a_pledge(
        session,
        action,
        name="A Very Long Name With Many Parts",
        email="a.very.long.address@mail.example.org",
        group=a_group(session).slug,
    )
    a_report(session, action, target=41, group="montreal")
    page.emulate_media(color_scheme=scheme)
    page.goto("/en/login")
    page.get_by_label("E-mail").fill("oda@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    paths = (  # those with the long name, and those that are not among every_page.py's
        "account/codes",
        "ua-12-26",
        "ua-12-26/pledges",
        "ua-12-26/letters",
        "ua-12-26/letters/void",
        "ua-12-26/pledges?first=never",
    )
    store = {"en": WORDS["en"]["store"], "fr": "Enregistrer ces changements"}  # the second time it is here already
    for language, width in (("en", 1280), ("fr", 320)):
        page.set_viewport_size({"width": width, "height": 800})
        for path in paths:
            page.goto(f"/{language}/dashboard/{path}")
            assert_well(page, f"{path} at {width}")
        page.goto(f"/{language}/dashboard/import")
        page.locator("#documents").set_input_files(SAMPLE)
        page.get_by_role("button", name=WORDS[language]["read"]).click()
        page.locator("#goal").fill(str(width))
        page.locator("#goal").press("Enter")
        expect(page.locator("#changes")).to_have_count(0 if language == "en" else 1)
        assert_well(page, f"what was read at {width}")
        page.get_by_role("button", name=store[language]).click()
        page.goto(f"/{language}/dashboard/history")
        assert_well(page, f"the history of it at {width}")


def signed_in(page, session) -> None:
    """Oda of the office signs in."""
    a_coordinator(session)
    page.goto("/en/login")
    page.get_by_label("E-mail").fill("oda@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", name="Dashboard")).to_be_visible()


def test_the_lines_that_a_value_came_from_are_lit_and_in_sight(quiet, session, site):
    signed_in(quiet, session)
    quiet.set_viewport_size({"width": 1280, "height": 600})
    quiet.goto("/en/dashboard/import")
    quiet.locator("#documents").set_input_files(SAMPLE)
    quiet.get_by_role("button", name=WORDS["en"]["read"]).click()
    for field, words in (("#deadline", "until September 15, 2025"), ("#title", "1.4 MILLION AFGHAN REFUGEES")):
        quiet.locator(field).focus()
        expect(quiet.locator(".source .lit")).to_have_count(1)
        expect(quiet.locator(".source .lit")).to_contain_text(words)
        expect(quiet.locator(".source .lit")).to_be_in_viewport()
    quiet.get_by_role("button", name=WORDS["en"]["swap"]).first.click()
    expect(quiet.locator("#recipients-0-role")).to_be_focused()
    expect(quiet.locator("#recipients-0-role")).to_have_value("Syed Mohsin Raza Naqvi")


def test_lines_are_lit_for_a_field_that_had_the_cursor_before_the_script_came(quiet, session, site):
    signed_in(quiet, session)
    quiet.goto("/en/dashboard/import")
    quiet.locator("#documents").set_input_files(SAMPLE)
    late = []
    quiet.route("**/imports*.js*", lambda route: late.append(route))
    with quiet.expect_request("**/imports*.js*"):
        quiet.get_by_role("button", name=WORDS["en"]["read"]).click(no_wait_after=True)
    quiet.locator("#deadline").focus()
    late[0].continue_()
    expect(quiet.locator(".source .lit")).to_contain_text("until September 15, 2025")


def test_an_address_of_usual_length_stands_on_one_line_of_the_history(quiet, session, site):
    world = every_page.fill(session)
    quiet.set_viewport_size({"width": 1280, "height": 800})
    world.sign_in(quiet, "en")
    quiet.goto("/en/dashboard/history")
    address = quiet.get_by_role("link", name="oda@example.org").first
    assert address.evaluate("link => link.getClientRects().length") == 1


def test_no_number_of_letters_is_broken_and_titles_have_the_most_space(quiet, session, site):
    world = every_page.fill(session)
    quiet.set_viewport_size({"width": 1280, "height": 800})
    world.sign_in(quiet, "en")
    quiet.goto("/en/dashboard/ua-23-26/letters")
    a_report(session, session.query(Action).filter_by(slug="ua-23-26").one(), target=12137, copy=1)
    quiet.reload()
    number = quiet.locator(".counts strong").filter(has_text="12,137")
    lines = "one => { const text = new Range(); text.selectNodeContents(one); return text.getClientRects().length; }"
    assert number.evaluate(lines) == 1
    quiet.goto("/en/dashboard/")
    widths = [one.bounding_box()["width"] for one in quiet.get_by_role("columnheader").all()]
    assert max(widths) == widths[0]


def test_all_headings_of_the_help_and_all_choices_of_a_filter_have_one_size(quiet, session, site):
    signed_in(quiet, session)
    sizes = "all => [...new Set(all.map(one => getComputedStyle(one).fontSize))].length"
    quiet.goto("/en/dashboard/help")
    assert quiet.locator("main h2").evaluate_all(sizes) == 1
    quiet.goto("/en/dashboard/ua-12-26/letters?state=held")
    assert quiet.locator(".filter select:visible").count() > 3
    assert quiet.locator(".filter select:visible").evaluate_all(sizes) == 1


def test_the_values_of_a_recipient_to_check_have_the_whole_width(quiet, session, site):
    world = every_page.fill(session)
    quiet.set_viewport_size({"width": 1280, "height": 800})
    world.sign_in(quiet, "en")
    read = next(path for name, path in world.office.items() if "canada-fr-page" in name)
    quiet.goto(read.format("en"))
    for part in ("role", "name", "email"):
        field = quiet.locator(f"#recipients-0-{part}")
        assert field.bounding_box()["width"] == quiet.locator("#recipients-0-address_lines").bounding_box()["width"]
        assert field.evaluate("one => one.scrollWidth <= one.clientWidth && one.scrollHeight <= one.clientHeight + 2")


def test_on_a_phone_a_row_is_a_card_and_still_a_row_of_a_table(quiet, session, site):
    signed_in(quiet, session)
    quiet.set_viewport_size({"width": 1280, "height": 800})
    row = quiet.get_by_role("row").filter(has_text="ua-12-26")
    days, sent = (row.get_by_role("cell").nth(number) for number in (1, 2))
    assert days.bounding_box()["y"] == sent.bounding_box()["y"] == row.bounding_box()["y"]
    assert days.evaluate("cell => getComputedStyle(cell).textAlign") == "end"
    quiet.set_viewport_size({"width": 360, "height": 740})
    title = row.get_by_role("rowheader")
    assert title.bounding_box()["y"] + title.bounding_box()["height"] <= days.bounding_box()["y"]
    assert row.bounding_box()["width"] == title.bounding_box()["width"] <= 360
    labels = days.evaluate("cell => getComputedStyle(cell, '::before').content")
    assert labels == '"Days left"'
    expect(quiet.get_by_role("columnheader")).to_have_count(7)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_on_a_phone_the_chosen_tab_is_in_sight(quiet, session, site, language):
    a_coordinator(session)
    World({}, {}).sign_in(quiet, language)
    quiet.set_viewport_size({"width": 320, "height": 740})
    for path in ("", "/pledges", "/evenings", "/edit", "/picture"):
        quiet.goto(f"/{language}/dashboard/ua-12-26{path}")
        chosen = quiet.locator(".tabs [aria-current]:visible, .tabs summary.open:visible")
        expect(chosen).to_be_in_viewport(ratio=1)
        assert quiet.evaluate("document.documentElement.scrollWidth") == 320


def test_on_a_phone_no_address_of_a_card_is_broken(quiet, session, site):
    signed_in(quiet, session)
    an_api_key(session, a_coordinator(session, "coordinator@amnesty.example", password=None))
    quiet.set_viewport_size({"width": 320, "height": 740})
    for page in ("history", "keys"):
        quiet.goto(f"/en/dashboard/{page}")
        addresses = quiet.locator(".cards bdi").filter(has_text="@")
        assert set(addresses.evaluate_all("found => found.map(one => one.getClientRects().length)")) == {1}, page


def test_the_plot_is_drawn_for_the_width_of_the_window(quiet, session, site):
    signed_in(quiet, session)
    quiet.goto("/en/dashboard/ua-12-26")
    for width, look, other in ((1280, "roomy", "phone"), (360, "phone", "roomy")):
        quiet.set_viewport_size({"width": width, "height": 800})
        expect(quiet.locator(f"#plot > svg.{look}")).to_be_visible()
        expect(quiet.locator(f"#plot > svg.{other}")).to_be_hidden()
        for text in quiet.locator(f"#plot > svg.{look} text").all():
            assert text.bounding_box()["height"] >= 12
            assert text.bounding_box()["x"] + text.bounding_box()["width"] <= width


def test_both_pictures_of_the_plot_are_saved_under_their_names(quiet, session, site):
    signed_in(quiet, session)
    quiet.goto("/en/dashboard/ua-12-26")
    for words, suffix in (("as PNG", "png"), ("as SVG", "svg")):
        with quiet.expect_download() as saved:
            quiet.get_by_role("link", name=words).click()
        assert saved.value.suggested_filename == f"ua-12-26-plot-2026-03-10.{suffix}"


@pytest.mark.parametrize("colours", [{"color_scheme": "dark"}, {"color_scheme": "dark", "forced_colors": "active"}],
                         ids=["dark", "forced colours"])  # fmt: skip
def test_the_qr_code_of_two_factor_codes_stays_black_on_white(quiet, session, site, colours):
    signed_in(quiet, session)
    quiet.emulate_media(**colours)
    quiet.goto("/en/dashboard/account/codes")
    picture = Image.open(io.BytesIO(quiet.locator("img.drawn").screenshot())).convert("L")
    [margin] = {picture.getpixel((across, 3)) for across in range(5, picture.width - 5)}
    assert (margin, picture.getextrema()) == (255, (0, 255))


def test_the_recovery_codes_are_on_the_printed_page_and_the_menu_is_not(quiet, session, site):
    signed_in(quiet, session)
    quiet.goto("/en/dashboard/account/codes")
    key = quiet.locator("#key").inner_text()
    quiet.get_by_label("Code").fill(TOTP(key=key, format="base32").generate(NOON).token)
    quiet.get_by_role("button", name="Turn codes on").click()
    quiet.emulate_media(media="print", color_scheme="dark")
    expect(quiet.locator(".recovery li:visible")).to_have_count(10)
    expect(quiet.get_by_role("link", name="Dashboard")).to_be_hidden()
    assert quiet.locator(".recovery code").first.evaluate("code => getComputedStyle(code).color") == "rgb(0, 0, 0)"


def test_the_printed_dashboard_says_each_state_in_black_on_white(quiet, session, site):
    signed_in(quiet, session)
    quiet.emulate_media(media="print", color_scheme="dark")
    badge = quiet.locator(".badge.hot")
    expect(badge).to_be_visible()
    colours = "one => [getComputedStyle(one).color, getComputedStyle(one).backgroundColor]"
    assert badge.evaluate(colours) == ["rgb(0, 0, 0)", "rgba(0, 0, 0, 0)"]
    expect(quiet.get_by_role("link", name="New action")).to_be_hidden()


def assert_well(page, where: str) -> None:
    """The page is accessible and does not scroll sideways."""
    assert violations(page) == [], where
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{where}: scrolls sideways"


@pytest.mark.parametrize(("width", "language"), [(320, "fr"), (360, "en")])
def test_on_a_phone_the_menu_and_the_links_of_an_action_are_folded_and_cut_nowhere(
    quiet, session, site, width, language
):
    signed_in(quiet, session)
    quiet.goto(f"/{language}/dashboard/ua-12-26/edit")
    menu, tabs = quiet.locator(".who nav"), quiet.locator("nav.tabs")
    edit, leave = tabs.locator("a[href$='/edit']"), menu.locator("form button")
    expect(edit).to_be_visible()
    expect(leave).to_be_visible()
    expect(tabs.locator("summary")).to_be_hidden()
    quiet.set_viewport_size({"width": width, "height": 740})
    for links in (menu, tabs):
        assert links.evaluate("one => [one.scrollWidth - one.clientWidth, one.offsetHeight < 100]") == [0, True]
    expect(edit).to_be_hidden()
    expect(tabs.locator("summary")).to_have_text(edit.text_content())
    for links, folded in ((menu, leave), (tabs, edit)):
        links.locator("summary").click()
        expect(folded).to_be_in_viewport()


def test_the_page_of_an_action_follows_a_report_by_itself(quiet, session, site):
    a_coordinator(session)
    quiet.goto("/en/login")
    quiet.get_by_label("E-mail").fill("oda@example.org")
    quiet.get_by_label("Password").fill(PASSWORD)
    quiet.get_by_role("button", name="Sign in", exact=True).click()
    quiet.goto("/en/dashboard/ua-12-26")
    a_report(session, session.query(Action).one(), target=7)
    expect(quiet.locator('#counter [data-count="letters-sent"]')).to_have_text("7", timeout=10_000)


@pytest.mark.walk
@pytest.mark.parametrize("width", [800, 1024])
def test_the_line_below_the_open_tab_stays_with_its_word_where_the_tabs_wrap(quiet, session, site, width):
    a_coordinator(session)
    World({}, {}).sign_in(quiet, "fr")
    quiet.set_viewport_size({"width": width, "height": 800})
    quiet.goto("/fr/dashboard/ua-12-26/pledges")
    last, chosen = quiet.locator("nav.tabs a").last, quiet.locator("nav.tabs [aria-current]")
    assert last.bounding_box()["y"] > chosen.bounding_box()["y"] + 20, "the tabs wrap"
    first = quiet.locator("nav.tabs a").first.bounding_box()
    assert chosen.bounding_box()["height"] == first["height"] < 1.5 * last.bounding_box()["height"]


def test_on_a_phone_a_time_of_the_history_stands_on_one_line_and_a_lone_number_is_wide_enough(quiet, session, site):
    signed_in(quiet, session)
    stranger = Arrival("203.0.113.1", Thresholds(**{**USUAL, "letters": 10}))
    for make, letters in ((a_pledge, {"letters": 80}), (a_report, {"target": 80})):
        make(session, session.query(Action).one(), arrival=stranger, **letters)
    # Networks have boxes to tick where there are several.
    a_report(session, session.query(Action).one(), arrival=Arrival("198.51.100.1", Thresholds(**USUAL)))
    quiet.set_viewport_size({"width": 360, "height": 740})
    quiet.goto("/en/dashboard/history")
    lines = quiet.locator(".cards time").evaluate_all("found => found.map(one => one.getClientRects().length)")
    assert set(lines) == {1}
    quiet.goto("/en/dashboard/ua-12-26")
    held = quiet.locator("#held-title + dl a").filter(has_text=re.compile("^[0-9]+$"))
    assert held.count() == 2
    assert min(held.nth(place).bounding_box()["width"] for place in (0, 1)) >= 24
    boxes = quiet.locator(".held input")
    assert [boxes.first.bounding_box()[side] for side in ("width", "height")] == [24, 24]
