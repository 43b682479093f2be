"""The fields of our forms, with our own error sentences."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext
from wtforms import DateField, Field, Form, IntegerField, RadioField, TextAreaField, TimeField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, StopValidation, ValidationError

from ua_tracker.limits import LONGEST_LEAD
from ua_tracker.models import Group
from ua_tracker.texts import is_whole, many_lines, one_line
from ua_tracker.web.request import day_in, hour_in
from ua_tracker.web.translation import lazy_gettext

__all__ = [
    "LONGEST_NAME",
    "DayField",
    "HourField",
    "OneOf",
    "WholeNumberField",
    "lead_field",
    "many_lines",
    "no_formula",
    "offered_groups",
    "one_line",
]

LONGEST_NAME = 80


def no_formula(_form: Form, field: Field) -> None:
    """Refuses a name that a spreadsheet would take for a formula (OWASP, CSV Injection)."""
    if field.data and field.data.startswith(("=", "+", "-", "@")):
        raise ValidationError(gettext("A name cannot begin with “%(character)s”.", character=field.data[0]))


def lead_field() -> TextAreaField:
    """The sentence under the title of an action, which may stay empty."""
    return TextAreaField(
        lazy_gettext("Sentence under the title"),
        filters=[one_line],
        validators=[Length(max=LONGEST_LEAD, message=lazy_gettext("This is longer than %(max)s characters."))],
        render_kw={"maxlength": LONGEST_LEAD, "rows": 3},
    )


class _Readable(Field):
    """A field with one error where its text cannot be read: no validator says anything of a value there is not."""

    def pre_validate(self, form: Form) -> None:
        """Raises StopValidation for a text that could not be read."""
        if self.process_errors:
            raise StopValidation()


class WholeNumberField(_Readable, IntegerField):
    """A whole number; for anything else our error sentence."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Reads the number from what was typed."""
        if not valuelist:
            return
        if not valuelist[0].strip():
            self.data, self.raw_data = None, [""]  # an empty field, or only spaces, replaces the default
            return
        try:
            self.data = _whole(valuelist[0].strip(" "))
        except ValueError as error:
            self.data = None
            raise ValueError(gettext("Write a whole number, as 3.")) from error


def _whole(text: str) -> int:
    if not is_whole(text):
        raise ValueError("not a whole number")
    return int(text)


class OneOf(RadioField):
    """One of several choices. Without a choice its value is None, also if the form was shown with a default.

    `unchosen` is the error sentence for no choice, and for one that is not offered.
    """

    def __init__(self, label: Any, *, unchosen: Any, **kinds: Any) -> None:
        super().__init__(label, validate_choice=False, **kinds)
        self._unchosen = unchosen

    def process_formdata(self, valuelist: list[str]) -> None:
        """Reads the choice. A form posted without one does not mean the default."""
        self.data = None
        super().process_formdata(valuelist)

    def pre_validate(self, form: Form) -> None:
        """Raises ValidationError unless an offered choice was made."""
        if self.data not in [value for value, *_ in self.iter_choices()]:
            raise ValidationError(str(self._unchosen))


def offered_groups(offered: Sequence[Group], *, is_own: bool) -> list[SelectChoice]:
    """The choices of a field for a group. Unless it is the coordinator's own, none is chosen beforehand.

    Empty without any group, so that the page can say so.
    """
    choices = [SelectChoice(one.slug, one.name) for one in offered]
    return choices if is_own or not choices else [SelectChoice("", gettext("Choose a group")), *choices]


class HourField(_Readable, TimeField):
    """An hour and minute as browsers send it, 09:30, without a zone; for anything else our error sentence."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Reads the hour."""
        if not valuelist:
            return
        text = valuelist[0].strip()
        self.data, self.raw_data = None, [text]  # an empty field replaces the default
        if not text:
            return
        try:
            self.data = hour_in(text)
        except ValueError as error:
            raise ValueError(gettext("Write the hour as 09:30.")) from error

    def _value(self) -> str:
        if self.raw_data:
            return " ".join(self.raw_data)
        return self.data.strftime("%H:%M") if self.data else ""


class DayField(_Readable, DateField):
    """A day as browsers send it (ISO 8601); for anything else our error sentence.

    Of several values the first that is not empty is the day. So a form can offer a day as a choice, with an empty
    choice that leaves it to the field for any other day.
    """

    def process_formdata(self, valuelist: list[str]) -> None:
        """Reads the day from what was chosen or typed."""
        if not valuelist:
            return
        text = next((one for one in valuelist if one.strip()), "")
        self.data, self.raw_data = None, [text if text.strip() else ""]  # an empty field replaces the default
        if not text.strip():
            return
        try:
            self.data = day_in(text.strip(" "))
        except ValueError as error:
            raise ValueError(gettext("Write the day as year-month-day, as 2026-01-31.")) from error

    def _value(self) -> str:
        if self.raw_data:
            return " ".join(self.raw_data)
        return self.data.isoformat() if self.data else ""
