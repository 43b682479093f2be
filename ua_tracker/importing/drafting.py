"""Makes a Draft of the lines of a document: finds its layout, divides it into sections, and reads each of them."""

import re
from collections.abc import Sequence
from dataclasses import replace

from ua_tracker import refusals
from ua_tracker.importing import (
    closing,
    columns,
    contacts,
    countries,
    demands,
    fitting,
    header,
    headline,
    layouts,
    loose_addresses,
    lost_letters,
    office,
    page_ends,
    recognition,
    run_together,
    titles,
    wrapped,
)
from ua_tracker.importing import draft as doubts
from ua_tracker.importing.draft import Certainty, Draft, Value
from ua_tracker.importing.layouts import Layout
from ua_tracker.importing.paragraphs import paragraphs, without_doubled_gaps
from ua_tracker.importing.sections import Sections, divided
from ua_tracker.importing.text import Line
from ua_tracker.importing.words import keys_of
from ua_tracker.written import STOP_ACTION

_GREETING = re.compile(r".{1,80}?,(?=\s[^,]{20})|.{1,120}$")  # the letter may go on behind its comma
_FEW, _NEARLY_ALL = 8, 0.85  # lines with bullets
_LONG_TEXT = 600  # characters of a line that holds most of a document


def draft_from(lines: list[Line]) -> Draft:
    """Reads the lines into a Draft. Raises NoUrgentAction if nothing of an Urgent Action was read."""
    is_one_line = _stands_in_one_line(lines)
    lines = run_together.divided(lines)
    draft = Draft(lines=lines)
    text = _without_needless_bullets(page_ends.without(_without_notes(lines)))
    apart = columns.apart(without_doubled_gaps(text))
    fit = fitting.best(apart)
    draft.layout, draft.timezone = fit.layout.name, fit.layout.timezone
    whole = wrapped.joined(apart, fit.layout)
    apart = whole.lines
    sections = divided(apart, fit.layout, draft)
    _read(sections, apart, fit.layout, draft)
    if not recognition.is_urgent_action(draft, fit):
        raise refusals.NoUrgentAction()
    if fit.is_poor:
        draft.doubts.insert(0, doubts.Doubt(doubts.POOR_FIT))
    draft.proposed_title = _proposed_title(draft)
    _doubt_what_may_be_broken(draft, whole.unsure)
    lost_letters.doubt(draft)
    draft.found += [replace(one, line=part) for one in draft.found for part in whole.parts.get(one.line, ())]
    read = {found.line for found in draft.found} | sections.understood
    read |= {line.number for line in lines if _is_known(line, fit.layout)}
    read |= {part for number, parts in whole.parts.items() if number in read for part in parts}
    draft.unread = [line.number for line in lines if not line.blank and line.number not in read]
    _doubt_what_is_missing(draft, sections)
    if is_one_line:
        _doubt_what_was_guessed(draft)
    return draft


def _without_notes(lines: Sequence[Line]) -> list[Line]:
    """The lines, with gaps for what whoever forwards the document wrote."""
    return [replace(line, text="", cells=()) if line.is_note else line for line in lines]


def _stands_in_one_line(lines: Sequence[Line]) -> bool:
    """Whether a program has run most of the text into one line."""
    longest = max((len(line.text) for line in lines), default=0)
    return longest >= _LONG_TEXT and 2 * longest > sum(len(line.text) for line in lines)


def _doubt_what_was_guessed(draft: Draft) -> None:
    """A doubt about each value of a text without lines that has none: only numbers and a labelled day are certain."""
    certain = {found.value for found in draft.found if found.certainty is Certainty.SURE and found.field == "issued"}
    doubted = {(one.about.field, one.about.place) for one in draft.doubts if one.about is not None}
    for name in ("title", "country", "issued"):
        if getattr(draft, name) and (name, None) not in doubted and Value(name) not in certain:
            draft.doubt(doubts.RUN_TOGETHER, None, Value(name))
    for name in ("demands", "targets", "copies"):
        for place in range(len(getattr(draft, name))):
            if (name, place) not in doubted:
                draft.doubt(doubts.RUN_TOGETHER, None, Value(name, place))


def _doubt_what_may_be_broken(draft: Draft, unsure: dict[int, str]) -> None:
    """A doubt about each value of a line that may go on in the next one, or belong to the one before."""
    doubted = {one.about for one in draft.doubts}
    for found in draft.found:
        is_short = found.field in ("title", "country", "targets", "copies")
        if found.line in unsure and is_short and found.value not in doubted:
            doubted.add(found.value)
            draft.doubt(doubts.WRAPPED, found.line, found.value, text=unsure[found.line])


def _without_needless_bullets(lines: Sequence[Line]) -> list[Line]:
    """The lines without bullets where nearly every line has one, so that they say nothing."""
    full = [line for line in lines if not (line.blank or layouts.is_of_a_page(line.text))]
    if len(full) >= _FEW and sum(line.bullet for line in full) >= _NEARLY_ALL * len(full):
        return [replace(line, bullet=False) for line in lines]
    return list(lines)


def _read(sections: Sections, lines: Sequence[Line], layout: Layout, draft: Draft) -> None:
    is_loose = loose_addresses.move(sections, layout) or loose_addresses.take_addressee(sections, layout)
    opening = sections["opening"]
    others = [line for name, found in sections.lines.items() if name != "opening" for line in found]
    office.read(opening, layout, draft)
    found = header.read(opening, [*others, *(sections.headings.values())], layout, draft)
    headline.read(opening, found, layout, draft)
    _find_stop(lines, layout, draft, sections)
    demands.read(sections["demands"], layout, draft)
    if not draft.demands:
        demands.read_letter(sections["letter"], layout, draft)
    heading = sections.headings.get("demands")
    draft.targets = contacts.recipients_in(
        sections["targets"], "targets", layout, draft, heading.text if heading else ""
    )
    for place in range(len(draft.targets) if is_loose else 0):
        draft.doubt(doubts.NO_HEADING, sections["targets"][0].number, Value("targets", place))
    draft.copies = contacts.recipients_in(sections["copies"], "copies", layout, draft)
    _give_greeting(sections, draft)
    _read_background(sections["background"], layout, draft)
    closing.read(sections.deadlines, layout, draft)
    if draft.country is None:
        _country_from_addresses(layout, draft)


def _is_known(line: Line, layout: Layout) -> bool:
    """Whether the line is an instruction to the reader or what pages add: understood, and no value."""
    said = layout.phrases("sentences", "instructions").begin(line.text) is not None
    is_of_a_page = layouts.is_of_a_page(line.text)
    return said or is_of_a_page or layout.phrases("sentences", "furniture").are_all_of(line.text)


def _find_stop(lines: Sequence[Line], layout: Layout, draft: Draft, sections: Sections) -> None:
    """A heading, or a document without targets, that says `stop action` or `no further action` ends the case."""
    stops = layout.phrases("sentences", "stop")
    opening = [line for line in sections["opening"] if line.heading or line.text.isupper()]
    stop = next((line for line in opening if line.text in stops), None)
    if stop is None and not sections["targets"] and not sections["demands"]:
        stop = next((line for line in lines if stops.begin(line.text) is not None), None)
    if stop is not None:
        draft.sequence = STOP_ACTION
        draft.found = [one for one in draft.found if one.field != "sequence"]
        draft.note(stop.number, "sequence", STOP_ACTION)


def _give_greeting(sections: Sections, draft: Draft) -> None:
    """Gives the greeting of the model letter to the target that it is for: the only one, or the one that it names."""
    line = sections.greeting
    greeting = _GREETING.match(line.text) if line is not None else None
    if line is None or greeting is None:
        return
    text = greeting[0]
    keys = {key for key in keys_of(text) if len(key) > 2}
    for place, target in enumerate(draft.targets):
        named = keys & set(keys_of(f"{target.role or ''} {target.name or ''}"))
        if target.salutation is None and (len(draft.targets) == 1 or named):
            draft.targets[place] = replace(target, salutation=text)
            draft.note(line.number, "targets", text, "salutation", place, Certainty.LIKELY)
            return


def _read_background(lines: Sequence[Line], layout: Layout, draft: Draft) -> None:
    furniture = layout.phrases("sentences", "furniture")
    for paragraph in paragraphs(lines):
        if furniture.are_all_of(paragraph.text):
            continue
        place = len(draft.background)
        draft.background.append(paragraph.text)
        for number in paragraph.numbers:
            draft.note(number, "background", paragraph.text, place=place)


def _country_from_addresses(layout: Layout, draft: Draft) -> None:
    """The country that the first target's address ends with, unless the address is that of an embassy or a mission."""
    for place, target in enumerate(draft.targets[:1]):
        text = " ".join([target.role or "", target.name or "", *target.address_lines])
        last = countries.within(target.address_lines[-1] if target.address_lines else "", layout)
        others = countries.within(" ".join([draft.title or "", *draft.summary, text]), layout)
        if last and (len(set(others)) == 1 or last[-1] in countries.within(draft.title or "", layout)):
            draft.country = last[-1]
            line = next(found.line for found in draft.found if found.field == "targets" and found.place == place)
            draft.note(line, "country", draft.country, certainty=Certainty.DOUBTFUL)
            draft.doubt(doubts.COUNTRY_FROM_ADDRESS, line, Value("country"))


def _proposed_title(draft: Draft) -> str | None:
    if draft.title is None:
        return None
    texts = [*draft.summary, *draft.demands, *draft.background, draft.deadline_wording or ""]
    people = [one.name or "" for one in (*draft.targets, *draft.copies)]
    return titles.in_sentence_case(draft.title, texts, [draft.country or "", *people])


def _doubt_what_is_missing(draft: Draft, sections: Sections) -> None:
    if draft.sequence == STOP_ACTION:
        draft.doubt(doubts.IS_STOP_ACTION)
        return
    for value, sentence, name in (
        (draft.ua_number, doubts.NO_NUMBER, "ua_number"),
        (draft.ai_index, doubts.NO_INDEX, "ai_index"),
        (draft.country, doubts.NO_COUNTRY, "country"),
        (draft.issued, doubts.NO_ISSUE_DATE, "issued"),
        (draft.title, doubts.NO_TITLE, "title"),
        (draft.demands, doubts.NO_DEMANDS, "demands"),
        (draft.targets, doubts.NO_TARGETS, "targets"),
    ):
        if not value:
            draft.doubt(sentence, None, Value(name))
    copies = sections.headings.get("copies")
    if copies is not None and not draft.copies:
        draft.doubt(doubts.NO_COPIES, copies.number, Value("copies"))
