"""How does the site know a coordinator again? By a signed cookie that only the coordinators' own addresses touch.

Flask-Security hashes passwords, signs in and out, and finds the coordinator of a session. Its own views are
not used; see docs/decisions/0006-accounts.md.
"""

import unicodedata
from typing import Any

from flask import Flask, Response, current_app, g, request
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from flask_security import Security, SQLAlchemyUserDatastore, hash_password, verify_password
from passlib.totp import TOTP

from ua_tracker import codes
from ua_tracker.database import db
from ua_tracker.models import Coordinator
from ua_tracker.web import is_private

_SETTINGS: dict[str, Any] = {
    "SECURITY_PASSWORD_HASH": "argon2",
    "SECURITY_PASSWORD_SCHEMES": ["argon2"],
    # No second hash under a key: who changes the secret key must not lose every password.
    "SECURITY_PASSWORD_SINGLE_HASH": ["argon2"],
    # OWASP, Password Storage: 19 MiB, two passes, one lane; several at once still fit on a small machine.
    "SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS": {
        "argon2__memory_cost": 19456,
        "argon2__time_cost": 2,
        "argon2__parallelism": 1,
    },
    "SECURITY_CLI_USERS_NAME": None,
    "SECURITY_CLI_ROLES_NAME": None,
    # Flask-Login would tie a session to the address, which changes under a person who travels.
    "SESSION_PROTECTION": None,
    "SESSION_COOKIE_HTTPONLY": True,
    "SESSION_COOKIE_SAMESITE": "Lax",
    # As long as the session: a text typed slowly is not lost.
    "WTF_CSRF_TIME_LIMIT": None,
}


class CoordinatorsOnly(SecureCookieSessionInterface):
    """Public answers neither set a cookie nor vary by one, whoever asks."""

    def get_cookie_name(self, app: Flask) -> str:
        """Over https a name that browsers take from this very host only (RFC 6265bis, `__Host-`)."""
        return "__Host-session" if request.is_secure else "session"

    def get_cookie_secure(self, app: Flask) -> bool:
        """Secure wherever the browser came over https; a first start on one's own machine has none."""
        return request.is_secure

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Leaves answers alone that are nobody's in particular."""
        if is_private() or session.modified:
            super().save_session(app, session, response)


def register(app: Flask) -> None:
    """Puts sessions on the app."""
    app.config.update(_SETTINGS)
    app.session_interface = CoordinatorsOnly()
    security = Security(app, SQLAlchemyUserDatastore(db, Coordinator, None), register_blueprint=False)
    # Only a session signs in: no token in an address, a header or a body does.
    security.login_manager.request_loader(None)
    # Readers' requests ask nobody who they are; our own guard asks, where it matters.
    security.principal.identity_loaders.clear()
    keys = [*app.config["SECRET_KEY_FALLBACKS"], app.config["SECRET_KEY"]]
    app.extensions["ua_tracker.codes"] = codes.factory(keys, app.config["SITE_NAME"])


def hashed(password: str) -> str:
    """What is stored of a password; equal however the keyboard composed its accents."""
    return str(hash_password(_composed(password)))


def is_password(coordinator: Coordinator | None, password: str) -> bool:
    """Whether the password is the coordinator's; for nobody it takes as long to say no."""
    if coordinator is None or coordinator.password_hash is None:
        hashed(password)
        return False
    return bool(verify_password(_composed(password), coordinator.password_hash))


def _composed(password: str) -> str:
    return unicodedata.normalize("NFKC", password)


def totp() -> type[TOTP]:
    """What makes and reads this site's two-factor secrets."""
    return current_app.extensions["ua_tracker.codes"]  # type: ignore[no-any-return]


def ask_nobody() -> None:
    """Takes nobody for signed in for the rest of this request: a page can then be drawn without the database."""
    g.coordinator = None
    g._login_user = current_app.login_manager.anonymous_user()  # type: ignore[attr-defined]
