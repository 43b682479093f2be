"""English and French: which one, and how does each write a date, a zone, a number?"""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

from babel import Locale, dates, numbers
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

FOLDER = Path(__file__).parent / "translations"


@dataclass(frozen=True)
class Language:
    """A language of the site: its code in the address, its own name, the CLDR locales that rule its forms.

    English zones have a locale of their own: CLDR's Canadian one says “Daylight Saving Time”, which nobody does.
    `at` stands between a day and a time.
    """

    code: str
    name: str
    locale: str
    zones: str
    at: str


LANGUAGES = {
    "en": Language("en", "English", "en_CA", "en", "at"),
    "fr": Language("fr", "Français", "fr_CA", "fr_CA", "à"),
}
DEFAULT = "en"


@cache
def catalogue(code: str) -> Translations:
    """The language's messages, compiled from the .po file as it stands: no build step, nothing to forget."""
    path = FOLDER / code / "LC_MESSAGES" / "messages.po"
    if not path.exists():
        return Translations()
    with path.open("rb") as file:
        messages = read_po(file, locale=code)
    compiled = BytesIO()
    write_mo(compiled, messages)
    compiled.seek(0)
    return Translations(fp=compiled, domain="messages")


def day(value: date, code: str) -> str:
    """A date in words: `September 15, 2025`, `15 septembre 2025`, `1er décembre 2025`."""
    words = dates.format_date(value, "long", locale=LANGUAGES[code].locale)
    return _ordinal_first(words, value, code)


def weekday(value: date, code: str) -> str:
    """A date in words with its day of the week."""
    words = dates.format_date(value, "full", locale=LANGUAGES[code].locale)
    return _ordinal_first(words, value, code)


def _ordinal_first(words: str, value: date, code: str) -> str:
    """French says « 1er » for the first of a month; CLDR's patterns have only the cardinal."""
    if code == "fr" and value.day == 1:
        return words.replace("1 ", "1er ", 1)
    return words


def moment(value: datetime, zone: str, code: str) -> str:
    """An instant as date and time of day in the zone, to the minute and without the zone's name."""
    language, there = LANGUAGES[code], value.astimezone(ZoneInfo(zone))
    time = dates.format_time(there, "short", tzinfo=there.tzinfo, locale=language.locale)
    return f"{day(there.date(), code)} {language.at} {time}"


def zone_name(zone: str, at: datetime, code: str) -> str:
    """The zone in words as it is at that instant: `Eastern Daylight Time`, `heure avancée de l’Est`."""
    return dates.get_timezone_name(at.astimezone(ZoneInfo(zone)), "long", locale=LANGUAGES[code].zones)


def place_of(zone: str, code: str) -> str:
    """The place the zone is named after: `Toronto`."""
    return dates.get_timezone_location(zone, locale=Locale.parse(LANGUAGES[code].locale), return_city=True)


def number(value: int, code: str) -> str:
    """A whole number with the language's grouping."""
    return numbers.format_decimal(value, locale=LANGUAGES[code].locale)


def decimal(value: float, code: str) -> str:
    """A number with at most one decimal, in the language's form."""
    return numbers.format_decimal(round(value, 1), format="#,##0.#", locale=LANGUAGES[code].locale)


def short_day(value: date, code: str) -> str:
    """Month and day in short: `Mar 5`, `5 mars`."""
    return dates.format_skeleton("MMMd", value, locale=LANGUAGES[code].locale)


def percent(part: int, whole: int, code: str) -> str:
    """Part of whole in whole per cent, rounded down, so that 100 % is said only when it is reached."""
    return numbers.format_percent(part * 100 // whole / 100, locale=LANGUAGES[code].locale)
