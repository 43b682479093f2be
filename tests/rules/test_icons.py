"""The icon that is drawn is the one in the file, and it is small."""

import io

import resvg_py
from PIL import Image, ImageChops

from tests.site import HOME
from ua_tracker import icons


def test_the_icon_is_drawn_as_in_the_file():
    drawn = Image.open(io.BytesIO(icons.png(180, "#ffb000", "#000000"))).convert("L")
    svg = (HOME / "static" / "favicon.svg").read_text()
    expected = Image.open(io.BytesIO(bytes(resvg_py.svg_to_bytes(svg_string=svg, width=180)))).convert("L")
    different = ImageChops.difference(drawn, expected).point(lambda value: 255 if value > 100 else 0)
    assert different.histogram()[255] < 180 * 180 * 0.01


def test_the_icon_takes_other_colours_and_is_small():
    png = icons.png(48, "#005f73", "#ffffff")
    assert len(png) < 2_000
    drawn = Image.open(io.BytesIO(png)).convert("RGB")
    assert drawn.size == (48, 48)
    assert drawn.getpixel((1, 1)) == (0, 95, 115)
    assert drawn.getpixel((10, 34)) == (255, 255, 255)
