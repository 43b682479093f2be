"""Takes a line of an address apart: the words before the first label, and each label with what follows it."""

import re
from functools import cache
from typing import NamedTuple

from ua_tracker.importing.emails import emails_in
from ua_tracker.importing.layouts import Layout
from ua_tracker.importing.words import Word, keys_of, words_of

_MOST_WORDS = 4  # of a label
_COLON = re.compile(
    r"(?:\s?\([^()]{0,30}\))?\s?(?:no\.?|nos\.?|n[o°º]\.?|number|numbers|#|\d)?\s?\.?\s?[:：](?!//)", re.IGNORECASE
)
_NO_COLON = re.compile(r"\.?\s?(?:no\.?\s)?[-–.]?\s?")
_LOOSE = " \t([|•·,;/*-–"
_EDGES = " \t|•·*"
_CONTACTS = frozenset({"phones", "fax", "phones_and_fax"})
# Labels of several kinds: each is looked for in the tables under its name.
_KINDS = ("phones_and_fax", "phones", "fax", "email", "x", "salutation", "unused", "other", "role", "name")


class Labelled(NamedTuple):
    """A label's kind, and the text behind it."""

    kind: str
    text: str


def parted(text: str, layout: Layout) -> tuple[str, list[Labelled]]:
    """The words before the first label of the line, and its labels. The text of one that is not used has its label."""
    found = _labels(text, layout)
    if not found:
        return text.strip(" \t|•·*"), []
    ends = [*(start for _, start, _ in found[1:]), len(text)]
    labelled = []
    for (kind, start, behind), end in zip(found, ends, strict=True):
        value = text[start if kind == "other" else behind : end]
        value = value.strip(_EDGES if kind == "salutation" else f"{_EDGES};,")
        if kind == "salutation" and text[start - 1 : start] == "(" and ")" in value:  # it ends with the bracket
            value, _, rest = value.partition(")")
            labelled.append(Labelled(kind, value.strip(_EDGES)))
            labelled += [Labelled("other", rest.strip(_EDGES))] if rest.strip(f"{_EDGES}.,;") else []
            continue
        labelled.append(Labelled(kind, _without_the_end_of_a_bracket(value)))
    words = text[: found[0][1]]
    return words.strip(" \t,;|•·([*"), labelled


def _without_the_end_of_a_bracket(text: str) -> str:
    """`(Salutation: Dear Minister)`: the bracket opened before the label."""
    for opening, closing in ("()", "[]"):
        if text.endswith(closing) and text.count(closing) > text.count(opening):
            text = text[:-1].rstrip()
    return text


def begins_with_label(text: str, layout: Layout) -> bool:
    """Whether a label of a contact or of the salutation is the first thing on the line."""
    words = words_of(text)
    return bool(words) and _label_at(text, words, 0, _known(layout)) is not None


def _labels(text: str, layout: Layout) -> list[tuple[str, int, int]]:
    """Kind, start, and place behind the label, for each label of the line."""
    known = _known(layout)
    words = words_of(text)
    found: list[tuple[str, int, int]] = []
    place = 0
    while place < len(words):
        taken = _label_at(text, words, place, known)
        if taken is None:
            place += 1
            continue
        kind, length, behind = taken
        found.append((kind, words[place].start, behind))
        place += length
        if kind == "salutation":
            end = _end_of_bracket(text, found[-1][1], behind)
            if end < 0:
                return found
            place = next((one for one in range(place, len(words)) if words[one].start > end), len(words))
    return found


def _end_of_bracket(text: str, start: int, behind: int) -> int:
    """Where the bracket closes that opens directly before the label; -1 if none does."""
    return text.find(")", behind) if text[max(0, start - 1) : start] == "(" else -1


def _label_at(
    text: str, words: tuple[Word, ...], place: int, known: dict[tuple[str, ...], str]
) -> tuple[str, int, int] | None:
    start = words[place].start
    if start and text[start - 1] not in _LOOSE:
        return None
    for length in range(min(_MOST_WORDS, len(words) - place), 0, -1):
        run = words[place : place + length]
        kind = known.get(tuple(word.key for word in run))
        if kind is None:
            continue
        behind = _behind(text, run[-1].end, kind, is_first=place == 0, is_letter=len(run[-1].key) == 1)
        if behind is not None:
            return kind, length, behind
    return None


def _behind(text: str, end: int, kind: str, *, is_first: bool, is_letter: bool) -> int | None:
    """Where the text behind a label begins: after its colon, or at a value that needs none."""
    colon = _COLON.match(text, end, end + 60)
    if colon:
        return colon.end()
    loose = _NO_COLON.match(text, end)
    behind = loose.end() if loose else end
    following = text[behind : behind + 80]
    if behind == end or not following:
        return None
    if kind in _CONTACTS and re.match(r"\+" if is_letter else r"[+(]?\s?\(?\d", following):
        return behind
    if kind == "email" and not is_letter and "@" in following.split(" ", 1)[0]:
        return behind
    if kind == "x" and following.startswith("@"):
        return behind
    return behind if kind == "salutation" and is_first and len(text) < 120 and following[0].isupper() else None


@cache
def _known(layout: Layout) -> dict[tuple[str, ...], str]:
    known: dict[tuple[str, ...], str] = {}
    for kind in _KINDS:
        for label in layout.written("labels", kind):
            known.setdefault(tuple(keys_of(label)), kind)
    return known


def contact_alone(text: str) -> bool:
    """Whether the text is nothing but e-mail addresses."""
    return "@" in text and bool(emails_in(text)) and all("@" in part for part in text.split() if part not in ",;|/")


def label_first(text: str, layout: Layout) -> str:
    """`+227 20 72 37 77 (fax)` as `fax: +227 20 72 37 77`."""
    number, bracket, label = text.rstrip(" )").rpartition("(")
    is_number = bracket and text.endswith(")") and label.isalpha() and not any(one.isalpha() for one in number)
    labelled = f"{label}: {number.strip()}"
    return labelled if is_number and begins_with_label(labelled, layout) else text
