"""Finds addresses that no heading announces: the lines above a phone, a fax or an e-mail address."""

from collections.abc import Sequence

from ua_tracker.importing import countries, evidence, layouts
from ua_tracker.importing.dates import dates_in
from ua_tracker.importing.labels import parted
from ua_tracker.importing.layouts import Layout
from ua_tracker.importing.office import is_office
from ua_tracker.importing.sections import Sections, is_greeting
from ua_tracker.importing.text import Line
from ua_tracker.importing.words import keys_of

_CONTACTS = frozenset({"phones", "fax", "phones_and_fax", "email", "x", "salutation"})
_MOST_ABOVE, _MOST_CONTACTS = 8, 12  # lines
_LONGEST = 12  # words of a line of an address
_LEAST_OF_AN_ADDRESSEE = 3  # lines
_NEXT = 4  # lines below an address in which a letter may begin
_MOST_ABOVE_A_GREETING = 40  # lines, with gaps
_LEAST = 2  # lines above the contacts
_WORDS_OF_A_PLACE = 3
_SENDERS = frozenset({"amnesty", "network", "newsletter"})


def move(sections: Sections, layout: Layout) -> bool:
    """Moves such lines from the opening and the demands to the targets, if no heading began these; whether there were
    any. The issuing office and its network are none. Behind demands they are left out where targets have a heading.
    """
    moved: list[Line] = []
    for name in ("opening", "demands"):
        found = _addresses(sections[name], layout) if name != "opening" or "targets" not in sections.lines else set()
        if not found:
            continue
        moved += [line for place, line in enumerate([*sections[name], Line(0, "")]) if place in found]
        sections.lines[name] = [line for place, line in enumerate(sections[name]) if place not in found]
    if not moved or "targets" in sections.lines:
        return False
    sections.lines["targets"] = moved
    last = max(line.number for line in moved)
    below = [line for line in sections["opening"] if last < line.number <= last + _NEXT]
    sections.greeting = next((line for line in below if is_greeting(line.text, layout)), sections.greeting)
    return True


def take_addressee(sections: Sections, layout: Layout) -> bool:
    """Moves the addresses above the first greeting of a letter to the targets, and the letter behind it, if no address
    was found; whether there was one. A day, and the name of whom the letter is about, may stand between them.
    """
    name = "letter" if sections["letter"] else "opening"
    lines = sections[name]
    place = next((one for one, line in enumerate(lines) if is_greeting(line.text, layout)), None)
    if place is None or sections["targets"]:
        return False
    first, last = _above(lines, place, layout)
    full = [line for line in lines[first:last] if not line.blank]
    has_country = bool(full) and countries.named(full[-1].text.rpartition(",")[2], layout) is not None
    is_certain = has_country or any(_is_of_an_office(line.text, layout) for line in full)
    if len(full) < _LEAST_OF_AN_ADDRESSEE or not is_certain:
        return False
    sections.lines["targets"], sections.lines["letter"] = list(lines[first:last]), list(lines[place + 1 :])
    sections.lines["opening"] = [*(sections["opening"] if name == "letter" else []), *lines[:first], *lines[last:place]]
    sections.greeting = lines[place]
    return True


def _above(lines: Sequence[Line], place: int, layout: Layout) -> tuple[int, int]:
    """From where to where the lines above a greeting may be addresses: from the first line with an office, a body, a
    number or a country to the last one, and a name directly above it.
    """
    first = last = place
    known = []
    while first and place - first < _MOST_ABOVE_A_GREETING:
        line = lines[first - 1]
        is_day = _is_a_day(line.text, layout)
        is_subject = layout.phrases("header", "subjects").begin(line.text) is not None
        if not (line.blank or is_day or is_subject or _may_be_of_an_address(line, layout)) or "..." in line.text:
            break
        first -= 1
        if not (line.blank or is_day or is_subject) and _tells_an_address(line.text, layout):
            known.append(first)
    if not known:
        return place, place
    last = known[0] + 1
    start = known[-1]
    while start > first and evidence.has_shape_of_name(lines[start - 1].text, layout):
        start -= 1
    return start, last


def _tells_an_address(text: str, layout: Layout) -> bool:
    is_labelled = any(one.kind in _CONTACTS for one in parted(text, layout)[1])
    return is_labelled or _is_of_an_office(text, layout) or evidence.is_address(text, layout)


def _is_of_an_office(text: str, layout: Layout) -> bool:
    return evidence.has_office_first(text, layout) or evidence.is_body(text, layout)


def _is_a_day(text: str, layout: Layout) -> bool:
    """Whether the line is a day, one behind a place (`Paris, le 24 avril 2008`), or one and what a page adds to it."""
    days = dates_in(text, layout)
    before = text[: days[0].start].split() if days else []
    is_alone = bool(days) and not text[days[0].end :].strip(" .,") and len(before) <= _WORDS_OF_A_PLACE
    return is_alone or (bool(days) and not before)


def _addresses(lines: Sequence[Line], layout: Layout) -> set[int]:
    """The places of the lines of such addresses, and of the gap behind each. Each line is looked at once."""
    contacts = [_has_contact(line, layout) for line in lines]
    taken: set[int] = set()
    if not any(contacts):
        return taken
    possible = [_may_be_of_an_address(line, layout) for line in lines]
    for place, line in enumerate(lines):
        if contacts[place] and not line.bullet and place not in taken:
            taken |= _block(lines, place, contacts, possible)
    return taken | {place + 1 for place in taken if lines[place + 1 : place + 2] == [] or lines[place + 1].blank}


def _has_contact(line: Line, layout: Layout) -> bool:
    return any(one.kind in _CONTACTS for one in parted(line.text, layout)[1]) and not is_office(line.text)


def _block(lines: Sequence[Line], place: int, contacts: Sequence[bool], possible: Sequence[bool]) -> set[int]:
    """The places of the lines of an address whose first contact stands here; none for one of the issuing office."""
    first = place
    while first > 0 and place - first < _MOST_ABOVE and possible[first - 1]:
        first -= 1
    last = place
    while last + 1 < len(lines) and last - place < _MOST_CONTACTS and contacts[last + 1]:
        last += 1
    words = {key for line in lines[first : last + 1] for key in keys_of(line.text)}
    return set(range(first, last + 1)) if place - first >= _LEAST and not words & _SENDERS else set()


def _may_be_of_an_address(line: Line, layout: Layout) -> bool:
    if line.text.endswith(":") or layout.phrases("letter", "closes").begin(line.text) is not None:
        return False
    if layouts.is_of_a_page(line.text):
        return False
    words = line.text.split()
    is_prose = line.text.endswith((".", "?", "!")) and len(words) > 4 and sum(one[0].islower() for one in words) > 2
    return not (line.blank or line.heading or line.bullet or is_prose) and len(line.text.split()) <= _LONGEST
