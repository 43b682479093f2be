"""The coordinators' forms: fields, labels and wording. Their token is made for the coordinator."""

from typing import Any

from flask_babel import gettext
from flask_wtf.csrf import _FlaskFormCSRF
from wtforms import BooleanField, Form, PasswordField, SelectField, StringField
from wtforms.csrf.core import CSRFTokenField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length, ValidationError

from ua_tracker import groups
from ua_tracker.coordinators import LONGEST_PASSWORD, SHORTEST_PASSWORD
from ua_tracker.database import db
from ua_tracker.web import sessions
from ua_tracker.web.forms.addresses import AsksAboutAddress
from ua_tracker.web.forms.base import STALE, SiteForm, ignore_request_if
from ua_tracker.web.forms.fields import OneOf, one_line
from ua_tracker.web.request import language
from ua_tracker.web.translation import lazy_gettext

UNWRITTEN = lazy_gettext("Write your password.")


class CoordinatorToken(_FlaskFormCSRF):
    """The token of the signed-in coordinator (`sessions.form_token`); before the sign-in that of the session."""

    def generate_csrf_token(self, csrf_token_field: CSRFTokenField) -> str:
        """The token for the coordinator, or for the session."""
        return sessions.form_token()

    def validate_csrf_token(self, form: Form, field: CSRFTokenField) -> None:
        """Raises ValidationError unless the token belongs to this coordinator or to this session."""
        if sessions.is_form_token(field.data):
            return
        try:
            super().validate_csrf_token(form, field)
        except ValidationError as stale:
            raise ValidationError(STALE) from stale


class CoordinatorForm(SiteForm):
    """A form for coordinators; by itself, a single button."""

    class Meta(SiteForm.Meta):
        """The token is made for the coordinator."""

        csrf_class = CoordinatorToken


def _password(label: Any, description: Any = "", missing: Any = UNWRITTEN, **looks: Any) -> PasswordField:
    return PasswordField(
        label,
        description=description,
        validators=[
            DataRequired(missing),
            Length(max=LONGEST_PASSWORD, message=lazy_gettext("This is longer than %(max)s characters.")),
        ],
        render_kw={"autocomplete": "current-password", **looks},
    )


def _new_password() -> PasswordField:
    return _password(
        lazy_gettext("New password"),
        lazy_gettext(
            "At least %(least)s characters. Several words in a row are easy to remember.", least=SHORTEST_PASSWORD
        ),
        lazy_gettext("Choose a new password."),
        autocomplete="new-password",
        minlength=SHORTEST_PASSWORD,
    )


def _own_email() -> StringField:
    return StringField(
        lazy_gettext("E-mail"),
        filters=[one_line],
        validators=[
            DataRequired(lazy_gettext("Write your e-mail address.")),
            Length(max=254, message=lazy_gettext("This is longer than %(max)s characters.")),
        ],
        render_kw={"type": "email", "autocomplete": "username", "maxlength": 254},
    )


class SignInForm(CoordinatorForm):
    """E-mail address and password."""

    email = _own_email()
    password = _password(lazy_gettext("Password"))


class ForgottenForm(CoordinatorForm):
    """The e-mail address whose password is forgotten."""

    email = _own_email()


class InvitationForm(AsksAboutAddress, CoordinatorForm):
    """The person to invite, and the role."""

    email = StringField(
        lazy_gettext("E-mail"),
        filters=[one_line],
        validators=[
            DataRequired(lazy_gettext("Write the e-mail address.")),
            Length(max=254, message=lazy_gettext("This is longer than %(max)s characters.")),
        ],
        render_kw={"type": "email", "autocomplete": "off", "maxlength": 254},
    )
    role = OneOf(
        lazy_gettext("Role"),
        choices=[
            SelectChoice("office", lazy_gettext("Office: sees and does everything")),
            SelectChoice("group", lazy_gettext("Group: sees the people and letters of one group")),
        ],
        unchosen=lazy_gettext("Choose the role."),
    )
    group = SelectField(lazy_gettext("Local group"), choices=[])
    change = BooleanField(lazy_gettext("If this person already coordinates, change the role"))

    @classmethod
    def offering(cls, *, fresh: bool = False) -> "InvitationForm":
        """The form with all groups; with `fresh` it ignores the posted data."""
        form = cls(**ignore_request_if(fresh))
        offered = [SelectChoice(one.slug, one.name) for one in groups.listing(db.session(), language())]
        form.group.choices = [SelectChoice("", gettext("No group")), *offered]
        return form


class CodeForm(CoordinatorForm):
    """A code from the authenticator, or a recovery code."""

    code = StringField(
        lazy_gettext("Code"),
        description=lazy_gettext("Six digits from your authenticator."),
        filters=[one_line],
        validators=[
            DataRequired(lazy_gettext("Write the code.")),
            Length(max=40, message=lazy_gettext("This is longer than %(max)s characters.")),
        ],
        render_kw={"autocomplete": "one-time-code", "maxlength": 40, "spellcheck": "false"},
    )


class ChoosePasswordForm(CoordinatorForm):
    """The first password, or a new one through a link."""

    new_password = _new_password()


class ChangePasswordForm(CoordinatorForm):
    """A new password, with the present one as proof."""

    password = _password(lazy_gettext("Present password"))
    new_password = _new_password()


class ProofForm(CoordinatorForm):
    """The password again, before an action that gives or takes rights."""

    proof = _password(lazy_gettext("Your password"))


class CodesOffForm(CoordinatorForm):
    """The password, to turn two-factor codes off."""

    password = _password(lazy_gettext("Present password"))
