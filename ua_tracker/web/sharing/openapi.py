"""The description of the JSON for programs (OpenAPI 3.1). A test compares every response with it."""

from typing import Any

from ua_tracker import slugs
from ua_tracker.actions import REASONS
from ua_tracker.deadlines import State
from ua_tracker.happenings import What
from ua_tracker.web.sharing.write_api import openapi as writing

_NUMBER = {"type": "integer", "minimum": 0}
_INSTANT = {"type": "string", "format": "date-time", "pattern": "Z$"}
_TEXT = {"type": "string"}
_TEXT_OR_NOTHING = {"type": ["string", "null"]}
_DAY_OR_NOTHING = {"type": ["string", "null"], "format": "date"}


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


def _response(meaning: str, schema: str) -> dict[str, Any]:
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}
    return {"description": meaning, "content": content}


SCHEMAS = {
    "Group": _object({"slug": _TEXT, "name": _TEXT, "letters_sent": _NUMBER, "letters_pledged": _NUMBER}),
    "Action": _object(
        {
            "slug": {**_TEXT, "pattern": f"^{slugs.SHAPE}$"},
            "ua_number": {
                **_TEXT_OR_NOTHING,
                "description": "Number of the case; null for a practice copy.",
            },
            "ai_index": _TEXT_OR_NOTHING,
            "country": _TEXT,
            "title": _TEXT,
            "lead": {
                **_TEXT_OR_NOTHING,
                "description": "The office's sentence that says what to do; null if it has written none.",
            },
            "url": {**_TEXT, "format": "uri"},
            "practice": {"type": "boolean", "description": "Whether the letters are not real."},
            "state": {"enum": [state.value for state in State if state is not State.DRAFT]},
            "deadline": {**_TEXT, "format": "date", "description": "Last day for letters, that day included."},
            "extended_from": {
                "type": ["string", "null"],
                "format": "date",
                "description": "The deadline before it was last extended; null if it never was.",
            },
            "closed_early": {
                "type": "boolean",
                "description": "Whether the office closed the action before its deadline had passed.",
            },
            "closed_reason": {
                "enum": [*REASONS, None],
                "description": "Why the office closed the action; null if only its time is over, or it goes on.",
            },
            "outcome": {
                **_TEXT_OR_NOTHING,
                "description": "What came of it, in the office's words; null if it has written nothing.",
            },
            "newer_issue": {
                "anyOf": [_object({"slug": _TEXT, "url": {**_TEXT, "format": "uri"}}), {"type": "null"}],
                "description": "The newest published issue of the same case; null if this is the newest.",
            },
            "case": {
                "anyOf": [{"$ref": "#/components/schemas/Case"}, {"type": "null"}],
                "description": "All published issues of the UA number together; null for an action without one.",
            },
            "happened": {
                "anyOf": [{"$ref": "#/components/schemas/Happening"}, {"type": "null"}],
                "description": "What happened last to the action, and should be said first; null if nothing did.",
            },
            "days_left": {
                "type": ["integer", "null"],
                "minimum": 0,
                "description": "Whole days until the deadline, in its zone; 0 on the last day, null unless open.",
            },
            "timezone": {**_TEXT, "description": "IANA name of the zone in which the deadline is a day."},
            "closes_at": {**_INSTANT, "description": "From this instant no pledge is taken."},
            "reporting_closes_at": {**_INSTANT, "description": "From this instant no report is taken."},
            "goal": {"type": "integer", "minimum": 1, "description": "Letters to targets."},
            "letters_sent": {**_NUMBER, "description": "Letters to targets that were reported: the public number."},
            "letters_reported_by": {
                **_object({"private_link": _NUMBER, "evening": _NUMBER, "program": _NUMBER, "walk_in": _NUMBER}),
                "description": "How the letters of the public number were reported; `program` is with an API key. "
                "Held reports are in none of them.",
            },
            "copies_sent": _NUMBER,
            "letters_pledged": _NUMBER,
            "pledges": _NUMBER,
            "groups": {"type": "array", "items": {"$ref": "#/components/schemas/Group"}},
            "as_of": {**_INSTANT, "description": "When these numbers were read; they have not changed since."},
            "poll_seconds": {
                "type": "integer",
                "minimum": 1,
                "description": "A page that shows the numbers live asks again after so many seconds.",
            },
        }
    ),
    "Case": _object(
        {
            "url": {**_TEXT, "format": "uri", "description": "The page of the case."},
            "issues": {"type": "array", "items": _TEXT, "description": "The slugs of its issues, the oldest first."},
            "letters_sent": {**_NUMBER, "description": "Letters to targets, of all issues."},
            "copies_sent": _NUMBER,
            "letters_pledged": _NUMBER,
            "pledges": {**_NUMBER, "description": "Who pledged for two issues is counted in both."},
            "groups": {"type": "array", "items": {"$ref": "#/components/schemas/Group"}},
        }
    ),
    "Happening": _object(
        {
            "what": {
                "enum": [what.value for what in What],
                "description": "What ended the action counts most, then the later of the others.",
            },
            "at": {**_INSTANT, "description": "When it happened."},
            "deadline_before": {**_DAY_OR_NOTHING, "description": "Of a new deadline: the one before it."},
            "deadline_after": {**_DAY_OR_NOTHING, "description": "Of a new deadline: that day."},
            "note": {**_TEXT_OR_NOTHING, "description": "Of a correction: what the office says about it."},
            "note_language": {**_TEXT_OR_NOTHING, "description": "The language of the note, as en or fr."},
            "letters_taken_out": {
                "type": ["integer", "null"],
                "description": "Of a correction that the site reports by itself: the letters it took out of the count.",
            },
        }
    ),
    "Actions": _object({"actions": {"type": "array", "items": {"$ref": "#/components/schemas/Action"}}}),
    **writing.SCHEMAS,
}
DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {
        "title": "UA Tracker",
        "version": "1",
        "description": (
            "The public numbers of Urgent Actions, open to every site without a key; no people are in them. With "
            "an API key a program makes pledges, reports letters and reads the pledges of its group."
        ),
    },
    "paths": {
        "/api/v1/actions": {
            "get": {"summary": "All actions", "responses": {"200": _response("The actions", "Actions")}}
        },
        "/api/v1/actions/{slug}": {
            "get": {
                "summary": "One action",
                "parameters": [{"name": "slug", "in": "path", "required": True, "schema": _TEXT}],
                "responses": {
                    "200": _response("The action", "Action"),
                    "304": {"description": "Nothing has changed since the ETag that was sent."},
                    "404": writing.problem("There is no such action"),
                },
            }
        },
        **writing.PATHS,
    },
    "components": {"schemas": SCHEMAS, "securitySchemes": writing.SECURITY_SCHEMES},
}
