"""The parts of a form that holds the values of an action: written by hand, or read from a document."""

from collections.abc import Iterator
from typing import Any

from flask_babel import gettext
from wtforms import FieldList, Form, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from ua_tracker import languages
from ua_tracker.importing import titles
from ua_tracker.limits import MOST_GOAL
from ua_tracker.web.forms.accounts import CoordinatorForm
from ua_tracker.web.forms.base import OwnMeta
from ua_tracker.web.forms.dashboard import TOO_LONG
from ua_tracker.web.forms.fields import DayField, WholeNumberField, lead_field, many_lines, one_line
from ua_tracker.web.request import number_in
from ua_tracker.web.translation import lazy_gettext

LISTS = ("address_lines", "phones", "fax", "email")
TEXTS = ("role", "name", "x", "salutation")
MOST_ROWS = 12
LINE_HINT = lazy_gettext("One on each line.")


def text_field(label: Any, most: int, *more: Any, **kinds: Any) -> StringField:
    """A text on one line, of at most `most` characters."""
    return StringField(label, filters=[one_line], validators=[*more, Length(max=most, message=TOO_LONG)], **kinds)


class LinesField(TextAreaField):
    """A text on several lines, shown as high as it has lines: at least its `rows`, at most MOST_ROWS."""

    def __call__(self, **kinds: Any) -> Any:
        """The field as markup."""
        least = int((self.render_kw or {}).get("rows", 2))
        rows = max(least, min(MOST_ROWS, self._value().count("\n") + 1))
        return super().__call__(**{"rows": rows, **kinds})


def lines_field(label: Any, most: int = 5000, hint: Any = LINE_HINT, **kinds: Any) -> LinesField:
    """A text on several lines, of at most `most` characters."""
    return LinesField(
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


class PartsForm(Form):
    """A target or a copy: its parts."""

    class Meta(OwnMeta):
        """The settings of all our forms. A form inside another needs no token."""

    kind = SelectField(
        lazy_gettext("Kind"),
        choices=[SelectChoice("target", lazy_gettext("Target")), SelectChoice("copy", lazy_gettext("Copy"))],
    )
    role = text_field(lazy_gettext("Role or office"), 300)
    name = text_field(lazy_gettext("Name"), 300)
    address_lines = lines_field(lazy_gettext("Address"), 2000, render_kw={"rows": 4})
    phones = lines_field(lazy_gettext("Phone"), 500, render_kw={"rows": 1})
    fax = lines_field(lazy_gettext("Fax"), 500, render_kw={"rows": 1})
    email = lines_field(lazy_gettext("E-mail"), 500, render_kw={"rows": 1})
    x = text_field("X", 100)
    salutation = text_field(lazy_gettext("Salutation"), 300)

    @property
    def is_empty(self) -> bool:
        """Whether it has neither a role nor a name."""
        return not (self.role.data or self.name.data)

    @property
    def has_details(self) -> bool:
        """Whether it has anything but a role and a name."""
        return any(listed(self[part].data) for part in LISTS) or bool(self.x.data or self.salutation.data)

    def typed(self) -> dict[str, Any]:
        """The parts as typed, by the names of a recipient's values."""
        return {part: listed(self[part].data) for part in LISTS} | {part: self[part].data for part in TEXTS}


class ValuesForm(CoordinatorForm):
    """The values of an action that its document can hold too. Each form has its own `country` and `recipients`."""

    country: StringField
    recipients: Rows
    ua_number = text_field(
        lazy_gettext("UA number"),
        20,
        description=lazy_gettext("Of the case, as 109/23."),
    )
    ai_index = text_field(lazy_gettext("AI index"), 40, description=lazy_gettext("As ASA 33/9519/2025."))
    title = text_field(lazy_gettext("Title"), 300, DataRequired(lazy_gettext("Write the title.")))
    lead = lead_field()
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
    timezone = text_field(
        lazy_gettext("Time zone of the deadline"),
        60,
        DataRequired(lazy_gettext("Write the time zone.")),
        description=lazy_gettext("By its name in the IANA database, as America/Toronto."),
    )
    summary = lines_field(
        lazy_gettext("Summary"), 20_000, lazy_gettext("An empty line between paragraphs."), render_kw={"rows": 8}
    )
    demands = lines_field(lazy_gettext("Demands"), 10_000, render_kw={"rows": 6})
    background = lines_field(
        lazy_gettext("Background"), 40_000, lazy_gettext("An empty line between paragraphs."), render_kw={"rows": 8}
    )
    office_name = text_field(lazy_gettext("Office to ask"), 300)
    office_address = lines_field(lazy_gettext("Address of the office"), 1000, render_kw={"rows": 3})
    office_phones = lines_field(lazy_gettext("Phone of the office"), 300, render_kw={"rows": 1})
    office_fax = lines_field(lazy_gettext("Fax of the office"), 300, render_kw={"rows": 1})
    office_email = lines_field(lazy_gettext("E-mail of the office"), 300, render_kw={"rows": 1})

    def in_sentence_case(self, title: str) -> str:
        """The title in sentence case if it is in capitals, else as it is. The other fields tell names from words."""
        texts = [self[name].data or "" for name in ("summary", "demands", "background")]
        people = [entry.form.name.data or "" for entry in self.recipients]
        return titles.in_sentence_case(title, texts, [self.country.data or "", *people])

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


def paragraphs(text: str | None) -> list[str]:
    """The paragraphs, which empty lines separate, each as one line."""
    blocks = (text or "").replace("\r\n", "\n").replace("\0", "").split("\n\n")
    return [" ".join(block.split()) for block in blocks if block.strip()]


def listed(text: str | None) -> list[str]:
    """The lines that are not empty."""
    return [" ".join(line.split()) for line in (text or "").replace("\0", "").splitlines() if line.strip()]
