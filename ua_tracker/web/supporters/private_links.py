"""Lost private links: a link that a mail program damaged is mended; another is sent to its mailbox and nowhere else."""

import re

from flask import Blueprint, Response, current_app, make_response, redirect, render_template, request
from werkzeug import Response as AnyResponse
from werkzeug.exceptions import HTTPException, NotFound

from ua_tracker import actions, languages, letters, pledges, refusals
from ua_tracker.database import db, writing
from ua_tracker.models import Action
from ua_tracker.web.forms.pledging import LinkForm
from ua_tracker.web.rate_limits import limit_asking
from ua_tracker.web.request import language, now, secret_keys

bp = Blueprint("private_links", __name__, url_prefix="/<lang:lang>/pledges/link")
_UNKNOWN = re.compile(rf"/({languages.IN_PATH})/pledges/(.+)", re.DOTALL)
# What mail programs write for a character behind or in a link: quoted-printable, percent-encoding, entities.
_ENCODED = re.compile(r"[=%](?:3D|3E|20|0A|0D|2E|2C|29|3B|22|27|5D)|&(?:gt|lt|quot|amp|nbsp);", re.IGNORECASE)
_NO_TOKEN = re.compile(r"[^A-Za-z0-9_-]+")
_TOKEN_LENGTH = 43


@bp.before_app_request
def mend() -> AnyResponse | None:
    """Leads from a damaged private link to the clean one; where that is in vain, the error offers a lost link."""
    found = _UNKNOWN.fullmatch(request.path) if isinstance(request.routing_exception, NotFound) else None
    if found is None:
        return None
    code, rest = found[1], found[2]
    path = f"/{code}/pledges/{_mended(rest)}"
    if request.method in ("GET", "HEAD") and path != request.path and _exists(path):
        return redirect(path)
    raise refusals.NoSuchPledge()


def _mended(rest: str) -> str:
    """What stands behind /pledges/, without what a mail program added. A token has 43 characters."""
    head, slash, page = rest.partition("/")
    # A soft line break that lost its end leaves "=" before characters of the token itself.
    tokens = [_NO_TOKEN.sub("", one) for one in (_ENCODED.sub("", head), head)]
    token = next((one for one in tokens if len(one) == _TOKEN_LENGTH), tokens[0])
    return f"{token}{slash}{re.sub('[^A-Za-z0-9]+$', '', _ENCODED.sub('', page))}"


def _exists(path: str) -> bool:
    adapter = current_app.create_url_adapter(request)
    try:
        return adapter is not None and bool(adapter.match(path, "GET"))
    except HTTPException:
        return False


@bp.get("")
def ask() -> str:
    """The form; `?action=<slug>` preselects an action, and the page leads back to it."""
    offered = _offered()
    form = LinkForm.offering(offered, request.args.get("action"))
    return render_template("private_links/ask.html", form=form, action=_opened_from(offered))


@bp.post("")
@limit_asking
def send() -> AnyResponse:
    """Queues the mail if there is such a pledge or report. The response is the same if there is none."""
    offered = _offered()
    form, opened_from = LinkForm.offering(offered), _opened_from(offered)
    if not form.validate_on_submit():
        return make_response(render_template("private_links/ask.html", form=form, action=opened_from), form.status)
    with writing() as session:
        action = actions.find_published(session, form.action.data, now()) if form.action.data else None
        asked = str(form.email.data), language(), secret_keys()[0], now()
        pledges.mail_links(session, action, *asked)
        letters.mail_links(session, action, *asked)
    # No redirect, whose page would not know the address (docs/decisions/0008-outbox.md).
    page = render_template("private_links/sent.html", email=form.email.data, action=opened_from)
    return make_response(page, {"Cache-Control": "no-store"})


@bp.get("/sent")
def sent() -> Response:
    """The page after asking without an address: where earlier versions redirected to."""
    return make_response(render_template("private_links/sent.html"))


def _opened_from(offered: list[Action]) -> Action | None:
    """The action whose page led here."""
    return next((one for one in offered if one.slug == request.args.get("action")), None)


def _offered() -> list[Action]:
    listing = actions.listing(db.session(), now())
    return [action for action, _ in (*listing.open, *listing.reporting, *listing.closed)]
