"""The pictures of published actions, as files that never change: their URL holds a digest of the content."""

from flask import Blueprint, Response, abort, request

from ua_tracker.actions import pictures
from ua_tracker.actions.picture_files import MEDIA_TYPE
from ua_tracker.database import db
from ua_tracker.web.request import now

bp = Blueprint("pictures", __name__)
_YEAR = 365 * 24 * 3600


@bp.get("/pictures/<digest:digest>.webp")
def file(digest: str) -> Response:
    """A picture in one size. 404 for one that no published action shows."""
    content = pictures.content(db.session(), digest, now())
    if content is None:
        abort(404)
    response = Response(content, mimetype=MEDIA_TYPE)
    response.headers["Cache-Control"] = f"public, max-age={_YEAR}, immutable"
    response.set_etag(digest)
    response.make_conditional(request)
    return response
