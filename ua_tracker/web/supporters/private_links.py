"""Asking for a lost private link: it is sent to the mailbox of the pledge or report and nowhere else."""

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from werkzeug import Response as AnyResponse

from ua_tracker import actions, letters, pledges
from ua_tracker.database import db, writing
from ua_tracker.models import Action
from ua_tracker.web.forms.pledging import LinkForm
from ua_tracker.web.rate_limits import limit_asking
from ua_tracker.web.request import language, now, secret_keys

bp = Blueprint("private_links", __name__, url_prefix="/<lang:lang>/pledges/link")


@bp.get("")
def ask() -> str:
    """The form; `?action=<slug>` preselects an action."""
    return render_template("private_links/ask.html", form=LinkForm.offering(_offered(), request.args.get("action")))


@bp.post("")
@limit_asking
def send() -> AnyResponse:
    """Queues the mail if there is such a pledge or report. The response is the same if there is none."""
    form = LinkForm.offering(_offered())
    if not form.validate_on_submit():
        return make_response(render_template("private_links/ask.html", form=form), form.status)
    with writing() as session:
        action = actions.find_published(session, form.action.data, now()) if form.action.data else None
        pledges.mail_links(session, action, str(form.email.data), secret_keys()[0], now())
        letters.mail_links(session, action, str(form.email.data), language(), secret_keys()[0], now())
    return redirect(url_for("private_links.sent"), 303)


@bp.get("/sent")
def sent() -> Response:
    """The page after asking, the same whether or not the address is known."""
    return make_response(render_template("private_links/sent.html"))


def _offered() -> list[Action]:
    listing = actions.listing(db.session(), now())
    return [action for action, _ in (*listing.open, *listing.reporting, *listing.closed)]
