"""The names of the history's events, and of the values that they changed, in the reader's language."""

import re
from datetime import datetime
from typing import Any

from flask_babel import gettext

from ua_tracker import languages, letters
from ua_tracker.slugs import SHAPE
from ua_tracker.web.coordinators import ledger_filter
from ua_tracker.web.labels import CHANNEL_NAMES, REASON_WORDS, SEQUENCE_WORDS, TOPIC_WORDS
from ua_tracker.web.request import language
from ua_tracker.web.translation import lazy_gettext

EVENT_WORDS = {
    "created": lazy_gettext("action written"),
    "imported": lazy_gettext("document imported"),
    "edited": lazy_gettext("action edited"),
    "published": lazy_gettext("action published"),
    "publication scheduled": lazy_gettext("publication scheduled"),
    "preview made": lazy_gettext("preview link made"),
    "preview revoked": lazy_gettext("preview link revoked"),
    "publication cancelled": lazy_gettext("scheduled publication cancelled"),
    "extended": lazy_gettext("deadline extended"),
    "closed": lazy_gettext("action closed"),
    "reopened": lazy_gettext("action reopened"),
    "removed": lazy_gettext("removed"),
    "pledge voided": lazy_gettext("pledge taken back"),
    "pledges voided": lazy_gettext("pledges taken back"),
    "report voided": lazy_gettext("report taken back"),
    "reports voided": lazy_gettext("reports taken back"),
    "pledges released": lazy_gettext("held pledges released"),
    "reports released": lazy_gettext("held reports released"),
    "correction undone": lazy_gettext("correction undone"),
    "evening entered": lazy_gettext("letter evening entered"),
    "evening opened": lazy_gettext("letter evening opened"),
    "evening closed": lazy_gettext("letter evening closed"),
    "evening counted": lazy_gettext("letters of an evening counted on paper"),
    "note added": lazy_gettext("note to the public added"),
    "note withdrawn": lazy_gettext("note to the public withdrawn"),
    "downloaded": lazy_gettext("list downloaded"),
    "person downloaded": lazy_gettext("what is stored about a person downloaded"),
    "person erased": lazy_gettext("a person erased"),
    "mail asked for": lazy_gettext("mail sent to those who have not reported"),
    "key made": lazy_gettext("API key made"),
    "key revoked": lazy_gettext("API key revoked"),
    "key read": lazy_gettext("pledges read with an API key"),
    "group added": lazy_gettext("group added"),
    "group renamed": lazy_gettext("group renamed"),
    "group retired": lazy_gettext("group retired"),
    "group brought back": lazy_gettext("group brought back"),
    "group merged": lazy_gettext("group merged"),
    "invited": lazy_gettext("coordinator invited"),
    "signed in": lazy_gettext("signed in"),
    "signed out everywhere": lazy_gettext("signed out everywhere"),
    "locked out": lazy_gettext("locked out for a while"),
    "reset asked": lazy_gettext("new password asked for"),
    "password changed": lazy_gettext("password changed"),
    "one-time password": lazy_gettext("one-time password handed out"),
    "two-factor on": lazy_gettext("two-factor codes turned on"),
    "two-factor off": lazy_gettext("two-factor codes turned off"),
    "recovery code": lazy_gettext("recovery code used"),
    "webhook added": lazy_gettext("webhook added"),
    "webhook changed": lazy_gettext("webhook changed"),
    "webhook secret": lazy_gettext("new secret of a webhook"),
    "webhook on": lazy_gettext("webhook switched on"),
    "webhook off": lazy_gettext("webhook switched off"),
    "webhook removed": lazy_gettext("webhook removed"),
    "recounted": lazy_gettext("totals recounted from the rows"),
    "restored": lazy_gettext("database restored from a backup"),
    "purged": lazy_gettext("personal data of closed actions erased"),
}
NAME_WORDS = {
    "action": lazy_gettext("Action"),
    "address_lines": lazy_gettext("Address"),
    "ai_index": lazy_gettext("AI index"),
    "api_keys": lazy_gettext("API keys"),
    "background": lazy_gettext("Background"),
    "chosen": lazy_gettext("Chosen rows"),
    "closed_at": lazy_gettext("Closed early"),
    "closed_reason": lazy_gettext("Why it ended"),
    "coordinators": lazy_gettext("Coordinators"),
    "copies": lazy_gettext("Copies"),
    "copies_sent": lazy_gettext("Copies sent"),
    "country": lazy_gettext("Country"),
    "credit": lazy_gettext("Credit line"),
    "days": lazy_gettext("Days"),
    "deadline": lazy_gettext("Deadline"),
    "deadline_wording": lazy_gettext("Wording of the deadline"),
    "demands": lazy_gettext("Demands"),
    "description": lazy_gettext("Description"),
    "email": lazy_gettext("E-mail"),
    "evening": lazy_gettext("Letter evening"),
    "evenings": lazy_gettext("Letter evenings"),
    "expires_at": lazy_gettext("Expires"),
    "fax": lazy_gettext("Fax"),
    "file": lazy_gettext("File"),
    "filter": lazy_gettext("Filter"),
    "first": lazy_gettext("From"),
    "flavour": lazy_gettext("Kind of file"),
    "gives_people": lazy_gettext("Sends names and addresses"),
    "goal": lazy_gettext("Goal (letters)"),
    "grace_days": lazy_gettext("Days of grace"),
    "group": lazy_gettext("Group"),
    "groups": lazy_gettext("Groups"),
    "heir": lazy_gettext("Merged into"),
    "host": lazy_gettext("Host"),
    "hours": lazy_gettext("Hours"),
    "issued": lazy_gettext("Issued on"),
    "key": lazy_gettext("API key"),
    "kind": lazy_gettext("Kind"),
    "language": lazy_gettext("Language of the text"),
    "last": lazy_gettext("To"),
    "lead": lazy_gettext("Sentence under the title"),
    "left": lazy_gettext("Codes left"),
    "letters": lazy_gettext("Letters"),
    "letters_at_evenings": lazy_gettext("Letters at letter evenings"),
    "letters_by_link": lazy_gettext("Letters by private link"),
    "letters_by_program": lazy_gettext("Letters entered by programs"),
    "letters_held": lazy_gettext("Letters held"),
    "letters_pledged": lazy_gettext("Letters pledged"),
    "letters_sent": lazy_gettext("Letters sent"),
    "mails": lazy_gettext("Mails"),
    "mailings": lazy_gettext("Mails to those who have not reported"),
    "most_letters": lazy_gettext("Letters that count at once"),
    "name": lazy_gettext("Name"),
    "office_address": lazy_gettext("Address of the office"),
    "office_email": lazy_gettext("E-mail of the office"),
    "office_fax": lazy_gettext("Fax of the office"),
    "office_name": lazy_gettext("Office to ask"),
    "office_phones": lazy_gettext("Phone of the office"),
    "outcome": lazy_gettext("What came of it"),
    "paper_count": lazy_gettext("Letters counted on paper"),
    "people": lazy_gettext("People"),
    "at_least": lazy_gettext("People, at least"),
    "phones": lazy_gettext("Phone"),
    "picture": lazy_gettext("Picture"),
    "pledge": lazy_gettext("Pledge"),
    "pledges": lazy_gettext("Pledges"),
    "pledges_held": lazy_gettext("Pledges held"),
    "published_at": lazy_gettext("Published"),
    "reason": lazy_gettext("Reason"),
    "recipients": lazy_gettext("Targets and copies"),
    "report": lazy_gettext("Report"),
    "reports": lazy_gettext("Reports"),
    "rights": lazy_gettext("Rights"),
    "role": lazy_gettext("Role"),
    "rows": lazy_gettext("Rows"),
    "salutation": lazy_gettext("Salutation"),
    "sequence": lazy_gettext("Issue of the case"),
    "summary": lazy_gettext("Summary"),
    "targets": lazy_gettext("Targets"),
    "text": lazy_gettext("Text"),
    "timezone": lazy_gettext("Time zone of the deadline"),
    "title": lazy_gettext("Title"),
    "topics": lazy_gettext("Events"),
    "typed": lazy_gettext("Typed by the office"),
    "undone": lazy_gettext("Undone event"),
    "url": lazy_gettext("URL"),
    "ua_number": lazy_gettext("UA number"),
    "webhook_messages": lazy_gettext("Messages to webhooks"),
    "webhooks": lazy_gettext("Webhooks"),
    "x": "X",
}
NAME_WORDS.update({name: words for name, words in ledger_filter.LABELS if name not in NAME_WORDS})
VALUE_WORDS = {
    **{("state", name): words for name, words in ledger_filter.STATE_WORDS.items()},
    **{("held_for", name): words for name, words in ledger_filter.REASON_WORDS.items()},
    **{("closed_reason", reason): words for reason, words in REASON_WORDS.items()},
    **{("channel", name): words for name, words in CHANNEL_NAMES.items()},
    ("actor", "command line"): lazy_gettext("command line"),
    ("actor", "sign-in"): lazy_gettext("sign-in page"),
    ("actor", "supporter"): lazy_gettext("the supporter"),
    ("flavour", "spreadsheet"): lazy_gettext("for a spreadsheet"),
    ("flavour", "workbook"): lazy_gettext("for Excel or LibreOffice"),
    ("flavour", "import"): lazy_gettext("for import"),
    ("flavour", "action-network"): lazy_gettext("for Action Network"),
    ("flavour", "civicrm"): lazy_gettext("for CiviCRM"),
    ("group", "-"): lazy_gettext("no group"),
    ("kind", "target"): lazy_gettext("Target"),
    ("kind", "copy"): lazy_gettext("Copy"),
    ("reason", letters.UNDONE): lazy_gettext("undone by the one who reported it"),
    ("reason", letters.CORRECTED): lazy_gettext("corrected by the one who reported it"),
    ("rights", "pledge"): lazy_gettext("make pledges"),
    ("rights", "report"): lazy_gettext("report letters"),
    ("rights", "read"): lazy_gettext("read pledges, with names and addresses"),
    ("reported", "yes"): lazy_gettext("yes"),
    ("reported", "no"): lazy_gettext("no"),
    ("role", "office"): lazy_gettext("office"),
    ("role", "group"): lazy_gettext("group"),
    ("subject", "person"): lazy_gettext("a person found by address"),
    ("subject", "retention"): lazy_gettext("personal data of closed actions"),
    ("subject", "tally"): lazy_gettext("all totals"),
    **{("sequence", name): words for name, words in SEQUENCE_WORDS.items()},
    **{("topics", topic): words for topic, words in TOPIC_WORDS.items()},
    **{("typed", name): words for name, words in NAME_WORDS.items()},
}
# What has a number in the history instead of a name.
NUMBERED = {"key": lazy_gettext("API key"), "webhook": lazy_gettext("webhook")}
# Values that are a day or an instant.
MOMENTS = {"deadline", "issued", "first", "last", "published_at", "closed_at", "expires_at"}
NOTHING = "–"
# The short name of an action, or of the share of a group (or of no group) in it: `ua-12-26`, `ua-12-26/montreal`,
# `ua-12-26/-`.
SHORT = re.compile(rf"(?:(?:ua|ai)-{SHAPE}|practice)(?:/(?:{SHAPE}|-))?")


def shown(name: str, value: str) -> str | None:
    """The words for an actor or a subject (`name`) that is no person, action or group; None for one of these."""
    kind, _, number = value.partition(" ")
    if kind in NUMBERED and number.isdecimal():
        return gettext("%(name)s %(number)s", name=NUMBERED[kind], number=number)
    words = VALUE_WORDS.get((name, value))
    return None if words is None else str(words)


def described(values: dict[str, Any]) -> list[tuple[str, str | list[str]]]:
    """An event's values in the reader's words: for each its name, and a text or a list of texts."""
    return [(str(NAME_WORDS.get(name, name)), _text_or_list(name, value)) for name, value in values.items()]


def wordless(values: dict[str, Any]) -> set[str]:
    """The names in an event's values, at any depth, for which `NAME_WORDS` has nothing. Short names need none."""
    lacking = {name for name in values if name not in NAME_WORDS and not SHORT.fullmatch(name)}
    for name, value in values.items():
        parts = value if isinstance(value, list) else [value]
        if name != "groups":
            lacking |= {inner for part in parts if isinstance(part, dict) for inner in wordless(part)}
    return lacking


def _text_or_list(name: str, value: Any) -> str | list[str]:
    if isinstance(value, list) and value:
        return [_text(name, part) for part in value]
    return _text(name, value)


def _text(name: str, value: Any) -> str:
    """A value as text. For a value with parts, the parts that are not empty, each with its name."""
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, dict):
        parts = [_named_part(name, part, inner) for part, inner in value.items() if _holds_something(inner)]
        return "; ".join(parts) or NOTHING
    if isinstance(value, list):
        return ", ".join(_text(name, part) for part in value) or NOTHING
    if value in (None, ""):
        return NOTHING
    if name in MOMENTS and isinstance(value, str):
        return _moment(value)
    return str(VALUE_WORDS.get((name, str(value)), value))


def _named_part(whole: str, part: str, value: Any) -> str:
    """A part of a value with its name: in `groups` the group's short name, else the name of the value."""
    if whole == "groups":
        return gettext("%(name)s: %(value)s", name=VALUE_WORDS.get(("group", part), part), value=_text("", value))
    return gettext("%(name)s: %(value)s", name=NAME_WORDS.get(part, part), value=_text(part, value))


def _holds_something(value: Any) -> bool:
    return value is not None and value is not False and value not in ("", [], {})


def _moment(text: str) -> str:
    """A day in words; an instant in UTC, as in the history's first column."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return text
    return languages.day(at.date(), language()) if len(text) == 10 else at.strftime("%Y-%m-%d %H:%M:%S")
