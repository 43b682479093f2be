"""Compares a draft with what is expected of it, value by value.

An expectation is JSON with the keys of `actions import --json`. A key that is not there is not judged. `_alt` names
by path what else is right: a list of readings, or a sentence, and then the value is not judged. Other keys that begin
with an underscore are comments.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from ua_tracker.actions.recipients import PARTS
from ua_tracker.importing.draft import Draft, Value

RECIPIENTS = ("targets", "copies")
_SAME = str.maketrans(
    dict.fromkeys("‘’‚‛′´`", "'") | dict.fromkeys("“”„‟″«»", '"') | dict.fromkeys("‐‑‒–—―−", "-") | {"\u00ad": ""}
)
# How much the parts tell whether two recipients are the same one.
_WEIGHTS = {"name": 4, "role": 3, "email": 3, "phones": 2, "fax": 2, "address_lines": 2, "x": 1, "salutation": 1}


class Verdict(StrEnum):
    """What became of an expected value. `doubted`: not read or read differently, and a doubt says so."""

    RIGHT = "right"
    WRONG = "wrong"
    DOUBTED = "doubted"
    SILENT = "silent"
    REFUSED = "refused"


@dataclass(frozen=True)
class Judged:
    """One value: its path (`targets[0].phones`), the verdict, what was expected and what was read."""

    path: str
    verdict: Verdict
    expected: Any
    read: Any


@dataclass
class _Judging:
    expected: dict[str, Any]
    read: dict[str, Any]
    doubted: set[Value]
    judged: list[Judged] = field(default_factory=list)

    def alternatives(self, *paths: str) -> list[Any] | None:
        """The other right readings of a value; None if it is not judged."""
        found: list[Any] = []
        for path in paths:
            other = self.expected.get("_alt", {}).get(path, [])
            if isinstance(other, str):
                return None
            found += [None if one == "null" else one for one in other]
        return found

    def judge(self, path: str, value: Value, expected: Any, read: Any, other: list[Any] | None) -> None:
        """Adds the verdict on a value. One that is neither expected nor read is not counted."""
        if other is None or (_same(expected) is None and _same(read) is None):
            return
        if any(_same(one) == _same(read) for one in (expected, *other)):
            verdict = Verdict.RIGHT
        elif self.is_doubted(value, missing=_same(read) is None):
            verdict = Verdict.DOUBTED
        else:
            verdict = Verdict.SILENT if _same(read) is None else Verdict.WRONG
        self.judged.append(Judged(path, verdict, expected, read))

    def is_doubted(self, value: Value, *, missing: bool) -> bool:
        """Whether a doubt is about this value, or about the recipient or the list that it is missing from."""
        about = {value, value._replace(part=None)}
        if missing:
            about.add(Value(value.field))
        return bool(about & self.doubted)


def compare(expected: dict[str, Any], draft: Draft) -> list[Judged]:
    """The verdict on every expected value, and on everything that was read and not expected."""
    doubted = {doubt.about for doubt in draft.doubts if doubt.about}
    judging = _Judging(expected, draft.as_json(), doubted)
    for key in _judged_keys(expected):
        if key in RECIPIENTS:
            continue
        if isinstance(expected[key], list):
            _compare_lists(judging, key)
        else:
            other = judging.alternatives(key)
            judging.judge(key, Value(key), expected[key], judging.read.get(key), other)
    _compare_recipients(judging)
    return judging.judged


def refused(expected: dict[str, Any]) -> list[Judged]:
    """The verdict on the values of a document that was refused."""
    judged = []
    for key in _judged_keys(expected):
        for path, value in _values(key, expected[key]):
            if _same(value) is not None:
                judged.append(Judged(path, Verdict.REFUSED, value, None))
    return judged


def _judged_keys(expected: dict[str, Any]) -> list[str]:
    return [key for key in expected if not key.startswith("_")]


def _values(key: str, value: Any) -> Iterator[tuple[str, Any]]:
    if not isinstance(value, list):
        yield key, value
        return
    for place, one in enumerate(value):
        parts = one.items() if isinstance(one, dict) else [("", one)]
        yield from ((f"{key}[{place}].{part}".rstrip("."), text) for part, text in parts)


def _same(value: Any) -> Any:
    """The value without differences of white space, quotes and dashes; None for an empty one."""
    if isinstance(value, list):
        return [_same(one) for one in value] or None
    if isinstance(value, str):
        value = unicodedata.normalize("NFC", value).translate(_SAME).replace("''", '"')
        return re.sub(r"\s+", " ", value).strip() or None
    return value


def _compare_lists(judging: _Judging, key: str) -> None:
    """Compares paragraphs or demands: each is one value, and one that nobody expected is wrong."""
    expected, read = judging.expected[key], list(judging.read.get(key) or [])
    other = judging.alternatives(key)
    if other and any(_same(one) == _same(read) for one in other):
        expected = read
    pairs = _pairs(expected, read, lambda one, two: _likeness_of_texts(_same(one), _same(two)))
    for wanted, found in pairs:
        place = wanted if wanted is not None else found
        path = f"{key}[{place}]" if wanted is not None else f"{key}[+{found}]"
        others = other if other is None else (judging.alternatives(path) or [])
        judging.judge(
            path,
            Value(key, found if found is not None else place),
            None if wanted is None else expected[wanted],
            None if found is None else read[found],
            others,
        )


def _compare_recipients(judging: _Judging) -> None:
    """Compares targets and copies. Where both lists are open to reading, one is also looked for in the other list."""
    left: dict[str, list[int]] = {}
    lost: list[tuple[str, int]] = []
    for key in RECIPIENTS:
        if key not in judging.expected:
            continue
        read = judging.read.get(key) or []
        left[key] = []
        for wanted, found in _pairs(judging.expected[key], read, _likeness):
            if wanted is None and found is not None:
                left[key].append(found)
            elif found is None and wanted is not None:
                lost.append((key, wanted))
            elif wanted is not None and found is not None:
                _compare_recipient(judging, (key, wanted), (key, found))
    for key, wanted in lost:
        _compare_lost(judging, key, wanted, left)
    for key, extra in left.items():
        for found in extra:
            text = judging.read[key][found]
            other = judging.alternatives(key)
            judging.judge(f"{key}[+{found}]", Value(key, found), None, text["role"] or text["name"] or text, other)


def _compare_lost(judging: _Judging, key: str, wanted: int, left: dict[str, list[int]]) -> None:
    """Looks for a recipient that was not read in its list among those left over in the other one."""
    other = "copies" if key == "targets" else "targets"
    one = judging.expected[key][wanted]
    if judging.alternatives(other) is None:
        likely = [(_likeness(one, judging.read[other][found]), found) for found in left.get(other, [])]
        best, found = max(likely, default=(0, 0))
        if best:
            left[other].remove(found)
            _compare_recipient(judging, (key, wanted), (other, found))
            return
    _compare_recipient(judging, (key, wanted), None)


def _compare_recipient(judging: _Judging, wanted: tuple[str, int], found: tuple[str, int] | None) -> None:
    key, place = wanted
    expected = judging.expected[key][place]
    read = judging.read[found[0]][found[1]] if found else {}
    if judging.alternatives(key, f"{key}[{place}]") is None:
        return
    for part in PARTS:
        if part in expected:
            path = f"{key}[{place}].{part}"
            value = Value(found[0], found[1], part) if found else Value(key, None, part)
            other = judging.alternatives(f"{key}[].{part}", path)
            judging.judge(path, value, expected[part], read.get(part), other)


def _pairs(expected: list[Any], read: list[Any], likeness: Any) -> list[tuple[int | None, int | None]]:
    """Who is who: the likest two are a pair, then the next; at the same likeness those at the same place."""
    scored = sorted(
        (
            (-likeness(one, two), abs(wanted - found), wanted, found)
            for wanted, one in enumerate(expected)
            for found, two in enumerate(read)
        ),
    )
    pairs: dict[int, int] = {}
    for likely, _, wanted, found in scored:
        if likely < 0 and wanted not in pairs and found not in pairs.values():
            pairs[wanted] = found
    known: list[tuple[int | None, int | None]] = [(wanted, pairs.get(wanted)) for wanted in range(len(expected))]
    return [*known, *((None, found) for found in range(len(read)) if found not in pairs.values())]


def _likeness(one: dict[str, Any], two: dict[str, Any]) -> float:
    """How much two recipients have in common: 0 for nothing."""
    return sum(
        weight * _likeness_of_texts(_flat(one.get(part)), _flat(two.get(part))) for part, weight in _WEIGHTS.items()
    )


def _flat(value: Any) -> str | None:
    same = _same(value)
    return " ".join(map(str, same)) if isinstance(same, list) else same


def _likeness_of_texts(one: str | None, two: str | None) -> float:
    """1 for the same text, else the share of words that both have; less than half counts as nothing."""
    if not one or not two:
        return 0
    if one == two:
        return 1
    words, others = set(one.casefold().split()), set(two.casefold().split())
    share = len(words & others) / max(1, min(len(words), len(others)))
    return share * 0.9 if share >= 0.5 else 0
