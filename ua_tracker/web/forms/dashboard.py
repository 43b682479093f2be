"""The forms of the dashboard: reasons, extensions, closing, letter evenings, groups, documents."""

import secrets
from datetime import date, datetime
from typing import Any

from flask import url_for
from flask_babel import gettext
from flask_wtf.file import FileField, MultipleFileField
from wtforms import BooleanField, HiddenField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional, Regexp

from ua_tracker import deadlines, groups, slugs
from ua_tracker.database import db
from ua_tracker.letters import EveningTotal
from ua_tracker.limits import (
    LARGEST_PICTURE_BYTES,
    LONGEST_CREDIT,
    LONGEST_DESCRIPTION,
    MOST_OF_AN_EVENING,
)
from ua_tracker.models import CHANNELS, Action
from ua_tracker.web.forms.accounts import CoordinatorForm
from ua_tracker.web.forms.base import STALE
from ua_tracker.web.forms.fields import (
    DayField,
    OneOf,
    WholeNumberField,
    many_lines,
    offered_groups,
    one_line,
)
from ua_tracker.web.forms.letter_counts import Counts
from ua_tracker.web.labels import CHANNEL_NAMES, HOW, REASON_WORDS
from ua_tracker.web.request import language
from ua_tracker.web.translation import lazy_gettext

LONGEST_REASON = 300
TOO_LONG = lazy_gettext("This is longer than %(max)s characters.")


class ReasonForm(CoordinatorForm):
    """Why something is taken back, released or undone. The reason must not name anyone."""

    reason = StringField(
        lazy_gettext("Why is it taken back?"),
        description=lazy_gettext("Name nobody: this stays in the history."),
        filters=[one_line],
        validators=[
            DataRequired(lazy_gettext("Write why.")),
            Length(max=LONGEST_REASON, message=TOO_LONG),
        ],
    )
    shown = HiddenField()

    def asking(self, question: str) -> "ReasonForm":
        """The form with another question above the field."""
        self.reason.label.text = question
        return self


class NoteForm(CoordinatorForm):
    """A note to the public about a correction."""

    note = TextAreaField(
        lazy_gettext("Note to the public"),
        description=lazy_gettext("Name nobody: everybody can read it."),
        filters=[many_lines],
        validators=[
            DataRequired(lazy_gettext("Write what the public shall read.")),
            Length(max=1000, message=TOO_LONG),
        ],
    )


class ExtendForm(CoordinatorForm):
    """A later deadline, or an earlier one."""

    deadline = DayField(lazy_gettext("New deadline"), validators=[InputRequired(lazy_gettext("Choose the new day."))])
    is_earlier = BooleanField(lazy_gettext("The deadline was wrong: it is an earlier day"))
    revision = HiddenField()


class CloseForm(CoordinatorForm):
    """The early end of an action."""

    reason = OneOf(
        lazy_gettext("Why does it end?"),
        choices=[SelectChoice(value, label) for value, label in REASON_WORDS.items()],
        unchosen=lazy_gettext("Choose why it ends."),
    )
    outcome = TextAreaField(
        lazy_gettext("What came of it (optional)"),
        filters=[many_lines],
        validators=[Length(max=5000, message=TOO_LONG)],
    )
    revision = HiddenField()


class EndCaseForm(CloseForm):
    """The end of a case: closes every action of it that runs. `shown` are their short names, with spaces between."""

    shown = HiddenField()

    @classmethod
    def of(cls, update: Action, running: list[Action]) -> "EndCaseForm":
        """The form with the summary of the update that ends the case, which says what came of it."""
        words = "\n\n".join(update.summary)[:5000]
        return cls(formdata=None, data={"outcome": words, "shown": " ".join(one.slug for one in running)})


class MailingForm(CoordinatorForm):
    """Asks for the mail to those who have not reported."""

    sure = BooleanField(
        lazy_gettext("I have read the mail, and it may go out"),
        validators=[DataRequired(lazy_gettext("Tick the box first: the mail cannot be called back."))],
    )


class RevisionForm(CoordinatorForm):
    """A single button: publish, reopen."""

    revision = HiddenField()


class EveningForm(Counts, CoordinatorForm):
    """The letters of a letter evening to each recipient: numbers, no names. `slug` is the action's."""

    slug: str

    once_key = HiddenField(default=lambda: secrets.token_urlsafe(24))
    people = WholeNumberField(
        lazy_gettext("How many people wrote?"),
        validators=[
            InputRequired(lazy_gettext("Write how many people took part.")),
            NumberRange(1, MOST_OF_AN_EVENING, lazy_gettext("Choose a number from %(min)s to %(max)s.")),
        ],
        render_kw={"inputmode": "numeric", "min": 1, "max": MOST_OF_AN_EVENING},
    )
    sent_on = DayField(
        lazy_gettext("Day sent"), validators=[InputRequired(lazy_gettext("Choose the day on which they were sent."))]
    )
    channel = OneOf(
        lazy_gettext("Sent by"),
        choices=[SelectChoice(name, CHANNEL_NAMES[name]) for name in CHANNELS],
        default="post",
        unchosen=HOW,
    )
    group = SelectField(
        lazy_gettext("Local group"), choices=[], validators=[DataRequired(lazy_gettext("Choose the group."))]
    )

    @classmethod
    def for_action(cls, action: Action, now: datetime, group: str | None) -> "EveningForm":
        """The form for this action's recipients, and the group with the slug `group`; for None all, and none chosen."""
        today = deadlines.today(action, now)
        latest = min(today, action.deadline or today)
        form = cls.of_recipients(action, MOST_OF_AN_EVENING, data={"sent_on": latest})
        offered = [one for one in groups.listing(db.session(), language()) if group in (None, one.slug)]
        form.group.choices = offered_groups(offered, is_own=group is not None)
        form.sent_on.render_kw = {"max": latest.isoformat()}
        form.slug = action.slug
        return form

    def evening(self) -> EveningTotal:
        """The letter evening that the form enters."""
        # Also of a form that is refused later, to find what it said before. What it does not say equals nothing stored.
        return EveningTotal(
            sent_on=self.sent_on.data or date.min,
            channel=self.channel.data or "",
            letters=self.letters(),
            group=self.group.data or "",
            people=int(self.people.data or 0),
        )

    def validate(self, extra_validators: Any = None) -> bool:
        """Whether the form is valid. Without an idempotency key a second press could not be recognised."""
        valid = super().validate(extra_validators)
        if not self.once_key.data:
            self.csrf_token.errors = [STALE]
            self.renew()
        return bool(valid and not self.csrf_token.errors)

    def find_first(self) -> str | None:
        """The URL of the list of letters, in which the evening that was entered before stands."""
        return url_for("ledger.rows", slug=self.slug, noun="letters")

    def renew(self) -> None:
        """Gives the form a new key: what it sends next is another evening."""
        self.once_key.data = secrets.token_urlsafe(24)


class GroupForm(CoordinatorForm):
    """A new group."""

    name = StringField(
        lazy_gettext("Name of the group"),
        filters=[one_line],
        validators=[
            DataRequired(lazy_gettext("Write the group’s name.")),
            Length(max=groups.LONGEST_NAME, message=TOO_LONG),
        ],
    )
    slug = StringField(
        lazy_gettext("Short name for links"),
        description=lazy_gettext("Small letters, digits and hyphens, as montreal. It stays for good."),
        filters=[one_line],
        validators=[
            DataRequired(lazy_gettext("Write the short name.")),
            Length(max=slugs.LONGEST, message=TOO_LONG),
            Regexp(f"^{slugs.SHAPE}$", message=lazy_gettext("Use small letters, digits and hyphens.")),
        ],
    )


class RenameForm(CoordinatorForm):
    """Another name for a group."""

    name = StringField(
        lazy_gettext("Name of the group"),
        filters=[one_line],
        validators=[
            DataRequired(lazy_gettext("Write the group’s name.")),
            Length(max=groups.LONGEST_NAME, message=TOO_LONG),
        ],
    )


class MergeForm(CoordinatorForm):
    """The group into which this one is merged."""

    group = SelectField(
        lazy_gettext("Merge into"),
        choices=[],
        validators=[DataRequired(lazy_gettext("Choose the group that this one goes into."))],
    )

    @classmethod
    def without(cls, slug: str) -> "MergeForm":
        """The form that offers every group but this one."""
        form = cls()
        others = [one for one in groups.listing(db.session(), language()) if one.slug != slug]
        form.group.choices = [
            SelectChoice("", gettext("Choose a group")),
            *(SelectChoice(one.slug, one.name) for one in others),
        ]
        return form


class PictureForm(CoordinatorForm):
    """The picture of an action and its words. Without a file the words of the present picture change."""

    revision = HiddenField()
    picture = FileField(
        lazy_gettext("File"),
        description=lazy_gettext(
            "JPEG, PNG or WebP, at most %(limit)s megabytes. It is stored small, without the place, the time and the "
            "names that cameras write into pictures.",
            limit=LARGEST_PICTURE_BYTES // 1024**2,
        ),
        validators=[Optional()],
        render_kw={"accept": "image/jpeg,image/png,image/webp"},
    )
    description = TextAreaField(
        lazy_gettext("Description"),
        description=lazy_gettext("What can be seen, for those who do not see it, as: Ana Lopez in her classroom."),
        filters=[one_line],
        validators=[
            DataRequired(lazy_gettext("Describe what can be seen in the picture.")),
            Length(max=LONGEST_DESCRIPTION, message=TOO_LONG),
        ],
    )
    credit = StringField(
        lazy_gettext("Credit line (optional)"),
        description=lazy_gettext("Who made the picture, as: © Private."),
        filters=[one_line],
        validators=[Length(max=LONGEST_CREDIT, message=TOO_LONG)],
        render_kw={"maxlength": LONGEST_CREDIT},
    )


class DocumentForm(CoordinatorForm):
    """Urgent Actions, as files or as pasted text."""

    documents = MultipleFileField(
        lazy_gettext("Files"),
        description=lazy_gettext(
            "PDF, Word, rich text, a saved page, a mail, or plain text. Several at once become a list."
        ),
        validators=[Optional()],
    )
    text = TextAreaField(lazy_gettext("Or paste the text here"), validators=[Optional()])
