"""Recognises coordinators by a signed cookie that only the coordinators' pages set and read.

The cookie holds the key of a session; `ua_tracker/coordinators/sessions.py` says whether that session is open.
Flask-Security hashes the passwords; its views and its sessions are not used. See docs/decisions/0006-accounts.md.
"""

import unicodedata
from datetime import timedelta
from typing import Any

from flask import Flask, Request, Response, current_app, g, request, session
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from flask_security import Security, SQLAlchemyUserDatastore, hash_password, verify_password
from flask_wtf.csrf import generate_csrf
from itsdangerous import BadData, URLSafeSerializer
from passlib.totp import TOTP
from sqlalchemy.orm import Session

from ua_tracker import coordinators, two_factor
from ua_tracker.database import db
from ua_tracker.models import Coordinator, CoordinatorSession
from ua_tracker.web.request import is_private, now, secret_keys

# A form that was opened in an earlier session of the same coordinator is taken for so long.
FORM_LASTS = timedelta(days=7)
_SETTINGS: dict[str, Any] = {
    "SECURITY_PASSWORD_HASH": "argon2",
    "SECURITY_PASSWORD_SCHEMES": ["argon2"],
    # The secret key is no part of the hash: a new secret key must not make every password invalid.
    "SECURITY_PASSWORD_SINGLE_HASH": ["argon2"],
    # OWASP, Password Storage: 19 MiB, two passes, one lane. A small machine has memory for several at once.
    "SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS": {
        "argon2__memory_cost": 19456,
        "argon2__time_cost": 2,
        "argon2__parallelism": 1,
    },
    "SECURITY_CLI_USERS_NAME": None,
    "SECURITY_CLI_ROLES_NAME": None,
    # Flask-Login would tie a session to the network address, which changes when a coordinator travels.
    "SESSION_PROTECTION": None,
    "SESSION_COOKIE_HTTPONLY": True,
    "SESSION_COOKIE_SAMESITE": "Lax",
    # A token is valid as long as its session, so that a text typed slowly is not lost.
    "WTF_CSRF_TIME_LIMIT": None,
}


class CoordinatorsOnly(SecureCookieSessionInterface):
    """Sessions for the coordinators' pages only: public responses neither set a cookie nor vary by one."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """The session of the request's cookie. Without any cookie it is new, and there is no signature to read."""
        return super().open_session(app, request) if "HTTP_COOKIE" in request.environ else self.session_class()

    def get_cookie_name(self, app: Flask) -> str:
        """The cookie's name: over https one that browsers accept from this exact host only (RFC 6265bis, `__Host-`)."""
        return "__Host-session" if request.is_secure else "session"

    def get_cookie_secure(self, app: Flask) -> bool:
        """Whether the cookie is sent over https only. A first start on one's own machine uses plain http."""
        return request.is_secure

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Saves the session; skips public responses."""
        if is_private() or session.modified:
            super().save_session(app, session, response)


def register(app: Flask) -> None:
    """Registers sessions and password hashing on the app."""
    app.config.update(_SETTINGS)
    app.session_interface = CoordinatorsOnly()
    # The library asks for its own class of users, which the models do not import, and for one of roles, which we lack.
    users = SQLAlchemyUserDatastore(db, Coordinator, None)  # type: ignore[arg-type]
    security = Security(app, users, register_blueprint=False)
    # Only our own sessions sign anyone in: no token in a URL, a header or a body, and no cookie of Flask-Login.
    security.login_manager.request_loader(None)
    security.login_manager.user_loader(lambda _mark: None)
    # Public requests load no identity. On the coordinators' pages our own guard loads it (`login/guard.py`).
    security.principal.identity_loaders.clear()
    keys = [*app.config["SECRET_KEY_FALLBACKS"], app.config["SECRET_KEY"]]
    app.extensions["ua_tracker.two_factor"] = two_factor.factory(keys, app.config["SITE_NAME"])


def hashed(password: str) -> str:
    """The hash to store for a password. It is the same however the keyboard composed the accents."""
    return str(hash_password(_composed(password)))


def is_password(coordinator: Coordinator | None, password: str) -> bool:
    """Whether this is the coordinator's password. Without a coordinator the check takes as long and fails."""
    if coordinator is None or coordinator.password_hash is None:
        hashed(password)
        return False
    return bool(verify_password(_composed(password), coordinator.password_hash))


def require_good_password(password: str, email: str, before: str | None = None) -> None:
    """Applies the rule of the same name in `coordinators`, which also refuses this site's name."""
    about = ("Urgent Action", *(str(current_app.config[name] or "") for name in ("SITE_NAME", "SITE_OWNER")))
    coordinators.require_good_password(_composed(password), email, before=before and _composed(before), about=about)


def _composed(password: str) -> str:
    return unicodedata.normalize("NFKC", password.encode(errors="replace").decode())


def totp() -> type[TOTP]:
    """The class that makes and reads this site's two-factor secrets."""
    made: type[TOTP] = current_app.extensions["ua_tracker.two_factor"]
    return made


def current() -> Coordinator | None:
    """The signed-in coordinator, or None. A session lasts twelve hours at most."""
    if "coordinator" not in g:
        g.coordinator_session = coordinators.find_session(db.session(), session.get("key"), now())
        g.coordinator = g.coordinator_session.coordinator if g.coordinator_session else None
    one: Coordinator | None = g.coordinator
    return one


def current_session() -> CoordinatorSession:
    """The session of the signed-in coordinator."""
    one: CoordinatorSession = g.coordinator_session
    return one


def begin(written: Session, coordinator: Coordinator) -> None:
    """Begins a session in this transaction. Nothing of the previous cookie is kept."""
    end(written)
    session["key"] = coordinators.begin_session(written, coordinator, now())
    g.pop("coordinator", None)


def end(written: Session) -> None:
    """Ends the session in this transaction, also one that waits for its code. Copies of its cookie stop working."""
    for name in ("key", "halfway"):
        coordinators.end_session(written, session.get(name))
    session.clear()
    treat_as_signed_out()


def begin_halfway(written: Session, coordinator: Coordinator) -> None:
    """Remembers that the right password was given and that the two-factor code is still missing."""
    coordinators.end_session(written, session.get("halfway"))
    session["halfway"] = coordinators.begin_session(written, coordinator, now(), coordinators.HALFWAY)


def halfway() -> Coordinator | None:
    """The coordinator who gave the right password within the last ten minutes, and not yet the code."""
    one = coordinators.find_session(db.session(), session.get("halfway"), now(), coordinators.HALFWAY)
    return one.coordinator if one else None


def end_halfway(written: Session) -> bool:
    """Ends that state. False if another request with the same cookie ended it first."""
    return coordinators.end_session(written, session.get("halfway"))


def form_token() -> str:
    """The token of a coordinator's form: made for the coordinator, so that a form outlives its session.

    Whoever is signed out while typing signs in again, and the form is stored at the first press. Before anyone is
    signed in it is Flask-WTF's token of this session.
    """
    coordinator = current()
    if coordinator is None:
        return str(generate_csrf())
    return str(_form_signer().dumps([coordinator.id, int(now().timestamp())]))


def is_form_token(token: str | None) -> bool:
    """Whether this token was made within the last seven days for the coordinator who is signed in."""
    coordinator = current()
    try:
        owner, made_at = _form_signer().loads(token or "")
    except (BadData, TypeError, ValueError):
        return False
    is_recent = now().timestamp() - made_at <= FORM_LASTS.total_seconds()
    return coordinator is not None and owner == coordinator.id and is_recent


def _form_signer() -> URLSafeSerializer:
    newest, *older = secret_keys()
    return URLSafeSerializer([*older, newest], salt="form of a coordinator")


def was_signed_in() -> bool:
    """Whether the cookie is from a session, open or over. The site has signed it, so nobody can make one up."""
    return bool(session.get("key"))


def treat_as_signed_out() -> None:
    """Treats the rest of this request as signed out, so that a page can be rendered without the database."""
    g.coordinator = g.coordinator_session = None
    # Flask-Login sets `login_manager` on the app; Flask's own class does not declare it.
    g._login_user = current_app.login_manager.anonymous_user()  # type: ignore[attr-defined]
