"""Finds values of which a program has lost letters: it stored `Garc?a` where an encoding has no `í`."""

import re
from collections.abc import Iterator

from ua_tracker.importing import draft as doubts
from ua_tracker.importing.draft import Draft, Value

_PARTS = ("role", "name", "address_lines", "salutation")
# Inside a word, before one, or before a word in small letters, where no question ends; and what decoders write.
_IN_TEXT = re.compile(r"\w\?\w|(?<!\S)\?(?=\w)|\w\?(?=\s[a-zß-ÿ])|\ufffd")
_IN_A_NAME = re.compile(r"\?|\ufffd")


def doubt(draft: Draft) -> None:
    """Adds a doubt about each value that has lost letters."""
    lines = {found.value: found.line for found in reversed(draft.found)}
    for value, text in _values(draft):
        pattern = _IN_A_NAME if value.part or value.field == "country" else _IN_TEXT
        if pattern.search(text):
            draft.doubt(doubts.LOST_LETTERS, lines.get(value), value, text=text[:80])


def _values(draft: Draft) -> Iterator[tuple[Value, str]]:
    yield Value("title"), draft.title or ""
    yield Value("country"), draft.country or ""
    for name in ("summary", "demands", "background"):
        yield from ((Value(name, place), text) for place, text in enumerate(getattr(draft, name)))
    for name in ("targets", "copies"):
        for place, one in enumerate(getattr(draft, name)):
            for part in _PARTS:
                text = getattr(one, part) or ""
                yield Value(name, place, part), text if isinstance(text, str) else " / ".join(text)
