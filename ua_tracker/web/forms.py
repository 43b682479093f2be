"""The forms for everybody: shape and wording only."""

from datetime import datetime

from flask_babel import gettext
from wtforms import BooleanField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Email, InputRequired, Length, NumberRange, Optional

from ua_tracker import deadlines, groups
from ua_tracker.database import db
from ua_tracker.letters import Sending
from ua_tracker.models import CHANNELS, MOST_LETTERS, Action, Pledge
from ua_tracker.pledges import Wish
from ua_tracker.web.counts import Counts
from ua_tracker.web.fields import DayField, OneOf, WholeNumberField, no_formula, one_line
from ua_tracker.web.lazy import lazy_gettext
from ua_tracker.web.tokens import PublicForm

LONGEST_NAME = 80
HOW = lazy_gettext("Choose how you sent them.")
CHANNEL_NAMES = {
    "post": lazy_gettext("Post"),
    "email": lazy_gettext("E-mail"),
    "fax": lazy_gettext("Fax"),
    "social": lazy_gettext("Social media"),
    "phone": lazy_gettext("Phone call"),
}


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
    wants_outcome = BooleanField(lazy_gettext("Tell me by mail what came of it"))
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
            wants_outcome=self.wants_outcome.data and bool(self.email.data),
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


class ReportForm(Counts, PublicForm):
    """Letters that were sent, to each recipient."""

    sent_on = DayField(
        lazy_gettext("Day sent"),
        validators=[InputRequired(lazy_gettext("Choose the day on which you sent them."))],
    )
    channel = OneOf(
        lazy_gettext("Sent by"),
        choices=[SelectChoice(name, CHANNEL_NAMES[name]) for name in CHANNELS],
        default="post",
        unchosen=HOW,
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
        cls,
        action: Action,
        now: datetime,
        group: str | None = None,
        pledge: Pledge | None = None,
        *,
        fresh: bool = False,
    ) -> "ReportForm":
        """The form for this action's recipients, for today or, after the deadline, for its last day.

        `fresh` looks at nothing that was sent.
        """
        whose = f"report {action.slug} {pledge.id if pledge else '-'}"
        latest = min(deadlines.today(action, now), action.deadline or deadlines.today(action, now))
        kinds = {"meta": {"csrf_context": whose}, "data": {"sent_on": latest}}
        form = cls.of_recipients(action, MOST_LETTERS, fresh=fresh, **kinds)
        form.sent_on.render_kw = {"max": latest.isoformat(), "min": action.issued and action.issued.isoformat()}
        _offer_groups(form, group or (pledge.group.slug if pledge and pledge.group else None))
        return form

    def sending(self) -> Sending:
        """What the form says was sent."""
        return Sending(
            sent_on=self.sent_on.data,
            channel=self.channel.data,
            letters=self.letters(),
            name=self.name.data,
            email=self.email.data,
            group=self.group.data or None,
        )


def _offer_groups(form: PledgeForm | ReportForm, chosen: str | None) -> None:
    offered = [SelectChoice(group.slug, group.name) for group in groups.listing(db.session())]
    form.group.choices = [SelectChoice("", gettext("No group")), *offered]
    if not form.is_submitted() and chosen in [one.value for one in offered]:
        form.group.data = chosen
