"""The font of cards: how wide a text is, and which characters the font has."""

import unicodedata
from functools import cache

import font_source_sans_pro
from PIL import ImageFont


@cache
def font(size: int, *, bold: bool) -> ImageFont.FreeTypeFont:
    """The font in this size, in pixels."""
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


def text_width(text: str, size: float) -> float:
    """The width in pixels of a line of text in the card's font at this size."""
    return float(font(100, bold=False).getlength(text)) * size / 100
