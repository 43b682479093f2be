"""What a form asks about a typed e-mail address before anything is stored: a likely slip, or an address left out."""

from enum import StrEnum
from typing import Any

from flask import current_app
from flask_babel import gettext
from wtforms import HiddenField, StringField
from wtforms.validators import ValidationError

from ua_tracker import mail_slips
from ua_tracker.web import mail_reach
from ua_tracker.web.forms.base import SiteForm

NO_ADDRESS = "-"  # in the field `email_asked`, where the question was about an address left out


class Question(StrEnum):
    """What is asked: whether another address was meant, or what shall happen without one."""

    SLIP = "slip"
    OUTCOME = "outcome"
    DAY = "day"


class AsksAboutAddress(SiteForm):
    """A form with an e-mail address. It is shown again with a question, once for each address that is typed.

    `question` is what is asked, if anything, and `meant` the address that was probably meant. Sent again with the same
    address, by any button, the form is valid. A button takes the address that was meant.
    """

    email: StringField
    email_asked = HiddenField()  # the address that the question was about
    email_taken = HiddenField()  # a button: take the address that was meant
    question: Question | None = None

    def __init__(self, *args: Any, **kinds: Any) -> None:
        super().__init__(*args, **kinds)
        if self.email_taken.data and self.meant:
            self.email.data = self.meant

    def validate_email(self, field: StringField) -> None:
        """Raises ValidationError for an address that the mail server cannot take."""
        if not field.errors and not mail_reach.can_be_mailed(field.data or ""):
            told = gettext("Our mail server cannot send to letters such as “é” before the @. Give another address.")
            raise ValidationError(told)

    @property
    def meant(self) -> str | None:
        """The address that was probably meant; None if the typed one looks right."""
        return mail_slips.meant(self.email.data or "", current_app.config["KNOWN_MAIL_DOMAINS"])

    @property
    def asked_about(self) -> str:
        """The typed address, as the question names it."""
        return self.email.data or NO_ADDRESS

    def validate(self, extra_validators: Any = None) -> bool:
        """Whether the form is valid and nothing has to be asked."""
        valid = super().validate(extra_validators)
        if not self.email.errors and self.email_asked.data != self.asked_about:
            self.question = self.question_about_address()
        return bool(valid and self.question is None)

    def question_about_address(self) -> Question | None:
        """What has to be asked about the typed address."""
        return Question.SLIP if self.meant else None

    @property
    def status(self) -> int:
        """The status of a response that shows the form again: 200 for a question alone, because nothing is wrong."""
        return 200 if self.question and not self.wrong else super().status
