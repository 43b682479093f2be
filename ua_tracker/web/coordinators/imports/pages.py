"""The pages of a PDF as pictures, beside the values that were read from it."""

from flask import Response, make_response

from ua_tracker import importing, refusals
from ua_tracker.database import db
from ua_tracker.importing import waiting
from ua_tracker.models import Coordinator
from ua_tracker.web.coordinators.imports.upload import bp
from ua_tracker.web.coordinators.login import require_coordinator
from ua_tracker.web.headers import PICTURE_HEADERS

WIDTH = 1000  # pixels: small print is legible on a screen with two pixels for each of the page's


@bp.get("/<int:number>/pages/<int:page>.webp")
@require_coordinator("office")
def picture(coordinator: Coordinator, number: int, page: int) -> Response:
    """The page as a picture, drawn in a process apart. Only the one who uploaded the document gets it."""
    row = waiting.find(db.session(), coordinator, number)
    if not waiting.is_pdf(row):
        raise refusals.NoSuchPage()
    content = row.content
    db.session().rollback()  # drawing takes long, and needs no database
    response = make_response(importing.picture_of_page(content, page, WIDTH))
    response.mimetype = "image/webp"
    response.headers.update(PICTURE_HEADERS)
    return response
