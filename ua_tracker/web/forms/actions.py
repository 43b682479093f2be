"""The office's form for an action: text, terms and recipients."""

from typing import Any

from flask_babel import gettext
from wtforms import FormField, HiddenField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, NumberRange, Optional, ValidationError

from ua_tracker.actions import Addressee, renumbering
from ua_tracker.limits import MOST_GRACE_DAYS, USUAL_GOAL, USUAL_GRACE_DAYS
from ua_tracker.models import Action, Recipient
from ua_tracker.web.forms.fields import WholeNumberField
from ua_tracker.web.forms.values import (
    LISTS,
    TEXTS,
    PartsForm,
    Rows,
    ValuesForm,
    lines_field,
    listed,
    paragraphs,
    text_field,
)
from ua_tracker.web.request import language, number_in
from ua_tracker.web.translation import lazy_gettext

BLANK_RECIPIENTS = 2


class RecipientForm(PartsForm):
    """A recipient of an action. An empty form is ignored."""

    id = HiddenField()
    place = WholeNumberField(
        lazy_gettext("Place in the order"),
        validators=[Optional(), NumberRange(0, 999, lazy_gettext("Choose a number from %(min)s to %(max)s."))],
    )

    def validate_role(self, field: StringField) -> None:
        """Refuses a new recipient that has details but no role or name. A stored one is removed that way."""
        if self.is_empty and self.has_details and not self.id.data:
            raise ValidationError(gettext("Write the role or the name."))

    def addressee(self, known: set[int]) -> Addressee:
        """The recipient as typed; `known` are the ids of this action's recipients."""
        number = number_in(self.id.data)
        return Addressee(id=number if number in known else None, **self.typed())


class ActionForm(ValuesForm):
    """Everything that a coordinator can change in an action."""

    revision = HiddenField()
    sentence_case = HiddenField()  # a button: give the form back with the title in sentence case
    country = text_field(lazy_gettext("Country"), 100, DataRequired(lazy_gettext("Write the country.")))
    grace_days = WholeNumberField(
        lazy_gettext("Days of grace"),
        description=lazy_gettext("How long after the deadline letters sent in time can still be reported."),
        validators=[
            InputRequired(lazy_gettext("Write the days of grace, 0 for none.")),
            NumberRange(0, MOST_GRACE_DAYS, lazy_gettext("Choose a number from %(min)s to %(max)s.")),
        ],
        render_kw={"inputmode": "numeric", "min": 0, "max": MOST_GRACE_DAYS},
    )
    recipients = Rows(FormField(RecipientForm))
    outcome = lines_field(lazy_gettext("What came of it"), 5000, "", render_kw={"rows": 3})

    @classmethod
    def of(cls, action: Action) -> "ActionForm":
        """The form with the posted data, else with the action's present values."""
        form = cls(data={**renumbering.of(action), **_values(action), "revision": str(action.revision)})
        form.add_blank()
        return form

    @property
    def calm_title(self) -> str:
        """The title in sentence case if it is in capitals, else as it is. The other fields tell names from words."""
        return self.in_sentence_case(self.title.data or "")

    def proposes_title(self) -> bool:
        """Whether the button asked for the title in sentence case. Then it stands in the field, and takes the focus."""
        if self.sentence_case.data:
            self.title.data = self.calm_title
            self.title.render_kw = {**(self.title.render_kw or {}), "autofocus": True}
        return bool(self.sentence_case.data)

    @property
    def status(self) -> int:
        """The status of a response that shows the form again: 200 for a proposed title, because nothing is wrong."""
        return 200 if self.sentence_case.data else super().status

    def add_blank(self) -> None:
        """Adds empty recipients at the end, to be filled in."""
        if self.is_submitted():
            return
        for _ in range(BLANK_RECIPIENTS):
            self.recipients.append_entry({"kind": "target" if not len(self.recipients) else "copy"})

    def changes(self, known: set[int]) -> dict[str, Any]:
        """The form's values as `actions.edit` takes them; `known` are the ids of the action's recipients."""
        found: dict[str, Any] = {name: None if self[name].data == "" else self[name].data for name in PLAIN}
        # A page that was opened before these fields were here does not send them.
        found |= {name: self[name].data or None for name in renumbering.NUMBERS if self[name].raw_data}
        found |= {name: paragraphs(self[name].data) for name in PARAGRAPHS}
        found |= {name: listed(self[name].data) for name in LINES}
        people: list[RecipientForm] = [entry.form for entry in self.recipients if not entry.form.is_empty]
        people.sort(key=lambda one: 999 if one.place.data is None else one.place.data)
        for kind, name in (("target", "targets"), ("copy", "copies")):
            found[name] = [one.addressee(known) for one in people if one.kind.data == kind]
        return found


class NewActionForm(ActionForm):
    """The same form for a new action, with its place in the case."""

    sequence = SelectField(
        lazy_gettext("Which issue of the case?"),
        choices=[
            SelectChoice("first", lazy_gettext("First")),
            SelectChoice("second", lazy_gettext("Second")),
            SelectChoice("third", lazy_gettext("Third")),
            SelectChoice("fourth", lazy_gettext("Fourth")),
            SelectChoice("further information", lazy_gettext("Further information")),
        ],
    )

    @classmethod
    def empty(cls, zone: str) -> "NewActionForm":
        """The form for a new action; `zone` is the time zone it suggests."""
        form = cls(data={"timezone": zone, "goal": USUAL_GOAL, "grace_days": USUAL_GRACE_DAYS, "language": language()})
        form.add_blank()
        return form

    @classmethod
    def like(cls, action: Action) -> "NewActionForm":
        """The form for a new action with this one's texts, terms and recipients, but its own numbers and days."""
        data = {name: value for name, value in _values(action).items() if name not in OWN}
        form = cls(data={**data, "recipients": [{**one, "id": ""} for one in data["recipients"]]})
        form.add_blank()
        return form


PLAIN = (
    "title",
    "lead",
    "country",
    "language",
    "issued",
    "goal",
    "deadline",
    "timezone",
    "grace_days",
    "office_name",
    "outcome",
)
PARAGRAPHS = ("summary", "background")
LINES = ("demands", "office_address", "office_phones", "office_fax", "office_email")
OWN = {"issued", "deadline", "outcome"}  # what another action does not share


def _values(action: Action) -> dict[str, Any]:
    """The action's present texts, terms and recipients, as the fields show them."""
    return {
        **{name: getattr(action, name) for name in PLAIN},
        **{name: "\n\n".join(getattr(action, name)) for name in PARAGRAPHS},
        **{name: "\n".join(getattr(action, name)) for name in LINES},
        "recipients": [_recipient_data(one) for one in action.recipients],
    }


def _recipient_data(one: Recipient) -> dict[str, Any]:
    lists = {part: "\n".join(getattr(one, part)) for part in LISTS}
    texts = {part: getattr(one, part) for part in TEXTS}
    return {"id": str(one.id), "kind": one.kind, "place": one.position, **lists, **texts}
