"""Draws the counter of an action as a PNG card for mails and link previews."""

import io
import math
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache

from PIL import Image, ImageDraw, PngImagePlugin

from ua_tracker.cards.fonts import font, writable

WIDTH, HEIGHT = 1200, 630
# The widths in pixels in which a card can be had, the largest first.
WIDTHS = (WIDTH, 600, 300)
PAPER, INK, SOFT = "#ffffff", "#141413", "#55554f"
_MARGIN = 64
_RIGHT = WIDTH - _MARGIN
_BASELINE = 362  # of the number
_POSTMARK = 176
AS_OF, STAMP = "as-of", "stamp"


class Fill(StrEnum):
    """What fills a card: paper, the accent for what is won, ink for what is stopped."""

    PAPER = "paper"
    WON = "won"
    STOP = "stop"


@dataclass(frozen=True)
class Words:
    """The texts of a card from top to bottom, in the reader's language.

    `label` says in words what the fill and the postmark mean. `said` is what happened; it takes the number's place, and
    the number is named in `below`. `reached` is the share of the goal, 0 to 1, and None for a card without a bar, whose
    ends are named in `scale`. A `hollow` number is the goal
    itself, while no letter was sent. `soon` sets the first line of `below` on ink.
    """

    kicker: str
    title: str
    number: str
    beside: str
    reached: float | None
    below: tuple[str, ...]
    foot: str
    scale: tuple[str, str] = ("", "")
    label: str = ""
    said: str = ""
    fill: Fill = Fill.PAPER
    hollow: bool = False
    soon: bool = False


@dataclass(frozen=True)
class Card:
    """A drawn card: the PNG, the UTC instant of its numbers, and a stamp that changes with its content."""

    png: bytes
    as_of: datetime
    stamp: str


@dataclass(frozen=True)
class Colours:
    """The colours of a card: what is behind the words, the words, the less important words, the bar's fill."""

    behind: str
    ink: str
    soft: str
    bar: str


def colours_of(fill: Fill, accent: str, on_accent: str) -> Colours:
    """The colours for this fill; `on_accent` is the text colour on the accent."""
    return {
        Fill.PAPER: Colours(PAPER, INK, SOFT, accent),
        Fill.WON: Colours(accent, on_accent, on_accent, on_accent),
        Fill.STOP: Colours(INK, PAPER, PAPER, PAPER),
    }[fill]


def draw(words: Words, accent: str, on_accent: str, as_of: datetime, stamp: str) -> Card:
    """Draws a card with these texts, 1200 by 630 pixels. Characters that the font lacks are left out."""
    colours = colours_of(words.fill, accent, on_accent)
    image = Image.new("RGB", (WIDTH, HEIGHT), colours.behind)
    pen = ImageDraw.Draw(image)
    if words.fill is Fill.PAPER:
        pen.rectangle((0, 0, WIDTH, 16), fill=accent)
    _line(pen, 44, words.kicker, 30, colours.soft)
    _block(pen, 88, words.title, ((54, 2), (42, 3), (36, 4)), colours.ink)
    if words.fill is Fill.WON:
        _postmark(image, colours.ink)
    if words.said:
        room = _RIGHT - _MARGIN - (_POSTMARK + 24 if words.fill is Fill.WON else 0)
        _line(pen, 232, words.label, 40, colours.ink, bold=True)
        _block(pen, 284 if words.label else 252, words.said, ((66, 2), (50, 3), (40, 4)), colours.ink, room)
    else:
        _number(pen, words, colours)
    if words.reached is not None:
        _bar(pen, words.reached, colours)
    _line(pen, 434, words.scale[0], 34, colours.ink, bold=True)
    _line(pen, 434, words.scale[1], 34, colours.ink, bold=True, ends_at=_RIGHT)
    _below(pen, words, colours)
    _line(pen, 584, words.foot, 26, colours.soft)
    return Card(_png(image, as_of, stamp), as_of, stamp)


def _number(pen: ImageDraw.ImageDraw, words: Words, colours: Colours) -> None:
    """Draws the number as large as it fits with the words beside it, on one baseline."""
    size = 184
    beside = max(font(44, bold=False).getlength(words.beside), font(40, bold=True).getlength(words.label))
    room = _RIGHT - _MARGIN - 28 - beside - (_POSTMARK + 24 if words.fill is Fill.WON else 0)
    while size > 60 and font(size, bold=True).getlength(words.number) > room:
        size -= 4
    chosen = font(size, bold=True)
    outline = {"fill": colours.behind, "stroke_width": 3, "stroke_fill": colours.ink}
    style = outline if words.hollow else {"fill": colours.ink}
    pen.text((_MARGIN - 4, _BASELINE), words.number, font=chosen, anchor="ls", **style)
    left = _MARGIN + chosen.getlength(words.number) + 24
    pen.text((left, _BASELINE), writable(words.beside), font=font(44, bold=False), anchor="ls", fill=colours.ink)
    pen.text((left, _BASELINE - 56), writable(words.label), font=font(40, bold=True), anchor="ls", fill=colours.ink)


def _bar(pen: ImageDraw.ImageDraw, reached: float, colours: Colours) -> None:
    """Draws the bar; at its end stands the mark of the goal, higher than the bar."""
    top, bottom = 396, 424
    pen.rectangle((_MARGIN, top, _RIGHT, bottom), outline=colours.ink, width=3)
    filled = round((_RIGHT - _MARGIN - 6) * min(1.0, reached))
    if filled:
        pen.rectangle((_MARGIN + 3, top + 3, _MARGIN + 3 + filled, bottom - 3), fill=colours.bar)
        pen.rectangle((_MARGIN + filled, top, _MARGIN + 3 + filled, bottom), fill=colours.ink)
    pen.rectangle((_RIGHT - 6, top - 9, _RIGHT, bottom + 9), fill=colours.ink)


def _below(pen: ImageDraw.ImageDraw, words: Words, colours: Colours) -> None:
    for index, text in enumerate(words.below[:2]):
        top, ink, left = 484 + 48 * index, colours.ink, float(_MARGIN)
        if words.soon and not index:
            end = _MARGIN + 24 + font(32, bold=True).getlength(writable(text))
            pen.rectangle((_MARGIN, top - 4, end, top + 42), fill=ink)
            ink, left = colours.behind, _MARGIN + 12.0
        _line(pen, top, text, 32, ink, bold=words.soon and not index, left=left)


def _postmark(image: Image.Image, ink: str) -> None:
    """Draws the postmark at the right of the number: two circles with a check mark, and four waves."""
    sharper = 4  # drawn larger and then made smaller: Pillow draws lines without smooth edges
    unit = _POSTMARK * sharper / 120
    mask = Image.new("L", (_POSTMARK * sharper, round(96 * unit)))
    pen = ImageDraw.Draw(mask)
    for radius, width in ((40, 3.0), (32, 2.0)):
        box = ((44 - radius) * unit, (48 - radius) * unit, (44 + radius) * unit, (48 + radius) * unit)
        pen.ellipse(box, outline=255, width=round(width * unit))
    pen.line([(x * unit, y * unit) for x, y in ((28, 49), (39, 61), (60, 35))], fill=255, width=round(7 * unit))
    for start, y in ((84, 30), (87, 42), (87, 54), (84, 66)):
        wave = [((start + x / 4) * unit, (y - 3 * math.sin(x / 48 * math.tau)) * unit) for x in range(145)]
        pen.line(wave, fill=255, width=round(2.5 * unit))
    small = mask.resize((_POSTMARK, mask.height // sharper), Image.Resampling.LANCZOS)
    image.paste(ink, (_RIGHT - _POSTMARK, _BASELINE - small.height + 4), small)


@lru_cache(maxsize=100)
def scaled(png: bytes, width: int) -> bytes:
    """The drawn card in this width in pixels, at the same proportions."""
    if width == WIDTH:
        return png
    written = io.BytesIO()
    with Image.open(io.BytesIO(png)) as image:
        smaller = image.convert("RGB").resize((width, height_of(width)), Image.Resampling.LANCZOS)
    smaller.quantize(64).save(written, "PNG", optimize=True)
    return written.getvalue()


def height_of(width: int) -> int:
    """The height in pixels of a card of this width."""
    return width * HEIGHT // WIDTH


def _png(image: Image.Image, as_of: datetime, stamp: str) -> bytes:
    notes = PngImagePlugin.PngInfo()
    notes.add_text(AS_OF, as_of.isoformat())
    notes.add_text(STAMP, stamp)
    written = io.BytesIO()
    image.quantize(64).save(written, "PNG", optimize=True, pnginfo=notes)
    return written.getvalue()


def _line(
    pen: ImageDraw.ImageDraw,
    top: int,
    text: str,
    size: int,
    ink: str,
    *,
    bold: bool = False,
    left: float = _MARGIN,
    ends_at: float | None = None,
) -> None:
    """Draws one line, smaller if it does not fit: from `left`, or so that it ends at `ends_at`."""
    text = writable(text)
    while size > 16 and font(size, bold=bold).getlength(text) > _RIGHT - left:
        size -= 2
    start = left if ends_at is None else ends_at - font(size, bold=bold).getlength(text)
    pen.text((start, top), text, font=font(size, bold=bold), fill=ink)


def _block(
    pen: ImageDraw.ImageDraw, top: int, text: str, sizes: tuple[tuple[int, int], ...], ink: str, room: int = 0
) -> None:
    """Draws bold lines in the largest of these sizes, each with its most lines; a longer text ends with an ellipsis."""
    text, lines, size, room = writable(text), [], 0, room or _RIGHT - _MARGIN
    if not text:
        return
    for size, most in sizes:
        lines = _wrapped(text, size, room)
        if len(lines) <= most:
            break
    else:
        lines = [*lines[: most - 1], lines[most - 1].rstrip(" .,;") + " …"]
    for index, line in enumerate(_balanced(text, size, room, lines)):
        pen.text((_MARGIN, top + index * size * 1.1), line, font=font(size, bold=True), fill=ink)


def _balanced(text: str, size: int, room: int, lines: list[str]) -> list[str]:
    """The same number of lines, about equally long: no word stands alone on the last one. A cut text stays as it is."""
    if " ".join(lines) != text:
        return lines
    for narrower in range(room // 2, room, 20):
        found = _wrapped(text, size, narrower)
        if len(found) <= len(lines):
            return found
    return lines


def _wrapped(text: str, size: int, room: int) -> list[str]:
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and font(size, bold=True).getlength(longer) <= room - 40:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines
