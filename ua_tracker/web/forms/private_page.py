"""The forms of a pledge's private page: change it, withdraw it, erase data, replace the link."""

from flask_babel import gettext
from wtforms import BooleanField, StringField
from wtforms.validators import DataRequired, Email, InputRequired, NumberRange, Optional, ValidationError

from ua_tracker.limits import MOST_LETTERS
from ua_tracker.models import Pledge
from ua_tracker.private_links import hashed
from ua_tracker.web.forms.addresses import AsksAboutAddress
from ua_tracker.web.forms.base import PublicForm, ignore_request_if
from ua_tracker.web.forms.fields import DayField, WholeNumberField, one_line
from ua_tracker.web.forms.weighed import WeighedForm
from ua_tracker.web.translation import lazy_gettext


class ChangeForm(WeighedForm):
    """Another number of letters, or another day to write on."""

    letters = WholeNumberField(
        lazy_gettext("How many letters will you write?"),
        validators=[
            InputRequired(lazy_gettext("Write how many letters you will send.")),
            NumberRange(1, MOST_LETTERS, lazy_gettext("Choose a number from %(min)s to %(max)s.")),
        ],
        render_kw={"inputmode": "numeric", "min": 1, "max": MOST_LETTERS},
    )
    write_on = DayField(lazy_gettext("I will write on (optional)"), validators=[Optional()])

    @classmethod
    def of(cls, pledge: Pledge, *, fresh: bool = False) -> "ChangeForm":
        """The form with the posted data, else with the present pledge; with `fresh` it ignores the posted data."""
        promised = {"letters": pledge.letters, "write_on": pledge.write_on}
        return cls(meta={"csrf_context": f"change {pledge.id}"}, data=promised, **ignore_request_if(fresh))


class AddressForm(AsksAboutAddress, PublicForm):
    """Another e-mail address."""

    email = StringField(
        lazy_gettext("E-mail"),
        filters=[one_line],
        validators=[
            DataRequired(lazy_gettext("Write the new address.")),
            Email(lazy_gettext("Write the address as name@example.org.")),
        ],
        render_kw={"type": "email", "autocomplete": "email", "maxlength": 254},
    )

    @classmethod
    def of(cls, pledge: Pledge, *, fresh: bool = False) -> "AddressForm":
        """The form with the posted data, else empty; with `fresh` it ignores the posted data."""
        return cls(meta={"csrf_context": f"address {pledge.id}"}, **ignore_request_if(fresh))


class ButtonForm(PublicForm):
    """A single button, for one purpose on one pledge."""

    @classmethod
    def to(cls, purpose: str, pledge: Pledge, *, fresh: bool = False) -> "ButtonForm":
        """The form for this purpose; with `fresh` it ignores the posted data."""
        return cls(meta={"csrf_context": f"{purpose} {pledge.id}"}, **ignore_request_if(fresh))


class TokenForm(PublicForm):
    """A single button, for the one purpose of a link in a mail. Nothing in the form identifies the pledge."""

    @classmethod
    def to(cls, purpose: str, token: str) -> "TokenForm":
        """The form for this link's purpose."""
        return cls(meta={"csrf_context": f"{purpose} {hashed(token)[:16]}"})


class SureForm(ButtonForm):
    """A button with a box to tick, for what cannot be undone."""

    sure = BooleanField(lazy_gettext("Yes, I mean it"))

    def validate_sure(self, field: BooleanField) -> None:
        """Raises ValidationError until the box is ticked."""
        if not field.data:
            raise ValidationError(gettext("Tick the box to say that you mean it."))
