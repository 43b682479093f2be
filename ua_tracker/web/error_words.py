"""The words of error pages: titles, sentences, and the labels of what had been typed, which they show again."""

import re
from typing import Any

from flask import request
from flask_babel import gettext

from ua_tracker import refusals
from ua_tracker.refusals import NotStored
from ua_tracker.web.request import number_in
from ua_tracker.web.translation import lazy_gettext

TITLES = {
    400: lazy_gettext("This request could not be read"),
    401: lazy_gettext("You are signed out"),
    403: lazy_gettext("This is not allowed"),
    404: lazy_gettext("This page does not exist"),
    405: lazy_gettext("This cannot be done here"),
    409: lazy_gettext("It is too late for this"),
    413: lazy_gettext("This is too much at once"),
    422: lazy_gettext("Something is missing"),
    429: lazy_gettext("Too many at once"),
    500: lazy_gettext("Something went wrong on our side"),
    503: lazy_gettext(NotStored.title),
}
SENTENCES = {
    400: lazy_gettext(refusals.RequestMalformed.sentence),
    403: lazy_gettext("The form was sent from another site. Open the page here and send it again."),
    404: lazy_gettext("The address may be mistyped, or the action is not published."),
    405: lazy_gettext("This page cannot do that. Please start again from the page of the action."),
    413: lazy_gettext(refusals.BodyTooLarge.sentence),
    500: lazy_gettext(NotStored.sentence),
    503: lazy_gettext(NotStored.sentence),
}
# In place of a sentence about what was sent, where a page was only opened.
OPENED = lazy_gettext("This page could not be shown. Nothing was sent, so nothing is lost. Try again in a moment.")
# The fields whose values an error page shows again, with their labels. Keys and tokens are never shown.
FIELD_LABELS = {
    "name": lazy_gettext("Name or initials"),
    "letters": lazy_gettext("Letters"),
    "email": lazy_gettext("E-mail"),
    "group": lazy_gettext("Local group"),
    "write_on": lazy_gettext("I will write on"),
    "sent_on": lazy_gettext("Day sent"),
    "channel": lazy_gettext("Sent by"),
    "reason": lazy_gettext("Reason"),
    "people": lazy_gettext("People"),
    "hours": lazy_gettext("Hours"),
    "most_letters": lazy_gettext("Letters that count at once"),
    "paper_count": lazy_gettext("Letters counted on paper"),
}
COORDINATORS_LABELS: dict[str, Any] = {}  # those of coordinators' forms, which `web.register` fills in
# Never shown on an error page.
HIDDEN_FIELDS = {"csrf_token", "evening", "once_key", "revision", "shown", "website", "whom"}
RECIPIENT_LABELS = {"role": lazy_gettext("Role or office")}  # where they differ from those of other rows
RECIPIENT_FIELD = re.compile(r"recipients-(?P<place>[0-9]{1,4})-(?P<part>\w+)")
PARTS_NOT_TYPED = {"id", "kind", "origin", "place"}
SECRET_FIELDS = {"password", "new_password", "code", "proof"}
DASHBOARD = re.compile(r"^/[a-z]+/dashboard(?:/|$)")


def label_of(name: str) -> str:
    """The label of a typed value, or "" if it is not shown. Of a coordinator's form every value is shown."""
    is_coordinators = DASHBOARD.match(request.path) and name not in HIDDEN_FIELDS | SECRET_FIELDS
    return _supporter_label(name) or (_coordinator_label(name) if is_coordinators else "")


def _coordinator_label(name: str) -> str:
    """The field's label; of a field in a row of recipients with the row's number, and none for what nobody typed."""
    row = RECIPIENT_FIELD.fullmatch(name)
    if row is None:
        return str(COORDINATORS_LABELS.get(name, name))
    if row["part"] in PARTS_NOT_TYPED:
        return ""
    label = RECIPIENT_LABELS.get(row["part"], COORDINATORS_LABELS.get(row["part"], row["part"]))
    return str(gettext("%(name)s (recipient %(number)s)", name=label, number=int(row["place"]) + 1))


def _supporter_label(name: str) -> str:
    if name.startswith("letters-") and number_in(name[8:]) is not None:
        return str(gettext("Letters to recipient %(number)s", number=name[8:]))
    return str(FIELD_LABELS.get(name, ""))
