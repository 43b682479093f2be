"""Divides a document into sections and reads each of them into the Draft.

The layout is that of Amnesty International Canada: header, title, summary, demands, targets, copies, background, and
at the end the sentence with the deadline.
"""

import re
from dataclasses import dataclass, field

from ua_tracker import refusals
from ua_tracker.importing import closing, header, titles
from ua_tracker.importing import draft as doubts
from ua_tracker.importing.contacts import recipients_in
from ua_tracker.importing.draft import Draft
from ua_tracker.importing.text import Line, paragraphs
from ua_tracker.models import STOP_ACTION

_LONGEST_HEADING = 300
_HEADINGS = {
    "targets": re.compile(r"^(?:please\s+)?(?:write|(?:send\s+)?(?:your\s+)?(?:appeals|letters))\s+to\s*:$", re.I),
    "copies": re.compile(
        r"^(?:(?:please|and|also|with|send|a|an?)\s+)*(?:cop(?:y|ies)|cc)(?:\s+(?:of\s+)?your\s+letters?)?(?:\s+to)?"
        r"(?:\s+(?:the\s+)?diplomatic\s+representatives.*)?\s*:?$",
        re.I,
    ),
    "demands": re.compile(
        r"^(?:please\s+)?(?:write|send|call|e-?mail)\b.*\b(?:urg|ask|call|demand|request)\w*.*:$", re.I
    ),
    "background": re.compile(r"^(?:additional|background|further)\s+information\s*:?$|^background\s*:?$", re.I),
}
_ADDRESSES = {"targets", "copies"}


@dataclass
class _Parts:
    """The document's lines by section, in order; `closing` are the paragraphs that may contain the deadline."""

    sections: dict[str, list[Line]] = field(default_factory=dict)
    closing: list[Line] = field(default_factory=list)

    def __getitem__(self, name: str) -> list[Line]:
        return self.sections.get(name, [])


def draft_from(lines: list[Line]) -> Draft:
    """Reads the lines into a Draft.

    Raises NoUrgentAction without UA number and AI index, or without demands, targets, deadline and sequence.
    """
    draft = Draft()
    parts = _parted(lines, draft)
    header.read(parts["opening"], draft)
    numbered = draft.ua_number or draft.ai_index
    if not numbered or not (parts["demands"] or parts["targets"] or parts.closing or draft.sequence):
        raise refusals.NoUrgentAction()
    draft.demands = _demands(parts["demands"], draft)
    draft.targets = recipients_in(parts["targets"], "targets", draft)
    draft.copies = recipients_in(parts["copies"], "copies", draft)
    for line, text in paragraphs(parts["background"]):
        draft.background.append(text)
        draft.note(line, "background", text)
    closing.read(parts.closing, draft)
    draft.proposed_title = _proposed_title(draft)
    _doubt_what_is_missing(draft)
    return draft


def _parted(lines: list[Line], draft: Draft) -> _Parts:
    parts = _Parts()
    name, here = "opening", parts.sections.setdefault("opening", [])
    rest = list(lines)
    while rest:
        line = _with_wrapped_end(rest)
        heading = _heading(line)
        if heading:
            name, here = heading, parts.sections.setdefault(heading, [])
        elif name != "opening" and closing.begins(line):
            parts.closing.append(_whole_paragraph(line, rest))
        elif name in _ADDRESSES and _is_strange_heading(line):
            draft.doubt(doubts.NOT_UNDERSTOOD, line.number, text=line.text[:80])
            name, here = "unknown", parts.sections.setdefault("unknown", [])
        else:
            here.append(line)
    return parts


def _with_wrapped_end(rest: list[Line]) -> Line:
    """The next line. A heading that continues on the following line is joined to one line."""
    line = rest.pop(0)
    if rest and not line.blank and not rest[0].blank and len(rest[0].text.split()) <= 3 and not _heading(line):
        joined = Line(line.number, f"{line.text} {rest[0].text}", line.heading)
        if _heading(joined) == "demands" and _heading(rest[0]) is None:
            rest.pop(0)
            return joined
    return line


def _whole_paragraph(line: Line, rest: list[Line]) -> Line:
    text = line.text
    while rest and not rest[0].blank:
        text = f"{text} {rest.pop(0).text}"
    return Line(line.number, text)


def _heading(line: Line) -> str | None:
    if line.blank or len(line.text) > _LONGEST_HEADING:
        return None
    return next((name for name, heading in _HEADINGS.items() if heading.match(line.text)), None)


def _is_strange_heading(line: Line) -> bool:
    return line.heading > 0 or (line.text.endswith(":") and 2 <= len(line.text.split()) <= 10)


def _demands(lines: list[Line], draft: Draft) -> list[str]:
    """One demand for each bullet, with wrapped lines joined; without bullets one for each paragraph.

    A paragraph without a bullet after bullets is no demand: it becomes a doubt.
    """
    runs = paragraphs(lines)
    bullets = {line.number for line in lines if line.bullet}
    found = [(number, text) for number, text in runs if number in bullets or not bullets]
    for number, text in runs:
        if bullets and number not in bullets:
            draft.doubt(doubts.NOT_UNDERSTOOD, number, text=text[:80])
    for number, text in found:
        draft.note(number, "demands", text)
    return [text for _, text in found]


def _proposed_title(draft: Draft) -> str | None:
    if draft.title is None:
        return None
    paragraphs = [*draft.summary, *draft.demands, *draft.background, draft.deadline_wording or ""]
    people = [one.name or "" for one in (*draft.targets, *draft.copies)]
    return titles.in_sentence_case(draft.title, paragraphs, [draft.country or "", *people])


def _doubt_what_is_missing(draft: Draft) -> None:
    if draft.sequence == STOP_ACTION:
        draft.doubt(doubts.IS_STOP_ACTION)
        return
    for value, sentence in (
        (draft.ua_number, doubts.NO_NUMBER),
        (draft.ai_index, doubts.NO_INDEX),
        (draft.country, doubts.NO_COUNTRY),
        (draft.issued, doubts.NO_ISSUE_DATE),
        (draft.title, doubts.NO_TITLE),
        (draft.demands, doubts.NO_DEMANDS),
        (draft.targets, doubts.NO_TARGETS),
    ):
        if not value:
            draft.doubt(sentence)
