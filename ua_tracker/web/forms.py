"""The forms: shape and wording only. Each carries a once-only key, signed for the one place it may be used at.

Readers get no cookie, so the CSRF token cannot lean on a session. It is the site's signature over the form's
purpose and its once-only key; that a post comes from the site's own page is checked beside it
(`web/headers.py`: Sec-Fetch-Site and Origin). See docs/decisions/0003-forms-without-cookies.md.
"""

import secrets
from datetime import datetime
from functools import cache
from typing import Any, Self

from flask import current_app
from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from itsdangerous import BadData, URLSafeSerializer
from wtforms import Form, HiddenField, RadioField, SelectField, StringField
from wtforms.csrf.core import CSRF, CSRFTokenField
from wtforms.fields.choices import SelectChoice
from wtforms.i18n import get_translations
from wtforms.validators import DataRequired, Email, InputRequired, Length, NumberRange, Optional, ValidationError

from ua_tracker import deadlines, groups
from ua_tracker.database import db
from ua_tracker.letters import Sending
from ua_tracker.models import CHANNELS, MOST_LETTERS, Action, Pledge, Recipient
from ua_tracker.pledges import Wish
from ua_tracker.refusals import Refusal
from ua_tracker.web import language
from ua_tracker.web.errors import words
from ua_tracker.web.fields import DayField, WholeNumberField, no_formula, one_line

LONGEST_NAME = 80
CHANNEL_NAMES = {
    "post": lazy_gettext("Post"),
    "email": lazy_gettext("E-mail"),
    "fax": lazy_gettext("Fax"),
    "social": lazy_gettext("Social media"),
    "phone": lazy_gettext("Phone call"),
}


class SignedOnceKey(CSRF):
    """A token that proves: this site showed this form, with this once-only key, for this purpose."""

    def setup_form(self, form: Form) -> Any:
        """Remembers the form, whose key and purpose are signed."""
        self._form = form
        return super().setup_form(form)

    def generate_csrf_token(self, csrf_token_field: CSRFTokenField) -> str:
        """The signature, with the newest secret key."""
        return str(self._signer().dumps([self._form.meta.csrf_context, self._form.once_key.data]))

    def validate_csrf_token(self, form: Form, field: CSRFTokenField) -> None:
        """Raises ValidationError unless the signature is ours and of this purpose and key."""
        try:
            signed = self._signer().loads(field.data or "")
        except BadData as forged:
            raise ValidationError(STALE) from forged
        if signed != [form.meta.csrf_context, form.once_key.data] or not form.once_key.data:
            raise ValidationError(STALE)

    def _signer(self) -> URLSafeSerializer:
        keys = [*current_app.config["SECRET_KEY_FALLBACKS"], current_app.config["SECRET_KEY"]]
        return URLSafeSerializer(keys, salt="form")


STALE = lazy_gettext("This page had grown too old. Nothing is lost: please press the button once more.")


@cache
def _own_sentences(code: str) -> Any:
    return get_translations([code])


class SiteForm(FlaskForm):
    """What every form of the site knows: its sentences, its status, and where a rule's refusal belongs."""

    class Meta(FlaskForm.Meta):
        """Which language the library speaks."""

        csrf = True

        def get_translations(self, form: Form) -> Any:
            """The library's own sentences in the request's language, read once."""
            return _own_sentences(language())

    @property
    def status(self) -> int:
        """The status of an answer that shows the form again: 400 for a token that is not ours, else 422."""
        return 400 if self.csrf_token.errors else 422

    def refused(self, no: Refusal) -> Self:
        """The form with the rule's sentence at the field it belongs to. Raises the refusal if it has no field here."""
        if no.field is None or no.field not in self:
            raise no
        field = self[no.field]
        field.errors = [*field.errors, words(no)]
        return self

    @property
    def wrong(self) -> list[tuple[str, str]]:
        """Every field's id with its sentence, in the order of the form."""
        return [(field.id, error) for field in self for error in field.errors]


class PublicForm(SiteForm):
    """A form for people without an account."""

    class Meta(SiteForm.Meta):
        """Where the token comes from: not from a session."""

        csrf_class = SignedOnceKey

    once_key = HiddenField(default=lambda: secrets.token_urlsafe(24))

    def validate(self, extra_validators: Any = None) -> bool:
        """Whether all is well; a form whose token is not ours gets a fresh key, so that the next try goes through."""
        valid = super().validate(extra_validators)
        if self.csrf_token.errors:
            self.once_key.data = secrets.token_urlsafe(24)
            self.csrf_token.current_token = self.csrf_token.csrf_impl.generate_csrf_token(self.csrf_token)
        return bool(valid)


def _group_field() -> SelectField:
    return SelectField(lazy_gettext("Local group (optional)"), choices=[], default="")


class PledgeForm(PublicForm):
    """A promise to write."""

    name = StringField(
        lazy_gettext("Your name or initials"),
        description=lazy_gettext("Initials are enough. Your name is never shown to others."),
        filters=[one_line],
        validators=[
            DataRequired(lazy_gettext("Write your name or initials.")),
            Length(max=LONGEST_NAME, message=lazy_gettext("This is longer than %(max)d characters.")),
            no_formula,
        ],
        render_kw={"autocomplete": "name", "maxlength": LONGEST_NAME},
    )
    letters = WholeNumberField(
        lazy_gettext("How many letters will you write?"),
        validators=[
            InputRequired(lazy_gettext("Write how many letters you will send.")),
            NumberRange(1, MOST_LETTERS, lazy_gettext("Choose a number from %(min)s to %(max)s.")),
        ],
        render_kw={"inputmode": "numeric", "min": 1, "max": MOST_LETTERS},
    )
    email = StringField(
        lazy_gettext("E-mail (optional)"),
        description=lazy_gettext(
            "Your private link goes there instead of onto the screen. One pledge is counted for each e-mail address."
        ),
        filters=[one_line],
        validators=[Optional(), Email(lazy_gettext("Write the address as name@example.org, or leave it out."))],
        render_kw={"type": "email", "autocomplete": "email", "maxlength": 254},
    )
    group = _group_field()
    write_on = DayField(lazy_gettext("I will write on (optional)"), validators=[Optional()])

    @classmethod
    def for_action(cls, action: Action, group: str | None = None) -> "PledgeForm":
        """The form of this action; `group` is the slug of the group to begin with, if there is one like it."""
        form = cls(meta={"csrf_context": f"pledge {action.slug}"})
        _offer_groups(form, group)
        return form

    def wish(self, language: str) -> Wish:
        """What the form asks for."""
        return Wish(
            name=self.name.data,
            letters=int(self.letters.data or 0),
            language=language,
            email=self.email.data,
            group=self.group.data or None,
            write_on=self.write_on.data,
        )


class LinkForm(PublicForm):
    """Asking for a private link once more."""

    action = SelectField(lazy_gettext("Action"), choices=[])
    email = StringField(
        lazy_gettext("E-mail of your pledge"),
        filters=[one_line],
        validators=[
            DataRequired(lazy_gettext("Write the e-mail address you pledged with.")),
            Email(lazy_gettext("Write the address as name@example.org.")),
        ],
        render_kw={"type": "email", "autocomplete": "email", "maxlength": 254},
    )

    @classmethod
    def offering(cls, offered: list[Action], chosen: str | None = None) -> "LinkForm":
        """The form for these actions; `chosen` is the slug of the one to begin with."""
        form = cls(meta={"csrf_context": "private link"})
        titles = [SelectChoice(action.slug, action.title) for action in offered]
        form.action.choices = [SelectChoice("", gettext("All actions")), *titles]
        if not form.is_submitted() and chosen in [action.slug for action in offered]:
            form.action.data = chosen
        return form


class ReportForm(PublicForm):
    """Letters that were sent. `letters-1` … `letters-n` are added for the recipients, targets first."""

    sent_on = DayField(
        lazy_gettext("Day sent"),
        validators=[InputRequired(lazy_gettext("Choose the day on which you sent them."))],
    )
    channel = RadioField(
        lazy_gettext("Sent by"),
        choices=[SelectChoice(name, CHANNEL_NAMES[name]) for name in CHANNELS],
        default="post",
        validate_choice=False,
    )
    name = StringField(
        lazy_gettext("Your name or initials (optional)"),
        filters=[one_line],
        validators=[
            Optional(),
            Length(max=LONGEST_NAME, message=lazy_gettext("This is longer than %(max)d characters.")),
            no_formula,
        ],
        render_kw={"autocomplete": "name", "maxlength": LONGEST_NAME},
    )
    email = StringField(
        lazy_gettext("E-mail (optional)"),
        filters=[one_line],
        validators=[Optional(), Email(lazy_gettext("Write the address as name@example.org, or leave it out."))],
        render_kw={"type": "email", "autocomplete": "email", "maxlength": 254},
    )
    group = _group_field()

    @classmethod
    def for_action(
        cls, action: Action, now: datetime, group: str | None = None, pledge: Pledge | None = None
    ) -> "ReportForm":
        """The form for this action's recipients, for today or, after the deadline, for its last day."""
        numbers = {f"letters-{n}": _letters_field(to) for n, to in enumerate(action.recipients, start=1)}
        # The fields are told by their place, so the form is good for these recipients in this order only.
        whom = ",".join(str(to.id) for to in action.recipients)
        whose = f"report {action.slug} {pledge.id if pledge else '-'} {whom}"
        latest = min(deadlines.today(action, now), action.deadline or deadlines.today(action, now))
        fitted = type("ReportForm", (cls,), numbers)
        form: ReportForm = fitted(meta={"csrf_context": whose}, data={"sent_on": latest})
        form.sent_on.render_kw = {
            "max": latest.isoformat(),
            "min": action.issued.isoformat() if action.issued else None,
        }
        _offer_groups(form, group or (pledge.group.slug if pledge and pledge.group else None))
        return form

    @property
    def counts(self) -> list[WholeNumberField]:
        """The fields for the recipients' letters, in the order shown."""
        return [field for field in self if field.name.startswith("letters-")]

    def validate_channel(self, field: RadioField) -> None:
        """Says no to a channel that is not offered."""
        if field.data not in CHANNELS:
            raise ValidationError(gettext("Choose how you sent them."))

    def sending(self, action: Action) -> Sending:
        """What the form says was sent."""
        letters = {to.id: field.data or 0 for to, field in zip(action.recipients, self.counts, strict=False)}
        return Sending(
            sent_on=self.sent_on.data,
            channel=self.channel.data,
            letters=letters,
            name=self.name.data,
            email=self.email.data,
            group=self.group.data or None,
        )


def _letters_field(to: Recipient) -> WholeNumberField:
    title = to.title
    label = (
        lazy_gettext("Letters to: %(recipient)s", recipient=title)
        if to.kind == "target"
        else lazy_gettext("Copies to: %(recipient)s", recipient=title)
    )
    return WholeNumberField(
        label,
        validators=[Optional(), NumberRange(0, MOST_LETTERS, lazy_gettext("Choose a number from %(min)s to %(max)s."))],
        render_kw={"inputmode": "numeric", "min": 0, "max": MOST_LETTERS},
    )


def _offer_groups(form: PledgeForm | ReportForm, chosen: str | None) -> None:
    offered = [SelectChoice(group.slug, group.name) for group in groups.listing(db.session())]
    form.group.choices = [SelectChoice("", gettext("No group")), *offered]
    if not form.is_submitted() and chosen in [one.value for one in offered]:
        form.group.data = chosen
