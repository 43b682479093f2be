"""Drafts as JSON and back: what crosses from the process that reads a document to the one that asked.

What comes back is checked against the types that the Draft declares: the process that sent it may have been taken over
by the document.
"""

import json
from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

from ua_tracker.importing.draft import Draft

_DATE = "date"  # how a date is marked among the facts of a doubt, whose types nothing declares


class NotADraft(ValueError):
    """These values are no draft."""


def encoded(draft: Draft) -> str:
    """The draft as JSON."""
    return json.dumps(_plain(draft), ensure_ascii=True)


def decoded(values: Any) -> Draft:
    """The draft of JSON values. Raises NotADraft where they are none, or none that can be shown."""
    try:
        draft = _typed(Draft, values)
        for doubt in draft.doubts:
            str(doubt)
    except (ValueError, KeyError, TypeError) as wrong:
        raise NotADraft(type(wrong).__name__) from wrong
    if not isinstance(draft, Draft):
        raise NotADraft("another type")
    return draft


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):
        return {_DATE: value.isoformat()}
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, (list, tuple)) else value


def _typed(hint: Any, value: Any) -> Any:
    """The value as this type has it. Raises ValueError."""
    origin = get_origin(hint)
    if origin is UnionType:
        [other] = [one for one in get_args(hint) if one is not NoneType]
        return None if value is None else _typed(other, value)
    if origin is tuple:
        return _typed_places(get_args(hint), value)
    if origin in {list, dict}:
        return _typed_many(origin, hint, value)
    if origin is tuple:
        return _typed_tuple(get_args(hint), value)
    if hint is Any:
        return _fact(value)
    if not isinstance(hint, type):
        raise ValueError(f"no rule for {hint}")
    if hint in {str, int, bool}:
        return _text_or_number(hint, value)
    return _typed_object(hint, value)


def _typed_many(origin: Any, hint: Any, value: Any) -> Any:
    if not isinstance(value, origin):
        raise ValueError(f"no {origin.__name__}")
    if origin is list:
        return [_typed(get_args(hint)[0], one) for one in value]
    return {_text_or_number(str, name): _typed(get_args(hint)[1], one) for name, one in value.items()}


def _typed_tuple(hints: tuple[Any, ...], value: Any) -> tuple[Any, ...]:
    """A tuple, which JSON has as a list: of any length if the hints end with an ellipsis."""
    if not isinstance(value, list):
        raise ValueError("no tuple")
    parts = [hints[0]] * len(value) if hints[-1] is Ellipsis else [*hints]
    if len(parts) != len(value):
        raise ValueError("no tuple")
    return tuple(_typed(hint, one) for hint, one in zip(parts, value, strict=True))


def _typed_places(hints: tuple[Any, ...], value: Any) -> tuple[Any, ...]:
    if not isinstance(value, list):
        raise ValueError("no tuple")
    if hints[-1] is Ellipsis:
        return tuple(_typed(hints[0], one) for one in value)
    return tuple(_typed(one, part) for one, part in zip(hints, value, strict=True))


def _typed_object(hint: type, value: Any) -> Any:
    if issubclass(hint, date):
        return _day(value)
    if issubclass(hint, Enum):
        return hint(value)
    hints = get_type_hints(hint)
    if is_dataclass(hint) and isinstance(value, dict) and value.keys() <= hints.keys():
        return hint(**{name: _typed(hints[name], one) for name, one in value.items()})
    if issubclass(hint, tuple) and isinstance(value, list) and len(value) == len(hints):
        return hint(*(_typed(one, part) for one, part in zip(hints.values(), value, strict=True)))
    raise ValueError(f"no {hint.__name__}")


def _fact(value: Any) -> Any:
    if isinstance(value, dict):
        return _day(value)
    return _text_or_number(type(value), value) if isinstance(value, (str, int)) else None


def _day(value: Any) -> date:
    if not isinstance(value, dict) or not isinstance(value.get(_DATE), str):
        raise ValueError("no date")
    return date.fromisoformat(value[_DATE])


def _text_or_number(hint: type, value: Any) -> Any:
    if type(value) is not hint:
        raise ValueError(f"no {hint.__name__}")
    if isinstance(value, str):
        value.encode()  # raises ValueError for half a character
        if "\0" in value:
            raise ValueError("a NUL")
    return value
