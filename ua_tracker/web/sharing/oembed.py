"""oEmbed: a site that has the URL of an action asks here what to show in its place (oembed.com, 1.0)."""

from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

from flask import Blueprint, Response, current_app, g, jsonify, request
from werkzeug.exceptions import HTTPException
from werkzeug.sansio.utils import host_is_trusted

from ua_tracker import actions, cards, refusals
from ua_tracker.database import db
from ua_tracker.models import Action
from ua_tracker.texts import printable
from ua_tracker.web.errors import as_json, error_format_for
from ua_tracker.web.request import now, number_in
from ua_tracker.web.sharing.embed_codes import HEIGHTS, WIDTH, Codes, provider
from ua_tracker.web.sharing.embed_options import COUNTS, THEMES, Choices, share_named

bp = Blueprint("oembed", __name__)
FORMATS = ("json", "xml")
_PAGES = {"actions.show", "embed.frame", "share.show"}
_DAY_SECONDS = 24 * 3600


@bp.get("/oembed")
def answer() -> Response:
    """What to show for `url`, within `maxwidth` and `maxheight` (CSS pixels), as JSON or XML."""
    if wanted() not in FORMATS:
        raise refusals.NoSuchFormat(format=wanted()[:40])
    action, query = _requested_action()
    data = _embed_data(action, query, _size_limit("maxwidth"), _size_limit("maxheight"))
    response = as_xml("oembed", data) if wanted() == "xml" else jsonify(data)
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response


def wanted() -> str:
    """The requested format."""
    return (request.args.get("format") or "json").lower()


def as_xml(root: str, values: dict[str, object], status: int = 200) -> Response:
    """The values as children of one XML element."""
    tree = ElementTree.Element(root)
    for name, value in values.items():
        ElementTree.SubElement(tree, name).text = printable(str(value))
    text = ElementTree.tostring(tree, encoding="utf-8", xml_declaration=True)
    return Response(text, status, mimetype="text/xml")


@error_format_for(r"^/oembed$")
def _error_as_asked(status: int, title: str, sentence: str) -> Response:
    if wanted() == "xml":
        return as_xml("error", {"sentence": sentence}, status)
    return as_json(status, title, sentence)


def _requested_action() -> tuple[Action, dict[str, str]]:
    """The action whose page has the given URL, and the query of that URL. Raises NotOfThisSite."""
    url = request.args.get("url", "")
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise refusals.NotOfThisSite() from error
    hosts = [*current_app.config["TRUSTED_HOSTS"], request.host]
    adapter = current_app.create_url_adapter(request)
    if adapter is None or parts.scheme not in {"http", "https"} or not host_is_trusted(parts.netloc.lower(), hosts):
        raise refusals.NotOfThisSite()
    try:
        endpoint, values = adapter.match(parts.path, method="GET")
    except HTTPException as error:
        raise refusals.NotOfThisSite() from error
    if endpoint not in _PAGES:
        raise refusals.NotOfThisSite()
    g.lang = values["lang"]
    query = {name: found[0] for name, found in parse_qs(parts.query).items()}
    return actions.find_published(db.session(), values["slug"], now()), query


def _size_limit(name: str) -> int | None:
    value = request.args.get(name, "").strip()
    if not value:
        return None
    size = number_in(value)
    if not size:
        raise refusals.NoSize(name=name)
    return size


def _embed_data(
    action: Action, query: dict[str, str], max_width: int | None, max_height: int | None
) -> dict[str, object]:
    share = share_named(db.session(), action, query.get("group", ""))
    theme = query["theme"] if query.get("theme") in THEMES else THEMES[0]
    wants_compact = query.get("size") == "compact" or (max_height is not None and max_height < HEIGHTS["full"])
    size = "compact" if wants_compact else "full"
    count = query["count"] if query.get("count") in COUNTS else COUNTS[0]
    codes = Codes(action, Choices(share, theme, size, count, keeps_unknown=True))
    width = min(WIDTH, max_width or WIDTH)
    height = min(HEIGHTS[size], max_height or HEIGHTS[size])
    return {
        "version": "1.0",
        "type": "rich",
        "title": action.title,
        **provider(),
        "cache_age": _DAY_SECONDS,
        "width": width,
        "height": height,
        "html": str(codes.quoted + codes.frame_of(width, height)),
        **_thumbnail(codes, max_width or cards.WIDTH, max_height or cards.HEIGHT),
    }


def _thumbnail(codes: Codes, max_width: int, max_height: int) -> dict[str, object]:
    """The largest card within these sizes, for programs that show a picture; nothing if none is so small."""
    fitting = [width for width in cards.WIDTHS if width <= max_width and cards.height_of(width) <= max_height]
    if not fitting:
        return {}
    width = fitting[0]
    return {
        "thumbnail_url": codes.card_of(width),
        "thumbnail_width": width,
        "thumbnail_height": cards.height_of(width),
    }
