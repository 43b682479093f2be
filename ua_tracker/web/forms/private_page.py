"""The forms of a private page: change a pledge, withdraw it, erase data, replace the link."""

from flask_babel import gettext
from wtforms import BooleanField, StringField
from wtforms.validators import DataRequired, Email, InputRequired, Length, NumberRange, Optional, ValidationError

from ua_tracker.limits import MOST_LETTERS
from ua_tracker.models import Pledge, Report
from ua_tracker.private_links import Holder, hashed
from ua_tracker.web.forms.addresses import AsksAboutAddress
from ua_tracker.web.forms.base import PublicForm, ignore_request_if
from ua_tracker.web.forms.fields import LONGEST_NAME, DayField, WholeNumberField, no_formula, one_line
from ua_tracker.web.forms.group_choice import group_field, offer_groups
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


class WhoForm(PublicForm):
    """Another name, or another local group."""

    name = StringField(
        lazy_gettext("Your name or initials"),
        filters=[one_line],
        validators=[
            DataRequired(lazy_gettext("Write your name or initials.")),
            Length(max=LONGEST_NAME, message=lazy_gettext("This is longer than %(max)s characters.")),
            no_formula,
        ],
        render_kw={"autocomplete": "name", "maxlength": LONGEST_NAME},
    )
    group = group_field()

    @classmethod
    def of(cls, pledge: Pledge, *, fresh: bool = False) -> "WhoForm":
        """The form with the posted data, else with the present ones; with `fresh` it ignores the posted data."""
        form = cls(meta={"csrf_context": f"who {pledge.id}"}, data={"name": pledge.name}, **ignore_request_if(fresh))
        offer_groups(form, pledge.group.slug if pledge.group else None, kept=pledge.group)
        return form


class MailsForm(PublicForm):
    """Whether a mail shall tell what came of the action, and whether one shall come if its case needs letters again."""

    wants_outcome = BooleanField(lazy_gettext("Tell me by mail what came of it"))
    wants_next = BooleanField(lazy_gettext("Tell me once if this case needs letters again"))

    @classmethod
    def of(cls, pledge: Pledge, *, fresh: bool = False) -> "MailsForm":
        """The form with the posted data, else with the present choices; with `fresh` it ignores the posted data."""
        present = {"wants_outcome": pledge.wants_outcome, "wants_next": pledge.wants_next}
        return cls(meta={"csrf_context": f"wanted mails {pledge.id}"}, data=present, **ignore_request_if(fresh))


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
    """A single button, for one purpose on one pledge, or on one report without a pledge."""

    @classmethod
    def to(cls, purpose: str, holder: Holder, *, fresh: bool = False) -> "ButtonForm":
        """The form for this purpose; with `fresh` it ignores the posted data."""
        of = "report " if isinstance(holder, Report) else ""
        return cls(meta={"csrf_context": f"{purpose} {of}{holder.id}"}, **ignore_request_if(fresh))


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
