"""The guard of the coordinators' pages: every URL below the dashboard needs a session, whatever its view declares."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Flask, Response, redirect, request, url_for
from werkzeug import Response as AnyResponse

from ua_tracker import refusals
from ua_tracker.web import sessions
from ua_tracker.web.error_words import SECRET_FIELDS
from ua_tracker.web.errors import allow_long_form
from ua_tracker.web.request import htmx

View = Callable[..., Any]
# What a coordinator may open who must first change a password that someone else has set.
_ALLOWED_BEFORE_CHANGE = {"account.password", "account.change_password", "login.leave"}


def register(app: Flask) -> None:
    """Closes every URL below the dashboard, whatever its view declares."""
    app.before_request(_guard)


def require_coordinator(role: str | None = None) -> Callable[[View], View]:
    """Passes the view its `coordinator`. Others are sent to sign in; the wrong role gets 403.

    Which rows a group's coordinator may see is checked in the view, by `coordinators.seen_group` and `require_group`.
    """

    def guarded(view: View) -> View:
        @wraps(view)
        def with_coordinator(*args: Any, **values: Any) -> Any:
            coordinator = sessions.current()
            if coordinator is None:
                return _to_sign_in()
            if role is not None and coordinator.role != role:
                raise refusals.NotForThisRole()
            return view(*args, coordinator=coordinator, **values)

        return with_coordinator

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
    if coordinator.must_change_password and request.endpoint not in _ALLOWED_BEFORE_CHANGE:
        return redirect(url_for("account.password"), 303)
    return None


def _to_sign_in() -> AnyResponse:
    """Redirects to the sign-in page. Raises SignedOut for a posted form, so that what was typed is shown again.

    Only a cookie from a session allows as much as a coordinator's form; for all others the usual limit stays.
    """
    allow_long_form()
    if request.method == "POST" and not htmx and request.form and not SECRET_FIELDS & set(request.form):
        raise refusals.SignedOut()
    wanted = request.full_path.rstrip("?") if request.method == "GET" else None
    url = url_for("login.show", next=wanted)
    if htmx:
        return Response(status=204, headers={"HX-Redirect": url})
    return redirect(url, 303)
