"""The forms for pledging and for a lost private link."""

from flask import request, url_for
from flask_babel import gettext
from wtforms import BooleanField, HiddenField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Email, InputRequired, Length, NumberRange, Optional

from ua_tracker import pledges
from ua_tracker.database import db
from ua_tracker.limits import MOST_LETTERS
from ua_tracker.models import Action
from ua_tracker.pledges import Wish
from ua_tracker.web.forms.addresses import AsksAboutAddress, Question
from ua_tracker.web.forms.base import PublicForm
from ua_tracker.web.forms.fields import LONGEST_NAME, DayField, WholeNumberField, no_formula, one_line
from ua_tracker.web.forms.group_choice import group_field, offer_groups
from ua_tracker.web.forms.weighed import WeighedForm
from ua_tracker.web.request import secret_keys
from ua_tracker.web.translation import lazy_gettext


class PledgeForm(AsksAboutAddress, WeighedForm):
    """A pledge to write letters."""

    name = StringField(
        lazy_gettext("Your name or initials"),
        description=lazy_gettext("Initials are enough. Your name is never shown to others."),
        filters=[one_line],
        validators=[
            DataRequired(lazy_gettext("Write your name or initials.")),
            Length(max=LONGEST_NAME, message=lazy_gettext("This is longer than %(max)s characters.")),
            no_formula,
        ],
        render_kw={"autocomplete": "name", "maxlength": LONGEST_NAME},
    )
    letters = WholeNumberField(
        lazy_gettext("How many letters will you write?"),
        default=1,
        validators=[
            InputRequired(lazy_gettext("Write how many letters you will send.")),
            NumberRange(1, MOST_LETTERS, lazy_gettext("Choose a number from %(min)s to %(max)s.")),
        ],
        render_kw={"inputmode": "numeric", "min": 1, "max": MOST_LETTERS},
    )
    email = StringField(
        lazy_gettext("E-mail (optional)"),
        description=lazy_gettext(
            "Your private link goes there instead of onto the screen. One pledge counts for each address."
        ),
        filters=[one_line],
        validators=[Optional(), Email(lazy_gettext("Write the address as name@example.org, or leave it out."))],
        render_kw={"type": "email", "autocomplete": "email", "maxlength": 254},
    )
    wants_outcome = BooleanField(lazy_gettext("Tell me by mail what came of it"))
    group = group_field()
    write_on = DayField(lazy_gettext("I will write on (optional)"), validators=[Optional()])
    instead_of = HiddenField(filters=[one_line])  # the address that the thanks named, which was wrong

    @classmethod
    def for_action(cls, action: Action) -> "PledgeForm":
        """The form of this action, with the group that the request chose."""
        return cls.of_slug(action.slug)

    @classmethod
    def of_slug(cls, slug: str) -> "PledgeForm":
        """The form of the action with this slug, which need not exist."""
        form = cls(meta={"csrf_context": f"pledge {slug}"})
        offer_groups(form)
        return form

    def question_about_address(self) -> Question | None:
        """What has to be asked: also what happens without an address to somebody who wants mails."""
        if self.email.data:
            return super().question_about_address()
        if self.wants_outcome.data:
            return Question.OUTCOME
        return Question.DAY if self.write_on.data else None

    def find_first(self) -> str | None:
        """The URL of the pledge that the form made before, where its link was shown on the screen."""
        token = pledges.link_under(db.session(), str(self.once_key.data), secret_keys())
        return url_for("manage.show", token=token) if token else None

    def to_correct(self) -> list[tuple[str, str]]:
        """Names and values of what its thanks send again to put its address right: all that was typed, and its keys."""
        kept = (self.csrf_token, self.once_key, self.name, self.letters, self.group, self.write_on, self.wants_outcome)
        fields = {**{field.name: request.form.get(field.name, "") for field in kept}, "instead_of": self.email.data}
        return [(name, value) for name, value in fields.items() if value]

    def wish(self, language: str) -> Wish:
        """The pledge that the form asks for."""
        return Wish(
            name=self.name.data,
            letters=int(self.letters.data or 0),
            language=language,
            email=self.email.data,
            group=self.group.data or None,
            write_on=self.write_on.data,
            wants_outcome=self.wants_outcome.data and bool(self.email.data),
        )


class LinkForm(AsksAboutAddress, PublicForm):
    """Asks for a private link again."""

    action = SelectField(lazy_gettext("Action"), choices=[])
    email = StringField(
        lazy_gettext("E-mail of your pledge or report"),
        filters=[one_line],
        validators=[
            DataRequired(lazy_gettext("Write the e-mail address you pledged or reported with.")),
            Email(lazy_gettext("Write the address as name@example.org.")),
        ],
        render_kw={"type": "email", "autocomplete": "email", "maxlength": 254},
    )

    @classmethod
    def offering(cls, offered: list[Action], chosen: str | None = None) -> "LinkForm":
        """The form with these actions; `chosen` is the slug of the preselected one."""
        form = cls(meta={"csrf_context": "private link"})
        titles = [SelectChoice(action.slug, action.title) for action in offered]
        form.action.choices = [SelectChoice("", gettext("All actions")), *titles]
        if not form.is_submitted() and chosen in [action.slug for action in offered]:
            form.action.data = chosen
        return form
