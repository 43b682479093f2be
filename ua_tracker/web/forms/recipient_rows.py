"""What the buttons beside a recipient that was read do to the list: swap, split, join, move, remove, add.

A row holds the values of a recipient's fields as text, by name. `origin` names the recipients of the document that it
was made of, as `targets-0 copies-1`.
"""

from collections.abc import Callable
from typing import NamedTuple

from ua_tracker.actions.recipients import AnyRecipient
from ua_tracker.web.forms.values import LISTS, TEXTS
from ua_tracker.web.request import number_in

Row = dict[str, str]
KINDS = ("target", "copy")
_TAKEN_ONCE = ("x", "salutation")


class Changed(NamedTuple):
    """The rows after a button, and the field that gets the focus: the place of its row and its name."""

    rows: list[Row]
    place: int
    part: str


def row_of(one: AnyRecipient, kind: str, origin: str = "") -> Row:
    """The row of a recipient of this kind."""
    lists = {part: "\n".join(getattr(one, part)) for part in LISTS}
    return {"kind": kind, "origin": origin, **lists, **{part: getattr(one, part) or "" for part in TEXTS}}


def pressed(rows: list[Row], act: str) -> Changed | None:
    """What the button `act` does, such as `swap-2` for the third row. None for a button that is none of these."""
    verb, _, where = act.partition("-")
    if verb == "add" and where in KINDS:
        return Changed([*rows, _blank(where)], len(rows), "role")
    place = number_in(where)
    if verb not in _VERBS or place is None or place >= len(rows):
        return None
    return _VERBS[verb]([{**row} for row in rows], place)


def _blank(kind: str) -> Row:
    return {"kind": kind, "origin": "", **dict.fromkeys((*LISTS, *TEXTS), "")}


def _swap(rows: list[Row], place: int) -> Changed:
    row = rows[place]
    row["role"], row["name"] = row["name"], row["role"]
    return Changed(rows, place, "role")


def _split(rows: list[Row], place: int) -> Changed:
    """Splits at an empty line of the address, else between role and name: then both have the same address.

    Below an empty line the next recipient begins: its first line becomes the name.
    """
    row = rows[place]
    first, gap, rest = row["address_lines"].replace("\r\n", "\n").partition("\n\n")
    second = _blank(row["kind"]) | {"origin": row["origin"]}
    if gap:
        name, _, address = rest.strip("\n").partition("\n")
        row["address_lines"], second["name"], second["address_lines"] = first, name, address
    else:
        second |= {part: row[part] for part in LISTS}
        if row["role"]:
            second["name"], row["name"] = row["name"], ""
    rows.insert(place + 1, second)
    return Changed(rows, place + 1, "name")


def _join(rows: list[Row], place: int) -> Changed:
    """Joins a row with the one below it. A second role or name becomes a line of the address."""
    if place + 1 >= len(rows):
        return Changed(rows, place, "role")
    one, other = rows[place], rows.pop(place + 1)
    left = [other[part] for part in ("role", "name") if one[part] and other[part] not in ("", one[part])]
    other["address_lines"] = "\n".join([*left, other["address_lines"]])
    for part in LISTS:
        one[part] = "\n".join(dict.fromkeys(line for line in f"{one[part]}\n{other[part]}".splitlines() if line))
    for part in TEXTS:
        one[part] = one[part] or other[part]
    one["origin"] = " ".join(dict.fromkeys(f"{one['origin']} {other['origin']}".split()))
    return Changed(rows, place, "role")


def _move(rows: list[Row], place: int) -> Changed:
    rows[place]["kind"] = "target" if rows[place]["kind"] == "copy" else "copy"
    return Changed(rows, place, "kind")


def _remove(rows: list[Row], place: int) -> Changed:
    del rows[place]
    return Changed(rows, min(place, len(rows) - 1), "role")


_VERBS: dict[str, Callable[[list[Row], int], Changed]] = {
    "swap": _swap,
    "split": _split,
    "join": _join,
    "move": _move,
    "remove": _remove,
}
