"""Tells an Urgent Action, of which perhaps little could be read, from another text.

A text of which anything was read becomes a draft, and what is missing its doubts. So does one that says of itself what
it is, although nothing could be read: whoever chose the file sees its lines beside empty fields.
"""

from collections.abc import Sequence
from functools import cache

from ua_tracker.importing import layouts
from ua_tracker.importing.draft import Draft
from ua_tracker.importing.fitting import Fit
from ua_tracker.importing.layouts import Layout, language
from ua_tracker.importing.text import Line
from ua_tracker.importing.words import Phrases, keys_of

_MOST_LINES = 200  # in which a document says what it is


def is_urgent_action(draft: Draft, fit: Fit) -> bool:
    """Whether anything of an Urgent Action was read, or the text says that it is one."""
    if draft.ua_number or draft.ai_index or draft.demands or draft.deadline:
        return True
    if draft.title is not None and (draft.issued or draft.country or (fit.is_known and not fit.is_poor)):
        return True
    return any(_can_be_reached(one) for one in draft.targets) or _says_what_it_is(draft.lines, fit.layout)


def _can_be_reached(one: object) -> bool:
    return any(getattr(one, part) for part in ("address_lines", "email", "phones", "fax", "x"))


def _says_what_it_is(lines: Sequence[Line], layout: Layout) -> bool:
    """Whether the text names who issues Urgent Actions, or an Urgent Action, or asks for something in a letter."""
    own = [line.text for line in lines[:_MOST_LINES] if not (line.blank or line.is_note)]
    if any(text in _senders_and_banners() for text in own):
        return True
    opens, asks = layout.phrases("letter", "opens"), layout.phrases("sentences", "asks")
    return any(opens.begin(text) is not None for text in own) and any(text in asks for text in own)


@cache
def _senders_and_banners() -> Phrases:
    """Who issues Urgent Actions, and how these are called: a banner of one word can be any word."""
    banners = {phrase for one in layouts.languages() for phrase in one.written("header", "banners")}
    return Phrases(
        [*language("english").written("header", "senders"), *(one for one in banners if len(keys_of(one)) > 1)]
    )
