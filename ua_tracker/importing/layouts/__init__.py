"""The layouts of Urgent Actions: tables of words, one for each language, and one for each family of documents.

`languages/NAME.toml` has the words of a language, `families/NAME.toml` what a family of documents has of its own: its
marks (phrases that lines of such documents begin with), its time zone, and words to add to those of the language. No
table contains code. docs/importing.md says how a layout is added.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any

from ua_tracker.importing.layouts import tables
from ua_tracker.importing.words import Phrases, key_of, keys_of

# What a table may contain: groups of lists of words.
_GROUPS = {
    "headings": {
        *("demands", "targets", "copies", "background", "letter", "deadline", "rest", "opening", "steps"),
    },
    "sentences": {"deadline", "instructions", "furniture", "asks", "stop", "above", "write_to", "page"},
    "header": {
        *("numbers", "indexes", "days", "countries", "titles", "banners", "ordinals", "also_ordinals", "endings"),
        *(
            "further",
            "joining",
            "previous",
            "territories",
            "abbreviated",
            "other_days",
            "senders",
            "situations",
            "subjects",
        ),
    },
    "labels": {"phones", "fax", "phones_and_fax", "email", "x", "salutation", "other", "unused", "role", "name"},
    "people": {
        *("honorifics", "ranks", "offices", "ranking", "bodies", "streets", "joining", "particles", "subjects"),
        *("unknown", "remarks", "anywhere", "nobles"),
    },
    "letter": {"opens", "greetings", "closes"},
    "phones": {"extensions", "separators"},
    "text": {"common"},
}
_OF_A_LANGUAGE = {"locales", "day_first"}
_OF_A_FAMILY = {
    *("language", "timezone", "order", "marks", "letter_demands", "title_beside_number", "month_first", "day_first"),
}
_EVERYWHERE = "english"  # addresses are given in it by documents of any language: `Head of Judiciary`
_ALSO_ENGLISH = ("offices", "ranking", "ranks", "subjects", "nobles")
_ORDERS = {"role-name", "name-role", ""}

_NUMBERS = re.compile(r"\b[0-9]{1,3}\b")  # of pages

Tables = dict[str, dict[str, list[str]]]


@dataclass(frozen=True)
class Layout:
    """A family of documents: the words of its language and its own.

    `order` says whether an address begins with the role or with the name, `letter_demands` what of a model letter is a
    demand: its `sentences` that ask, or only its `bullets`. `day_first` and `month_first` say how 3/4/2025 is read;
    without either it is not. `timezone` is an IANA name, None where the section is not known.
    """

    name: str
    language: str
    locales: tuple[str, ...]
    tables: Tables
    marks: tuple[str, ...] = ()
    timezone: str | None = None
    order: str = ""
    letter_demands: str = "sentences"
    title_beside_number: bool = False
    day_first: bool = False
    month_first: bool = False
    _made: dict[tuple[str, str], Any] = field(default_factory=dict, repr=False, compare=False)

    def written(self, group: str, name: str) -> list[str]:
        """The phrases or words of a list as the table has them."""
        return self.tables.get(group, {}).get(name, [])

    def phrases(self, group: str, name: str) -> Phrases:
        """The phrases of a list, ready to be looked for."""
        if (group, name) not in self._made:
            self._made[group, name] = Phrases(self.written(group, name))
        found: Phrases = self._made[group, name]
        return found

    def keys(self, group: str, name: str) -> frozenset[str]:
        """The single words of a list in the form that is compared."""
        if (group, f"{name} keys") not in self._made:
            self._made[group, f"{name} keys"] = frozenset(
                key_of(words[0]) for words in map(keys_of, self.written(group, name)) if len(words) == 1
            )
        found: frozenset[str] = self._made[group, f"{name} keys"]
        return found

    @cached_property
    def known_marks(self) -> Phrases:
        """The phrases that tell this family from others."""
        return Phrases(self.marks)

    def __hash__(self) -> int:
        return hash(self.name)


@cache
def families() -> tuple[Layout, ...]:
    """All families, by name."""
    return tuple(family(name) for name in tables.names("families"))


@cache
def languages() -> tuple[Layout, ...]:
    """All languages, each as a layout without marks of its own, English first."""
    names = sorted(tables.names("languages"), key=lambda one: (one != "english", one))
    return tuple(language(name) for name in names)


@cache
def banners() -> Phrases:
    """The banners of all languages: pages in one language show documents in another."""
    return Phrases(phrase for one in languages() for phrase in one.written("header", "banners"))


@cache
def small_words() -> frozenset[str]:
    """Words that join others, in all languages: an address is in that of its country."""
    return frozenset().union(*(one.keys("people", "joining") for one in languages()))


@cache
def section_headings() -> Phrases:
    """The headings of the sections of a document, in all languages."""
    names = ("demands", "targets", "copies", "background", "letter")
    return Phrases(phrase for one in languages() for name in names for phrase in one.written("headings", name))


@cache
def page_words() -> Phrases:
    """What pages have around their text, in all languages: menus above it, links and buttons below it."""
    return Phrases(phrase for one in languages() for phrase in one.written("sentences", "page"))


def is_of_a_page(text: str) -> bool:
    """Whether the line is what pages have around their text, whatever numbers of pages stand beside it."""
    return page_words().are_all_of(_NUMBERS.sub(" ", text) if text[:1].isdigit() or text[-1:].isdigit() else text)


@cache
def language(name: str) -> Layout:
    """The words of a language. Raises ValueError for a table with an unknown list."""
    table = _table("languages", name, _OF_A_LANGUAGE)
    words = {group: table[group] for group in _GROUPS if group in table}
    if name != _EVERYWHERE:
        words["people"] = _with_english(words["people"])
    return Layout(name, name, tuple(table["locales"]), words, day_first=table.get("day_first", False))


def _with_english(people: dict[str, list[str]]) -> dict[str, list[str]]:
    """The words of people, with those of offices in English, and the bodies that addresses of any country name."""
    english = tables.table("languages", _EVERYWHERE)["people"]
    more = {name: [*people.get(name, []), *english[name]] for name in _ALSO_ENGLISH}
    return people | more | {"bodies": [*people["bodies"], *english["anywhere"]]}


@cache
def family(name: str) -> Layout:
    """A family, with the words of its language. Raises ValueError for a table with an unknown list."""
    table = _table("families", name, _OF_A_FAMILY)
    base = language(table["language"])
    if table.get("order", "") not in _ORDERS:
        raise ValueError(f"{name}: order is one of {sorted(_ORDERS)}")
    own = {key: table[key] for key in _OF_A_FAMILY - {"language", "marks"} if key in table}
    return Layout(
        name, base.name, base.locales, _joined(base.tables, table), tuple(table["marks"]), **{**_inherited(base), **own}
    )


def _inherited(base: Layout) -> dict[str, Any]:
    return {"day_first": base.day_first}


def _table(folder: str, name: str, others: set[str]) -> dict[str, Any]:
    table = tables.table(folder, name)
    _require(name, table, {*_GROUPS, *others})
    for group in _GROUPS.keys() & table.keys():
        _require(f"{name}.{group}", table[group], _GROUPS[group])
    return table


def _require(where: str, found: Iterable[str], known: set[str]) -> None:
    unknown = set(found) - known
    if unknown:
        raise ValueError(f"{where}: {', '.join(sorted(unknown))} is nothing that a layout has")


def _joined(base: Tables, own: dict[str, Any]) -> Tables:
    """The lists of both, those of the family first."""
    return {
        group: {
            name: [*own.get(group, {}).get(name, []), *base.get(group, {}).get(name, [])]
            for name in {*base.get(group, {}), *own.get(group, {})}
        }
        for group in _GROUPS
    }
