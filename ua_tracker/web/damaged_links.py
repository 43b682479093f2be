"""Links that a mail program damaged: what it added behind them or put into them is taken out, and the page opens.

Programs end a link where it should not end: they take the full stop of the sentence along, the bracket, the quotation
mark or the stars and underscores of bold text; they break it into lines, escape its characters twice, or wrap it into
a link of their own. The token of a private link, of a preview or of a coordinator's link has a fixed length and shape,
so its end is known whatever follows.
"""

import re
from urllib.parse import quote

from flask import Flask, current_app, redirect, request
from werkzeug import Response
from werkzeug.exceptions import HTTPException, NotFound

from ua_tracker import languages, refusals

_BEHIND_A_TOKEN = re.compile(rf"(/{languages.IN_PATH}/(pledges|preview|login/password)/)(.+)", re.DOTALL)
# What programs write for a character behind or in a link: quoted-printable, percent-encoding, entities.
_ENCODED = re.compile(r"[=%](?:3[CDE]|2[027C9AE]|0[AD]|5[BDF]|7B|7D|3B)|&(?:gt|lt|quot|amp|nbsp|#\d+);", re.IGNORECASE)
_NO_TOKEN = re.compile(r"[^A-Za-z0-9_-]+")
# 32 random bytes as base64url (RFC 4648, section 5): the last of 43 characters has two bits that are always 0.
_TOKEN = re.compile(r"[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]")
# What goes on in the same word is no token; a program that writes a link twice may leave nothing between the two.
_GOES_ON = re.compile(r"(?!https?:)[A-Za-z0-9]")
_LENGTH = 43
_PAGE = re.compile(r"[a-z0-9][a-z0-9/.-]*")
_TAIL = re.compile(r"(?<![^A-Za-z0-9])[^A-Za-z0-9]+\Z")


def register(app: Flask) -> None:
    """Registers on the app that a damaged link leads to the clean one, before any view is called."""
    app.before_request(_mend)


def without_tail(text: str) -> str:
    """The text up to its last letter or digit, also where the characters behind it were escaped."""
    return _TAIL.sub("", _ENCODED.sub(" ", text))


def _mend() -> Response | None:
    """Leads from a damaged link to the clean one. Raises NoSuchPledge for one that cannot be a private link."""
    is_unknown = isinstance(request.routing_exception, NotFound)
    if not is_unknown and len((request.view_args or {}).get("token", "")) <= _LENGTH:
        return None
    found = _BEHIND_A_TOKEN.fullmatch(request.path)
    if request.method in ("GET", "HEAD") and not request.path.startswith("/api/"):  # a program is told its mistake
        paths = _paths(found[1], found[3]) if found else [without_tail(request.path)]
        path = next((one for one in paths if one != request.path and _exists(one)), None)
        if path is not None:
            query = "" if found or not request.query_string else f"?{request.query_string.decode('latin-1')}"
            return redirect(quote(path) + quote(query, safe="?&=%+-._~"))
    if found and found[2] == "pledges":
        raise refusals.NoSuchPledge()
    return None


def _paths(begins: str, rest: str) -> list[str]:
    """The clean paths that were perhaps meant, the likeliest first: the page behind the token, or the token alone."""
    head, _, page = rest.partition("/")
    token, name = _token(head), without_tail(page)
    is_added = len(token) == _LENGTH and not (head == token and _PAGE.fullmatch(page))  # and no page that there is not
    return [f"{begins}{token}/{name}"] * bool(name) + [f"{begins}{token}"] * is_added


def _token(head: str) -> str:
    """The token in what stands behind the beginning of the path, without what a program added."""
    # A soft line break that lost its end leaves "=" before characters of the token itself.
    squeezed = [_NO_TOKEN.sub("", one) for one in (_ENCODED.sub("", head), head)]
    whole = next((one for one in squeezed if len(one) == _LENGTH), None)
    return whole or _begun(_ENCODED.sub("", head)) or _begun(head) or squeezed[0]


def _begun(head: str) -> str:
    """The token with which this text begins, without what stands between its characters; empty if there is none."""
    places = [place for place, sign in enumerate(head) if not _NO_TOKEN.match(sign)][:_LENGTH]
    token = "".join(head[place] for place in places)
    return token if _TOKEN.fullmatch(token) and not _GOES_ON.match(head, places[-1] + 1) else ""


def _exists(path: str) -> bool:
    adapter = current_app.create_url_adapter(request)
    try:
        return adapter is not None and bool(adapter.match(path, "GET"))
    except HTTPException:
        return False
