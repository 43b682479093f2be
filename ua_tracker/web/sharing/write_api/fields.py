"""The fields that programs send, as the forms take them, and the errors of the forms by the fields that were sent."""

from collections.abc import Sequence
from typing import Any

from flask import current_app
from werkzeug.datastructures import MultiDict

from ua_tracker import groups, languages, mail_slips, refusals, slugs
from ua_tracker.actions import Addressed
from ua_tracker.database import db
from ua_tracker.programs.keys import Known
from ua_tracker.texts import one_line
from ua_tracker.web.errors import sentence_of
from ua_tracker.web.forms.entering import PledgeEntry, Posted, ReportEntry
from ua_tracker.web.sharing.write_api.bodies import Fields, checked
from ua_tracker.web.sharing.write_api.problems import Problem, pointer
from ua_tracker.web.translation import lazy_gettext

WHO: dict[str, type] = {"name": str, "email": str, "group": str, "language": str}
PLEDGE_FIELDS: dict[str, type] = {**WHO, "letters": int, "write_on": str, "wants_outcome": bool}
REPORT_FIELDS: dict[str, type] = {**WHO, "letters": list, "sent_on": str, "channel": str}
LINE_FIELDS: dict[str, type] = {"recipient": int, "letters": int}
_OBJECT = lazy_gettext("Send an object here.")
_TWICE = lazy_gettext("This recipient stands twice in the list.")
_LANGUAGE = lazy_gettext("Choose one of these languages: %(codes)s.", codes=", ".join(languages.LANGUAGES))


def pledge_form(fields: Fields, key: Known) -> PledgeEntry:
    """The form of a pledge with these fields. Raises Problem for those of the wrong type, and as `_group`."""
    _require(_errors_of(fields, PLEDGE_FIELDS))
    posted = _posted(fields, key, ("name", "letters", "email", "write_on"))
    if fields.get("wants_outcome"):
        posted["wants_outcome"] = "yes"
    return PledgeEntry.filled(posted)


def report_form(fields: Fields, action: Addressed, key: Known) -> tuple[ReportEntry, dict[str, str]]:
    """The form of a report with these fields, and the pointer to what each field `letters-1` … was filled with.

    Raises Problem for fields of the wrong type, a recipient that stands twice, or one that the action does not have.
    """
    lines = fields.get("letters") if isinstance(fields.get("letters"), list) else []
    _require([*_errors_of(fields, REPORT_FIELDS), *_errors_of_lines(lines or [], action)])
    posted = _posted(fields, key, ("name", "email", "sent_on", "channel"))
    places = {to.id: f"letters-{place}" for place, to in enumerate(action.recipients, start=1)}
    pointers = {}
    for number, line in enumerate(lines or []):
        field = places[line["recipient"]]
        posted[field], pointers[field] = str(line["letters"]), pointer("letters", number, "letters")
    return ReportEntry.filled(action, posted), pointers


def problem_of(form: PledgeEntry | ReportEntry, pointers: dict[str, str] | None = None) -> Problem:
    """What is wrong with an invalid form, by the fields that were sent."""
    found = []
    for name, sentence in form.wrong:
        sent_as = "letters" if name.startswith("letters-") else name
        found.append(((pointers or {}).get(name, pointer(sent_as)), sentence))
    return Problem.of_fields(found)


def email_meant(fields: Fields) -> str | None:
    """The address that was probably meant, where the one that was sent looks like a slip."""
    return mail_slips.meant(one_line(fields.get("email")) or "", current_app.config["KNOWN_MAIL_DOMAINS"])


def _require(errors: Sequence[tuple[str, object]]) -> None:
    if errors:
        raise Problem.of_fields(errors)


def _errors_of(fields: Fields, known: dict[str, type]) -> list[tuple[str, object]]:
    found = checked(fields, known)
    if isinstance(fields.get("language"), str) and fields["language"] not in languages.LANGUAGES:
        found.append((pointer("language"), _LANGUAGE))
    return found


def _errors_of_lines(lines: list[Any], action: Addressed) -> list[tuple[str, object]]:
    """The errors in a list of letters by recipient."""
    found: list[tuple[str, object]] = []
    known, seen = {to.id for to in action.recipients}, set()
    for number, line in enumerate(lines):
        within = ("letters", number)
        if not isinstance(line, dict):
            found.append((pointer(*within), _OBJECT))
            continue
        wrong = checked({"recipient": False, "letters": False, **line}, LINE_FIELDS, *within)
        to = line.get("recipient")
        if not wrong and to not in known:
            wrong = [(pointer(*within, "recipient"), sentence_of(refusals.NoSuchRecipient()))]
        elif not wrong and to in seen:
            wrong = [(pointer(*within, "recipient"), _TWICE)]
        seen |= {to} if not wrong else set()
        found += wrong
    return found


def _posted(fields: Fields, key: Known, names: Sequence[str]) -> Posted:
    posted = MultiDict({name: str(fields[name]) for name in names if fields.get(name) is not None})
    posted["group"] = _group(fields.get("group"), key)
    return posted


def _group(slug: str | None, key: Known) -> str:
    """The group of an entry: that of the key, if it has one. Raises NotYourGroup for another, NoSuchGroup."""
    if not slug:
        return key.group or ""
    if not slugs.is_slug(slug):  # it may hold what no database takes
        raise refusals.NoSuchGroup(slug=slug)
    found = groups.find(db.session(), slug)
    if key.group_id not in (None, found.id):
        raise refusals.NotYourGroup()
    return found.slug
