"""The counter can be read by everyone: 7 to 1 (WCAG 2.2, 1.4.6), in light and dark, whatever the office's colour."""

import pytest

from tests.browser import every_page
from ua_tracker.web.headers import made_sheet

pytestmark = pytest.mark.walk

ACCENTS = ("#ffb000", "#8a1c5a", "#005f73")
COUNTED = ("open", "none yet", "reached", "above", "last days", "reporting", "closed", "good news", "embed",
           "embed at the goal", "embed with none", "dark embed", "wall", "wall at the goal")  # fmt: skip
# The colour of a text, of hollow digits that of their outline, against the first filled element behind it. A gradient
# or a picture behind a text would hide what is measured here, so there is none.
PARTS = """
    () => {
        const drawn = (style) => style.webkitTextFillColor === "rgba(0, 0, 0, 0)" ? style.webkitTextStrokeColor
            : style.color;
        const behind = (one) => {
            for (; one; one = one.parentElement) {
                const style = getComputedStyle(one);
                if (style.backgroundImage !== "none") throw new Error(`a picture behind: ${one.className}`);
                if (style.backgroundColor !== "rgba(0, 0, 0, 0)") return style.backgroundColor;
            }
            return matchMedia("(prefers-color-scheme: dark)").matches ? "rgb(18, 18, 18)" : "rgb(255, 255, 255)";
        };
        const light = (colour) => {
            const [red, green, blue, alpha = 1] = colour.match(/[\\d.]+/g).map(Number);
            if (!colour.startsWith("rgb") || alpha !== 1) throw new Error(`not a plain colour: ${colour}`);
            const [r, g, b] = [red, green, blue].map(part => part / 255)
                .map(part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
            return 0.2126 * r + 0.7152 * g + 0.0722 * b;
        };
        const ratio = (one, other) => {
            const [dark, bright] = [light(one), light(other)].sort((a, b) => a - b);
            return (bright + 0.05) / (dark + 0.05);
        };
        const texts = [...document.querySelectorAll(":is(.counter, .numbers) :not(progress)")]
            .filter(one => one.checkVisibility() && !one.closest(".verbs, .out, .for-ears, svg"))
            .filter(one => [...one.childNodes].some(node => node.nodeType === 3 && node.textContent.trim()));
        const bars = [...document.querySelectorAll("progress")].filter(one => one.checkVisibility());
        return {
            texts: texts.map(one => [ratio(drawn(getComputedStyle(one)), behind(one)), one.textContent.trim()]),
            bars: bars.map(one => ratio(getComputedStyle(one).borderTopColor, behind(one.parentElement))),
        };
    }
"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("accent", ACCENTS)
def test_every_word_of_the_counter_and_the_edge_of_its_bar_have_seven_to_one(page, session, site, accent, scheme):
    world = every_page.fill(session)
    page.emulate_media(color_scheme=scheme)
    page.route("**/files/accent.css*", lambda route: route.fulfill(body=made_sheet(accent), content_type="text/css"))
    for name in COUNTED:
        page.goto(world.public[name].format("en"))
        parts = page.evaluate(PARTS)
        assert len(parts["texts"]) >= 3, name
        assert [(round(ratio, 2), words) for ratio, words in parts["texts"] if ratio < 7] == [], name
        assert [ratio for ratio in parts["bars"] if ratio < 7] == [], name
