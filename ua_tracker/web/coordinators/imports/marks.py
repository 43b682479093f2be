"""Says of each value in the form of a document which lines it came from, how sure it is, and what is in doubt."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext

from ua_tracker.actions.recipients import PARTS, WrittenRecipient
from ua_tracker.importing import Certainty, Doubt, Draft, Found, Value
from ua_tracker.models import Action
from ua_tracker.web.coordinators.history_words import NAME_WORDS
from ua_tracker.web.forms.reading import OFFICE_FIELDS, ReadForm
from ua_tracker.web.translation import lazy_gettext

SINGLE = (
    *("ua_number", "sequence", "ai_index", "country", "issued", "title"),
    *("summary", "demands", "background", "deadline"),
)
_PEOPLE = ("targets", "copies")
FIELD_WORDS = {
    "ua_number": lazy_gettext("UA number"),
    "sequence": lazy_gettext("Which issue of the case?"),
    "ai_index": lazy_gettext("AI index"),
    "country": lazy_gettext("Country"),
    "issued": lazy_gettext("Issued on"),
    "title": lazy_gettext("Title"),
    "summary": lazy_gettext("Summary"),
    "demands": lazy_gettext("Demands"),
    "targets": lazy_gettext("Target"),
    "copies": lazy_gettext("Copy"),
    "background": lazy_gettext("Background"),
    "deadline": lazy_gettext("Deadline"),
    "office": lazy_gettext("Office to ask"),
}
# Where a value came from, if the document does not have it in this form.
TYPED, STORED = "typed", "stored"
HOW_WORDS = {
    Certainty.SURE: lazy_gettext("Sure."),
    Certainty.LIKELY: lazy_gettext("Likely."),
    Certainty.DOUBTFUL: lazy_gettext("Doubtful."),
    TYPED: lazy_gettext("You changed it."),
    STORED: lazy_gettext("As the action has it; the document does not say it."),
}
_ORDER = (Certainty.DOUBTFUL, Certainty.LIKELY, Certainty.SURE)


@dataclass(frozen=True)
class Mark:
    """What is known of one value: `how` is a certainty, TYPED, STORED, or empty for one that nothing was read for.

    `lines` are runs of lines, each by its first and last number.
    """

    how: str = ""
    lines: list[tuple[int, int]] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Doubted:
    """A doubt in the list at the top: its sentence, its line, the field of its value, and whether that was changed."""

    sentence: str
    line: int | None
    field: str | None
    is_changed: bool


class Marks:
    """The marks of all values of a form, by the ids of its fields."""

    def __init__(self, read: Draft, form: ReadForm, edited: Draft, action: Action | None) -> None:
        self._read, self._form = read, form
        self._found: dict[str, list[Found]] = {}
        self._doubts: dict[str, list[Doubt]] = {}
        for one in read.found:
            for name in self._fields_of(one.value, one.text):
                self._found.setdefault(name, []).append(one)
        for doubt in read.doubts:
            for name in self._fields_of(doubt.about, "") if doubt.about else ():
                self._doubts.setdefault(name, []).append(doubt)
        self._how = dict(self._all_states(edited, action))

    def __getitem__(self, name: str) -> Mark:
        """The mark of the field with this id."""
        numbers = sorted({one.line for one in self._found.get(name, ())})
        doubts = [said(doubt) for doubt in self._doubts.get(name, ())]
        return Mark(self._how.get(name, ""), _runs(numbers), doubts)

    @property
    def doubts(self) -> list[Doubted]:
        """Every doubt, each with its value and line."""
        found = []
        for doubt in self._read.doubts:
            fields = self._fields_of(doubt.about, "") if doubt.about else []
            is_of_people = doubt.about is not None and doubt.about.field in _PEOPLE
            name = fields[0] if fields else "recipients" if is_of_people else None
            found.append(Doubted(said(doubt), doubt.line, name, name is not None and self._how.get(name) == TYPED))
        return found

    @property
    def of_lines(self) -> dict[int, list[tuple[str, str]]]:
        """What was read from each line: the id of the field that holds it now, and what it is."""
        found: dict[int, list[tuple[str, str]]] = {}
        for name, several in self._found.items():
            for one in several:
                words = str(FIELD_WORDS.get(one.field, one.field))
                if one.part:
                    words = gettext("%(name)s: %(value)s", name=words, value=NAME_WORDS[one.part])
                here = found.setdefault(one.line, [])
                if (name, words) not in here:
                    here.append((name, words))
        return found

    def _fields_of(self, value: Value, text: str) -> list[str]:
        """The ids of the fields that hold this value now. A recipient of the document can be in several rows."""
        if value.field == "office":
            return [OFFICE_FIELDS.get(value.part or "name", "office_name")]
        if value.field not in _PEOPLE:
            return [value.field] if value.field in self._form else []
        people: list[WrittenRecipient] = getattr(self._read, value.field)
        places = [value.place] if value.place is not None else _places_with(people, value.part, text)
        origins = {f"{value.field}-{place}" for place in places}
        rows = [entry.form for entry in self._form.recipients if origins & set((entry.form.origin.data or "").split())]
        return [row[value.part if value.part in PARTS else "role"].id for row in rows]

    def _all_states(self, edited: Draft, action: Action | None) -> Iterator[tuple[str, str]]:
        for name in SINGLE:
            known = getattr(action, name, None) if action else None
            if name == "ua_number":
                known = action.case.ua_number if action and action.case else None
            values = (getattr(self._read, name), getattr(edited, name), known)
            if name == "title":
                values = self._titles(action)
            yield name, self._state(name, *values)
        for part, name in OFFICE_FIELDS.items():
            read, now = (getattr(one.office, part, None) for one in (self._read, edited))
            yield name, self._state(name, read, now, getattr(action, name, None))
        for entry in self._form.recipients:
            yield from self._states_of_row(entry.form)

    def _titles(self, action: Action | None) -> tuple[Any, Any, Any]:
        """The title as read, in the case that the form has, if it is one of the two that were offered."""
        now = self._form.title.data
        read = self._read.title if now == self._read.title else self._read.proposed_title
        return read, now, action.title if action else None

    def _states_of_row(self, row: Any) -> Iterator[tuple[str, str]]:
        origins = [one.split("-") for one in (row.origin.data or "").split() if "-" in one]
        people = [getattr(self._read, kind)[int(place)] for kind, place in origins if self._is_place(kind, place)]
        typed = row.typed()
        for part in PARTS:
            before = [getattr(one, part) for one in people]
            yield row[part].id, self._state(row[part].id, next((one for one in before if one), None), typed[part], None)

    def _is_place(self, kind: str, place: str) -> bool:
        return kind in _PEOPLE and place.isascii() and place.isdigit() and int(place) < len(getattr(self._read, kind))

    def _state(self, name: str, read: Any, now: Any, known: Any) -> str:
        """Where the value of a field came from. What only differs in nothing and an empty list is the same."""
        if (now or None) == (read or None):
            return self._certainty(name) if now else ""
        return STORED if not read and now == known else TYPED

    def _certainty(self, name: str) -> str:
        if self._doubts.get(name):
            return Certainty.DOUBTFUL
        several = {one.certainty for one in self._found.get(name, ())}
        return next((one for one in _ORDER if one in several), Certainty.LIKELY)


def said(doubt: Doubt) -> str:
    """The sentence of a doubt in the reader's language."""
    return gettext(doubt.sentence, **doubt.facts)


def _places_with(people: list[WrittenRecipient], part: str | None, text: str) -> list[int]:
    """The recipients that have this text in this part, for a reader that does not say which one it became."""
    found = []
    for place, one in enumerate(people):
        value = getattr(one, part, None) if part else None
        held = value if isinstance(value, list) else [value or ""]
        if any(kept and (kept in text or text in kept) for kept in held):
            found.append(place)
    return found[:1]


def _runs(numbers: list[int]) -> list[tuple[int, int]]:
    """The runs of numbers that follow each other: 3, 4, 5 and 9 are 3 to 5 and 9 to 9."""
    found: list[tuple[int, int]] = []
    for number in numbers:
        if found and number == found[-1][1] + 1:
            found[-1] = (found[-1][0], number)
        else:
            found.append((number, number))
    return found
