"""Knows the names of countries: those of CLDR in the layout's language and in English, and those of its table."""

from functools import cache

from babel import Locale

from ua_tracker.importing.layouts import Layout, language
from ua_tracker.importing.words import keys_of, words_of

_LONGEST = 8  # words


def named(text: str, layout: Layout) -> str | None:
    """The country that the whole text names, as it is usually written; None for another text."""
    return _names(layout).get(_key(text))


def beginning(text: str, layout: Layout) -> tuple[str, int] | None:
    """The longest name of a country that the text begins with, and how many characters it takes."""
    words = [word for word in words_of(text[:200]) if word.key != ":"]
    for length in range(min(_LONGEST, len(words)), 0, -1):
        name = _names(layout).get(" ".join(word.key for word in words[:length]))
        if name:
            return name, words[length - 1].end
    return None


def within(text: str, layout: Layout) -> list[str]:
    """The countries that the text names, in order and each once."""
    names = _names(layout)
    keys = keys_of(text)
    found: list[str] = []
    place = 0
    while place < len(keys):
        for length in range(min(_LONGEST, len(keys) - place), 0, -1):
            name = names.get(" ".join(keys[place : place + length]))
            if name:
                found.append(name)
                place += length - 1
                break
        place += 1
    return list(dict.fromkeys(found))


@cache
def code_of(name: str, layout: Layout) -> str | None:
    """The two letters of a country, for phone numbers; None where CLDR has no such name."""
    return _codes(layout.locales).get(_key(name))


def _key(text: str) -> str:
    return " ".join(keys_of(text))


@cache
def _names(layout: Layout) -> dict[str, str]:
    known = {_key(name): name for name in layout.written("header", "territories")}
    for locale in (*layout.locales, *language("english").locales[:1]):
        for code, name in Locale.parse(locale).territories.items():
            if len(code) == 2:
                plain = name.split(" (")[0].replace("&", "and")
                for form in (name, name.replace("&", "and"), plain):
                    known.setdefault(_key(form), form)
    known.pop("", None)
    return known


@cache
def _codes(locales: tuple[str, ...]) -> dict[str, str]:
    known: dict[str, str] = {"usa": "US", "uk": "GB", "england": "GB", "scotland": "GB", "burma": "MM"}
    for locale in (*locales, *language("english").locales[:1]):
        for code, name in Locale.parse(locale).territories.items():
            if len(code) == 2:
                known.setdefault(_key(name), code)
    return known
