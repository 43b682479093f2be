"""Who gets through to the coordinators' pages? Every address below the dashboard is closed, whatever its view asks."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Flask, Response, redirect, request, url_for
from werkzeug import Response as AnyResponse

from ua_tracker import refusals
from ua_tracker.web import sessions
from ua_tracker.web.errors import SECRETS, make_room_for_typed
from ua_tracker.web.request import htmx

View = Callable[..., Any]
# Where somebody may go whose password was handed out by others and is still to be changed.
_BEFORE_THE_CHANGE = {"account.password", "account.change_password", "login.leave"}


def register(app: Flask) -> None:
    """Closes every address below the dashboard, whatever its view asks."""
    app.before_request(_guard)


def require_coordinator(role: str | None = None) -> Callable[[View], View]:
    """Gives the view its `coordinator`; nobody is sent to sign in, and the wrong role gets 403 and a sentence.

    Which rows a group's coordinator may see is the view's to ask: `coordinators.seen_group`, `require_group`.
    """

    def guarded(view: View) -> View:
        @wraps(view)
        def admitted(*args: Any, **values: Any) -> Any:
            coordinator = sessions.current()
            if coordinator is None:
                return _to_sign_in()
            if role is not None and coordinator.role != role:
                raise refusals.NotForThisRole()
            return view(*args, coordinator=coordinator, **values)

        return admitted

    return guarded


def _guard() -> AnyResponse | None:
    if request.url_rule is None or not request.url_rule.rule.startswith(
        ("/<lang:lang>/dashboard", "/<lang:lang>/login")
    ):
        return None
    coordinator = sessions.current()
    if request.blueprint == "login":
        return None
    if coordinator is None:
        return _to_sign_in()
    if coordinator.must_change_password and request.endpoint not in _BEFORE_THE_CHANGE:
        return redirect(url_for("account.password"), 303)
    return None


def _to_sign_in() -> AnyResponse:
    """To the page to sign in on; but who had typed something gets it back. Raises SignedOut.

    Only who was signed in before gets back as much as a coordinator's form holds: of a stranger no more is read than
    of anybody.
    """
    make_room_for_typed()
    if request.method == "POST" and not htmx and request.form and not SECRETS & set(request.form):
        raise refusals.SignedOut()
    wanted = request.full_path.rstrip("?") if request.method == "GET" else None
    address = url_for("login.show", next=wanted)
    if htmx:
        return Response(status=204, headers={"HX-Redirect": address})
    return redirect(address, 303)
