"""How does the site know a coordinator again? By a signed cookie that only the coordinators' own addresses touch.

The cookie holds the key of a session; `ua_tracker/coordinators/sessions.py` says whether that is open. Flask-Security
hashes passwords, its own views and sessions are not used; see docs/decisions/0006-accounts.md.
"""

import unicodedata
from typing import Any

from flask import Flask, Response, current_app, g, request, session
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from flask_security import Security, SQLAlchemyUserDatastore, hash_password, verify_password
from passlib.totp import TOTP
from sqlalchemy.orm import Session

from ua_tracker import coordinators, two_factor
from ua_tracker.database import db
from ua_tracker.models import Coordinator, CoordinatorSession
from ua_tracker.web.request import is_private, now

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
    # Only our own sessions sign in: no token in an address, a header or a body does, nor a cookie of Flask-Login's.
    security.login_manager.request_loader(None)
    security.login_manager.user_loader(lambda _mark: None)
    # Readers' requests ask nobody who they are; our own guard asks, where it matters.
    security.principal.identity_loaders.clear()
    keys = [*app.config["SECRET_KEY_FALLBACKS"], app.config["SECRET_KEY"]]
    app.extensions["ua_tracker.two_factor"] = two_factor.factory(keys, app.config["SITE_NAME"])


def hashed(password: str) -> str:
    """What is stored of a password; equal however the keyboard composed its accents."""
    return str(hash_password(_composed(password)))


def is_password(coordinator: Coordinator | None, password: str) -> bool:
    """Whether the password is the coordinator's; for nobody it takes as long to say no."""
    if coordinator is None or coordinator.password_hash is None:
        hashed(password)
        return False
    return bool(verify_password(_composed(password), coordinator.password_hash))


def require_good_password(password: str, email: str, before: str | None = None) -> None:
    """As the rule of the same name, which is told what this site is called."""
    about = ("Urgent Action", *(str(current_app.config[name] or "") for name in ("SITE_NAME", "SITE_OWNER")))
    coordinators.require_good_password(_composed(password), email, before=before and _composed(before), about=about)


def _composed(password: str) -> str:
    return unicodedata.normalize("NFKC", password.encode(errors="replace").decode())


def totp() -> type[TOTP]:
    """What makes and reads this site's two-factor secrets."""
    return current_app.extensions["ua_tracker.two_factor"]  # type: ignore[no-any-return]


def current() -> Coordinator | None:
    """Who is signed in, for twelve hours at most."""
    if "coordinator" not in g:
        g.coordinator_session = coordinators.find_session(db.session(), session.get("key"), now())
        g.coordinator = g.coordinator_session.coordinator if g.coordinator_session else None
    return g.coordinator  # type: ignore[no-any-return]


def own() -> CoordinatorSession:
    """The session of whoever is signed in."""
    one: CoordinatorSession = g.coordinator_session
    return one


def begin(written: Session, coordinator: Coordinator) -> None:
    """Begins a session in this transaction, with nothing in the cookie of the time before."""
    end(written)
    session["key"] = coordinators.begin_session(written, coordinator, now())
    g.pop("coordinator", None)


def end(written: Session) -> None:
    """Ends this session in this transaction, or half of one: a copy of its cookie opens nothing any more."""
    for name in ("key", "halfway"):
        coordinators.end_session(written, session.get(name))
    session.clear()
    ask_nobody()


def begin_halfway(written: Session, coordinator: Coordinator) -> None:
    """Remembers that the right password was given, and that the code is owed."""
    coordinators.end_session(written, session.get("halfway"))
    session["halfway"] = coordinators.begin_session(written, coordinator, now(), coordinators.HALFWAY)


def halfway() -> Coordinator | None:
    """Who gave the right password within the last ten minutes and still owes the code."""
    one = coordinators.find_session(db.session(), session.get("halfway"), now(), coordinators.HALFWAY)
    return one.coordinator if one else None


def end_halfway(written: Session) -> bool:
    """Uses that state up; False if somebody with the same cookie was quicker."""
    return coordinators.end_session(written, session.get("halfway"))


def was_here() -> bool:
    """Whether the cookie is of somebody who has been signed in, though it may be over: we signed it ourselves."""
    return bool(session.get("key"))


def ask_nobody() -> None:
    """Takes nobody for signed in for the rest of this request: a page can then be drawn without the database."""
    g.coordinator = g.coordinator_session = None
    g._login_user = current_app.login_manager.anonymous_user()  # type: ignore[attr-defined]
