"""Weighs what a line of an address is: an office, a person's name, a body, or a part of the postal address.

No list of offices is complete. What speaks for an office or a name is added up: words of offices and honorifics, the
shape of the line, the salutation that repeats it, its place and its neighbours.
"""

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from ua_tracker.importing import countries
from ua_tracker.importing.layouts import Layout
from ua_tracker.importing.words import Word, key_of, keys_of, words_of

_CERTAIN_ROLE = 5  # that the salutation repeats it makes it no more certain
_LONGEST_NAME, _LONGEST_ROLE = 6, 16  # words


@dataclass(frozen=True)
class Weight:
    """How much speaks for a line being an office, a name, a body and an address. Below zero it speaks against it."""

    role: float
    name: float
    body: bool
    address: bool
    honorific: bool
    foreign: bool


@dataclass(frozen=True)
class Context:
    """What other lines say: the words of the salutation, and of the heading that says whom to write to."""

    layout: Layout
    salutation: str = ""
    heading: str = ""


def weigh(text: str, context: Context) -> Weight:
    """The weights of a line."""
    layout = context.layout
    text = text.strip(" ,;:.")
    keys = keys_of(text)
    behind = behind_honorific(text, layout)
    honorific = behind is not None and not _is_what_an_office_is_for(text[behind:], layout)
    body = is_body(text[behind or 0 :], layout)
    address = is_address(text, layout)
    return Weight(
        role=_role(text, keys, context, honorific, body) - (4 if address else 0),
        name=_name(text, keys, context, honorific, body) - (5 if address else 0),
        body=body and not (honorific or has_office_first(text, layout)),
        address=address,
        honorific=honorific,
        foreign=is_other_script(text),
    )


def _is_what_an_office_is_for(text: str, layout: Layout) -> bool:
    """Whether the text is an office and what it is for: `Señor Presidente de la República` names nobody."""
    keys = keys_of(text)
    known = layout.keys("people", "offices") | layout.keys("people", "ranking")
    is_whole = len(keys) > 1 and all(key in known for key in keys)  # Hon. Attorney General
    return has_office_first(text, layout) and (is_whole or bool(set(keys[1:3]) & layout.keys("people", "joining")))


def _role(text: str, keys: list[str], context: Context, honorific: bool, body: bool) -> float:
    layout = context.layout
    if not keys or len(keys) > _LONGEST_ROLE:
        return -5
    offices = layout.keys("people", "offices")
    score = 3.0 if any(key in offices for key in keys) else 0.0
    if keys[0] in offices or (len(keys) > 1 and keys[0] in layout.keys("people", "ranking")):
        score += 1
    joining = layout.keys("people", "joining") | layout.keys("people", "particles")
    if any(key in joining for key in keys[1:-1]):
        score += 1
    if honorific:
        score -= 2
    if body and not has_office_first(text, layout):
        score -= 3
    if score < _CERTAIN_ROLE:
        score += _repeated(keys, context)[0]
    return score


def _name(text: str, keys: list[str], context: Context, honorific: bool, body: bool) -> float:
    layout = context.layout
    if not keys or len(keys) > _LONGEST_NAME + 4:
        return -5
    score = 4.0 if honorific else 0.0
    score += 2.5 if has_shape_of_name(text, layout) else -1.0
    offices = layout.keys("people", "offices")
    if any(key in offices for key in keys) and not honorific:
        score -= 2
    if body:
        score -= 4
    if any(key in layout.keys("people", "subjects") for key in keys[1:]):
        score -= 2
    score += _repeated(keys, context)[1]
    return score


def _repeated(keys: list[str], context: Context) -> tuple[float, float]:
    """What the salutation and the heading say for an office and for a name."""
    role = name = 0.0
    greeted = _greeted(context.salutation, context.layout)
    offices = context.layout.keys("people", "offices")
    shared = [key for key in keys if key in greeted and len(key) > 2]
    if shared and any(key in offices for key in shared):
        role += 2
    elif shared and set(keys) <= set(greeted):
        role += 3
    elif shared and not set(shared) & context.layout.keys("people", "joining"):
        name += 3
    heading = keys_of(context.heading)
    if heading and sum(key in heading for key in keys) >= max(1, len(keys) - 1):
        role += 2
    return role, name


def _greeted(salutation: str, layout: Layout) -> list[str]:
    """The words of a salutation behind `Dear` and honorifics."""
    left = layout.keys("letter", "greetings") | layout.keys("people", "honorifics")
    return [key for key in keys_of(salutation) if key not in left]


def behind_honorific(text: str, layout: Layout) -> int | None:
    """Where the text behind the honorifics and ranks begins that it begins with; None if it begins with none."""
    behind = None
    for _ in range(4):
        rest = text[behind or 0 :]
        lead = len(rest) - len(rest.lstrip(" .,"))
        ends = [
            end
            for name in ("honorifics", "ranks", "nobles")
            if (end := layout.phrases("people", name).begin(rest)) is not None
        ]
        if not ends:
            break
        behind = (behind or 0) + max(max(ends), lead)
    if behind is None or not text[behind:].strip(" .,"):
        return None
    following = text[behind:]
    plain = following.lstrip(" .")
    if following == plain or set(keys_of(plain)[:1]) & (layout.keys("people", "joining") - _particles(layout)):
        return None
    return behind + len(following) - len(plain)


def _particles(layout: Layout) -> frozenset[str]:
    return layout.keys("people", "particles")


def has_office_first(text: str, layout: Layout) -> bool:
    """Whether the line begins with the word of an office, or with one that belongs before it."""
    keys = keys_of(text)
    offices = layout.keys("people", "offices")
    if "s" in keys[1:-1] and keys[-1] in layout.keys("people", "bodies"):  # Attorney General's Department
        return False
    return bool(keys) and (
        keys[0] in offices or (keys[0] in layout.keys("people", "ranking") and any(key in offices for key in keys[1:4]))
    )


def is_body(text: str, layout: Layout) -> bool:
    """Whether the line begins with the word of a body: ministry, embassy, court; or its last word is one."""
    keys = keys_of(text.rpartition("(")[0] if text.endswith(")") else text)  # Water Commission (NWC)
    bodies = layout.phrases("people", "bodies")
    while keys and keys[0] in ("the", "le", "la", "les", "l", "el", "los", "las", "die", "der", "das", "de", "het"):
        keys = keys[1:]
    single = layout.keys("people", "bodies")
    if not keys:
        return False
    return (
        bodies.begin(" ".join(keys[:6])) is not None
        or (keys[-1] in single and len(keys) > 1)
        or (len(keys) > 2 and any(key in single for key in keys[1:3]))
    )


def is_address(text: str, layout: Layout) -> bool:
    """Whether the line has a number, the word of a street or building, or ends with a place and its country."""
    if any(character.isdigit() for character in text):
        return True
    keys = keys_of(text)
    streets = layout.keys("people", "streets")
    of_something = bool(set(keys[1:-1]) & layout.keys("people", "joining"))
    at_the_end = keys[-1:] != [] and keys[-1] in streets and not of_something
    if len(keys) > 1 and (at_the_end or keys[0] in streets) and not _is_office_of(keys, layout):
        return True
    if "," in text and countries.named(text.rsplit(",", 1)[1], layout) and not has_office_first(text, layout):
        return True
    return countries.named(text, layout) is not None


def _is_office_of(keys: list[str], layout: Layout) -> bool:
    offices = layout.keys("people", "offices")
    if keys[0] in layout.keys("people", "ranking") and keys[1:2] and keys[1] in offices:  # State Governor
        return True
    return keys[0] in offices or (len(keys) > 1 and keys[1] in layout.keys("people", "joining") and keys[-1] in offices)


def has_shape_of_name(text: str, layout: Layout) -> bool:
    """Whether the words are those of a name: two to six, with capitals, no digits, particles only between them."""
    behind = behind_honorific(text, layout)
    rest = text[behind or 0 :]
    words = [rest[one.start : one.end] for one in words_of(rest) if one.key != ":" and not _ends_a_word(rest, one)]
    if not (1 if behind else 2) <= len(words) <= _LONGEST_NAME or any(one in text for one in "/@:;"):
        return False
    if sum(not word[0].islower() for word in words) < (1 if behind else 2):
        return False
    return all(_may_be_in_a_name(words, place, layout) for place in range(len(words)))


def _ends_a_word(text: str, word: Word) -> bool:
    """Whether the word is the rest of a name behind an apostrophe or a hyphen: `Mu'allim`, `Chan-o-cha`."""
    return word.start > 0 and text[word.start].islower() and text[word.start - 1] in "'’‘ʼ`-‐‑"


def _may_be_in_a_name(words: list[str], place: int, layout: Layout) -> bool:
    word = words[place]
    key = key_of(word)
    particles = layout.keys("people", "particles")
    if any(character.isdigit() for character in word):
        return False
    if key in layout.keys("people", "joining") and (word.islower() or words[0].isupper() or key == "of"):
        between = 0 < place < len(words) - 1 and len(words) > 2
        return between and key in particles and key not in ("of", "d", "des", "du")
    return key in particles or not word[0].islower()


@lru_cache(maxsize=4096)
def is_other_script(text: str) -> bool:
    """Whether most letters are of another script than Latin: a title as it is written in its own country."""
    letters = [character for character in text[:200] if character.isalpha()]
    other = sum(not unicodedata.name(character, "").startswith("LATIN") for character in letters)
    return bool(letters) and other * 2 > len(letters)
