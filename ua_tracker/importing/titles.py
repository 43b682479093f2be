"""Proposes a title in sentence case for one that is printed in capitals. Only the case of letters ever changes.

The document's own text says how a word is written: names, countries and acronyms keep the capitals that they have in
the middle of a sentence. What the text does not tell is taken from the names of countries, months and days (CLDR).
"""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache

from babel import Locale

from ua_tracker import languages
from ua_tracker.importing.short_words import COMMON

_WORD = re.compile(r"[^\W\d_]+")
# What is between two words, the first of which ends a sentence. A colon may begin one; in a title it does not.
_ENDS = re.compile(r"[!?…][\"'”’»)\s]*\s[\"'“«(\s]*$")
_STOPS = re.compile(r"\.[\"'”’»)\s]*\s[\"'“«(\s]*$")
_COLON = re.compile(r":[\"'“«(\s]*$")
_APOSTROPHES = {"'", "’"}
_LONGEST_NAME = 6  # words
_LONGEST_ACRONYM = 4  # letters
_ONE_LETTER_WORDS = {"a", "y"}  # English "a"; French "a", "à" and "y"


@dataclass
class _Text:
    """How the document's text writes its words: in the middle of sentences, and as runs of words."""

    words: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    names: dict[tuple[str, ...], tuple[str, ...]] = field(default_factory=dict)

    def form_of(self, key: str) -> str | None:
        """The form that the word has most often; None for one that only begins sentences, or is not there.

        As often in small letters as with a capital, it is no name; in capitals throughout it is an acronym.
        """
        forms = self.words.get(key)
        if not forms:
            return None
        small = sum(count for form, count in forms.items() if form.islower())
        raised = [(count, form) for form, count in forms.items() if not form.islower()]
        often, form = max(raised, default=(0, key))
        return form if often > small or (often == small and _is_acronym(form)) else key


def in_sentence_case(title: str, paragraphs: Iterable[str], names: Iterable[str] = ()) -> str:
    """The title in sentence case if it is printed in capitals, else as it is.

    `paragraphs` are the document's sentences, `names` are names alone, such as that of the country. A word in
    capitals of at most four letters that is neither in them nor a common one is taken for an acronym, and stays.
    """
    found = list(_WORD.finditer(title))
    loud = sum(word[0].isupper() for word in found if len(word[0]) > 1)
    if loud <= sum(not word[0].isupper() for word in found if len(word[0]) > 1):
        return title
    text = _text_of(paragraphs, names)
    keys = [_key(word[0]) for word in found]
    written = list(title)
    for word, form in zip(found, _forms(title, found, keys, text), strict=True):
        if word[0].isupper() and form is not None:
            written[word.start() : word.end()] = _cased(word[0], form)
    for word, is_first in zip(found, _beginnings(title, found, at_colons=False), strict=True):
        if is_first:
            written[word.start()] = _raised(written[word.start()])
    return "".join(written)


def _forms(title: str, found: Sequence[re.Match[str]], keys: Sequence[str], text: _Text) -> Iterator[str | None]:
    """For each word of the title the form whose case it takes; None for a word that stays as it is."""
    place = 0
    while place < len(found):
        name = _name_at(keys, place, text)
        if name:
            yield from name
            place += len(name)
        else:
            yield _form(title, found[place], keys[place], text)
            place += 1


def _name_at(keys: Sequence[str], place: int, text: _Text) -> tuple[str, ...]:
    """The longest name of several words that begins at this word, as it is written; () if there is none."""
    for length in range(min(_LONGEST_NAME, len(keys) - place), 1, -1):
        run = tuple(keys[place : place + length])
        known = text.names.get(run) or _known()[1].get(run)
        if known:
            return known
    return ()


def _form(title: str, found: re.Match[str], key: str, text: _Text) -> str | None:
    """The form of a single word; None for an acronym, an initial, or a part of a name with digits."""
    word, before, after = found[0], title[: found.start()][-1:], title[found.end() :][:2]
    if after[:1].isdigit() or re.match(r"-\d", after):  # COVID-19, G20
        return None
    if before.isdigit():  # 2nd, 1er
        return key
    if len(word) == 1:
        elided = before in _APOSTROPHES or (after[:1] in _APOSTROPHES and key != "o")
        return key if elided or (key in _ONE_LETTER_WORDS and after[:1] != ".") else None
    form = text.form_of(key) or _known()[0].get(key)
    if form is None and len(word) <= _LONGEST_ACRONYM and key not in _common():
        return None
    return form or key


def _text_of(paragraphs: Iterable[str], names: Iterable[str]) -> _Text:
    text = _Text()
    for paragraph in paragraphs:
        if not paragraph.isupper():  # another line in capitals tells nothing
            _read(paragraph, text)
    for name in names:
        for word in _WORD.findall(name):
            if not name.isupper():
                text.words[_key(word)][word] += 1
    return text


def _read(paragraph: str, text: _Text) -> None:
    """Adds the words and the names of a paragraph to the text."""
    found = list(_WORD.finditer(paragraph))
    begins = _beginnings(paragraph, found, at_colons=True)
    forms = [word[0] for word in found]
    for form, is_first in zip(forms, begins, strict=True):
        if not is_first or form.islower() or _is_acronym(form):
            text.words[_key(form)][form] += 1
    for start, first in enumerate(forms):
        if not first[0].isupper() or (begins[start] and (len(first) == 1 or _key(first) in _common())):
            continue
        for end in range(start + 2, min(start + _LONGEST_NAME, len(forms)) + 1):
            if begins[end - 1]:
                break
            if forms[end - 1][0].isupper() and len(forms[end - 1]) > 1:
                run = tuple(forms[start:end])
                text.names.setdefault(tuple(map(_key, run)), run)


def _beginnings(text: str, found: Sequence[re.Match[str]], *, at_colons: bool) -> list[bool]:
    """For each word whether it begins a sentence. A number at the beginning takes the word's place."""
    begins, end = [], 0
    for place, word in enumerate(found):
        between = text[end : word.start()]
        if place == 0:
            first = not any(character.isdigit() for character in between)
        else:
            stops = _STOPS.search(between)
            # A point behind one or two letters is that of an initial or an abbreviation: U.S., Dr.
            whole = stops and (stops.start() > 0 or end - found[place - 1].start() > 2)
            first = bool(_ENDS.search(between) or whole or (at_colons and _COLON.search(between)))
        begins.append(first)
        end = word.end()
    return begins


def _is_acronym(form: str) -> bool:
    return form.isupper() and len(form) > 1


@cache
def _known() -> tuple[dict[str, str], dict[tuple[str, ...], tuple[str, ...]]]:
    """The names of countries, months and days in the languages of the site: single words, and names of several."""
    words: dict[str, str] = {}
    names: dict[tuple[str, ...], tuple[str, ...]] = {}
    for language in languages.LANGUAGES.values():
        locale = Locale.parse(language.locale)
        days, months = locale.days["format"]["wide"].values(), locale.months["format"]["wide"].values()
        for name in (part for one in (*locale.territories.values(), *days, *months) for part in re.split("[()]", one)):
            run = tuple(_WORD.findall(name))
            if len(run) == 1:
                words.setdefault(_key(run[0]), run[0])
            elif run:
                names.setdefault(tuple(map(_key, run)), run)
    return words, names


@cache
def _common() -> frozenset[str]:
    return frozenset(map(_key, COMMON))


def _key(word: str) -> str:
    """The word in small letters without accents, which capitals often lack."""
    apart = unicodedata.normalize("NFD", word.lower())
    return "".join(character for character in apart if not unicodedata.combining(character))


def _cased(word: str, form: str) -> str:
    """The word with capitals where the form has them; in small letters where the form has another length."""
    if len(form) != len(word):
        form = word.lower()[: len(word)]
    return "".join(
        character if like.isupper() else _lowered(character) for character, like in zip(word, form, strict=False)
    )


def _lowered(character: str) -> str:
    """The small letter of a capital. A letter without exactly one stays."""
    small = character.lower()
    return small if len(small) == 1 and small.upper() == character else character


def _raised(character: str) -> str:
    capital = character.upper()
    return capital if len(capital) == 1 and capital.lower() == character else character
