"""From lines to a Draft, in the layout of the Canadian section: header, title, summary, demands, targets, copies,
background, and the sentence with the deadline at the very end.
"""

import re
from dataclasses import dataclass, field

from ua_tracker import refusals
from ua_tracker.importing import draft as doubts
from ua_tracker.importing import header
from ua_tracker.importing.contacts import recipients_in
from ua_tracker.importing.dates import AMBIGUOUS, dates_in
from ua_tracker.importing.draft import Draft
from ua_tracker.importing.text import Line, paragraphs

_LONGEST_HEADING = 300

_HEADINGS = {
    "targets": re.compile(r"^(?:please\s+)?(?:write|(?:send\s+)?(?:your\s+)?(?:appeals|letters))\s+to\s*:$", re.I),
    "copies": re.compile(r"^(?:and\s+|with\s+|also\s+)?(?:send\s+)?(?:a\s+)?cop(?:y|ies)(?:\s+to)?\s*:$", re.I),
    "demands": re.compile(
        r"^(?:please\s+)?(?:write|send|call|e-?mail)\b.*\b(?:urg|ask|call|demand|request)\w*.*:$", re.I
    ),
    "background": re.compile(r"^(?:additional|background|further)\s+information\s*:?$|^background\s*:?$", re.I),
}
_DEADLINE = re.compile(
    r"take\s+action\b.{0,60}\b(?:until|before|by)\b"
    r"|\b(?:send|write)\b.{0,40}\b(?:appeals?|letters?)\b.{0,20}\b(?:before|until|by|no\s+later\s+than)\b"
    r"|\bappeal\s+deadline\b|\burgent\s+action\s+expires\s+on\b|\bcontact\b.{0,40}\bofficials?\s+by\b"
    r"|\bif\s+sending\s+appeals\s+after\b",
    re.I,
)


@dataclass
class _Parts:
    """The document's lines by section, in order; `closing` are the sentences that may hold the deadline."""

    sections: dict[str, list[Line]] = field(default_factory=dict)
    closing: list[Line] = field(default_factory=list)

    def __getitem__(self, name: str) -> list[Line]:
        return self.sections.get(name, [])


def draft_from(lines: list[Line]) -> Draft:
    """The Draft. Raises NoUrgentAction when the lines hold none of what makes one."""
    parts = _parted(lines)
    draft = Draft()
    header.read(parts["opening"], draft)
    numbered = draft.ua_number or draft.ai_index
    if not numbered or not (parts["demands"] or parts["targets"] or parts.closing or draft.sequence):
        raise refusals.NoUrgentAction()
    draft.demands = _demands(parts["demands"], draft)
    draft.targets = recipients_in(parts["targets"], "targets", draft)
    draft.copies = recipients_in(parts["copies"], "copies", draft)
    draft.background = [text for _, text in paragraphs(parts["background"])]
    for line, text in paragraphs(parts["background"]):
        draft.note(line, "background", text)
    _find_deadline(parts.closing, draft)
    _doubt_what_is_missing(draft)
    return draft


def _parted(lines: list[Line]) -> _Parts:
    parts = _Parts()
    here = parts.sections.setdefault("opening", [])
    for line in lines:
        name = _heading(line)
        if name:
            here = parts.sections.setdefault(name, [])
        elif _DEADLINE.search(line.text):
            parts.closing.append(line)
        else:
            here.append(line)
    return parts


def _heading(line: Line) -> str | None:
    if len(line.text) > _LONGEST_HEADING:
        return None
    return next((name for name, heading in _HEADINGS.items() if heading.match(line.text)), None)


def _demands(lines: list[Line], draft: Draft) -> list[str]:
    """One demand a bullet, a wrapped line joined to its own; without bullets one a paragraph.

    Words that follow the bullets after a blank line are no demand: they are named, not taken.
    """
    if not any(line.bullet for line in lines):
        found = paragraphs(lines)
    else:
        runs = paragraphs(lines)
        bullets = {line.number for line in lines if line.bullet}
        found = [(number, text) for number, text in runs if number in bullets]
        for number, text in runs:
            if number not in bullets:
                draft.doubt(doubts.NOT_UNDERSTOOD, number, text=text[:80])
    for number, text in found:
        draft.note(number, "demands", text)
    return [text for _, text in found]


def _find_deadline(closing: list[Line], draft: Draft) -> None:
    """The one date that a closing sentence gives. Two different ones, or none, leave it empty."""
    days = {}
    for line in closing:
        for day, _, _ in dates_in(line.text):
            days.setdefault(day, line)
        unsure = AMBIGUOUS.search(line.text)
        if unsure:
            draft.doubt(doubts.AMBIGUOUS_DATE, line.number, text=unsure[0])
    if len(days) == 1:
        [(draft.deadline, line)] = days.items()
        draft.deadline_wording = line.text
        draft.note(line.number, "deadline", line.text)
        if draft.issued and draft.deadline < draft.issued:
            draft.doubt(doubts.DEADLINE_BEFORE_ISSUE, line.number, deadline=draft.deadline, issued=draft.issued)
    elif days:
        draft.doubt(doubts.SEVERAL_DEADLINES, days=", ".join(str(day) for day in sorted(days)))
    elif draft.sequence != "stop action":
        draft.doubt(doubts.NO_DEADLINE, closing[0].number if closing else None)


def _doubt_what_is_missing(draft: Draft) -> None:
    if draft.sequence == "stop action":
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
