"""Reads what a program sends: one JSON object, strictly, so that two readers never read two different things.

The work grows no faster than the body. See RFC 8259, and RFC 7493 (I-JSON) for what is refused.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import request
from flask_babel import gettext

from ua_tracker import languages
from ua_tracker.refusals import OnceKeyMissing
from ua_tracker.web.request import speak
from ua_tracker.web.sharing.write_api.problems import NOT_JSON, UNREADABLE, Problem, pointer
from ua_tracker.web.translation import Sentence, lazy_gettext

MOST_BYTES = 16 * 1024
_ONCE_KEY = re.compile(r"[!-~]{1,200}")
_DIGITS = 18  # of a number: so many are out of the range of every field
_SENTENCES: dict[type, Sentence] = {
    str: lazy_gettext("Send a text here."),
    int: lazy_gettext("Write a whole number, as 3."),
    bool: lazy_gettext("Send true or false here."),
    list: lazy_gettext("Send a list here."),
    dict: lazy_gettext("Send an object here."),
}
Fields = dict[str, Any]


@dataclass(frozen=True)
class Sent:
    """The fields that were sent, and the same in one spelling, in which two equal objects are equal texts."""

    fields: Fields
    spelling: str


class _Unreadable(ValueError):
    """The body is JSON that can be read in two ways."""


def once_key() -> str:
    """The idempotency key of the request, with or without quotation marks. Raises OnceKeyMissing."""
    written = request.headers.get("Idempotency-Key", "")
    key = written[1:-1] if len(written) > 2 and written[0] == written[-1] == '"' else written
    if not _ONCE_KEY.fullmatch(key):
        raise OnceKeyMissing()
    return key


def sent() -> Sent:
    """What was sent. From here on the request is answered in the language that it names in `language`.

    Raises Problem for another media type than JSON, and for what is no JSON object that can be read in one way only.
    A body above 16 KiB is answered 413.
    """
    charset = request.mimetype_params.get("charset", "utf-8").lower()
    if request.mimetype != "application/json" or charset != "utf-8" or "Content-Encoding" in request.headers:
        raise Problem(NOT_JSON, gettext("Send JSON in UTF-8, as media type application/json."))
    request.max_content_length = MOST_BYTES
    fields = _object(request.get_data())
    if fields.get("language") in languages.LANGUAGES:
        speak(fields["language"])
    return Sent(fields, json.dumps(fields, sort_keys=True))


def _object(body: bytes) -> Fields:
    try:
        found = json.loads(
            body.decode(),
            object_pairs_hook=_without_doubles,
            parse_constant=_no_constant,
            parse_int=lambda digits: int(digits[:_DIGITS]),
        )
    except _Unreadable as twice:
        raise Problem(UNREADABLE, str(twice)) from None
    except (ValueError, RecursionError):
        raise Problem(UNREADABLE, gettext("This could not be read as JSON.")) from None
    if not isinstance(found, dict):
        raise Problem(UNREADABLE, gettext("Send one JSON object."))
    return found


def _without_doubles(pairs: list[tuple[str, Any]]) -> Fields:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _Unreadable(gettext("A name stands twice in one object."))
    return found


def _no_constant(word: str) -> None:
    raise _Unreadable(gettext("%(word)s is no number in JSON.", word=word))


def checked(fields: Fields, known: Mapping[str, type], *within: object) -> list[tuple[str, object]]:
    """The errors of fields that are not known, or have another type than they should. null is as good as left out."""
    unknown = [
        (pointer(*within, name), gettext("There is no field “%(name)s” here.", name=name))
        for name in fields
        if name not in known
    ]
    wrong = [
        (pointer(*within, name), _SENTENCES[kind]) for name, kind in known.items() if not _is(kind, fields.get(name))
    ]
    return [*unknown, *wrong]


def _is(kind: type, value: Any) -> bool:
    return value is None or (isinstance(value, kind) and (kind is bool or not isinstance(value, bool)))
