"""The office's form for an action: text, terms and recipients."""

from collections.abc import Iterator
from typing import Any

from flask_babel import gettext
from wtforms import FieldList, Form, FormField, HiddenField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional, ValidationError

from ua_tracker import languages
from ua_tracker.actions import Addressee, renumbering
from ua_tracker.limits import MOST_GOAL, MOST_GRACE_DAYS, USUAL_GOAL, USUAL_GRACE_DAYS
from ua_tracker.models import Action, Recipient
from ua_tracker.web.forms.accounts import CoordinatorForm
from ua_tracker.web.forms.base import OwnMeta
from ua_tracker.web.forms.dashboard import TOO_LONG
from ua_tracker.web.forms.fields import DayField, WholeNumberField, lead_field, many_lines, one_line
from ua_tracker.web.request import language, number_in
from ua_tracker.web.translation import lazy_gettext

BLANK_RECIPIENTS = 2
LISTS = ("address_lines", "phones", "fax", "email")
TEXTS = ("role", "name", "x", "salutation")
LINE_HINT = lazy_gettext("One on each line.")


def _text(label: Any, most: int, *more: Any, **kinds: Any) -> StringField:
    return StringField(label, filters=[one_line], validators=[*more, Length(max=most, message=TOO_LONG)], **kinds)


def _lines(label: Any, most: int = 5000, hint: Any = LINE_HINT, **kinds: Any) -> TextAreaField:
    return TextAreaField(
        label, description=hint, filters=[many_lines], validators=[Length(max=most, message=TOO_LONG)], **kinds
    )


class Rows(FieldList):
    """A list of forms, identified by the numbers 0 to 999 999 999 in the names of their fields."""

    def _extract_indices(self, prefix: str, formdata: Any) -> Iterator[int]:
        """The numbers in names like `recipients-3-name`. WTForms would accept digits of every script, at any length."""
        for name in formdata:
            number = number_in(name.removeprefix(f"{prefix}-").split("-")[0]) if name.startswith(f"{prefix}-") else None
            if number is not None:
                yield number


class RecipientForm(Form):
    """A target or a copy. An empty form is ignored."""

    class Meta(OwnMeta):
        """The settings of all our forms. A form inside another needs no token."""

    id = HiddenField()
    kind = SelectField(
        lazy_gettext("Kind"),
        choices=[SelectChoice("target", lazy_gettext("Target")), SelectChoice("copy", lazy_gettext("Copy"))],
    )
    place = WholeNumberField(
        lazy_gettext("Place in the order"),
        validators=[Optional(), NumberRange(0, 999, lazy_gettext("Choose a number from %(min)s to %(max)s."))],
    )
    role = _text(lazy_gettext("Role"), 300)
    name = _text(lazy_gettext("Name"), 300)
    address_lines = _lines(lazy_gettext("Address"), 2000, render_kw={"rows": 4})
    phones = _lines(lazy_gettext("Phone"), 500, render_kw={"rows": 1})
    fax = _lines(lazy_gettext("Fax"), 500, render_kw={"rows": 1})
    email = _lines(lazy_gettext("E-mail"), 500, render_kw={"rows": 1})
    x = _text("X", 100)
    salutation = _text(lazy_gettext("Salutation"), 300)

    @property
    def is_empty(self) -> bool:
        """Whether it has neither a role nor a name."""
        return not (self.role.data or self.name.data)

    def validate_role(self, field: StringField) -> None:
        """Refuses a new recipient that has details but no role or name. A stored one is removed that way."""
        has_details = any(listed(self[part].data) for part in LISTS) or self.x.data or self.salutation.data
        if self.is_empty and has_details and not self.id.data:
            raise ValidationError(gettext("Write the role or the name."))

    def addressee(self, known: set[int]) -> Addressee:
        """The recipient as typed; `known` are the ids of this action's recipients."""
        number = number_in(self.id.data)
        typed: dict[str, Any] = {part: listed(self[part].data) for part in LISTS}
        typed |= {part: self[part].data for part in TEXTS}
        return Addressee(id=number if number in known else None, **typed)


class ActionForm(CoordinatorForm):
    """Everything that a coordinator can change in an action."""

    revision = HiddenField()
    ua_number = _text(
        lazy_gettext("UA number"),
        20,
        description=lazy_gettext("Of the case, as 109/23."),
    )
    ai_index = _text(lazy_gettext("AI index"), 40, description=lazy_gettext("As ASA 33/9519/2025."))
    title = _text(lazy_gettext("Title"), 300, DataRequired(lazy_gettext("Write the title.")))
    lead = lead_field()
    country = _text(lazy_gettext("Country"), 100, DataRequired(lazy_gettext("Write the country.")))
    language = SelectField(
        lazy_gettext("Language of the text"),
        choices=lambda: [SelectChoice(one.code, one.name) for one in languages.LANGUAGES.values()],
    )
    issued = DayField(lazy_gettext("Issued on"), validators=[Optional()])
    goal = WholeNumberField(
        lazy_gettext("Goal (letters)"),
        validators=[
            InputRequired(lazy_gettext("Write the goal.")),
            NumberRange(1, MOST_GOAL, lazy_gettext("Choose a number from %(min)s to %(max)s.")),
        ],
        render_kw={"inputmode": "numeric", "min": 1},
    )
    deadline = DayField(
        lazy_gettext("Deadline"),
        description=lazy_gettext("The last day for letters, that day included."),
        validators=[Optional()],
    )
    timezone = _text(
        lazy_gettext("Time zone of the deadline"),
        60,
        DataRequired(lazy_gettext("Write the time zone.")),
        description=lazy_gettext("By its name in the IANA database, as America/Toronto."),
    )
    grace_days = WholeNumberField(
        lazy_gettext("Days of grace"),
        description=lazy_gettext("How long after the deadline letters sent in time can still be reported."),
        validators=[
            InputRequired(lazy_gettext("Write the days of grace, 0 for none.")),
            NumberRange(0, MOST_GRACE_DAYS, lazy_gettext("Choose a number from %(min)s to %(max)s.")),
        ],
        render_kw={"inputmode": "numeric", "min": 0, "max": MOST_GRACE_DAYS},
    )
    summary = _lines(
        lazy_gettext("Summary"), 20_000, lazy_gettext("An empty line between paragraphs."), render_kw={"rows": 8}
    )
    demands = _lines(lazy_gettext("Demands"), 10_000, render_kw={"rows": 6})
    background = _lines(
        lazy_gettext("Background"), 40_000, lazy_gettext("An empty line between paragraphs."), render_kw={"rows": 8}
    )
    recipients = Rows(FormField(RecipientForm))
    office_name = _text(lazy_gettext("Office to ask"), 300)
    office_address = _lines(lazy_gettext("Address of the office"), 1000, render_kw={"rows": 3})
    office_phones = _lines(lazy_gettext("Phone of the office"), 300, render_kw={"rows": 1})
    office_fax = _lines(lazy_gettext("Fax of the office"), 300, render_kw={"rows": 1})
    office_email = _lines(lazy_gettext("E-mail of the office"), 300, render_kw={"rows": 1})
    outcome = _lines(lazy_gettext("What came of it"), 5000, "", render_kw={"rows": 3})

    @classmethod
    def of(cls, action: Action) -> "ActionForm":
        """The form with the posted data, else with the action's present values."""
        plain = {name: getattr(action, name) for name in PLAIN}
        paragraphs = {name: "\n\n".join(getattr(action, name)) for name in PARAGRAPHS}
        listed = {name: "\n".join(getattr(action, name)) for name in LINES}
        people = [_recipient_data(one) for one in action.recipients]
        data = {
            **renumbering.of(action),
            **plain,
            **paragraphs,
            **listed,
            "recipients": people,
            "revision": str(action.revision),
        }
        form = cls(data=data)
        form.add_blank()
        return form

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

    @property
    def wrong(self) -> list[tuple[str, str]]:
        """Each error with the id of its field, also of the recipients' fields."""
        inner = [
            (field.id, gettext("Recipient %(number)s: %(error)s", number=place, error=error))
            for place, entry in enumerate(self.recipients, start=1)
            for field in entry.form
            for error in field.errors
        ]
        # WTForms returns the same errors a second time, as a dict for the rows as a whole.
        found: list[tuple[str, Any]] = [*super().wrong]
        own = [(name, error) for name, error in found if not isinstance(error, dict)]
        return [*own, *inner]


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


def paragraphs(text: str | None) -> list[str]:
    """The paragraphs, which empty lines separate, each as one line."""
    blocks = (text or "").replace("\r\n", "\n").replace("\0", "").split("\n\n")
    return [" ".join(block.split()) for block in blocks if block.strip()]


def listed(text: str | None) -> list[str]:
    """The lines that are not empty."""
    return [" ".join(line.split()) for line in (text or "").replace("\0", "").splitlines() if line.strip()]


def _recipient_data(one: Recipient) -> dict[str, Any]:
    lists = {part: "\n".join(getattr(one, part)) for part in LISTS}
    texts = {part: getattr(one, part) for part in TEXTS}
    return {"id": str(one.id), "kind": one.kind, "place": one.position, **lists, **texts}
