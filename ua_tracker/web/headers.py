"""What every answer says to the browser: what may run, who may frame it, how long it may be kept.

Also what is asked of a request before it may change anything, and where the site's own files are served.
"""

import hashlib
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import js_lib_htmx
from flask import Blueprint, Flask, Response, abort, current_app, request, send_from_directory, url_for

from ua_tracker.settings import HOME
from ua_tracker.web import is_private

HTMX_FOLDER = Path(js_lib_htmx.__file__).parent / "static" / "htmx"
FILES = {"site.css": HOME / "static", "page.js": HOME / "static", "htmx.min.js": HTMX_FOLDER}
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=(), clipboard-write=(self)",
}
# What a fragment needs that is asked for thousands of times: it loads nothing, and nobody may frame it.
FRAGMENT_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
}
_POLLED = {"counter.show", "actions.listing", "api.action", "api.listing"}
# Pages with a form hold a key for one use; nobody else may be handed a copy.
_NEVER_KEPT = {"actions.show", "pledges.pledging", "letters.new", "manage.show"}
_YEAR = 365 * 24 * 3600

bp = Blueprint("files", __name__)


def register(app: Flask) -> None:
    """Puts checks and headers on the app."""
    app.before_request(_refuse_other_sites)
    app.after_request(_with_headers)
    app.register_blueprint(bp)


def asset(name: str) -> str:
    """The address of one of the site's files, with a mark of its content so that it can be kept for a year."""
    return url_for("files.file", name=name, v=_mark(name, current_app.config["SITE_ACCENT"]))


@bp.get("/files/<name>")
def file(name: str) -> Response:
    """One of the site's own files, or htmx from its package's folder."""
    if name == "accent.css":
        response = current_app.response_class(accent_sheet(current_app.config["SITE_ACCENT"]), mimetype="text/css")
    elif name in FILES:
        response = send_from_directory(FILES[name], name)
    else:
        abort(404)
    if request.args.get("v") == _mark(name, current_app.config["SITE_ACCENT"]):
        response.headers["Cache-Control"] = f"public, max-age={_YEAR}, immutable"
    return response


@cache
def _mark(name: str, accent: str) -> str:
    content = accent_sheet(accent).encode() if name == "accent.css" else (FILES[name] / name).read_bytes()
    return hashlib.sha256(content).hexdigest()[:12]


def accent_sheet(accent: str) -> str:
    """The office's colour, and black or white for the words on it, whichever contrasts more (WCAG 2.2, 1.4.3)."""
    red, green, blue = (int(accent[start : start + 2], 16) / 255 for start in (1, 3, 5))
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in (red, green, blue)]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    words = "#000000" if (luminance + 0.05) / 0.05 >= 1.05 / (luminance + 0.05) else "#ffffff"
    return f":root{{--accent:{accent};--on-accent:{words}}}\n"


def _refuse_other_sites() -> None:
    """A post must come from a page of this site (Fetch Metadata, W3C; Origin, RFC 6454)."""
    if request.method in {"GET", "HEAD", "OPTIONS"}:
        return
    fetched_from = request.headers.get("Sec-Fetch-Site")
    if fetched_from is not None:
        if fetched_from not in {"same-origin", "none"}:
            abort(403)
        return
    origin = request.headers.get("Origin")
    if origin is not None and urlsplit(origin).netloc != request.host:
        abort(403)


def _with_headers(response: Response) -> Response:
    for name, value in (FRAGMENT_HEADERS if request.endpoint in _POLLED else HEADERS).items():
        response.headers.setdefault(name, value)
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", f"max-age={_YEAR}")
    private = is_private()
    if request.method == "POST" or request.endpoint in _NEVER_KEPT or private:
        response.headers["Cache-Control"] = "no-store"
    elif "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "no-cache"
    if request.path.startswith("/api/"):
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    if request.blueprint == "manage" or private:
        response.headers["Referrer-Policy"] = "same-origin"
        response.headers["X-Robots-Tag"] = "noindex"
    return response
