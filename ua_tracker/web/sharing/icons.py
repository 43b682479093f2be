"""The site's icon where browsers and phones ask for it, in the office's accent colour.

They ask at these URLs for every site, also beside answers that cannot name an icon: JSON, pictures, feeds.
"""

from flask import Blueprint, Response, current_app

from ua_tracker import icons
from ua_tracker.web import headers

bp = Blueprint("icons", __name__)
TAB, HOME_SCREEN = 48, 180


@bp.get("/favicon.ico")
def favicon() -> Response:
    """The icon of a tab or a bookmark. It is a PNG, which browsers take whatever the name ends with."""
    return _icon(TAB)


@bp.get("/apple-touch-icon.png")
@bp.get("/apple-touch-icon-precomposed.png")
def home_screen() -> Response:
    """The icon on the home screen of a phone."""
    return _icon(HOME_SCREEN)


def _icon(size: int) -> Response:
    accent = str(current_app.config["SITE_ACCENT"])
    response = Response(icons.png(size, accent, headers.text_colour_on(accent)), mimetype="image/png")
    # The URL is always the same, so a changed accent is seen after a day.
    response.headers["Cache-Control"] = "public, max-age=86400"
    return response
