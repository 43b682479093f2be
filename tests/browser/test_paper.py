"""What is printed: an action, with nothing to press; letters, envelopes and labels, with nothing cut."""

import io

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import expect

from tests.browser import every_page
from tests.browser.test_write import pages
from tests.factories import NOON, a_group, a_recipient
from tests.pdf_text import Sheet, sheets, without_spaces
from tests.rules.test_importing import SAMPLE
from ua_tracker import actions, letter_texts
from ua_tracker.importing import saving
from ua_tracker.importing.reading import read
from ua_tracker.models import Action

pytestmark = pytest.mark.walk

WRITE = "/en/actions/ua-12-26/write"
SIZES = {"letter": (612, 792), "a4": (595, 842)}
COVERS = {"letter": (684, 297), "a4": (624, 312)}
WHITE = (255, 255, 255)
COLOURS = "one => (s => [s.color, s.borderTopColor, s.backgroundColor])(getComputedStyle(one))"
NAME = "Amal " * 14 + "Haddad"
ADDRESS = "\n".join(f"Line {number} of the sender, rue des Érables" for number in range(9))
MARGINS = dict.fromkeys(("top", "bottom", "left", "right"), "1cm")


@pytest.fixture
def real(session, site):
    """The real document, open."""
    options = {"goal": None, "timezone": None, "default_timezone": "America/Toronto", "now": NOON, "actor": "tests"}
    action = saving.save(session, read(SAMPLE.read_bytes()), **options).action
    actions.publish(session, action, actor="rosa", now=NOON)
    action.deadline = NOON.date()
    session.commit()
    return action


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("paper", ["Letter", "A4"])
def test_a_printed_action_fills_two_sheets_at_most(quiet, real, language, paper):
    quiet.goto(f"/{language}/actions/{real.slug}")
    assert len(pages(quiet.pdf(format=paper, margin=MARGINS))) <= 2


def test_on_paper_stand_demands_addresses_deadline_and_a_code_and_nothing_to_press(quiet, real, session, site):
    a_group(session)
    quiet.goto(f"/en/actions/{real.slug}?group=montreal")
    quiet.emulate_media(media="print")
    for words in (*real.demands, *real.targets[0].address_lines, "Open until Tuesday, March 10, 2026"):
        expect(quiet.get_by_text(words).first).to_be_visible()
    assert quiet.locator("button:visible, .button:visible, form:visible, input:visible").count() == 0
    marks = quiet.locator("summary:visible").evaluate_all("all => all.map(one => getComputedStyle(one).listStyleType)")
    assert set(marks) == {"none"}, "a triangle to unfold with, which paper cannot do"
    quiet.locator(".on-paper img").evaluate("image => image.decode()")
    [found] = zxingcpp.read_barcodes(Image.open(io.BytesIO(quiet.screenshot())).convert("L"))
    assert found.text == f"{site.address}/en/actions/{real.slug}?group=montreal"


def test_on_paper_nothing_runs_through_the_code_and_the_envelopes_stand_in_one_line(quiet, site, session):
    a_group(session, "quebec-a-trois-rivieres-et-mauricie")
    quiet.set_viewport_size({"width": 700, "height": 1000})
    quiet.emulate_media(media="print")
    quiet.goto("/fr/actions/ua-12-26?group=quebec-a-trois-rivieres-et-mauricie")
    code = quiet.locator(".on-paper").bounding_box()
    for part in quiet.locator(".numbers").all():
        box = part.bounding_box()
        is_beside = box["x"] + box["width"] <= code["x"] or box["y"] >= code["y"] + code["height"]
        assert is_beside, part.evaluate("one => one.outerHTML.slice(0, 60)")
    tops = quiet.locator(".envelope").evaluate_all("found => found.map(one => one.getBoundingClientRect().top)")
    assert len(tops) == 2
    assert len(set(tops)) == 1


def test_the_code_for_paper_is_not_fetched_for_the_screen(quiet, site):
    asked = []
    quiet.on("request", lambda request: asked.append(request.url))
    quiet.goto("/en/actions/ua-12-26")
    quiet.wait_for_load_state("networkidle")
    assert not [url for url in asked if "/qr." in url]
    with quiet.expect_request(lambda request: "/qr.svg" in request.url):
        quiet.pdf()


WHOLE_WORDS = """
    all => all.map(one => one.querySelector("a, button") ?? one).map(one => one.firstChild)
        .flatMap(one => [...one.data.matchAll(/\\S+/g)].filter(word => {
        const text = new Range();
        text.setStart(one, word.index);
        text.setEnd(one, word.index + word[0].length);
        return text.getClientRects().length > 1;
    }).map(word => word[0]))
"""


@pytest.mark.parametrize("width", [741, 718], ids=["letter", "a4"])  # between margins of one centimetre
def test_on_paper_no_column_of_a_coordinators_page_is_cut_and_no_word_of_its_head(quiet, session, site, width):
    world = every_page.fill(session)
    world.sign_in(quiet, "en")
    quiet.set_viewport_size({"width": width, "height": 1000})
    quiet.emulate_media(media="print")
    for name in ("dashboard", "history", "letters", "pledges", "API keys", "webhooks", "webhook"):
        quiet.goto(world.office[name].format("en"))
        cells = quiet.locator("th:visible, td:visible")
        ends = cells.evaluate_all("all => all.map(one => one.getBoundingClientRect().left + one.scrollWidth)")
        assert max(ends) <= width, name
        heads = quiet.locator("thead th:visible").evaluate_all(WHOLE_WORDS)
        assert heads == [], name
        pressed = quiet.locator("button:not(.plain):visible, .button:visible, input:visible, .help:visible")
        assert pressed.count() == 0, name


def test_the_letters_for_a_group_begin_at_one_height(quiet, session, site):
    a_group(session)
    quiet.goto(f"{WRITE}?group=montreal")
    quiet.emulate_media(media="print")
    expect(quiet.get_by_text("for Groupe de Montréal")).to_be_hidden()


def words(about: str, length: int) -> str:
    """Words that are all different, as long as is allowed."""
    return " ".join(f"{about}{number}" for number in range(length))[:length].strip()


@pytest.fixture
def longest(session, site) -> Action:
    """An action whose texts are as long as its form allows, and three recipients: the longest, one usual, a copy."""
    action = session.query(Action).one()
    action.title, action.country = words("title", 300), words("country", 100)
    action.demands = [words(f"demand{number}word", 1240) for number in range(8)]
    first = action.targets[0]
    first.role, first.name, first.salutation = words("role", 300), words("name", 300), words("dear", 300)
    first.address_lines = [words(f"line{number}part", 240) for number in range(7)] + [words("town", 180) + ", Pakistan"]
    eight = [f"{number} Building of the Ministry, Constitution Avenue" for number in range(8)]
    session.add(a_recipient(action, "target", 3, role="Governor", name="Second", address_lines=[*eight, "Lima, Peru"]))
    session.commit()
    session.refresh(action)
    return action


def printed(page, path: str, size: tuple[int, int]) -> list[Sheet]:
    """The sheets of a page, none of them empty, each of this size."""
    page.goto(path)
    found = sheets(page.pdf(prefer_css_page_size=True))
    assert {sheet.size for sheet in found} == {size}
    assert all(sheet.text for sheet in found)
    return found


def in_order(text: str, lines: list[str]) -> str:
    """What follows the lines in the text; fails if one is missing."""
    for line in filter(None, map(without_spaces, lines)):
        _, found, text = text.partition(line)
        assert found, f"{line!r} is not printed"
    return text


@pytest.mark.parametrize("paper", SIZES)
def test_the_longest_letters_envelopes_and_labels_are_printed_to_their_last_line(quiet, longest, paper):
    letters = letter_texts.letters(longest)
    quiet.goto(f"{WRITE}?paper={paper}")
    quiet.get_by_label("Name or initials").fill(NAME)
    quiet.get_by_label("Address, for the answer").fill(ADDRESS)

    found = printed(quiet, f"{WRITE}?paper={paper}", SIZES[paper])
    rest = "".join(sheet.text for sheet in found)
    for letter in letters:
        assert without_spaces(f"{NAME}{ADDRESS}") in rest
        rest = in_order(rest, [*letter.envelope, "March 10, 2026", *letter.text.splitlines(), NAME])
    ends = [sheet for sheet in found if "Yours sincerely," in sheet]
    assert len(ends) == len(letters)
    assert all("I would be grateful" in sheet and sheet.text.endswith(without_spaces(NAME)) for sheet in ends)

    covers = printed(quiet, f"{WRITE}/envelopes?paper={paper}", COVERS[paper])
    assert len(covers) == len(letters)
    for cover, letter in zip(covers, letters, strict=True):
        assert in_order(cover.text, [NAME, *ADDRESS.splitlines(), *letter.envelope]) == ""

    labels = "".join(sheet.text for sheet in printed(quiet, f"{WRITE}/labels?paper={paper}", SIZES[paper]))
    for letter in letters:
        in_order(labels, letter.envelope)


def test_a_typed_letter_is_printed_to_its_end_and_no_address_runs_over_the_date(quiet, longest):
    longest_but_usual = " ".join(f"word{number}" for number in range(400))
    quiet.emulate_media(color_scheme="dark")
    quiet.goto(WRITE)
    quiet.locator("#letter-2").fill(f"Dear Governor,\n\n{longest_but_usual}\n\nYours sincerely,\n\nThe last line")
    text = "".join(sheet.text for sheet in sheets(quiet.pdf(prefer_css_page_size=True)))
    in_order(text, ["Dear Governor,", longest_but_usual, "Yours sincerely,", "The last line"])
    quiet.emulate_media(media="print", color_scheme="dark")
    for sheet in quiet.locator(".sheet").all():
        address, date = sheet.locator("address").bounding_box(), sheet.locator(".date").bounding_box()
        assert address["y"] + address["height"] <= date["y"]
    colours = "one => [getComputedStyle(one).color, getComputedStyle(document.body).backgroundColor]"
    assert quiet.locator(".sheet .text").first.evaluate(colours) == ["rgb(0, 0, 0)", "rgb(255, 255, 255)"]


@pytest.mark.parametrize("paper", SIZES)
def test_more_recipients_than_labels_fill_a_second_sheet(quiet, session, site, paper):
    action = session.query(Action).one()
    session.add_all(a_recipient(action, "target", number, name=f"Person {number}.") for number in range(3, 13))
    session.commit()
    found = printed(quiet, f"{WRITE}/labels?paper={paper}", SIZES[paper])
    assert len(found) == 2
    assert all(f"Person {number}." in found[0] or f"Person {number}." in found[1] for number in range(3, 13))


@pytest.mark.parametrize("width", [320, 1366])
def test_the_names_on_a_poster_are_uncut_and_stand_on_the_sheet(quiet, longest, session, width):
    """120 characters are the most that a group's name has."""
    a_group(session, "long", "Amnistieinternationale" * 5 + "Gatineau 1")
    longest.summary = ["He was taken from his house at night by three men. Nobody has seen him since."] * 12
    session.commit()
    quiet.set_viewport_size({"width": width, "height": 650})
    for paper in SIZES:
        quiet.goto(f"/fr/actions/ua-12-26/poster?group=long&paper={paper}")
        lowest, bottom, cut = quiet.evaluate("""() => {
            const foot = document.querySelector(".foot"), names = [...foot.children];
            const cut = names.filter((one) => one.scrollWidth > one.clientWidth + 1 && one.clientWidth);
            const space = getComputedStyle(foot.parentElement).paddingBottom;
            return [Math.max(...names.map((one) => one.getBoundingClientRect().bottom)),
                    foot.parentElement.getBoundingClientRect().bottom - parseFloat(space) / 2, cut.length]}""")
        assert (lowest <= bottom, cut) == (True, 0), paper
        assert quiet.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("paper", [(612, 792), (792, 612)], ids=["upright", "across"])
@pytest.mark.parametrize("name", ["wall", "wall at the goal"])
def test_a_printed_wall_is_one_sheet_for_the_hall_in_black_on_white(quiet, session, site, name, paper):
    world = every_page.fill(session)
    quiet.emulate_media(color_scheme="dark")
    quiet.goto(world.public[name].format("fr"))
    width, height = paper
    [sheet] = sheets(quiet.pdf(width=f"{width / 72}in", height=f"{height / 72}in"))
    number = "137" if name == "wall" else "500"
    for words in (number, "lettres envoyées", "Objectif : 500", quiet.locator(".typed strong").inner_text()):
        assert words in sheet, words
    quiet.set_viewport_size({"width": width * 4 // 3 - 76, "height": height * 4 // 3 - 76})
    quiet.emulate_media(media="print", color_scheme="dark")
    seen = Image.open(io.BytesIO(quiet.screenshot()))
    assert [seen.convert("RGB").getpixel(place) for place in ((1, 1), (seen.width - 2, seen.height - 2))] == [WHITE] * 2
    assert len(zxingcpp.read_barcodes(seen.convert("L"))) == 1
    assert quiet.locator("main").evaluate("one => getComputedStyle(one).color") == "rgb(0, 0, 0)"


def test_a_stop_is_printed_in_black_on_white_inside_an_edge(quiet, session, site):
    world = every_page.fill(session)
    quiet.emulate_media(media="print", color_scheme="dark")
    quiet.goto(world.public["stopped"].format("en"))
    assert quiet.locator(".halt").evaluate(COLOURS) == ["rgb(0, 0, 0)", "rgb(0, 0, 0)", "rgba(0, 0, 0, 0)"]


@pytest.mark.parametrize("paper", SIZES)
def test_a_poster_that_says_what_came_of_an_action_fills_one_sheet(quiet, longest, session, paper):
    longest.closed_at, longest.closed_reason, longest.outcome = NOON, "good news", words("free", 120)
    session.commit()
    [sheet] = printed(quiet, f"/fr/actions/ua-12-26/poster?paper={paper}", SIZES[paper])
    in_order(sheet.text, ["Bonne nouvelle", longest.outcome, "Merci à toutes", "0 lettre envoyée", "tapez"])
