"""The history for the office to read: who did what, when, to what, from what to what."""

from datetime import datetime
from typing import Any

from flask import Blueprint, render_template, request
from flask_babel import gettext

from ua_tracker import audit, coordinators, languages
from ua_tracker.database import db
from ua_tracker.models import Coordinator
from ua_tracker.web import language
from ua_tracker.web.fields import number_in
from ua_tracker.web.history_words import DEED_WORDS, NAME_WORDS, VALUE_WORDS
from ua_tracker.web.login import require_coordinator

WANTED = ("subject", "actor", "deed")
MOMENTS = {"deadline", "issued", "first", "last", "published_at", "closed_at"}
NOTHING = "–"
bp = Blueprint("history", __name__, url_prefix="/<lang:lang>/dashboard/history")


@bp.get("")
@require_coordinator("office")
def index(coordinator: Coordinator) -> str:
    """A page of it, newest first: of one action or group, of one person, of one deed, or all."""
    asked = {name: request.args.get(name, "").replace("\0", "").strip() or None for name in WANTED}
    asked |= {name: coordinators.actor_of(db.session(), asked[name]) for name in ("actor", "subject")}
    page = audit.listing(db.session(), **asked, older=number_in(request.args.get("older")))
    who = {entry.actor for entry in page.entries} | {entry.subject for entry in page.entries}
    who |= {asked["actor"] or "", asked["subject"] or ""}
    names = {one: coordinators.named(db.session(), one) for one in who}
    facts = {"asked": asked, "coordinator": coordinator, "deeds": DEED_WORDS, "names": names, "page": page}
    return render_template("history/index.html", actors=VALUE_WORDS, told=told, **facts)


def told(values: dict[str, Any]) -> list[tuple[str, str | list[str]]]:
    """The values of a line in the reader's words: each one's name with a text, or with a list of texts."""
    return [(str(NAME_WORDS.get(name, name)), _said(name, value)) for name, value in values.items()]


def _said(name: str, value: Any) -> str | list[str]:
    if isinstance(value, list) and value:
        return [_one(name, part) for part in value]
    return _one(name, value)


def _one(name: str, value: Any) -> str:
    """One value as a text; of a value made of others those that hold something, each with its name."""
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, dict):
        return "; ".join(_named(name, part, inner) for part, inner in value.items() if _holds_something(inner))
    if isinstance(value, list):
        return ", ".join(_one(name, part) for part in value) or NOTHING
    if value in (None, ""):
        return NOTHING
    if name in MOMENTS and isinstance(value, str):
        return _moment(value)
    return str(VALUE_WORDS.get((name, str(value)), value))


def _named(whole: str, part: str, value: Any) -> str:
    """A part of a value: rows by group stand under the group's short name, all else under its own."""
    if whole == "groups":
        return gettext("%(name)s: %(value)s", name=VALUE_WORDS.get(("group", part), part), value=_one("", value))
    return gettext("%(name)s: %(value)s", name=NAME_WORDS.get(part, part), value=_one(part, value))


def _holds_something(value: Any) -> bool:
    return value is not None and value is not False and value not in ("", [], {})


def _moment(text: str) -> str:
    """A day in words; an instant as the first column writes it, in UTC."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return text
    return languages.day(at.date(), language()) if len(text) == 10 else at.strftime("%Y-%m-%d %H:%M:%S")
