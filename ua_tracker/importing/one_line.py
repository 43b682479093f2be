"""Divides a line that holds name, office and address together: `The Honourable A B Minister of C 5 D Street`."""

import re
from collections.abc import Sequence

from ua_tracker.importing import evidence
from ua_tracker.importing.evidence import Context
from ua_tracker.importing.layouts import Layout
from ua_tracker.importing.words import Word, keys_of, words_of

_LONGEST_NAME = 9  # words
_MOST_COMMAS = 12
_BEFORE_AN_OFFICE = 2  # words
_LONG_WORD = 6  # letters: no article or preposition of another language
_DIGIT = re.compile(r"\s(?=\d)")


def divided(text: str, context: Context) -> list[str]:
    """The parts of the line, each on a line of its own; the line itself where it holds only one of them."""
    layout = context.layout
    found = _at_comma(text, context) or _office_and_name(text, context)
    if found:
        return found
    words = [word for word in words_of(text) if word.key != ":"]
    behind = evidence.behind_honorific(text, layout)
    if behind is not None:
        return _name_first(text, words, behind, layout)
    return _honorific_inside(text, words, layout) or _body_and_street(text, layout) or [text]


def body_and_address(text: str, layout: Layout) -> list[str]:
    """`Embassy of A, 5 B Street, C` as two lines; the line itself where it is no body with its address."""
    body, _, rest = text.partition(",")
    has_digit = any(character.isdigit() for character in rest)
    if not has_digit or any(character.isdigit() for character in body) or not _begins_body(body, layout):
        return [text]
    return [body.strip(), rest.strip()]


def _at_comma(text: str, context: Context) -> list[str] | None:
    """`A B, Minister of C` and `Minister of C, A B`: one side is an office, the other a name."""
    parts = [part.strip() for part in re.split(r",|\s[-–—]\s", text)][:_MOST_COMMAS]
    if len(parts) < 2 or any(character.isdigit() for character in parts[0]):
        return None
    first, second = evidence.weigh(parts[0], context), evidence.weigh(parts[1], context)
    is_pair = (first.name >= 2 and first.role < 2 and second.role >= 3) or (
        first.role >= 3 and second.name >= 2 and second.role < 2
    )
    if not is_pair or len(keys_of(parts[0])) < 1:
        return None
    rest = ", ".join(parts[2:])
    return [parts[0], parts[1], *([rest] if rest else [])]


def _office_and_name(text: str, context: Context) -> list[str] | None:
    """`Ambassador A B Embassy of C 5 D Street` and `Head of C A B`: the office, the name, and what follows."""
    layout = context.layout
    words = [word for word in words_of(text) if word.key != ":"]
    if layout.phrases("people", "ranks").begin(text) is not None:
        return None
    end = _end_of_office(text, words, layout) or _end_of_later_office(text, words, layout)
    if end is None or end >= len(words):
        return None
    honorific = evidence.behind_honorific(text[words[end].start :], layout)
    until = _end_of_name(text, words, end, layout)
    name = text[words[end].start : words[until - 1].end] if until > end else ""
    if not name or text[words[end - 1].end : words[end].start].strip(" ") not in ("", "-", "–"):
        return None
    rest = text[words[until - 1].end :].strip(" ,")
    if honorific is None and not _is_certain(name, context):
        return None
    return [text[: words[end - 1].end], name, *_address(rest, layout)]


def _end_of_later_office(text: str, words: Sequence[Word], layout: Layout) -> int | None:
    """The number of words of `Gujarat Chief Minister`, whose office begins at the second or third word."""
    if evidence.behind_honorific(text, layout) is not None:
        return None
    honorific = layout.phrases("people", "honorifics").begin(text)
    if honorific:  # His Excellency the President A B
        first = next((place for place, word in enumerate(words) if word.start >= honorific), len(words))
        first += first < len(words) and words[first].key in layout.keys("people", "joining")
        end = _end_of_office(text, words[first:], layout) if first else None
        return first + end if end is not None else None
    for first in range(1, min(_BEFORE_AN_OFFICE, len(words) - 1) + 1):
        if not text[words[first - 1].start].isupper() or "," in text[words[first - 1].end : words[first].start]:
            return None
        end = _end_of_office(text, words[first:], layout)
        if end is not None:
            return first + end
    return None


def _is_certain(name: str, context: Context) -> bool:
    """Whether the words behind an office are a name and not the rest of the office."""
    layout = context.layout
    if not evidence.has_shape_of_name(name, layout):
        return False
    nobles = layout.keys("people", "nobles")
    keys = [key for key in keys_of(name) if key not in nobles]
    others = ("subjects", "bodies", "offices", "streets", "joining")
    return not any(key in layout.keys("people", other) for key in keys for other in others)


def _end_of_office(text: str, words: Sequence[Word], layout: Layout) -> int | None:
    """The number of words of the office that the line begins with: `Deputy Minister of Work and Pensions`."""
    offices, ranking = layout.keys("people", "offices"), layout.keys("people", "ranking")
    end = 0
    nobles = layout.keys("people", "nobles")
    while end < len(words) and (words[end].key in offices or words[end].key in ranking):
        if end and words[end].key in nobles and words[end - 1].key not in ranking:  # `Ambassador Prince A`
            break
        end += 1
    if not end or not any(word.key in offices for word in words[:end]):
        return None
    return _end_of_subject(text, words, end, layout)


def _end_of_subject(text: str, words: Sequence[Word], end: int, layout: Layout) -> int:
    joining = layout.keys("people", "joining")
    subjects = layout.keys("people", "subjects")
    small = [text[word.start].islower() and word.key not in ("al", "el", "bin") for word in words]
    while end < len(words) - 1 and (words[end].key in joining or small[end]):
        while end < len(words) and (words[end].key in joining or small[end]):
            end += 1
        end += not _says_what(words[end - 1], joining, subjects)
        while end < len(words) and words[end].key in subjects:
            end += 1
    return min(end, len(words))


def _says_what(word: Word, joining: frozenset[str], subjects: frozenset[str]) -> bool:
    """Whether the small word is what an office is for, as in `Head of judiciary`, and not a word before that."""
    return word.key in subjects or (word.key not in joining and len(word.key) >= _LONG_WORD)


def _end_of_name(text: str, words: Sequence[Word], start: int, layout: Layout) -> int:
    """Where a name ends that begins at this word: before a comma, a body, an office, a street or a digit."""
    behind = evidence.behind_honorific(text[words[start].start :], layout)
    first = start
    if behind is not None:
        while start < len(words) and words[start].start < words[first].start + behind:
            start += 1
    stops = [layout.keys("people", name) for name in ("offices", "bodies")]
    particles = layout.keys("people", "particles")
    place = start + (words[start].key in layout.keys("people", "nobles") if start < len(words) else 0)
    while place < len(words) and place - start < _LONGEST_NAME:
        word = words[place]
        printed = text[word.start : word.end]
        between = text[words[place - 1].end : word.start] if place > start else ""
        if any(mark in between for mark in ",;(") or printed[0].isdigit() or any(word.key in one for one in stops):
            break
        if place > start and _begins_body(text[word.start :], layout):
            break
        if place > start + 1 and layout.phrases("people", "streets").begin(text[word.start :]) is not None:
            break
        if not printed[0].isupper() and word.key not in particles:
            break
        if place > start + 1 and text[words[start].start : words[place - 1].end].isupper() and not printed.isupper():
            break
        place += 1
    return place


def _begins_body(text: str, layout: Layout) -> bool:
    return layout.phrases("people", "bodies").begin(text) is not None


def _name_first(text: str, words: Sequence[Word], behind: int, layout: Layout) -> list[str]:
    """`The Honourable A B Minister of C Sea House, 5 D Street`, `His Excellency A B Embassy of C, 4 D Gardens`."""
    start = next((place for place, word in enumerate(words) if word.start >= behind), 0)
    end = _end_of_name(text, words, start, layout)
    joining = layout.keys("people", "joining") | layout.keys("people", "particles")
    if end >= len(words) or end == start or words[end - 1].key in joining:
        return [text]
    name, rest = text[: words[end - 1].end], text[words[end - 1].end :].strip(" ,")
    following = [word for word in words_of(rest) if word.key != ":"]
    office = _end_of_office(rest, following, layout)
    if office is None:
        loud = name.isupper() and not rest.isupper()
        return [name, *_address(rest, layout)] if loud or _begins_body(rest, layout) else [text]
    return [name, rest[: following[office - 1].end], *_address(rest[following[office - 1].end :].strip(" ,"), layout)]


def _honorific_inside(text: str, words: Sequence[Word], layout: Layout) -> list[str] | None:
    """`Harbour Master Mr A B`: what stands before the honorific is the office."""
    for place, word in enumerate(words[1:7], start=1):
        rest = text[word.start :]
        if layout.phrases("people", "honorifics").begin(rest) is None or not rest[:1].isupper():
            continue
        behind = evidence.behind_honorific(rest, layout)
        before = text[: word.start].strip(" ,")
        only_joins = set(keys_of(before)) <= layout.keys("people", "joining")
        if behind is None or only_joins or len(word.key) == 1 or any(character.isdigit() for character in before):
            continue
        if evidence.has_shape_of_name(rest, layout) and not evidence.is_address(rest, layout):
            return [before, rest]
        end = _end_of_name(text, words, place, layout)
        return [
            before,
            text[word.start : words[end - 1].end],
            *_address(text[words[end - 1].end :].strip(" ,"), layout),
        ]
    return None


def _body_and_street(text: str, layout: Layout) -> list[str] | None:
    """`The Well Herald, 333 East Street, Niamey`: what stands before the number of the house."""
    first, _, rest = text.partition(", ")
    is_name = 1 < len(keys_of(first)) <= _LONGEST_NAME and not evidence.is_address(first, layout)
    return [first, rest] if is_name and rest[:1].isdigit() and "," in rest else None


def _address(rest: str, layout: Layout) -> list[str]:
    """An address on one line as two: a body before its street, or a street before its town."""
    if not rest:
        return []
    if _begins_body(rest, layout):
        digit = _DIGIT.search(rest)
        before = rest[: digit.start()] if digit else ""
        if digit and "," not in before:
            return [before, rest[digit.end() :]]
        return [rest]
    streets = layout.keys("people", "streets")
    words = words_of(rest)
    for place, word in enumerate(words[:-1]):
        following = words[place + 1]
        between = rest[word.end : following.start]
        begins_town = rest[following.start].isupper() and following.end - following.start > 2
        if place and word.key in streets and following.key not in streets and between == " " and begins_town:
            return [rest[: word.end], rest[following.start :]]
    return [rest]
