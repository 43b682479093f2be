"""The forms for letter evenings that a coordinator opens."""

from wtforms import SelectField
from wtforms.validators import DataRequired, InputRequired, NumberRange

from ua_tracker import groups
from ua_tracker.database import db
from ua_tracker.limits import MOST_HOURS_OF_AN_EVENING, MOST_OF_AN_EVENING
from ua_tracker.web.forms.accounts import CoordinatorForm
from ua_tracker.web.forms.base import ignore_request_if
from ua_tracker.web.forms.fields import WholeNumberField, offered_groups
from ua_tracker.web.request import language
from ua_tracker.web.translation import lazy_gettext

_RANGE = lazy_gettext("Choose a number from %(min)s to %(max)s.")


class OpenEveningForm(CoordinatorForm):
    """A letter evening: whose it is, how long it lasts, and how many letters count at once."""

    group = SelectField(
        lazy_gettext("Local group"), choices=[], validators=[DataRequired(lazy_gettext("Choose the group."))]
    )
    hours = WholeNumberField(
        lazy_gettext("For how many hours?"),
        default=4,
        validators=[
            InputRequired(lazy_gettext("Write for how many hours.")),
            NumberRange(1, MOST_HOURS_OF_AN_EVENING, _RANGE),
        ],
        render_kw={"inputmode": "numeric", "min": 1, "max": MOST_HOURS_OF_AN_EVENING},
    )
    most_letters = WholeNumberField(
        lazy_gettext("How many letters at most?"),
        description=lazy_gettext("So many count at once. More are kept, and held until you release them."),
        default=200,
        validators=[
            InputRequired(lazy_gettext("Write how many letters at most.")),
            NumberRange(1, MOST_OF_AN_EVENING, _RANGE),
        ],
        render_kw={"inputmode": "numeric", "min": 1, "max": MOST_OF_AN_EVENING},
    )

    @classmethod
    def offering(cls, group: str | None, *, fresh: bool = False) -> "OpenEveningForm":
        """The form with the group of this slug; for None with all groups, and none chosen.

        With `fresh` it ignores posted data.
        """
        form = cls(**ignore_request_if(fresh))
        offered = [one for one in groups.listing(db.session(), language()) if group in (None, one.slug)]
        form.group.choices = offered_groups(offered, is_own=group is not None)
        return form


class PaperCountForm(CoordinatorForm):
    """How many letters lay on the tables."""

    paper_count = WholeNumberField(
        lazy_gettext("Letters counted on paper"),
        validators=[
            InputRequired(lazy_gettext("Write how many letters you counted.")),
            NumberRange(0, MOST_OF_AN_EVENING, _RANGE),
        ],
        render_kw={"inputmode": "numeric", "min": 0, "max": MOST_OF_AN_EVENING},
    )
