"""Decides which line of an address is the office and which the name, and says where little speaks for it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from ua_tracker.importing.evidence import Context, Weight, weigh
from ua_tracker.importing.layouts import Layout

_LOOKED_AT = 5  # lines
_ENOUGH = 1.5
_CLEAR = 1.0
_SKIPPED = 0.8
_USUAL_ORDER = 0.8
_BESIDE = 0.5
_APART = 1.5
_BESIDE_A_NAME = 1.8


@dataclass
class Assigned:
    """Which of the lines are role and name, by their places; the lines of the address; those that are nothing of it.

    `swapped` is whether role and name could be each other, `is_thin` whether little speaks for the name or the role,
    `doubtful` the place of a line of the address that could be the name, where there is none.
    """

    role: int | None = None
    name: int | None = None
    address: list[int] = field(default_factory=list)
    left: list[int] = field(default_factory=list)
    swapped: bool = False
    is_thin: bool = False
    doubtful: int | None = None


def assigned(lines: Sequence[str], context: Context) -> Assigned:
    """The roles of the lines before the first label of an address."""
    layout = context.layout
    unknown = layout.phrases("people", "unknown")
    honorifics = layout.phrases("people", "honorifics")
    plain = [text.strip("() .,") for text in lines]
    left = [place for place, text in enumerate(plain) if unknown.are_all_of(text) or honorifics.are_all_of(text)]
    weights = [weigh(text, context) for text in lines]
    foreign = [
        place for place, weight in enumerate(weights) if weight.foreign and any(not one.foreign for one in weights)
    ]
    open_to = [place for place in range(len(lines)) if place not in left and place not in foreign][:_LOOKED_AT]
    result = _best(open_to, weights, layout)
    used = {result.role, result.name}
    result.left = [*left, *(place for place in foreign if place < _LOOKED_AT)]
    result.address = [place for place in range(len(lines)) if place not in used and place not in result.left]
    if result.role is not None:
        result.doubtful = next((one for one in result.address if _may_be_the_name(one, result, lines, weights)), None)
    return result


def _may_be_the_name(place: int, found: Assigned, lines: Sequence[str], weights: Sequence[Weight]) -> bool:
    """Whether the line has the look of a name, between a body and its street: `Human Rights Council`, `A B`, `5 C`."""
    if not 0 < place < len(lines) - 1 or weights[place].body or weights[place].address:
        return False
    is_behind_a_body = found.name is None and weights[place - 1].body
    is_behind_a_name = found.name == place - 1 and not weights[place - 1].honorific
    around = weights[place + 1].address and (is_behind_a_body or is_behind_a_name)
    return around and weights[place].name >= _ENOUGH and any(one.isdigit() for one in lines[place + 1])


def _best(places: Sequence[int], weights: Sequence[Weight], layout: Layout) -> Assigned:
    scored: list[tuple[float, int | None, int | None]] = [(0.0, None, None)]
    for role in (None, *places):
        for name in (None, *places):
            if (role is not None or name is not None) and role != name:
                scored.append((_score(role, name, places, weights, layout), role, name))
    scored.sort(key=lambda one: -one[0])
    best, role, name = scored[0]
    if role is None and name is None:
        return _body_or_nothing(places, weights)
    other = next((score for score, r, n in scored if r == name and n == role and role is not None), None)
    swapped = other is not None and name is not None and best - other < _CLEAR
    return Assigned(role, name, swapped=swapped, is_thin=best < _ENOUGH / 2)


def _score(
    role: int | None, name: int | None, places: Sequence[int], weights: Sequence[Weight], layout: Layout
) -> float:
    score = 0.0
    if role is not None:
        weight = weights[role].role
        beside = name is not None and weights[name].name >= _ENOUGH and abs(role - name) == 1
        if beside and not weights[role].address and not weights[role].body:
            weight = max(weight, _ENOUGH) + (0 if weights[role].honorific else _BESIDE_A_NAME - _ENOUGH)
        score += weight - _ENOUGH
    if name is not None:
        score += weights[name].name - _ENOUGH
    if role is not None and name is not None:
        score += _BESIDE if abs(places.index(role) - places.index(name)) == 1 else 0
        usual = {"role-name": role < name, "name-role": name < role}.get(layout.order)
        score += _USUAL_ORDER if usual else 0
        if abs(places.index(role) - places.index(name)) > 1 and not weights[name].honorific:
            score -= _APART
    used = [place for place in (role, name) if place is not None]
    skipped = [place for place in places if place < max(used) and place not in used]
    return score - sum(_SKIPPED * (3 if weights[place].address else 1) for place in skipped)


def _body_or_nothing(places: Sequence[int], weights: Sequence[Weight]) -> Assigned:
    """A body alone is the name of its address; so is a first line that is no part of a postal address."""
    if places and not weights[places[0]].address and not weights[places[0]].foreign:
        first = weights[places[0]]
        if first.role > max(0.0, first.name) and not first.body:
            return Assigned(role=places[0], is_thin=True)
        return Assigned(name=places[0], is_thin=not first.body)
    return Assigned()
