"""Compares texts by their words: without case and accents, whatever the hyphens, quotes and spaces between them.

A phrase is written with words; `a|b` is one of several, `a?` may be missing, `*` is any words (at most 25, at the end
of a phrase all that follow), and `:` is a colon. Matching takes time proportional to the words looked at, and only the
beginning of a long line is looked at.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

MOST_CHARACTERS = 1500
_MOST_ANY = 25
_WORD = re.compile(r"[^\W_]+|[:：]")


class Word(NamedTuple):
    """A word of a text in the form that is compared, and where it stands in the text."""

    key: str
    start: int
    end: int


@lru_cache(maxsize=8192)
def key_of(word: str) -> str:
    """The word in small letters without accents."""
    if word.isascii():
        return word.lower()
    apart = unicodedata.normalize("NFKD", word.casefold())
    return "".join(character for character in apart if not unicodedata.combining(character))


@lru_cache(maxsize=4096)
def words_of(text: str) -> tuple[Word, ...]:
    """The words of the beginning of a text. A colon counts as a word."""
    found = _WORD.finditer(text[:MOST_CHARACTERS])
    return tuple(Word(":" if word[0] == "：" else key_of(word[0]), word.start(), word.end()) for word in found)


def keys_of(text: str) -> list[str]:
    """The words of the beginning of a text in the form that is compared, without colons."""
    return [word.key for word in words_of(text) if word.key != ":"]


def is_same(one: str, other: str) -> bool:
    """Whether two texts have the same words."""
    return keys_of(one) == keys_of(other)


class _Part(NamedTuple):
    keys: frozenset[str]
    may_miss: bool
    is_any: bool


class Phrase:
    """A phrase of a table, which knows where it ends in a text that begins with it."""

    def __init__(self, written: str) -> None:
        self.written: str = written
        self.parts = [part for one in written.split() for part in _parts(one)]

    @property
    def is_open(self) -> bool:
        """Whether the phrase takes all that follows."""
        return bool(self.parts) and self.parts[-1].is_any

    def first_keys(self) -> frozenset[str]:
        """The words that a text can begin with; `*` for any."""
        keys: set[str] = set()
        for part in self.parts:
            keys |= {"*"} if part.is_any else part.keys
            if not (part.may_miss or part.is_any):
                break
        return frozenset(keys)

    def ends(self, words: Sequence[Word]) -> list[int]:
        """The numbers of words after which the phrase is complete, the smallest first."""
        found = []
        states = self._reached({(0, 0)})
        for place, word in enumerate(words):
            if any(state == len(self.parts) for state, _ in states):
                found.append(place)
            states = self._reached(self._after(states, word.key))
            if not states:
                return found
        if any(state == len(self.parts) for state, _ in states):
            found.append(len(words))
        return found

    def _reached(self, states: set[tuple[int, int]]) -> set[tuple[int, int]]:
        """The states with those reached without a word; of equal ones that with the fewest words taken by a `*`."""
        fewest: dict[int, int] = {}
        waiting = list(states)
        while waiting:
            state, taken = waiting.pop()
            if state in fewest and fewest[state] <= taken:
                continue
            fewest[state] = taken
            if state < len(self.parts) and (self.parts[state].may_miss or self.parts[state].is_any):
                waiting.append((state + 1, 0))
        return set(fewest.items())

    def _after(self, states: set[tuple[int, int]], key: str) -> set[tuple[int, int]]:
        following = set()
        for state, taken in states:
            if state == len(self.parts):
                continue
            part = self.parts[state]
            if part.is_any:
                if taken < _MOST_ANY or state == len(self.parts) - 1:
                    following.add((state, taken + 1))
            elif key in part.keys:
                following.add((state + 1, 0))
        return following


def _parts(one: str) -> list[_Part]:
    """The parts of a written word: `e-mail` is two words, each as in a text."""
    if one == "*":
        return [_Part(frozenset(), False, True)]
    may_miss = one.endswith("?")
    one = one.removesuffix("?")
    if "|" in one:
        return [_Part(frozenset(map(key_of, one.split("|"))), may_miss, False)]
    return [_Part(frozenset({word.key}), may_miss, False) for word in words_of(one)]


class Phrases:
    """Phrases that are looked for together: only those that can begin with the first word of a text are tried."""

    def __init__(self, written: Iterable[str]) -> None:
        self._by_first: defaultdict[str, list[Phrase]] = defaultdict(list)
        for phrase in map(Phrase, dict.fromkeys(written)):
            for key in phrase.first_keys():
                self._by_first[key].append(phrase)

    def ends(self, words: Sequence[Word]) -> list[int]:
        """Where any of the phrases ends in a text that begins with it, the smallest number of words first."""
        return sorted({end for phrase in self._likely(words) for end in phrase.ends(words)})

    def _likely(self, words: Sequence[Word]) -> list[Phrase]:
        """The phrases that can begin with the first of these words."""
        return [*self._by_first.get(words[0].key, ()), *self._by_first.get("*", ())] if words else []

    def which(self, words: Sequence[Word]) -> str | None:
        """The phrase, as it is written, that is the whole text or ends at a colon of it."""
        for phrase in self._likely(words):
            if any(end == len(words) or words[end - 1].key == ":" for end in phrase.ends(words) if end):
                return phrase.written
        return None

    def begin(self, text: str) -> int | None:
        """Where the longest phrase that the text begins with ends, as a place in the text; None if there is none."""
        words = words_of(text)
        ends = self.ends(words)
        return words[ends[-1] - 1].end if ends and ends[-1] else None

    def may_begin(self, words: Sequence[Word]) -> bool:
        """Whether a phrase begins with the first of these words."""
        return bool(words) and words[0].key in self._by_first

    def end_of_heading(self, words: Sequence[Word]) -> int | None:
        """The number of words that a heading takes: all words of the line, or those up to a colon."""
        ends = [
            end
            for phrase in self._likely(words)
            for end in phrase.ends(words)
            if end and (end == len(words) or (words[end - 1].key == ":" and not phrase.is_open))
        ]
        return min(ends, default=None)

    def are_all_of(self, text: str) -> bool:
        """Whether one of the phrases is the whole text."""
        words = words_of(text)
        return bool(words) and len(words) in self.ends(words)

    def first_in(self, text: str) -> tuple[int, int] | None:
        """Where the first of the phrases stands in the beginning of the text."""
        words = words_of(text)
        for place, word in enumerate(words):
            ends = self.ends(words[place : place + 40]) if word.key in self._by_first else []
            if ends and ends[-1]:
                return word.start, words[place + ends[-1] - 1].end
        return None

    def __contains__(self, text: str) -> bool:
        return self.first_in(text) is not None
