"""Fields that read what people type and answer in our words."""

from typing import Any

from flask_babel import gettext
from wtforms import DateField, Field, Form, IntegerField, RadioField
from wtforms.validators import ValidationError

from ua_tracker.texts import is_whole, many_lines, one_line
from ua_tracker.web.request import day_in

__all__ = ["LONGEST_NAME", "DayField", "OneOf", "WholeNumberField", "many_lines", "no_formula", "one_line"]

LONGEST_NAME = 80


def no_formula(_form: Form, field: Field) -> None:
    """Refuses a name that a spreadsheet would take for a formula (OWASP, CSV Injection)."""
    if field.data and field.data.startswith(("=", "+", "-", "@")):
        raise ValidationError(gettext("A name cannot begin with “%(character)s”.", character=field.data[0]))


class WholeNumberField(IntegerField):
    """A whole number; anything else gets our sentence."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Reads the number from what was typed."""
        if not valuelist:
            return
        if not valuelist[0].strip():
            self.data, self.raw_data = None, [""]  # emptied, whatever stood there before; spaces are no answer
            return
        try:
            self.data = _whole(valuelist[0].strip(" "))
        except ValueError as wrong:
            self.data = None
            raise ValueError(gettext("Write a whole number, as 3.")) from wrong


def _whole(text: str) -> int:
    if not is_whole(text):
        raise ValueError("not a whole number")
    return int(text)


class OneOf(RadioField):
    """One of several. What nobody chose is None, also where the form begins with a choice.

    `unchosen` is the sentence for that, and for a choice that is not offered.
    """

    def __init__(self, label: Any, *, unchosen: Any, **kinds: Any) -> None:
        super().__init__(label, validate_choice=False, **kinds)
        self._unchosen = unchosen

    def process_formdata(self, valuelist: list[str]) -> None:
        """Reads the choice; a form that was sent without one does not mean the one it began with."""
        self.data = None
        super().process_formdata(valuelist)

    def pre_validate(self, form: Form) -> None:
        """Raises ValidationError unless one of the offered ones was chosen."""
        if self.data not in [value for value, *_ in self.iter_choices()]:
            raise ValidationError(str(self._unchosen))


class DayField(DateField):
    """A day as browsers send it (ISO 8601); anything else gets our sentence."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Reads the day from what was typed."""
        if not valuelist:
            return
        if not valuelist[0].strip():
            self.data, self.raw_data = None, [""]  # emptied, whatever stood there before; spaces are no answer
            return
        try:
            self.data = day_in(valuelist[0].strip(" "))
        except ValueError as wrong:
            self.data = None
            raise ValueError(gettext("Write the day as year-month-day, as 2026-01-31.")) from wrong

    def _value(self) -> str:
        if self.raw_data:
            return " ".join(self.raw_data)
        return self.data.isoformat() if self.data else ""
