"""A language that nobody speaks, made of the site's own sentences: what is left in English on a page shows at once.

Each letter of a sentence is another one, as in “Þŕóɱíšé ļéţţéŕš”. Babel knows the locale, WTForms does not.
`from_the_right` is the same in Hebrew letters, with Hebrew's dates, and is written from right to left.
"""

import re
from functools import cache
from pathlib import Path

from babel import Locale
from babel.messages import Catalog
from babel.messages.pofile import read_po, write_po

from ua_tracker import languages
from ua_tracker.languages import Language

CODE, NAME = "eo", "Ésþéŕáñţó"
PLAIN = "abcdefghijklmnopqrstuvwxyz"
STRANGE = "áƀçđéƒĝĥíĵķļɱñóþɋŕšţúṽŵẋýž"
HEBREW = "אבצדעפגהיקךלמנוםתרסטףבשזןץ"
_LETTERS = str.maketrans(PLAIN + PLAIN.upper(), STRANGE + STRANGE.upper())
_FROM_THE_RIGHT = str.maketrans(PLAIN + PLAIN.upper(), HEBREW + HEBREW)
_PLACEHOLDER = re.compile(r"(%\([a-z_]+\)[sd])")


def spoken(sentence: str, letters: dict[int, int] = _LETTERS) -> str:
    """The sentence in the pseudo-language; its placeholders stay."""
    parts = _PLACEHOLDER.split(sentence)
    return "".join(part if _PLACEHOLDER.fullmatch(part) else part.translate(letters) for part in parts)


def add(monkeypatch, folder: Path) -> Language:
    """Puts the language into the table for one test, as somebody would who adds one; its catalogue into the folder."""
    row = Language(CODE, NAME, "eo", at="ĵé", first="1a", cells=";", folder=folder)
    _write(row, _LETTERS)
    monkeypatch.setitem(languages.LANGUAGES, CODE, row)
    return row


def from_the_right(folder: Path) -> Language:
    """The row of the language that is written from right to left, whose catalogue `write_from_the_right` puts there."""
    return Language(CODE, HEBREW[:8], "he", at="בשעה", folder=folder)


def write_from_the_right(folder: Path) -> None:
    """Writes its catalogue into the folder."""
    _write(from_the_right(folder), _FROM_THE_RIGHT)


def plain_words(text: str) -> set[str]:
    """Its words of two letters or more that have none but those of English."""
    return {word for word in re.findall(r"[^\W\d_]{2,}", text) if word.isascii()}


@cache
def words_of_the_locale() -> set[str]:
    """What Babel says in this language: dates and time zones are no sentences of ours."""
    known = Locale.parse("eo")
    held = [known.months, known.days, known.meta_zones, known.time_zones, known.day_periods]
    texts = [text for one in held for text in _texts(one)]
    texts += [literal for one in known.date_formats.values() for literal in re.findall(r"'([^']+)'", one.pattern)]
    return {word for text in texts for word in plain_words(text)}


def _texts(held) -> list[str]:
    if isinstance(held, str):
        return [held]
    return [text for one in held.values() for text in _texts(one)]


def _write(row: Language, letters: dict[int, int]) -> None:
    row.catalogue.parent.mkdir(parents=True)
    with languages.LANGUAGES["fr"].catalogue.open("rb") as french, row.catalogue.open("wb") as file:
        write_po(file, _catalogue(read_po(french, locale="fr"), letters))


def _catalogue(known: Catalog, letters: dict[int, int]) -> Catalog:
    made = Catalog(locale=CODE)
    for message in known:
        if message.id:
            plural = not isinstance(message.id, str)
            strings = tuple(spoken(one, letters) for one in message.id) if plural else spoken(message.id, letters)
            made.add(message.id, strings, flags=message.flags)
    return made
