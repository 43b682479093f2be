"""Reads the deadline. Only a sentence that asks to write until a day gives it; other dates do not."""

import re
from datetime import date

from ua_tracker.importing import draft as doubts
from ua_tracker.importing.dates import AMBIGUOUS, dates_in
from ua_tracker.importing.draft import Draft
from ua_tracker.importing.text import Line
from ua_tracker.models import STOP_ACTION

_UNTIL = r"(?:until|before|by|no\s+later\s+than)\b"
_SENTENCE = re.compile(
    rf"^(?:please\s+)?(?:take\s+action|act)\b[^.]{{0,80}}?\b{_UNTIL}"
    rf"|^(?:please\s+)?(?:send|write)\b(?=[^.]{{0,60}}\b(?:appeals?|letters?)\b)[^.]{{0,80}}?\b{_UNTIL}"
    r"|^appeal\s+deadline\b"
    r"|^(?:this\s+)?urgent\s+action\s+expires\s+on\b"
    r"|^(?:please\s+)?contact\b[^.]{0,40}\bofficials?\s+by\b"
    r"|^(?:please\s+)?check\s+with\b[^.]{0,120}\b(?:sending|writing)\b[^.]{0,60}\bafter\b",
    re.IGNORECASE,
)
_ASIDE = re.compile(r"\([^()]*\)")


def begins(line: Line) -> bool:
    """Whether a paragraph that begins with this line asks to write until a day. A bullet (a demand) never does."""
    return not line.bullet and bool(_SENTENCE.match(line.text))


def read(paragraphs: list[Line], draft: Draft) -> None:
    """Sets the draft's deadline if the closing sentences name exactly one day; otherwise adds a doubt."""
    days: dict[date, Line] = {}
    for line in paragraphs:
        found = _SENTENCE.match(line.text)
        sentence = _ASIDE.sub(" ", line.text[found.end() :] if found else line.text).split(". ", 1)[0]
        for day, _, _ in dates_in(sentence):
            days.setdefault(day, line)
        unsure = AMBIGUOUS.search(sentence)
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
    elif draft.sequence != STOP_ACTION:
        draft.doubt(doubts.NO_DEADLINE, paragraphs[0].number if paragraphs else None)
