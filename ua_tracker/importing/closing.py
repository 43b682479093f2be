"""Reads the deadline. Only a sentence that asks to write until a day gives it; other dates do not."""

import re
from collections.abc import Sequence
from datetime import date

from ua_tracker.importing import draft as doubts
from ua_tracker.importing.dates import dates_in
from ua_tracker.importing.draft import Draft, Value
from ua_tracker.importing.layouts import Layout
from ua_tracker.importing.sections import Sentence
from ua_tracker.written import STOP_ACTION

_ASIDE = re.compile(r"\([^()]{0,200}\)")


def read(sentences: Sequence[Sentence], layout: Layout, draft: Draft) -> None:
    """Sets the draft's deadline if these sentences name exactly one day; otherwise adds a doubt."""
    days: dict[date, Sentence] = {}
    about = Value("deadline")
    for sentence in sentences:
        for found in dates_in(_ASIDE.sub(" ", sentence.behind), layout):
            if found.day is None:
                draft.doubt(doubts.AMBIGUOUS_DATE, sentence.numbers[0], about, text=found.text)
            else:
                days.setdefault(found.day, sentence)
    if len(days) == 1:
        [(draft.deadline, sentence)] = days.items()
        draft.deadline_wording = sentence.text
        for number in sentence.numbers:
            draft.note(number, "deadline", sentence.text)
        if draft.issued and draft.deadline < draft.issued:
            facts = {"deadline": draft.deadline, "issued": draft.issued}
            draft.doubt(doubts.DEADLINE_BEFORE_ISSUE, sentence.numbers[0], about, **facts)
    elif days:
        draft.doubt(doubts.SEVERAL_DEADLINES, None, about, days=", ".join(str(day) for day in sorted(days)))
    elif draft.sequence != STOP_ACTION:
        draft.doubt(doubts.NO_DEADLINE, sentences[0].numbers[0] if sentences else None, about)
