"""The door for coordinators: signing in and out, choosing a password, and the guard before their pages."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import Any

from flask import (
    Blueprint,
    Flask,
    Response,
    abort,
    current_app,
    flash,
    g,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask_babel import gettext
from flask_limiter import RequestLimit
from flask_security import current_user, login_user, logout_user
from werkzeug import Response as AnyResponse

from ua_tracker import codes, coordinators, private_links, refusals
from ua_tracker.database import db, writing
from ua_tracker.models import Coordinator
from ua_tracker.refusals import Refusal
from ua_tracker.web import (
    TRIES_PER_ACCOUNT,
    TRIES_PER_ADDRESS,
    htmx,
    language,
    limit_asking,
    limit_writing,
    limiter,
    now,
    secrets,
    sessions,
)
from ua_tracker.web.errors import MOST_TYPED, SECRETS
from ua_tracker.web.fields import one_line
from ua_tracker.web.lazy import lazy_gettext
from ua_tracker.web.login_forms import ChoosePasswordForm, CodeForm, CoordinatorForm, ForgottenForm, SignInForm

bp = Blueprint("login", __name__, url_prefix="/<lang:lang>/login")
SESSION = timedelta(hours=12)
HALFWAY = timedelta(minutes=10)
TOO_MANY = lazy_gettext(
    "Too many wrong tries. Wait a quarter of an hour, then try again; after fifty within a day wait a day."
)
_OWN_PAGE = re.compile(r"/(?:en|fr)/dashboard(?:[/?][\x21-\x5b\x5d-\x7e]*)?")
# Where somebody may go whose password was handed out by others and is still to be changed.
_BEFORE_THE_CHANGE = {"account.password", "account.change_password", "login.leave"}
View = Callable[..., Any]


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
            coordinator = current()
            if coordinator is None:
                return _to_sign_in()
            if role is not None and coordinator.role != role:
                raise refusals.NotForThisRole()
            return view(*args, coordinator=coordinator, **values)

        return admitted

    return guarded


def current() -> Coordinator | None:
    """Who is signed in, for twelve hours at most."""
    if "coordinator" not in g:
        signed_in = current_user.is_authenticated and now() - _instant("at") < SESSION
        g.coordinator = current_user._get_current_object() if signed_in else None
    return g.coordinator


def _guard() -> AnyResponse | None:
    if request.url_rule is None or not request.url_rule.rule.startswith(("/<lang:lang>/dashboard", bp.url_prefix)):
        return None
    coordinator = current()
    if request.blueprint == bp.name:
        return None
    if coordinator is None:
        return _to_sign_in()
    if coordinator.must_change_password and request.endpoint not in _BEFORE_THE_CHANGE:
        return redirect(url_for("account.password"), 303)
    return None


def _to_sign_in() -> AnyResponse:
    """To the page to sign in on; but who had typed something gets it back. Raises SignedOut."""
    request.max_content_length = MOST_TYPED
    if request.method == "POST" and not htmx and request.form and not SECRETS & set(request.form):
        raise refusals.SignedOut()
    wanted = request.full_path.rstrip("?") if request.method == "GET" else None
    address = url_for("login.show", next=wanted)
    if htmx:
        return Response(status=204, headers={"HX-Redirect": address})
    return redirect(address, 303)


def _instant(name: str) -> datetime:
    return datetime.fromtimestamp(session.get(name, 0), UTC)


def _account() -> str:
    """Whose wrong tries are counted: the account's, under a hash, so that no store of limits holds an address."""
    known = current() or _halfway()
    return private_links.hashed(known.email if known else coordinators.key(_typed_address()))


def _typed_address() -> str:
    """The address as the form reads it: whatever is put around it, the account stays the same. None is longer."""
    return (one_line(request.form.get("email")) or "")[:254]


def _was_wrong(response: Response) -> bool:
    return response.status_code == 422


def _breached(_limit: RequestLimit) -> None:
    with writing() as written:
        known = current() or _halfway() or coordinators.find_or_none(written, _typed_address())
        if known is not None:
            coordinators.locked_out(written, known, now())


def limit_tries(view: View) -> View:
    """Counts wrong passwords and codes by account and by address; too many are 429."""
    facts: dict[str, Any] = {"deduct_when": _was_wrong, "error_message": lambda: str(TOO_MANY)}
    by_account = limiter.limit(TRIES_PER_ACCOUNT, key_func=_account, on_breach=_breached, **facts)
    return limiter.limit(TRIES_PER_ADDRESS, **facts)(by_account(view))


@bp.get("")
def show() -> AnyResponse:
    """The page to sign in on."""
    if current() is not None:
        return redirect(_wanted(), 303)
    return _page("login/show.html", SignInForm())


@bp.post("")
@limit_tries
def enter() -> AnyResponse:
    """Signs in, or asks for the second factor."""
    form = SignInForm()
    if not form.validate_on_submit():
        return _page("login/show.html", form, form.status)
    coordinator = coordinators.find_or_none(db.session(), form.email.data)
    if not sessions.is_password(coordinator, form.password.data):
        return _page("login/show.html", form.refused(refusals.WrongSignIn()), form.status)
    assert coordinator is not None  # noqa: S101 - nobody has no password
    if coordinator.codes_secret is None:
        return _let_in(coordinator, _wanted())
    session["halfway"], session["halfway_at"] = coordinator.fs_uniquifier, now().timestamp()
    return redirect(url_for("login.code", next=request.args.get("next")), 303)


@bp.get("/code")
def code() -> AnyResponse:
    """The page for the second factor."""
    if _halfway() is None:
        return redirect(url_for("login.show", next=request.args.get("next")), 303)
    return _page("login/code.html", CodeForm())


@bp.post("/code")
@limit_tries
def check_code() -> AnyResponse:
    """Signs in whoever gave the right password and now gives the right code."""
    form, coordinator = CodeForm(), _halfway()
    if coordinator is None:
        return redirect(url_for("login.show", next=request.args.get("next")), 303)
    if not form.validate_on_submit():
        return _page("login/code.html", form, form.status)
    try:
        with writing() as written:
            codes.use(written, coordinators.held(written, coordinator), sessions.totp(), form.code.data, now())
    except Refusal as no:
        return _page("login/code.html", form.refused(no), form.status)
    return _let_in(coordinator, _wanted())


@bp.post("/out")
def leave() -> AnyResponse:
    """Signs out here."""
    if current() is not None and not CoordinatorForm().validate_on_submit():
        abort(400)
    logout_user()
    session.clear()
    return redirect(url_for("login.show"), 303)


@bp.get("/forgotten")
def forgotten() -> Response:
    """The form for a link by mail; who to ask where the site sends none."""
    return _page("login/forgotten.html", ForgottenForm(), sent="sent" in request.args)


@bp.post("/forgotten")
@limit_asking
def send_link() -> AnyResponse:
    """Queues the mail if the address is a coordinator's, and answers the same if it is not."""
    form = ForgottenForm()
    if not form.validate_on_submit():
        return _page("login/forgotten.html", form, form.status, sent=False)
    if current_app.config["MAIL_URL"]:
        with writing() as written:
            coordinators.mail_reset(written, form.email.data, language(), secrets()[0], now())
    return redirect(url_for("login.forgotten", sent="yes"), 303)


@bp.get("/password/<token:token>")
def choose(token: str) -> Response:
    """The page of an invitation. Looking at it uses nothing up: mail scanners look too."""
    link = coordinators.find_link(db.session(), token, now())
    return _page("login/choose.html", ChoosePasswordForm(), link=link, token=token)


@bp.post("/password/<token:token>")
@limit_writing
def set_password(token: str) -> AnyResponse:
    """Uses the invitation up."""
    link, form = coordinators.find_link(db.session(), token, now()), ChoosePasswordForm()
    if not form.validate_on_submit():
        return _page("login/choose.html", form, form.status, link=link, token=token)
    try:
        coordinators.require_good_password(form.new_password.data, link.coordinator.email)
        hashed = sessions.hashed(form.new_password.data)
        with writing() as written:
            coordinators.choose_password(written, token, hashed, now())
    except Refusal as no:
        return _page("login/choose.html", form.refused(no), form.status, link=link, token=token)
    flash(gettext("Your password is set. Sign in with it."))
    return redirect(url_for("login.show"), 303)


def let_in(coordinator: Coordinator) -> None:
    """Begins a session, with nothing in it of the time before."""
    session.clear()
    login_user(coordinator)
    session["at"] = now().timestamp()
    g.coordinator = coordinator


def _let_in(coordinator: Coordinator, wanted: str) -> AnyResponse:
    with writing() as written:
        coordinators.signed_in(written, coordinator, now())
    let_in(coordinator)
    return redirect(wanted, 303)


def _halfway() -> Coordinator | None:
    """Who gave the right password within the last ten minutes and still owes the code."""
    if now() - _instant("halfway_at") >= HALFWAY:
        return None
    return coordinators.of_session(db.session(), session.get("halfway"))


def _wanted() -> str:
    """The coordinators' page that was asked for before; never an address elsewhere."""
    wanted = request.args.get("next", "")
    return wanted if _OWN_PAGE.fullmatch(wanted) else url_for("dashboard.index")


def _page(template: str, form: CoordinatorForm, status: int = 200, **facts: Any) -> Response:
    return make_response(render_template(template, form=form, wanted=request.args.get("next"), **facts), status)
