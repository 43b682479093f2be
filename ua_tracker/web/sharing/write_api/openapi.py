"""The part of the OpenAPI description that is about the write API. A test compares every response with it."""

from typing import Any

from ua_tracker import languages
from ua_tracker.channels import CHANNELS
from ua_tracker.limits import MOST_LETTERS
from ua_tracker.programs.keys import RIGHTS

_NUMBER = {"type": "integer", "minimum": 0}
_TEXT = {"type": "string"}
_TEXT_OR_NOTHING = {"type": ["string", "null"]}
_INSTANT = {"type": "string", "format": "date-time", "pattern": "Z$"}
_DAY = {"type": "string", "format": "date"}
_DAY_OR_NOTHING = {"type": ["string", "null"], "format": "date"}
_LINK = {"type": "string", "format": "uri"}
_LINK_OR_NOTHING = {"type": ["string", "null"], "format": "uri"}
_FLAG = {"type": "boolean"}
_LETTERS = {"type": "integer", "minimum": 1, "maximum": MOST_LETTERS}


def _object(properties: dict[str, Any], required: tuple[str, ...] | None = None) -> dict[str, Any]:
    needed = list(properties) if required is None else list(required)
    return {"type": "object", "properties": properties, "required": needed, "additionalProperties": False}


def _list_of(schema: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": schema}


def _to(schema: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{schema}"}


_WHO = {
    "name": _TEXT_OR_NOTHING,
    "email": {**_TEXT_OR_NOTHING, "description": "The private link, or a receipt, goes there and nowhere else."},
    "group": {**_TEXT_OR_NOTHING, "description": "The slug of a group. A key of a group needs none."},
    "language": {"enum": [*languages.LANGUAGES, None], "description": "Of the mails and of what is answered."},
}
SCHEMAS: dict[str, Any] = {
    "NewPledge": _object(
        {
            **_WHO,
            "name": {**_TEXT, "description": "A name or initials."},
            "letters": _LETTERS,
            "write_on": {**_DAY_OR_NOTHING, "description": "When the letters will be written; a mail reminds of it."},
            "wants_outcome": {"type": ["boolean", "null"], "description": "Whether a mail says what came of it."},
        },
        ("name", "letters"),
    ),
    "NewReport": _object(
        {
            **_WHO,
            "letters": _list_of(_object({"recipient": _NUMBER, "letters": {**_LETTERS, "minimum": 0}})),
            "sent_on": {**_DAY, "description": "The day on which they were sent, in the zone of the action."},
            "channel": {"enum": list(CHANNELS)},
        },
        ("letters", "sent_on", "channel"),
    ),
    "Entry": _object(
        {
            "id": _NUMBER,
            "kind": {"enum": ["pledge", "report"]},
            "action": _TEXT,
            "group": _TEXT_OR_NOTHING,
            "letters": {**_NUMBER, "description": "Letters that were promised, or that were sent to targets."},
            "copies": {"type": ["integer", "null"], "description": "Copies that were sent; null for a pledge."},
            "counted": {
                "type": ["boolean", "null"],
                "description": "Whether the report counts now. One that is held does not; null for a pledge.",
            },
            "made_at": _INSTANT,
            "take_back_until": {**_INSTANT, "description": "Until then DELETE takes it back."},
            "url": {**_LINK, "description": "DELETE takes the entry back."},
            "private_link": {
                **_LINK_OR_NOTHING,
                "description": "By which its supporter changes it; null with an address, to which it is mailed.",
            },
            "email_meant": {**_TEXT_OR_NOTHING, "description": "The address that was probably meant, after a slip."},
            "totals": _object(
                {
                    **dict.fromkeys(("letters_sent", "copies_sent", "letters_pledged", "pledges"), _NUMBER),
                }
            ),
        }
    ),
    "Pledge": _object(
        {
            "id": {**_TEXT, "pattern": "^ua-pledge-[0-9]+$", "description": "As in the CSV."},
            "name": _TEXT_OR_NOTHING,
            "email": _TEXT_OR_NOTHING,
            "group": _TEXT_OR_NOTHING,
            "letters": _NUMBER,
            "write_on": _DAY_OR_NOTHING,
            "wants_outcome": _FLAG,
            "language": {"enum": list(languages.LANGUAGES)},
            "made_at": _INSTANT,
            "state": {"enum": ["standing", "held", "withdrawn", "void"]},
            "has_reported": _FLAG,
        }
    ),
    "Pledges": _object({"pledges": _list_of(_to("Pledge")), "next": _LINK_OR_NOTHING}),
    "Recipient": _object({"id": _NUMBER, "kind": {"enum": ["target", "copy"]}, "title": _TEXT}),
    "Recipients": _object({"recipients": _list_of(_to("Recipient"))}),
    "Key": _object(
        {
            "name": _TEXT,
            "group": _TEXT_OR_NOTHING,
            "rights": _list_of({"enum": list(RIGHTS)}),
            "letters_a_day": {**_NUMBER, "description": "So many letters of a day count at once; more are held."},
            "expires_at": {"type": ["string", "null"], "format": "date-time"},
        }
    ),
    "ProblemType": _object({"type": _LINK, "title": _TEXT, "status": _NUMBER}),
    "Problem": _object(
        {
            "type": {**_LINK, "description": "Which problem it is; this URL says what it means."},
            "title": _TEXT,
            "status": _NUMBER,
            "detail": {**_TEXT, "description": "A sentence for people, in the language that was asked for."},
            "errors": {
                **_list_of(_object({"pointer": {**_TEXT, "pattern": "^#"}, "detail": _TEXT})),
                "description": "The wrong fields: a JSON pointer to each (RFC 6901), and a sentence.",
            },
            "error": {**_TEXT, "description": "As `detail`."},
        }
    ),
}


def problem(meaning: str) -> dict[str, Any]:
    """The description of an error."""
    return {"description": meaning, "content": {"application/problem+json": {"schema": _to("Problem")}}}


def _answer(meaning: str, schema: str) -> dict[str, Any]:
    return {"description": meaning, "content": {"application/json": {"schema": _to(schema)}}}


_OF_EVERY_KEY = {
    "401": problem("There is no API key in the header, or it does not work."),
    "429": problem("The key has been used too often: wait as long as `Retry-After` says."),
    "500": problem("A fault. What was sent was not stored."),
    "503": problem("The site is busy: try again after `Retry-After`, under the same Idempotency-Key."),
}
_LACKING = {"403": problem("The key lacks the right, or is another group's.")}
_NO_ACTION = {"404": problem("There is no such action.")}
_ENTERING = {
    **_OF_EVERY_KEY,
    **_LACKING,
    **_NO_ACTION,
    "400": problem("The body is no JSON, or can be read in two ways; or the Idempotency-Key is missing."),
    "409": problem("It is too late: the deadline has passed, or the action was closed."),
    "413": problem("The body is longer than 16 KiB."),
    "415": problem("The body is not sent as application/json in UTF-8."),
    "422": problem("A field is wrong, or the Idempotency-Key was used for something else."),
}
_SLUG = {"name": "slug", "in": "path", "required": True, "schema": _TEXT}
_ONCE = {
    "name": "Idempotency-Key", "in": "header", "required": True,
    "schema": {**_TEXT, "minLength": 1, "maxLength": 200},
    "description": "Another one for each entry. Sent again with the same body it gets the same answer, for seven days.",
}  # fmt: skip
_AFTER = {"name": "after", "in": "query", "schema": _TEXT, "description": "The id of the last pledge that was read."}
_SECURITY: list[dict[str, list[str]]] = [{"key": []}]


def _entering(summary: str, schema: str) -> dict[str, Any]:
    return {
        "summary": summary,
        "security": _SECURITY,
        "parameters": [_SLUG, _ONCE],
        "requestBody": {"required": True, "content": {"application/json": {"schema": _to(schema)}}},
        "responses": {"201": _answer("It is stored, now or by an earlier request.", "Entry"), **_ENTERING},
    }


def _reading(summary: str, schema: str, *parameters: dict[str, Any], **more: Any) -> dict[str, Any]:
    responses = {"200": _answer(summary, schema), **_OF_EVERY_KEY, **more}
    return {"summary": summary, "security": _SECURITY, "parameters": list(parameters), "responses": responses}


PATHS: dict[str, Any] = {
    "/api/v1/actions/{slug}/pledges": {
        "post": _entering("Make a pledge", "NewPledge"),
        "get": _reading(
            "Pledges of the key's group, the oldest first",
            "Pledges", _SLUG, _AFTER,
            **{**_LACKING, "404": problem("There is no such action, or no such pledge to go on after."),
               "400": problem("The cursor is none.")},
        ),
    },
    "/api/v1/actions/{slug}/reports": {"post": _entering("Report letters that were sent", "NewReport")},
    "/api/v1/actions/{slug}/recipients": {
        "get": _reading("To whom letters go", "Recipients", _SLUG, **_NO_ACTION),
    },
    "/api/v1/entries/{number}": {
        "delete": {
            "summary": "Take back what this key entered",
            "security": _SECURITY,
            "parameters": [{"name": "number", "in": "path", "required": True, "schema": _NUMBER}],
            "responses": {
                "204": {"description": "It is taken back, now or before."},
                **_OF_EVERY_KEY,
                "404": problem("This key has made no such entry."),
                "409": problem("It was made more than 24 hours ago, or letters can no longer be reported."),
            },
        }
    },
    "/api/v1/key": {"get": _reading("What the key may do", "Key")},
    "/api/v1/problems/{slug}": {
        "get": {
            "summary": "What a type of problem means",
            "parameters": [_SLUG],
            "responses": {"200": _answer("The type", "ProblemType"), "404": problem("There is no such type.")},
        }
    },
}  # fmt: skip
SECURITY_SCHEMES = {
    "key": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "uat_…",
        "description": "An API key that a coordinator made under “API keys”. Never put it into a URL or a page.",
    }
}
