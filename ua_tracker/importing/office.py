"""Reads the issuing office: whom readers ask after the deadline."""

import re
from collections.abc import Sequence

from ua_tracker.importing.draft import Draft
from ua_tracker.importing.emails import emails_in
from ua_tracker.importing.labels import parted
from ua_tracker.importing.layouts import Layout
from ua_tracker.importing.phone_numbers import numbers_in
from ua_tracker.importing.text import Line
from ua_tracker.written import WrittenRecipient

_LONGEST_NAME = 80
_OFFICE = re.compile(r"^.{0,60}?\b(?:Urgent Action Office|Bureau des actions urgentes)\b", re.IGNORECASE)
_STREET = re.compile(
    r"(?<=\bStreet)\s+|(?<=\bAvenue)\s+|(?<=\bRoad)\s+|(?<=\bBoulevard)\s+|(?<=\bSt\.)\s+|\s?,\s?", re.IGNORECASE
)


def is_office(text: str) -> bool:
    """Whether the line is that of the issuing office."""
    return _OFFICE.match(text[:200]) is not None


def read(lines: Sequence[Line], layout: Layout, draft: Draft) -> None:
    """Sets the office from the first line that names it, with its address and numbers."""
    line = next((line for line in lines if is_office(line.text)), None)
    if line is None:
        return
    found = _OFFICE.match(line.text[:200])
    name = found[0] if found else line.text
    rest = line.text[len(name) :].strip(" ,")
    words, labelled = parted(rest, layout)
    emails = emails_in(rest)
    for email in emails:
        words = words.replace(email, " ")
    numbers = {kind: numbers_in(text, layout).whole for kind, text in labelled}
    draft.office = WrittenRecipient(
        name=name,
        address_lines=[part.strip() for part in _STREET.split(words[:400]) if part and part.strip()],
        phones=numbers.get("phones", []),
        fax=numbers.get("fax", []),
        email=emails[:1],
    )
    for part in ("name", "address_lines", "phones", "fax", "email"):
        value = getattr(draft.office, part)
        if value:
            draft.note(line.number, "office", value if part == "name" else ", ".join(value), part)
