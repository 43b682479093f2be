"""The API key of a request: which one it is, what it may do, and how often."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import g, request
from flask_babel import gettext

from ua_tracker.database import db
from ua_tracker.programs import keys
from ua_tracker.web.rate_limits import limiter
from ua_tracker.web.request import now

KEY_LIMIT = "300 per minute; 5000 per day"
View = Callable[..., Any]


def _of_key() -> str:
    return f"key {g.api_key.id}"


def _too_often() -> str:
    return gettext("This API key has been used too often. Wait as long as “Retry-After” says, then send it again.")


limit_key = limiter.shared_limit(KEY_LIMIT, "API key", key_func=_of_key, error_message=_too_often)


def require_key(right: str | None = None) -> Callable[[View], View]:
    """Passes the view its `key`, read from the database, with this right.

    It is taken from the header `Authorization` alone, never from a URL or a cookie. Raises KeyMissing, KeyDamaged,
    KeyOver, RightMissing.
    """

    def guarded(view: View) -> View:
        limited = limit_key(view)

        @wraps(view)
        def with_key(*args: Any, **values: Any) -> Any:
            scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
            g.api_key = keys.find(db.session(), secret.strip() if scheme.lower() == "bearer" else None, now())
            if right is not None:
                g.api_key.require(right)
            return limited(*args, key=g.api_key, **values)

        return with_key

    return guarded
