"""The page that asks for the password again before rights are changed, unless it was given recently.

This is Flask-Security's idea of freshness, by the app's own clock (docs/decisions/0006-accounts.md). The response to
the post is a page that says what is about to be done and carries the form's fields on. With the right password it is
done in the same request.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Response, make_response, render_template, request

from ua_tracker import coordinators
from ua_tracker.models import Coordinator
from ua_tracker.refusals import TooManyTries, WrongPassword
from ua_tracker.texts import printable
from ua_tracker.web import sessions
from ua_tracker.web.coordinators.login.guard import View
from ua_tracker.web.coordinators.login.tries import prove
from ua_tracker.web.errors import sentence_of, with_retry_after
from ua_tracker.web.forms.accounts import ProofForm
from ua_tracker.web.request import htmx, now

OWN_FIELDS = {"csrf_token", "proof", "username"}


def require_proof(about: Callable[..., str]) -> Callable[[View], View]:
    """Asks for the password if it was given more than five minutes ago. The view never runs without it.

    `about` says what is about to be done, from the values in the URL. Goes below `require_coordinator`.
    """

    def guarded(view: View) -> View:
        @wraps(view)
        def proven(*args: Any, coordinator: Coordinator, **values: Any) -> Any:
            if not coordinators.is_proven(sessions.current_session(), now()):
                response = _ask_for_password(coordinator, about, values)
                if response is not None:
                    return response
            return view(*args, coordinator=coordinator, **values)

        proven.asks_for_proof = True  # type: ignore[attr-defined]  # for whoever lists the views that ask
        return proven

    return guarded


def _ask_for_password(coordinator: Coordinator, about: Callable[..., str], values: dict[str, Any]) -> Response | None:
    """The page that asks for the password, or None once the right one has come."""
    form = ProofForm()
    valid = form.validate_on_submit()
    if "proof" not in request.form:
        form.proof.errors = []
        return _page(form, form.status if form.csrf_token.errors else 403, about(**values))
    if not valid:
        return _page(form, form.status, about(**values))
    try:
        prove(coordinator, str(form.proof.data))
    except WrongPassword as refusal:
        form.proof.errors = [sentence_of(refusal)]
        return _page(form, form.status, about(**values))
    except TooManyTries as refusal:
        form.proof.errors = [sentence_of(refusal)]
        return with_retry_after(_page(form, 429, about(**values)), refusal)
    return None


def _page(form: ProofForm, status: int, description: str) -> Response:
    """The form, as a fragment for htmx. It carries on everything that was typed, except the password."""
    carried = [(name, printable(value)) for name, value in request.form.items(multi=True) if name not in OWN_FIELDS]
    template = "login/_proof.html" if htmx else "login/proof.html"
    return make_response(render_template(template, form=form, description=description, carried=carried), status)
