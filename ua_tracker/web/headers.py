"""The headers of every response: which scripts may run, which sites may frame it, how long it may be cached.

Also the check that a changing request comes from this site, and the view that serves the site's own files.
"""

import hashlib
import re
from collections.abc import Callable
from functools import cache
from urllib.parse import urlsplit

from flask import Blueprint, Flask, Response, abort, current_app, request, send_from_directory, url_for
from werkzeug.exceptions import SecurityError

from ua_tracker import languages
from ua_tracker.settings import HOME
from ua_tracker.web import one_click, page_script
from ua_tracker.web.live import kept_views
from ua_tracker.web.request import is_private

OWN = (
    "site.css", "office.css", "private.css", "share.css", "poster.css", "wall.css", "write.css", "embed.css",
    "picture.css", "preview.css", "imports.css", "list.css", "page.js", "embed.js", "frame.js", "imports.js",
    "write.js", "favicon.svg",
)  # fmt: skip
FILES = {**dict.fromkeys(OWN, HOME / "static"), "htmx.min.js": page_script.HTMX_FOLDER}
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
# The few headers of a fragment that is requested thousands of times: it loads nothing and may not be framed.
FRAGMENT_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
}
# The picture of an action, which pages of this site alone show.
PICTURE_HEADERS = {**FRAGMENT_HEADERS, "Cross-Origin-Resource-Policy": "same-origin"}
# The embedded page: every page may frame it, also one opened from a disk, which `frame-ancestors *` would exclude. In
# the sandbox that WordPress makes it has no origin of its own, and in WebKit 'self' then matches nothing: so the site's
# origin is named beside it (`_for_any_frame`).
EMBED_POLICY = "default-src 'none'; {loading}; form-action 'none'; base-uri 'none'"
EMBED_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
# The page that shows the embedded one as a preview.
SHARE_HEADERS = {**HEADERS, "Content-Security-Policy": f"{POLICY}; frame-src 'self'"}
_FRAME_PATH = re.compile(rf"^/{languages.IN_PATH}/embed/")
_FRAMING = {"share.show", "share.kit"}
# What other sites may load and read: public numbers, without cookies and without personal data.
_FOR_OTHER_SITES = {"api", "embed", "files", "images", "oembed", "site_card"}
# What a key opens and nothing else: no cookie is looked at, so that no other site can use a visitor's.
_WITH_KEY = "write_api"
# A page with a form holds an idempotency key for one reader; a cache must not give it to another.
_NEVER_CACHED = {"actions.show", "pledges.pledging", "letters.new"}
# Every URL with one of these parts is personal: a page behind a private link, the thanks that show one, and the errors
# there. The URL decides it, so that a new view cannot forget it.
_PERSONAL = {"pledges", "pledged", "preview"}
# The page below such a URL that a person looks for in a search engine: it shows nobody's data (docs/decisions/0027).
_FINDABLE = "private_links.ask"
_YEAR = 365 * 24 * 3600

bp = Blueprint("files", __name__)


def register(app: Flask) -> None:
    """Registers the check of changing requests, and the headers, on the app."""
    app.before_request(_refuse_other_sites)
    app.after_request(_with_headers)


def asset(name: str) -> str:
    """The URL of one of the site's files, with a hash of its content so that it can be cached for a year."""
    return url_for("files.file", name=name, v=_content_hash(name, *_look()))


@bp.get("/files/<name>")
def file(name: str) -> Response:
    """One of the site's own files, or htmx from its package's folder."""
    accent, spaces = _look()
    made = _made(name, spaces)
    if made:
        text, mimetype = made
        response = current_app.response_class(text(accent), mimetype=mimetype)
    else:
        response = own_file(name)
    if request.args.get("v") == _content_hash(name, accent, spaces):
        response.headers["Cache-Control"] = f"public, max-age={_YEAR}, immutable"
    return response


def own_file(name: str) -> Response:
    """One of the files in `FILES`; 404 for any other name."""
    if name not in FILES:
        abort(404)
    return send_from_directory(FILES[name], name)


def _look() -> tuple[str, str]:
    """What some files depend on: the office's colour, and the country whose spaces French is set with."""
    return current_app.config["SITE_ACCENT"], current_app.config["FRENCH_SPACES"]


@cache
def _content_hash(name: str, accent: str, spaces: str) -> str:
    made = _made(name, spaces)
    content = made[0](accent).encode() if made else (FILES[name] / name).read_bytes()
    return hashlib.sha256(content).hexdigest()[:8]


def made_sheet(accent: str) -> str:
    """The style sheet with the office's colour, the text colour on it, and each language's thousands separator."""
    separators = {
        code: "".join(f"\\{ord(character):x} " for character in languages.thousands(code))
        for code in languages.LANGUAGES
    }
    rules = [f':lang({code}) .thousands::before{{content:"{separator}"}}\n' for code, separator in separators.items()]
    return "".join([f":root{{--accent:{accent};--on-accent:{text_colour_on(accent)}}}\n", *rules])


def made_icon(accent: str) -> str:
    """The icon of the site in the office's colour: in the file it is drawn in amber and black."""
    icon = (FILES["favicon.svg"] / "favicon.svg").read_text()
    return icon.replace("#000000", text_colour_on(accent)).replace("#ffb000", accent)


# The files that depend on the office's colour, with their types.
MADE: dict[str, tuple[Callable[[str], str], str]] = {
    "accent.css": (made_sheet, "text/css"),
    "favicon.svg": (made_icon, "image/svg+xml"),
}


def _made(name: str, spaces: str) -> tuple[Callable[[str], str], str] | None:
    """What makes the file of this name from the office's colour, and its type; None for one that is served as it is."""
    code = page_script.language_of(name)
    return MADE.get(name) if code is None else (lambda _accent: page_script.made(code, spaces), "text/javascript")


def text_colour_on(accent: str) -> str:
    """Black or white, whichever contrasts more with this colour (WCAG 2.2, 1.4.3)."""
    red, green, blue = (int(accent[start : start + 2], 16) / 255 for start in (1, 3, 5))
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in (red, green, blue)]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return "#000000" if (luminance + 0.05) / 0.05 >= 1.05 / (luminance + 0.05) else "#ffffff"


def _refuse_other_sites() -> None:
    """A request that changes something must come from this site (Fetch Metadata, W3C; Origin, RFC 6454)."""
    needs_none = one_click.is_posted() or request.blueprint == _WITH_KEY
    if request.method in {"GET", "HEAD", "OPTIONS"} or needs_none:
        return
    fetched_from = request.headers.get("Sec-Fetch-Site")
    if fetched_from is not None:
        if fetched_from not in {"same-origin", "none"}:
            abort(403)
        return
    origin = request.headers.get("Origin")
    if origin is not None and origin.partition("://")[2] != request.host:
        abort(403)


def _with_headers(response: Response) -> Response:
    usual = _headers_of(request.endpoint)
    if request.is_secure:
        usual = {**usual, "Strict-Transport-Security": f"max-age={_YEAR}"}
    there = {name.lower() for name, _ in response.headers}  # asking one by one would compare each with each
    response.headers.extend({name: value for name, value in usual.items() if name.lower() not in there})
    private = is_private() or not _PERSONAL.isdisjoint(request.path.split("/"))
    if request.method == "POST" or request.endpoint in _NEVER_CACHED or private:
        response.headers["Cache-Control"] = "no-store"
    elif "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "no-cache"
    is_open = request.path.startswith("/api/") and request.blueprint != _WITH_KEY
    if is_open or request.blueprint in _FOR_OTHER_SITES or _FRAME_PATH.match(request.path):
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    if private:
        is_preview = request.path.split("/")[2:3] == ["preview"]
        response.headers["Referrer-Policy"] = "no-referrer" if is_preview else "same-origin"
        if not _is_findable(response):
            response.headers["X-Robots-Tag"] = "noindex"
    return response


def _is_findable(response: Response) -> bool:
    """Whether search engines may lead to this answer: the empty form for a lost link, at its URL without a query."""
    return request.endpoint == _FINDABLE and not request.query_string and response.status_code == 200


def _headers_of(endpoint: str | None) -> dict[str, str]:
    """The headers of this endpoint. What is only fetched or drawn, and images load nothing and need few."""
    if _FRAME_PATH.match(request.path):  # a refusal is to be seen in the frame too
        return _for_any_frame()
    if endpoint in _FRAMING:
        return SHARE_HEADERS
    if endpoint == "pictures.file":
        return PICTURE_HEADERS
    fetched = {"images", "oembed", "site_card"}
    if kept_views.declared(current_app, endpoint) or request.blueprint in fetched:
        return FRAGMENT_HEADERS
    return HEADERS


def _for_any_frame() -> dict[str, str]:
    loading = "; ".join(
        f"{kind} 'self' {_own_origin()}{more}"
        for kind, more in (("script-src", ""), ("style-src", ""), ("img-src", " data:"), ("connect-src", ""))
    )
    return {**EMBED_HEADERS, "Content-Security-Policy": EMBED_POLICY.format(loading=loading)}


def _own_origin() -> str:
    """The site's origin as browsers send it: that of PUBLIC_URL, else that of the request; empty for another's host."""
    public = urlsplit(current_app.config["PUBLIC_URL"])
    if public.netloc:
        return f"{public.scheme}://{public.netloc.lower().encode('idna').decode()}"
    try:
        return f"{request.scheme}://{request.host}"
    except SecurityError:  # a host name that is not ours: the refusal loads nothing from it
        return ""
