"""The spaces of French punctuation, which differ by country.

The catalogue is written as in Canada (Office québécois): a no-break space before a colon and inside guillemets, none
before ! ? ;. In France (Imprimerie nationale) these three get a narrow no-break space. In Switzerland (Guide du
typographe) all of these spaces are narrow. The catalogue is set once, when it is read, so no page costs more for it.
"""

import re

CANADA, FRANCE, SWITZERLAND = "canada", "france", "switzerland"
COUNTRIES = (CANADA, FRANCE, SWITZERLAND)
NO_BREAK, NARROW = "\u00a0", "\u202f"
_ZONES = {
    "Europe/Paris": FRANCE,
    "Europe/Monaco": FRANCE,
    "Europe/Brussels": FRANCE,
    "Europe/Luxembourg": FRANCE,
    "Europe/Zurich": SWITZERLAND,
    "Europe/Busingen": SWITZERLAND,
}
# Marks at the end of a word, not those inside a URL, behind a space or alone in brackets.
_MARKS = re.compile(r"(?<=[^\s(!?;])(?=[!?;]+(?:[\s»”’)<]|$))")
_WIDE = re.compile(r"\u00a0(?=[:»])|(?<=«)\u00a0")


def of_zone(zone: str) -> str:
    """The country whose spaces an office or action in this time zone uses; Canada's for every other zone."""
    return _ZONES.get(zone, CANADA)


def setting(written: str) -> str:
    """The country that a setting names; empty for that of the time zone. Raises ValueError."""
    if written and written.lower() not in COUNTRIES:
        raise ValueError("give canada, france or switzerland, or leave it empty")
    return written.lower()


def set_as_in(country: str, text: str) -> str:
    """A sentence of the French catalogue with the spaces of this country."""
    if country == CANADA:
        return text
    narrow = _MARKS.sub(NARROW, text)
    return _WIDE.sub(NARROW, narrow) if country == SWITZERLAND else narrow
