"""What programs that walk through all sites are asked to leave out: `/robots.txt` (RFC 9309).

Private pages are not named there: they say themselves that they are not to be listed, which a program that stays away
would not read.
"""

from flask import Blueprint, Response

from ua_tracker import languages

bp = Blueprint("robots", __name__)
# Below the language: what coordinators use, and what only open pages ask for, again and again.
LEFT_OUT = ("dashboard", "login", "listing", "actions/*/counter", "actions/*/wall/numbers")


@bp.get("/robots.txt")
def robots() -> Response:
    """The rules, the same for all programs."""
    paths = [f"/{code}/{path}" for code in languages.LANGUAGES for path in LEFT_OUT]
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in [*paths, "/readyz", "/healthz", "/metrics"])]
    response = Response("\n".join([*lines, ""]), mimetype="text/plain")
    response.headers["Cache-Control"] = "public, max-age=86400"
    return response
