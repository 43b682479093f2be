"""The form with which a coordinator makes an API key."""

from flask_babel import gettext
from wtforms import BooleanField, Field, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange

from ua_tracker import groups
from ua_tracker.database import db
from ua_tracker.limits import MOST_OF_AN_EVENING
from ua_tracker.programs.keys import LONGEST_NAME, PLEDGE, READ, REPORT, RIGHTS, USUAL_LETTERS, Grant
from ua_tracker.web.forms.accounts import CoordinatorForm
from ua_tracker.web.forms.base import ignore_request_if
from ua_tracker.web.forms.fields import WholeNumberField, offered_groups, one_line
from ua_tracker.web.request import language
from ua_tracker.web.translation import lazy_gettext

OFFICE = "-"
RIGHT_WORDS = {
    PLEDGE: lazy_gettext("make pledges"),
    REPORT: lazy_gettext("report letters"),
    READ: lazy_gettext("read pledges, with names and addresses"),
}
DAYS = {
    "7": lazy_gettext("in a week"),
    "90": lazy_gettext("in three months"),
    "365": lazy_gettext("in a year"),
    "": lazy_gettext("never"),
}


class ApiKeyForm(CoordinatorForm):
    """What a key is for, whose it is, what it may do, and for how long."""

    name = StringField(
        lazy_gettext("What is the key for?"),
        description=lazy_gettext("As “Tablet of the stall” or “Form on our own page”. Name no person."),
        filters=[one_line],
        validators=[
            DataRequired(lazy_gettext("Write what the key is for.")),
            Length(max=LONGEST_NAME, message=lazy_gettext("This is longer than %(max)s characters.")),
        ],
        render_kw={"maxlength": LONGEST_NAME, "autocomplete": "off"},
    )
    group = SelectField(
        lazy_gettext("Local group"), choices=[], validators=[DataRequired(lazy_gettext("Choose the group."))]
    )
    may_pledge = BooleanField(RIGHT_WORDS[PLEDGE])
    may_report = BooleanField(RIGHT_WORDS[REPORT])
    may_read = BooleanField(RIGHT_WORDS[READ])
    most_letters = WholeNumberField(
        lazy_gettext("How many letters a day at most?"),
        description=lazy_gettext("So many count at once. More are kept, and held until you release them."),
        default=USUAL_LETTERS,
        validators=[
            InputRequired(lazy_gettext("Write how many letters at most.")),
            NumberRange(1, MOST_OF_AN_EVENING, lazy_gettext("Choose a number from %(min)s to %(max)s.")),
        ],
        render_kw={"inputmode": "numeric", "min": 1, "max": MOST_OF_AN_EVENING},
    )
    days = SelectField(
        lazy_gettext("When does it expire?"), choices=[SelectChoice(*one) for one in DAYS.items()], default="90"
    )

    @classmethod
    def offering(cls, group: str | None, *, fresh: bool = False) -> "ApiKeyForm":
        """The form with the group of this slug; for None with all groups and the whole office, and none chosen.

        With `fresh` it ignores posted data.
        """
        form = cls(**ignore_request_if(fresh))
        offered = [one for one in groups.listing(db.session(), language()) if group in (None, one.slug)]
        form.group.choices = offered_groups(offered, is_own=group is not None)
        if group is None:
            first = [] if offered else [SelectChoice("", gettext("Choose a group"))]
            form.group.choices = [*first, *form.group.choices, SelectChoice(OFFICE, gettext("The whole office"))]
        return form

    @property
    def rights(self) -> list[Field]:
        """The boxes of the rights."""
        return [self[f"may_{right}"] for right in RIGHTS]

    def validate(self, extra_validators: object = None) -> bool:
        """Whether the form is valid: at least one right must be chosen."""
        valid = super().validate(extra_validators)
        if not any(box.data for box in self.rights):
            self.may_pledge.errors = [gettext("Choose at least one right.")]
            return False
        return bool(valid)

    def grant(self) -> Grant:
        """What the key is to be."""
        return Grant(
            name=self.name.data,
            group=None if self.group.data == OFFICE else self.group.data,
            rights=tuple(right for right in RIGHTS if self[f"may_{right}"].data),
            most_letters=int(self.most_letters.data or 0),
            days=int(self.days.data) if self.days.data else None,
        )
