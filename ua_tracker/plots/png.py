"""Draws the picture of a plot as a PNG, twice as large as the SVG says."""

import io
from collections.abc import Iterator
from functools import cache
from itertools import pairwise

import font_source_sans_pro
from PIL import Image, ImageDraw, ImageFont

from ua_tracker import cards
from ua_tracker.plots.layout import BOLD, Label, Point
from ua_tracker.plots.picture import INK, MARGIN, PAPER, SOFT, SOFTER, STROKES, Picture

SCALE = 2
_FINE = 2  # lines are drawn larger and made smaller, which smooths them; Pillow smooths text by itself


def draw(picture: Picture) -> bytes:
    """The PNG. Characters that the font lacks are left out."""
    image = _lines(picture)
    pen = ImageDraw.Draw(image)
    for text in picture.texts:
        _write(pen, (MARGIN, text.base), "start", text.text, text.size, text.colour, bold=text.bold)
    for label in picture.drawing.labels:
        _label(pen, picture, label)
    written = io.BytesIO()
    image.quantize(64).save(written, "PNG", optimize=True)
    return written.getvalue()


def _lines(picture: Picture) -> Image.Image:
    times = SCALE * _FINE
    image = Image.new("RGB", (round(picture.width * times), round(picture.height * times)), PAPER)
    pen = ImageDraw.Draw(image)

    def place(point: Point) -> Point:
        return (picture.at[0] + point[0]) * times, (picture.at[1] + point[1]) * times

    if len(picture.drawing.area) > 3:
        pen.polygon([place(point) for point in picture.drawing.area], fill=picture.shade)
    for line in picture.drawing.lines:
        stroke = STROKES[line.name]
        for part in _dashes(line.points, stroke.dash) if stroke.dash else [list(line.points)]:
            pen.line([place(point) for point in part], stroke.colour, round(stroke.width * times), joint="curve")
    for dot in picture.drawing.dots:
        at = place(dot.at)
        pen.circle(at, 6 * times, INK)
        if dot.name == "pledged":
            pen.circle(at, 4 * times, PAPER)
    return image.resize((image.width // _FINE, image.height // _FINE), Image.Resampling.BOX)


def _dashes(points: tuple[Point, ...], dash: tuple[float, ...]) -> Iterator[list[Point]]:
    """The parts of the line that are drawn: `dash` is the length of a stroke and of the gap after it."""
    part, left, is_drawn = [points[0]], dash[0], True
    for begin, end in pairwise(points):
        length = ((end[0] - begin[0]) ** 2 + (end[1] - begin[1]) ** 2) ** 0.5
        passed = 0.0
        while length - passed > left:
            passed += left
            share = passed / length
            at = (begin[0] + (end[0] - begin[0]) * share, begin[1] + (end[1] - begin[1]) * share)
            if is_drawn:
                yield [*part, at]
            is_drawn, part = not is_drawn, [at]
            left = dash[0] if is_drawn else dash[1]
        left -= length - passed
        part.append(end)
    if is_drawn and len(part) > 1:
        yield part


def _label(pen: ImageDraw.ImageDraw, picture: Picture, label: Label) -> None:
    at = (picture.at[0] + label.at[0], picture.at[1] + label.at[1])
    colour = SOFT if label.name in SOFTER else INK
    _write(pen, at, label.anchor, label.text, picture.drawing.text, colour, bold=label.name in BOLD)


def _write(
    pen: ImageDraw.ImageDraw, at: Point, anchor: str, text: str, size: float, colour: str, *, bold: bool
) -> None:
    """A line of text at its base, with a white edge, so that it stays readable over a line."""
    place = (at[0] * SCALE, at[1] * SCALE)
    code = {"start": "ls", "middle": "ms", "end": "rs"}[anchor]
    font = _font(round(size * SCALE), bold=bold)
    pen.text(place, cards.writable(text), colour, font, anchor=code, stroke_width=2 * SCALE, stroke_fill=PAPER)
    pen.text(place, cards.writable(text), colour, font, anchor=code)


@cache
def _font(size: int, *, bold: bool) -> ImageFont.FreeTypeFont:
    path = font_source_sans_pro.SourceSansProBold if bold else font_source_sans_pro.SourceSansPro
    return ImageFont.truetype(path, size)
