"""Fields that read what people type and answer in our words, and what a text may hold."""

import unicodedata
from datetime import date

from flask_babel import gettext
from wtforms import DateField, Field, Form, IntegerField
from wtforms.validators import ValidationError


def one_line(text: str | None) -> str | None:
    """Text as it is kept: composed (NFC), single spaces, no signs that no eye sees; nothing becomes None."""
    if not text:
        return None
    spaced = " ".join(unicodedata.normalize("NFC", text).split())
    return "".join(sign for sign in spaced if unicodedata.category(sign) != "Cc").strip() or None


def no_nul(text: str | None) -> str | None:
    """Text without the sign that ends texts in some databases, and that no keyboard has."""
    return text.replace("\0", "") if text else text


def number_in(text: str | None) -> int | None:
    """The number of a row as a page names it: up to nine of the digits 0 to 9, which every database can hold."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else None


def no_formula(_form: Form, field: Field) -> None:
    """Refuses a name that a spreadsheet would take for a formula (OWASP, CSV Injection)."""
    if field.data and field.data.startswith(("=", "+", "-", "@")):
        raise ValidationError(gettext("A name cannot begin with “%(sign)s”.", sign=field.data[0]))


class WholeNumberField(IntegerField):
    """A whole number; anything else gets our sentence."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Reads the number from what was typed."""
        if not valuelist:
            return
        if not valuelist[0].strip():
            self.data = None  # emptied, whatever stood there before
            return
        try:
            self.data = int(valuelist[0].strip())
        except ValueError as wrong:
            self.data = None
            raise ValueError(gettext("Write a whole number, as 3.")) from wrong


class DayField(DateField):
    """A day as browsers send it (ISO 8601); anything else gets our sentence."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Reads the day from what was typed."""
        if not valuelist:
            return
        if not valuelist[0].strip():
            self.data = None  # emptied, whatever stood there before
            return
        try:
            self.data = date.fromisoformat(valuelist[0].strip())
        except ValueError as wrong:
            self.data = None
            raise ValueError(gettext("Write the day as year-month-day, as 2026-01-31.")) from wrong

    def _value(self) -> str:
        if self.raw_data:
            return " ".join(self.raw_data)
        return self.data.isoformat() if self.data else ""
