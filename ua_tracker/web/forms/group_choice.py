"""The field by which a supporter chooses a local group."""

from flask_babel import gettext
from wtforms import Form, SelectField
from wtforms.fields.choices import SelectChoice

from ua_tracker import groups
from ua_tracker.database import db
from ua_tracker.web.translation import lazy_gettext


def group_field() -> SelectField:
    """The field, with no groups to choose from yet."""
    return SelectField(lazy_gettext("Local group (optional)"), choices=[], default="")


def offer_groups(form: Form, chosen: str | None) -> None:
    """Fills the form's field `group` with all groups; `chosen` is the slug of the preselected one."""
    offered = [SelectChoice(group.slug, group.name) for group in groups.listing(db.session())]
    form.group.choices = [SelectChoice("", gettext("No group")), *offered]
    if not form.is_submitted() and chosen in [one.value for one in offered]:
        form.group.data = chosen
