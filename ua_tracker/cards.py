"""Draws the counter of an action as a PNG card for mails and link previews, and keeps the cards in a cache.

Mail programs keep what they fetched, also an error. So when a card cannot be drawn, the last one in the cache on
disk is sent instead of an error.
"""

import io
import os
import tempfile
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

import font_source_sans_pro
from PIL import Image, ImageDraw, ImageFont, PngImagePlugin

WIDTH, HEIGHT = 1200, 630
FRESH_FOR = timedelta(seconds=60)
MOST_KEPT = 200
PAPER, INK, SOFT = "#ffffff", "#161616", "#565651"
SCRIPTS = ("LATIN", "GREEK", "CYRILLIC", "MODIFIER", "FEMININE", "MASCULINE")
_MARGIN = 64
_AS_OF, _STAMP = "as-of", "stamp"


@dataclass(frozen=True)
class Words:
    """The texts of a card from top to bottom, in the reader's language; `reached` is the share of the goal, 0 to 1."""

    kicker: str
    title: str
    number: str
    beside: str
    reached: float | None
    below: tuple[str, ...]
    foot: str


@dataclass(frozen=True)
class Card:
    """A drawn card: the PNG, the UTC instant of its numbers, and a stamp that changes with its content."""

    png: bytes
    as_of: datetime
    stamp: str


def draw(words: Words, accent: str, as_of: datetime, stamp: str) -> Card:
    """Draws a card with these texts, 1200 by 630 pixels. Characters that the font lacks are left out."""
    image = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 0, WIDTH, 16), fill=accent)
    _line(pen, 48, words.kicker, 30, SOFT)
    _title(pen, words.title)
    number = _line(pen, 270, words.number, 120, INK, bold=True)
    _line(pen, 336, words.beside, 44, INK, left=number + 24)
    if words.reached is not None:
        pen.rectangle((_MARGIN, 428, WIDTH - _MARGIN, 456), fill=PAPER, outline=INK, width=2)
        filled = round((WIDTH - 2 * _MARGIN - 4) * min(1.0, words.reached))
        if filled:
            pen.rectangle((_MARGIN + 2, 430, _MARGIN + 2 + filled, 454), fill=accent)
    for index, text in enumerate(words.below[:2]):
        _line(pen, 476 + 42 * index, text, 32, INK)
    _line(pen, 576, words.foot, 26, SOFT)
    return Card(_png(image, as_of, stamp), as_of, stamp)


def text_width(text: str, size: float) -> float:
    """The width in pixels of a line of text in the card's font at this size."""
    return float(_font(100, bold=False).getlength(text)) * size / 100


class CardCache:
    """A cache of cards in a folder, shared by all processes and kept over a restart."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._kept: dict[str, Card] = {}

    def get(self, name: str, stamp: str, now: datetime, make: Callable[[], Card]) -> Card:
        """The card with this name: the cached one if it is fresh, else a new one from `make`.

        A cached card is fresh for a minute, or for an hour while its stamp stays the same.
        """
        known = self.last(name)
        # Not for longer: the card shows the time of its numbers, which must not look outdated.
        good_for = timedelta(hours=1) if known and known.stamp == stamp else FRESH_FOR
        if known and timedelta() <= now - known.as_of < good_for:
            return known
        card = make()
        if len(self._kept) >= MOST_KEPT:
            self._kept.clear()
        self._kept[name] = card
        self._put(name, card)
        return card

    def last(self, name: str) -> Card | None:
        """The card with this name that any process drew last; None when there is none."""
        try:
            card = _read((self._folder / f"{name}.png").read_bytes())
        except (OSError, ValueError, KeyError):
            return self._kept.get(name)
        kept = self._kept.get(name)
        return kept if kept and kept.as_of > card.as_of else card

    def _put(self, name: str, card: Card) -> None:
        """Writes the card to disk, whole or not at all. On an error it stays in this process's memory only."""
        try:
            self._folder.mkdir(mode=0o700, exist_ok=True)
            descriptor, fresh = tempfile.mkstemp(dir=self._folder)
        except OSError:
            return
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(card.png)
            os.replace(fresh, self._folder / f"{name}.png")
        except OSError:
            Path(fresh).unlink(missing_ok=True)


def _read(png: bytes) -> Card:
    with Image.open(io.BytesIO(png)) as image:
        notes = dict(image.info)
    return Card(png, datetime.fromisoformat(notes[_AS_OF]), notes[_STAMP])


def _png(image: Image.Image, as_of: datetime, stamp: str) -> bytes:
    notes = PngImagePlugin.PngInfo()
    notes.add_text(_AS_OF, as_of.isoformat())
    notes.add_text(_STAMP, stamp)
    written = io.BytesIO()
    image.quantize(64).save(written, "PNG", optimize=True, pnginfo=notes)
    return written.getvalue()


@cache
def _font(size: int, *, bold: bool) -> ImageFont.FreeTypeFont:
    path = font_source_sans_pro.SourceSansProBold if bold else font_source_sans_pro.SourceSansPro
    return ImageFont.truetype(path, size)


def writable(text: str) -> str:
    """The text without characters that the font lacks: it has Latin, Greek, Cyrillic, digits and punctuation."""
    return " ".join("".join(character for character in text if can_write(character)).split())


def can_write(character: str) -> bool:
    """Whether the font has this character."""
    if unicodedata.category(character)[0] == "L":
        return unicodedata.name(character, "").startswith(
            ("LATIN", "GREEK", "CYRILLIC", "MODIFIER", "FEMININE", "MASCULINE")
        )
    return character.isspace() or ord(character) < 0x2122


def _line(
    pen: ImageDraw.ImageDraw, top: int, text: str, size: int, ink: str, *, bold: bool = False, left: float = _MARGIN
) -> float:
    """Draws one line, smaller if it does not fit; returns where it ends, in pixels from the left."""
    text = writable(text)
    if not text:
        return left
    width = WIDTH - _MARGIN - left
    while size > 16 and _font(size, bold=bold).getlength(text) > width:
        size -= 2
    pen.text((left, top), text, font=_font(size, bold=bold), fill=ink)
    return left + _font(size, bold=bold).getlength(text)


def _title(pen: ImageDraw.ImageDraw, title: str) -> None:
    """Draws the title on at most four lines, in the largest size that fits; a longer title is cut with an ellipsis."""
    title = writable(title)
    if not title:
        return
    lines: list[str] = []
    for size, most in ((56, 2), (44, 3), (36, 4)):
        lines = _wrapped(title, size)
        if len(lines) <= most:
            break
    else:
        lines = [*lines[:3], lines[3].rstrip(" .,;") + " …"]
    for index, text in enumerate(lines):
        pen.text((_MARGIN, 96 + index * size * 1.1), text, font=_font(size, bold=True), fill=INK)


def _wrapped(text: str, size: int) -> list[str]:
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and _font(size, bold=True).getlength(longer) <= WIDTH - 2 * _MARGIN - 40:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines
