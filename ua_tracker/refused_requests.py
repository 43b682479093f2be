"""What a client is told whose request the server refuses before the site sees it.

People get a sentence in every language of the site, programs below `/api/` a problem (RFC 9457).
"""

import json
import re

from ua_tracker import languages, refusals
from ua_tracker.refusals import RequestRefused

PROBLEM = "application/problem+json"
# The types of problems that the API has for what is refused here, by status. Others say what they mean themselves.
_TYPES = {400: "unreadable", 413: "too-large", 500: "fault", 501: "not-offered", 503: "busy"}
# The beginning of a request for the API; its target can be a whole URL (RFC 9112, 3.2.2).
_FOR_PROGRAMS = re.compile(rb"(?:\r\n)?[!-~]{1,40} (?:https?://[^/? ]{0,300})?/api/", re.IGNORECASE)

# What gunicorn refuses, by the status that it gives it.
_BY_STATUS: dict[bytes, type[RequestRefused]] = {
    b"414": refusals.TargetTooLong,
    b"417": refusals.ExpectationUnknown,
    b"431": refusals.HeadTooLarge,
    b"501": refusals.CodingUnknown,
}


def meant(response: bytes) -> RequestRefused:
    """What gunicorn refuses with this response, whose words are its own and in English."""
    other = refusals.RequestFailed if response[9:10] == b"5" else refusals.RequestMalformed
    return _BY_STATUS.get(response[9:12], other)()


def answer(refusal: RequestRefused, request: bytes) -> bytes:
    """The whole response to a request that begins with these bytes, after which the connection is closed."""
    kind, body = content(refusal, for_programs=_FOR_PROGRAMS.match(request) is not None)
    fields = [
        f"Content-Type: {kind}",
        f"Content-Length: {len(body)}",
        "Cache-Control: no-store",
        "X-Content-Type-Options: nosniff",
        "Connection: close",
    ]
    if refusal.status.startswith("503"):
        fields.append("Retry-After: 5")
    head = "\r\n".join([f"HTTP/1.1 {refusal.status}", *fields, "", ""]).encode()
    return head if request.startswith(b"HEAD ") else head + body


def content(refusal: RequestRefused, *, for_programs: bool) -> tuple[str, bytes]:
    """The media type and the body of the response."""
    if not for_programs:
        texts = [languages.catalogue(code).gettext(refusal.sentence) for code in languages.LANGUAGES]
        return "text/plain; charset=utf-8", "".join(f"{text}\n" for text in texts).encode()
    status, _, title = refusal.status.partition(" ")
    return PROBLEM, problem(int(status), title, refusal.to_programs or refusal.sentence)


def problem(status: int, title: str, sentence: str) -> bytes:
    """A problem as the API has it, for where no URL of this site can be built: its type is a path."""
    kind = f"/api/v1/problems/{_TYPES[status]}" if status in _TYPES else "about:blank"
    told = {"type": kind, "title": title, "status": status, "detail": sentence, "errors": [], "error": sentence}
    return json.dumps(told).encode()
