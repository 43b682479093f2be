"""Errors below `/api/` as problem details (RFC 9457): a type, a title, a status, a sentence, and the fields that are
wrong.
"""

import re
from collections.abc import Sequence

from flask import Response, jsonify, make_response

from ua_tracker import refusals
from ua_tracker.refusals import Refusal
from ua_tracker.web.error_words import TITLES
from ua_tracker.web.errors import STATUSES, error_format_for, sentence_of
from ua_tracker.web.request import absolute
from ua_tracker.web.translation import Sentence, lazy_gettext

MIMETYPE = "application/problem+json"
PATH = "/api/v1/problems/"
INVALID, NOT_JSON, UNREADABLE = "invalid", "not-json", "unreadable"
# Each type by its name, with the status of its answers and what it means.
TYPES: dict[str, tuple[int, Sentence]] = {
    UNREADABLE: (400, TITLES[400]),
    "idempotency-key-missing": (400, lazy_gettext("The Idempotency-Key is missing")),
    "key-refused": (401, lazy_gettext("This needs an API key that works")),
    "not-allowed": (403, TITLES[403]),
    "not-found": (404, lazy_gettext("This does not exist")),
    "method-not-allowed": (405, TITLES[405]),
    "too-late": (409, TITLES[409]),
    "pledging-closed": (409, lazy_gettext(refusals.PledgingLocked.sentence)),
    "reporting-closed": (409, lazy_gettext(refusals.ReportingClosed.sentence)),
    "too-large": (413, TITLES[413]),
    NOT_JSON: (415, lazy_gettext("This is not JSON")),
    INVALID: (422, lazy_gettext("Something is wrong or missing")),
    "idempotency-key-used": (422, lazy_gettext("The Idempotency-Key was used for something else")),
    "taken-back": (422, lazy_gettext("This entry was taken back")),
    "too-often": (429, TITLES[429]),
    "fault": (500, TITLES[500]),
    "not-offered": (501, lazy_gettext("This is not offered here")),
    "busy": (503, TITLES[503]),
}
_BY_STATUS = {
    **{status: name for name, (status, _) in reversed(TYPES.items())},
    409: "too-late",
    422: INVALID,
    400: UNREADABLE,
}
_BY_REFUSAL: dict[type[Refusal], str] = {
    refusals.OnceKeyMissing: "idempotency-key-missing",
    refusals.OnceKeyUsed: "idempotency-key-used",
    refusals.EntryTakenBack: "taken-back",
    refusals.PledgingLocked: "pledging-closed",
    refusals.ReportingClosed: "reporting-closed",
}
# Where the sentence of the site speaks of pages and forms.
_TO_PROGRAMS: dict[int, Sentence] = {
    400: lazy_gettext("This request could not be read: its body or its address is damaged."),
    405: lazy_gettext("This address does not take this method. The header “Allow” says which ones it takes."),
    413: lazy_gettext("The body of this request is longer than this address reads."),
}
_OF_RECIPIENT = re.compile(r"letters-[0-9]+")


class Problem(Exception):
    """A request is refused with this type of problem. `errors` are the wrong fields: a JSON pointer and a sentence."""

    def __init__(self, name: str, sentence: object, errors: Sequence[tuple[str, object]] = ()) -> None:
        super().__init__(name)
        self.name, self.sentence, self.errors = name, sentence, errors

    @classmethod
    def of_fields(cls, errors: Sequence[tuple[str, object]]) -> "Problem":
        """The problem of a request with these wrong fields."""
        return cls(INVALID, " ".join(str(sentence) for _, sentence in errors[:1]), errors)


def pointer(*parts: object) -> str:
    """The JSON pointer to a field, as a fragment (RFC 6901, 6), such as #/letters/0/recipient."""
    return "#" + "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


def answered(problem: Problem) -> Response:
    """The answer that says what is wrong."""
    status, title = TYPES[problem.name]
    return _response(problem.name, status, str(title), str(problem.sentence), problem.errors)


def refused(refusal: Refusal) -> Response:
    """The answer of a rule that refuses what a program asks: the sentence of the forms, and the field it is about."""
    if refusal.used_before:  # its sentence speaks of a page and a button
        refusal = refusals.OnceKeyUsed()
    status = STATUSES[refusal.kind]
    name = _BY_REFUSAL.get(type(refusal), _BY_STATUS[status])
    field = _OF_RECIPIENT.sub("letters", refusal.field or "")
    errors = [(pointer(field), sentence_of(refusal))] if field else []
    response = _response(name, status, str(TYPES[name][1]), sentence_of(refusal), errors)
    asks = _asks_for_key(refusal)
    if asks:
        response.headers["WWW-Authenticate"] = asks
    return response


def _asks_for_key(refusal: Refusal) -> str | None:
    """What a response says about the key that is needed (RFC 6750, 3)."""
    if isinstance(refusal, refusals.KeyMissing):
        return 'Bearer realm="API"'
    if isinstance(refusal, (refusals.KeyDamaged, refusals.KeyOver)):
        return 'Bearer realm="API", error="invalid_token"'
    if isinstance(refusal, refusals.RightMissing):
        return f'Bearer realm="API", error="insufficient_scope", scope="{refusal.facts["right"]}"'
    return None


@error_format_for("^/api/")
def as_problem(status: int, _title: str, sentence: str) -> Response:
    """An error that no view of the write API has answered, also one of the public JSON."""
    name = _BY_STATUS.get(status, UNREADABLE if status < 500 else "fault")
    return _response(name, status, str(TYPES[name][1]), str(_TO_PROGRAMS.get(status, sentence)), ())


def _response(name: str, status: int, title: str, sentence: str, errors: Sequence[tuple[str, object]]) -> Response:
    told = {
        "type": absolute(f"{PATH}{name}"),
        "title": title,
        "status": status,
        "detail": sentence,
        "errors": [{"pointer": where, "detail": str(what)} for where, what in errors],
        "error": sentence,  # as the public JSON had it before
    }
    return make_response(jsonify(told), status, {"Content-Type": MIMETYPE, "Cache-Control": "no-store"})
