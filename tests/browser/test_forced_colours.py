"""With the reader's own few colours, what a fill said is still seen: bars, edges of blocks and buttons, the focus."""

from io import BytesIO

import pytest
from PIL import Image

from tests.browser import every_page

pytestmark = pytest.mark.walk

BARS = ("open", "list", "reporting", "good news", "report", "mine", "embed", "dark embed", "wall")
EDGES = {
    "reached": (".plate", ".box", ".button.strong", ".verbs .button:not(.strong)", "#pledge button"),
    "good news": (".plate", ".envelope"),
    "last days": (".last",),
    "stopped": (".halt",),
    "list": (".label",),
    "embed": (".counter", ".out a"),
}


@pytest.fixture
def world(page, session, site):
    page.emulate_media(forced_colors="active")
    return every_page.fill(session)


def colours_in_the_middle(bar) -> list[tuple[int, ...]]:
    """The colours of a bar from start to end, half way down, each once."""
    picture = Image.open(BytesIO(bar.screenshot())).convert("RGB")
    row = [picture.getpixel((x, picture.height // 2)) for x in range(8, picture.width - 8)]
    return [colour for number, colour in enumerate(row) if number == 0 or colour != row[number - 1]]


def test_a_bar_shows_how_full_it_is(page, world):
    for name in BARS:
        page.goto(world.public[name].format("en"))
        bar = page.locator("progress[value='41'], progress[value='137'], progress[value='212']").first
        fill, *_, rest = colours_in_the_middle(bar)
        assert fill != rest, name


def lightness(colour) -> float:
    """The relative luminance of WCAG."""
    parts = [part / 255 for part in colour]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_full_bar_stands_out_from_the_readers_own_ground(page, world, scheme):
    page.emulate_media(forced_colors="active", color_scheme=scheme)
    for name in ("reached", "above", "closed embed", "embed at the goal", "wall at the goal"):
        page.goto(world.public[name].format("en"))
        ground = Image.open(BytesIO(page.screenshot())).convert("RGB").getpixel((2, 300))
        fill = colours_in_the_middle(page.locator("progress").first)[0]
        darker, lighter = sorted((lightness(ground), lightness(fill)))
        assert (lighter + 0.05) / (darker + 0.05) >= 3, name


EDGE = """
    (one) => {
        const style = getComputedStyle(one);
        const seen = style.borderTopColor !== style.backgroundColor;
        return [parseFloat(style.borderTopWidth) >= 1, style.borderTopStyle, seen];
    }
"""


def test_blocks_and_buttons_have_an_edge(page, world):
    for name, selectors in EDGES.items():
        page.goto(world.public[name].format("en"))
        for selector in selectors:
            assert page.locator(selector).first.evaluate(EDGE) == [True, "solid", True], f"{selector} of {name}"


def test_the_focus_is_outlined(page, world):
    for name, tabs in (("open", 6), ("embed", 1)):
        page.goto(world.public[name].format("en"))
        for _ in range(tabs):
            page.keyboard.press("Tab")
            style = "(({outlineStyle, outlineWidth}) => [outlineStyle, parseFloat(outlineWidth) >= 2])"
            told = page.evaluate(f"{style}(getComputedStyle(document.activeElement))")
            assert told == ["solid", True], name
