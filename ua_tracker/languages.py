"""The languages of the site, and how each writes a date, a time zone, a number.

A row of LANGUAGES and a catalogue make a language: docs/translating.md says how to add one.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, lru_cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from babel import Locale, dates, numbers

from ua_tracker import french_spaces

if TYPE_CHECKING:
    from babel.support import Translations

FOLDER = Path(__file__).parent / "translations"
# The language in a path, as a regular expression. It matches any code; the routes alone check that the site has it.
IN_PATH = "[a-z]{2}"


@dataclass(frozen=True)
class Language:
    """A language of the site. Raises ValueError for a code that is not two small letters.

    `code` is that of ISO 639-1, used in URLs, in stored rows and for browsers. `name` is what its speakers call it.
    `locale` is the CLDR locale for dates, numbers and writing direction, `zones` the one for the names of time zones,
    if it is another. `at` is the word between a day and a time, `first` the number of a month's first day. `thousands`
    is the character between the groups of a large number, if not CLDR's. `cells` is the character between the cells
    of a CSV for a spreadsheet. `accents_from_the_end` says whether, of names that differ by accents alone, the last
    difference decides their order. `greets_by_role` says whether a salutation can name the office alone, whoever holds
    it: "Dear Minister". `folder` holds the catalogues.
    """

    code: str
    name: str
    locale: str
    at: str
    zones: str | None = None
    first: str = "1"
    thousands: str | None = None
    cells: str = ","
    accents_from_the_end: bool = False
    greets_by_role: bool = False
    folder: Path = FOLDER

    def __post_init__(self) -> None:
        if not re.fullmatch(IN_PATH, self.code):
            raise ValueError(f"the code of a language is two small letters: {self.code!r}")

    @property
    def catalogue(self) -> Path:
        """Its sentences; the language in which the sentences are written needs none."""
        return self.folder / self.code / "LC_MESSAGES" / "messages.po"


# CLDR's Canadian English says “Daylight Saving Time”, which nobody does.
LANGUAGES = {
    one.code: one
    for one in (
        Language("en", "English", "en_CA", at="at", zones="en", greets_by_role=True),
        Language(
            "fr",
            "Français",
            "fr_CA",
            at="à",
            first="1er",
            thousands="\u202f",
            cells=";",
            accents_from_the_end=True,
        ),
    )
}
DEFAULT, FRENCH = "en", "fr"
# The space between a month and the number of a day, whichever comes first.
_DAY_AND_MONTH = re.compile(r"(?<=\b\d) (?=[^\W\d])|(?<=\b\d\d) (?=[^\W\d])|(?<=\b1er) |(?<=[^\W\d]) (?=\d\d?\b)")


def known(code: str) -> Language:
    """The language of this code; the default one for a code that a stored row still has and the table no more."""
    return LANGUAGES.get(code) or LANGUAGES[DEFAULT]


def catalogue(code: str, spaces: str = french_spaces.CANADA) -> "Translations":
    """The language's messages, compiled from the .po file at the first use, so that no build step is needed.

    A sentence that the file lacks is shown in English. `spaces` is the country whose spaces French is set with.
    """
    return _compiled(known(code), spaces)


@cache
def _compiled(language: Language, spaces: str) -> "Translations":
    # Loaded here, because the process that reads a document knows languages and no catalogue.
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po
    from babel.support import Translations

    if not language.catalogue.exists():
        return Translations()
    with language.catalogue.open("rb") as file:
        messages = read_po(file, locale=language.code)
    if language.code == FRENCH:
        for message in messages:
            message.string = _spaced(message.string or "", spaces)
    compiled = BytesIO()
    write_mo(compiled, messages)
    compiled.seek(0)
    return Translations(fp=compiled, domain="messages")


def _spaced(written: str | tuple[str, ...] | list[str], spaces: str) -> str | tuple[str, ...]:
    if isinstance(written, str):
        return french_spaces.set_as_in(spaces, written)
    return tuple(french_spaces.set_as_in(spaces, one) for one in written)


def day(value: date, code: str) -> str:
    """A date: `September 15, 2025`, `15 septembre 2025`, `1er décembre 2025`."""
    words = dates.format_date(value, "long", locale=known(code).locale)
    return _ordinal_first(words, value, code)


def weekday(value: date, code: str) -> str:
    """A date with its day of the week."""
    words = dates.format_date(value, "full", locale=known(code).locale)
    return _ordinal_first(words, value, code)


def _ordinal_first(words: str, value: date, code: str) -> str:
    """Writes « 1er » for the first of a month in French, which CLDR's patterns write as 1."""
    return words.replace("1 ", f"{known(code).first} ", 1) if value.day == 1 else words


def unbroken(words: str) -> str:
    """A date whose day and month stay on one line, as those of `March 15, 2026` and `1er décembre 2025`."""
    return _DAY_AND_MONTH.sub(french_spaces.NO_BREAK, words)


def moment(value: datetime, zone: str, code: str) -> str:
    """An instant as date and time in the time zone, to the minute, without the zone's name. No line ends in it."""
    language, there = known(code), value.astimezone(ZoneInfo(zone))
    time = dates.format_time(there, "short", tzinfo=there.tzinfo, locale=language.locale)
    if code == FRENCH:  # the Office québécois writes neither the zero before an hour nor minutes that are none
        time = time.removeprefix("0").removesuffix(" 00")
    return f"{day(there.date(), code)} {language.at} {time.replace(' ', french_spaces.NO_BREAK)}"


def zone_name(zone: str, at: datetime, code: str) -> str:
    """The time zone's name at that instant: `Eastern Daylight Time`, `heure avancée de l’Est`."""
    locale = known(code).zones or known(code).locale
    return dates.get_timezone_name(at.astimezone(ZoneInfo(zone)), "long", locale=locale)


def place_of(zone: str, code: str) -> str:
    """The city that the time zone is named after: `Toronto`."""
    return dates.get_timezone_location(zone, locale=Locale.parse(known(code).locale), return_city=True)


def number(value: int, code: str) -> str:
    """A whole number with the language's grouping."""
    return _grouped(value, known(code).locale)


@lru_cache(maxsize=4096)
def _grouped(value: int, locale: str) -> str:
    return numbers.format_decimal(value, locale=locale)


def decimal(value: float, code: str) -> str:
    """A number with at most one decimal place, in the language's form."""
    return numbers.format_decimal(round(value, 1), format="#,##0.#", locale=known(code).locale)


def short_day(value: date, code: str) -> str:
    """Month and day in short form: `Mar 5`, `5 mars`, `1er mars`."""
    return _ordinal_first(dates.format_skeleton("MMMd", value, locale=known(code).locale), value, code)


def percent(part: int, whole: int, code: str) -> str:
    """`part` of `whole` in per cent, rounded down, so that 100 % appears only when it is reached."""
    return _in_hundreds(part * 100 // whole, known(code).locale)


@lru_cache(maxsize=512)
def _in_hundreds(share: int, locale: str) -> str:
    return numbers.format_percent(share / 100, locale=locale)


def thousands(code: str) -> str:
    """The character between the groups of a large number."""
    return known(code).thousands or numbers.get_group_symbol(known(code).locale)


def runs_from_the_right(code: str) -> bool:
    """Whether the language is written from right to left."""
    return _is_from_the_right(known(code).locale)


@cache
def _is_from_the_right(locale: str) -> bool:
    return Locale.parse(locale).text_direction == "rtl"
