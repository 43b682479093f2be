"""Reads the lines above the demands: number, sequence, AI index, country, day of issue, title, summary and office."""

import re
from datetime import date

from ua_tracker.actions import numbers
from ua_tracker.actions.issues import SEQUENCES
from ua_tracker.actions.recipients import WrittenRecipient
from ua_tracker.importing import draft as doubts
from ua_tracker.importing.contacts import phone_numbers
from ua_tracker.importing.dates import dates_in
from ua_tracker.importing.draft import Draft
from ua_tracker.importing.text import Line, paragraphs
from ua_tracker.models import STOP_ACTION

_NUMBER = re.compile(
    r"\b(?:UA|EXTRA|EX)\s*:?\s*-?\s*(?P<number>[0-9]{1,4})\s*[/.]\s*(?P<year>[0-9]{4}|[0-9]{2})\b",
    re.IGNORECASE,
)
_ORDINAL = re.compile(rf"\b(?:{'|'.join(SEQUENCES)}|(?P<digits>\d{{1,2}})(?:st|nd|rd|th))\s*$", re.IGNORECASE)
_FURTHER = re.compile(r"\bfurther\s+information\b|\bupdate\b|\bfollow[\s-]?up\b", re.IGNORECASE)
_INDEX = re.compile(
    r"\b(?:AI\s+)?index(?:\s+number)?\s*:?\s*(?P<region>AFR|AMR|ASA|EUR|MDE|ACT|POL|IOR|ORG|NWS|DOC)\s?"
    r"(?P<country>[0-9]{2})/(?P<serial>[0-9]{1,5})/(?P<year>[0-9]{4}|[0-9]{2})\b",
    re.IGNORECASE,
)
_STOP = re.compile(
    r"\bstop\s+action\b|\bfinal\s+update\b|\bgood\s+news\b|\bno\s+further\s+(?:action|appeals)\b.{0,30}\brequested\b",
    re.IGNORECASE,
)
_OFFICE = re.compile(r"^(?P<name>.*?\bUrgent\s+Action\s+Office)\b\s*(?P<rest>.*)$", re.IGNORECASE)
_OFFICE_LABEL = re.compile(r"\b(?:tel(?:ephone)?|phone|fax|e-?mail)\b\.?\s*:", re.IGNORECASE)
_JOINING = re.compile(r"[\s,:–—-]*(?:of|dated?|issued(?:\s+on)?)?\s*", re.IGNORECASE)
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_LONGEST_HEADER_LINE = 80
_STREET = re.compile(
    r"(?<=\bStreet)\s+|(?<=\bAvenue)\s+|(?<=\bRoad)\s+|(?<=\bBoulevard)\s+|(?<=\bSt\.)\s+|\s*,\s*", re.IGNORECASE
)


def read(lines: list[Line], draft: Draft) -> None:
    """Sets number, sequence, index, country, day of issue, title, summary and office of the draft."""
    last = _find_number_and_index(lines, draft)
    _find_office(lines, draft)
    body = [line for line in lines if line.number > last]
    rest = _find_title(body, draft)
    for number, text in paragraphs(rest):
        draft.summary.append(text)
        draft.note(number, "summary", text)


def _find_number_and_index(lines: list[Line], draft: Draft) -> int:
    """Reads the lines with number and index; returns the number of the last of them, 0 if there is none."""
    last = 0
    for line in lines:
        number = _NUMBER.search(line.text)
        if number and draft.ua_number is None and not (draft.ai_index and line.heading == 0 and len(line.text) > 120):
            _day_behind(line, number.end(), draft)
            draft.ua_number = numbers.ua_number(f"{number['number']}/{number['year']}")
            draft.sequence = _sequence(line, number.start(), draft)
            draft.note(line.number, "ua_number", line.text)
            last = max(last, line.number)
        index = _INDEX.search(line.text)
        if index and draft.ai_index is None:
            draft.ai_index = numbers.ai_index(f"{index['region']}{index['country']}/{index['serial']}/{index['year']}")
            draft.note(line.number, "ai_index", line.text)
            last = max(last, _country_and_day(lines, line, index.end(), draft))
        if draft.ua_number and draft.ai_index:
            break
    if any(_STOP.search(line.text) for line in lines if line.heading or (line.text.isupper() and line.number > last)):
        draft.sequence = STOP_ACTION
    return last


def _sequence(line: Line, end: int, draft: Draft) -> str | None:
    """The sequence from the text before the number: `Second`, `2nd`, `Further information on`, `Stop action –`."""
    before = re.sub(r"[\s:–—-]+(?:on|to|of)?\s*$", "", line.text[:end], flags=re.IGNORECASE).strip()
    if _STOP.search(before):
        return STOP_ACTION
    if _FURTHER.search(before):
        return "further information"
    ordinal = _ORDINAL.search(before)
    if ordinal:
        place = int(ordinal["digits"]) if ordinal["digits"] else SEQUENCES.index(ordinal[0].strip().lower()) + 1
        if 1 <= place <= len(SEQUENCES):
            return SEQUENCES[place - 1]
    if before and not _OFFICE.match(before):
        draft.doubt(doubts.WHICH_ISSUE, line.number, text=before[-60:])
    return None


def _country_and_day(lines: list[Line], line: Line, end: int, draft: Draft) -> int:
    """Reads `Pakistan of June 20, 2025` after the index, on the same line or on the next three.

    Returns the number of the last line that was used.
    """
    here = lines.index(line)
    tail, last = line.text[end:], line.number
    for following in [None, *lines[here + 1 : here + 4]]:
        if following is not None:
            if following.heading or len(following.text) > _LONGEST_HEADER_LINE:
                break
            tail, last = f"{tail} {following.text}", following.number
        found = next(dates_in(tail), None)
        if found:
            day, start, _ = found
            _take(draft, day, tail[:start], last)
            return last
    return line.number


def _day_behind(line: Line, end: int, draft: Draft) -> None:
    """Reads `of June 20, 2025` directly after the number. Another date on that line may be the deadline."""
    found = next(dates_in(line.text[end:]), None)
    if found and _JOINING.fullmatch(line.text[end : end + found[1]]):
        _take(draft, found[0], "", line.number)


def _take(draft: Draft, day: date, words: str, line: int) -> None:
    draft.issued = day
    draft.note(line, "issued", day.isoformat())
    country = re.sub(r"\b(?:of|date|issued?(?:\s+on)?)\s*:?\s*$", "", words.strip(), flags=re.IGNORECASE).strip(
        " ,:-–|"
    )
    if country:
        draft.country = country
        draft.note(line, "country", country)


def _find_title(lines: list[Line], draft: Draft) -> list[Line]:
    """Reads the heading with the country and the title; returns the lines after them, which are the summary."""
    rest = list(lines)
    while rest and rest[0].blank:
        rest.pop(0)
    if rest and _is_country(rest[0], rest[1:], draft):
        heading = rest.pop(0)
        if draft.country is None:
            draft.country = heading.text.title()
            draft.note(heading.number, "country", heading.text)
        elif heading.text.casefold() != draft.country.casefold():
            draft.doubt(doubts.COUNTRIES_DIFFER, heading.number, heading=heading.text, header=draft.country)
    while rest and rest[0].blank:
        rest.pop(0)
    title: list[Line] = []
    while rest and not rest[0].blank and (not title or _continues(title[-1], rest)):
        title.append(rest.pop(0))
    if title:
        draft.title = " ".join(line.text for line in title)
        draft.note(title[0].number, "title", draft.title)
    return rest


def _is_country(line: Line, following: list[Line], draft: Draft) -> bool:
    if draft.country and line.text.casefold() == draft.country.casefold():
        return True
    after = next((other for other in following if not other.blank), None)
    return line.text.isupper() and len(line.text.split()) <= 7 and after is not None and _looks_like_title(after)


def _looks_like_title(line: Line) -> bool:
    return line.heading > 0 or line.text.isupper()


def _continues(before: Line, rest: list[Line]) -> bool:
    """Whether the next line belongs to the title: both in capitals, or a short line before a blank line."""
    line = rest[0]
    if before.heading != line.heading:
        return False
    if before.text.isupper() or line.text.isupper():
        return before.text.isupper() == line.text.isupper()
    ends = len(rest) > 1 and rest[1].blank
    return ends and not line.text.endswith(".") and len(before.text) + len(line.text) <= 160


def _find_office(lines: list[Line], draft: Draft) -> None:
    """Reads the line of the issuing office above the number. Readers ask this office after the deadline."""
    for line in lines:
        found = _OFFICE.match(line.text)
        if not found or len(found["name"]) > _LONGEST_HEADER_LINE:
            continue
        rest = found["rest"].strip(" ,")
        label = _OFFICE_LABEL.search(rest)
        email = _EMAIL.search(rest)
        ends = [match.start() for match in (label, email) if match]
        address = rest[: min(ends)] if ends else rest
        draft.office = WrittenRecipient(
            name=found["name"],
            address_lines=[part.strip() for part in _STREET.split(address) if part and part.strip()],
            phones=_numbers_after(r"(?:tel(?:ephone)?|phone)", rest),
            fax=_numbers_after("fax", rest),
            email=[email[0]] if email else [],
        )
        draft.note(line.number, "office", line.text)
        return


def _numbers_after(label: str, text: str) -> list[str]:
    found = re.search(rf"\b{label}\b\.?\s*:\s*([\d\s()+.\-,/]+)", text, re.IGNORECASE)
    return phone_numbers(found[1]) if found else []
