"""Reads dates in the forms that Urgent Actions use. A date that can be read in two ways (3/4/2025) is not read."""

import re
from collections.abc import Iterator
from datetime import date

_NAMES_OF_MONTHS = (
    "january jan janvier",
    "february feb février fevrier",
    "march mar mars",
    "april apr avril",
    "may mai",
    "june jun juin",
    "july jul juillet",
    "august aug août aout",
    "september sep sept septembre",
    "october oct octobre",
    "november nov novembre",
    "december dec décembre decembre",
)
_MONTHS = {name: number for number, names in enumerate(_NAMES_OF_MONTHS, start=1) for name in names.split()}
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_FORMS = re.compile(
    rf"""
      \b(?P<iso>[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}})\b
    | \b(?P<m1>{_MONTH})\b\.?\s+(?P<d1>[0-9]{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<y1>[0-9]{{4}})\b
    | \b(?P<d2>[0-9]{{1,2}})(?:st|nd|rd|th|er)?\.?\s+(?:of\s+)?(?P<m2>{_MONTH})\b\.?,?\s+(?P<y2>[0-9]{{4}})\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
AMBIGUOUS = re.compile(r"\b[0-9]{1,2}\s*[/.]\s*[0-9]{1,2}\s*[/.]+\s*[0-9]{2,4}\b")


def dates_in(text: str) -> Iterator[tuple[date, int, int]]:
    """Every unambiguous date in the text, with its start and end position. Impossible dates are skipped."""
    for found in _FORMS.finditer(text):
        try:
            yield _day(found), found.start(), found.end()
        except ValueError:
            continue


def _day(found: re.Match[str]) -> date:
    if found["iso"]:
        return date.fromisoformat(found["iso"])
    month, day, year = (
        (found["m1"], found["d1"], found["y1"]) if found["m1"] else (found["m2"], found["d2"], found["y2"])
    )
    return date(int(year), _MONTHS[month.lower()], int(day))
