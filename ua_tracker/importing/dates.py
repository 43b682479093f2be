"""Reads dates in words and numbers, with the names that CLDR has for the months of a language.

A date that can be read in two ways (3/4/2025) is not read, except where the layout says which order is usual.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from babel import Locale

from ua_tracker.importing.layouts import Layout, language
from ua_tracker.importing.words import key_of

_EARLIEST, _LATEST = 1961, 9999
_MOST_CHARACTERS = 2000
# Numbers with what is written behind them, words, and what stands between.
_TOKEN = re.compile(r"[0-9]{1,4}|[^\W\d_]+|[/.\-‐-―]")
_NUMERIC = re.compile(  # `AFR 17/08/97` is an index
    r"(?<![\d/.\-])(?<![A-Z]{3}\s)(?<![A-Z]{3})([0-9]{1,2})\s?([/.\-‐-―])\s?([0-9]{1,2})\s?[/.\-‐-―]{1,2}\s?([0-9]{4}|[0-9]{2})(?![\d/])"
)
_ISO = re.compile(r"(?<![\d/.\-])([0-9]{4})[-‐-―/.]([0-9]{1,2})[-‐-―/.]([0-9]{1,2})(?![\d/])")
# What may stand between the parts of a date in some language.
_BETWEEN = frozenset(
    {
        "of",
        "de",
        "del",
        "d",
        "the",
        "st",
        "nd",
        "rd",
        "th",
        "er",
        "re",
        "e",
        "eme",
        "o",
        "a",
        "ro",
        "da",
        "do",
        "den",
        "di",
        ".",
    }
)


@dataclass(frozen=True)
class Day:
    """A date in a text: the day, or None for one that can be read in two ways, and where it stands."""

    day: date | None
    text: str
    start: int
    end: int


def dates_in(text: str, layout: Layout | None = None) -> list[Day]:
    """The dates of a text in their order. Impossible dates are left out."""
    text = text[:_MOST_CHARACTERS]
    found = [*_in_words(text, layout.locales if layout else ()), *_in_numbers(text, layout)]
    kept: list[Day] = []
    for one in sorted(found, key=lambda one: (one.start, one.day is None)):
        if not kept or one.start >= kept[-1].end:
            kept.append(one)
    return kept


def _in_words(text: str, locales: Sequence[str]) -> Iterator[Day]:
    months = _months(tuple(dict.fromkeys((*locales, *language("english").locales))))
    tokens = list(_TOKEN.finditer(text))
    for place, token in enumerate(tokens):
        month = months.get(key_of(token[0]))
        if month is None or (len(token[0]) <= 2):
            continue
        before, after = _number_before(tokens, place), _number_after(tokens, place)
        if before and after and len(after[0]) == 4:  # 20 June 2025
            yield from _made(text, before, after, month, before.start(), after.end())
        elif after and len(after[0]) <= 2:  # June 20, 2025
            year = _number_after(tokens, tokens.index(after, place, place + 6))
            if year and len(year[0]) == 4:
                yield from _made(text, after, year, month, token.start(), year.end())


def _number_before(tokens: Sequence[re.Match[str]], place: int) -> re.Match[str] | None:
    """The one or two digits before the month, with at most three of the words that a date has between."""
    for token in reversed(tokens[max(0, place - 4) : place]):
        if token[0].isdigit():
            return token if len(token[0]) <= 2 else None
        if key_of(token[0]) not in _BETWEEN:
            return None
    return None


def _number_after(tokens: Sequence[re.Match[str]], place: int) -> re.Match[str] | None:
    for token in tokens[place + 1 : place + 5]:
        if token[0].isdigit():
            return token
        if key_of(token[0]) not in _BETWEEN:
            return None
    return None


def _made(text: str, day: re.Match[str], year: re.Match[str], month: int, start: int, end: int) -> Iterator[Day]:
    if end - start > 40 or not _EARLIEST <= int(year[0]) <= _LATEST:
        return
    try:
        yield Day(date(int(year[0]), month, int(day[0])), text[start:end], start, end)
    except ValueError:
        return


def _in_numbers(text: str, layout: Layout | None) -> Iterator[Day]:
    for found in _ISO.finditer(text):
        yield from _numeric(found, int(found[1]), int(found[2]), int(found[3]))
    for found in _NUMERIC.finditer(text):
        one, two, year = int(found[1]), int(found[3]), int(found[4])
        year += 0 if len(found[4]) == 4 else 1900 if year >= _EARLIEST - 1900 else 2000
        if layout is not None and layout.month_first:
            one, two = two, one
        is_certain = one > 12 or (layout is not None and (layout.day_first or layout.month_first))
        if len(found[4]) == 2 and found[2] == ".":
            is_certain = is_certain and layout is not None and layout.day_first
        if is_certain:
            yield from _numeric(found, year, two, one)
        elif one <= 31 and two <= 31:
            yield Day(None, found[0], found.start(), found.end())


def _numeric(found: re.Match[str], year: int, month: int, day: int) -> Iterator[Day]:
    if not _EARLIEST <= year <= _LATEST:
        return
    try:
        yield Day(date(year, month, day), found[0], found.start(), found.end())
    except ValueError:
        return


@cache
def _months(locales: tuple[str, ...]) -> dict[str, int]:
    """The number of the month for each of its names, wide and abbreviated, without accents."""
    found: dict[str, int] = {}
    for locale in locales:
        for names in Locale.parse(locale).months.values():
            for width in ("wide", "abbreviated"):
                for number, name in names[width].items():
                    found.setdefault(key_of(name.strip(". ")), number)
    return found
