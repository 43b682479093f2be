"""The forms of the page that finds a person by e-mail address."""

from wtforms import HiddenField, StringField
from wtforms.validators import DataRequired, Length

from ua_tracker.web.forms.accounts import CoordinatorForm
from ua_tracker.web.forms.dashboard import TOO_LONG, ReasonForm
from ua_tracker.web.forms.fields import one_line
from ua_tracker.web.translation import lazy_gettext


class PersonForm(CoordinatorForm):
    """The e-mail address under which to look."""

    email = StringField(
        lazy_gettext("E-mail"),
        description=lazy_gettext("As the person writes it. Capitals and spaces do not matter."),
        filters=[one_line],
        validators=[
            DataRequired(lazy_gettext("Write the e-mail address.")),
            Length(max=254, message=TOO_LONG),
        ],
        render_kw={"inputmode": "email", "autocomplete": "off", "spellcheck": "false", "maxlength": 254},
    )


class ErasePersonForm(ReasonForm):
    """Why what is stored under the address is erased."""

    email = HiddenField(filters=[one_line])
