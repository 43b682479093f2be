"""Lost private links: another is sent to the mailbox of the pledge or report, and nowhere else."""

from flask import Blueprint, Response, make_response, render_template, request
from werkzeug import Response as AnyResponse

from ua_tracker import actions, letters, pledges
from ua_tracker.database import db, writing
from ua_tracker.models import Action
from ua_tracker.web.forms.pledging import LinkForm
from ua_tracker.web.rate_limits import limit_asking
from ua_tracker.web.request import answered_as, language, now, secret_keys

bp = Blueprint("private_links", __name__, url_prefix="/<lang:lang>/pledges/link")


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
    answered_as("private_links.sent", **({"action": opened_from.slug} if opened_from else {}))
    page = render_template("private_links/sent.html", email=form.email.data, action=opened_from)
    return make_response(page, {"Cache-Control": "no-store"})


@bp.get("/sent")
def sent() -> Response:
    """The page after asking, without the address: for the link to another language."""
    return make_response(render_template("private_links/sent.html", action=_opened_from(_offered())))


def _opened_from(offered: list[Action]) -> Action | None:
    """The action whose page led here."""
    return next((one for one in offered if one.slug == request.args.get("action")), None)


def _offered() -> list[Action]:
    listing = actions.listing(db.session(), now())
    return [action for action, _ in (*listing.open, *listing.reporting, *listing.closed)]
