"""The field by which a supporter chooses a local group."""

from typing import Protocol

from flask_babel import gettext
from wtforms import SelectField
from wtforms.fields.choices import SelectChoice

from ua_tracker import groups
from ua_tracker.database import db
from ua_tracker.models import Group
from ua_tracker.web.request import language
from ua_tracker.web.translation import lazy_gettext


def group_field() -> SelectField:
    """The field, with no groups to choose from yet."""
    return SelectField(lazy_gettext("Local group (optional)"), choices=[], default="")


class OfGroup(Protocol):
    """A form with such a field."""

    group: SelectField

    def is_submitted(self) -> bool:
        """Whether it was sent."""


def offer_groups(form: OfGroup, chosen: str | None, *, kept: Group | None = None, fresh: bool = False) -> None:
    """Fills the form's field `group` with all groups; `chosen` is the slug of the preselected one.

    `kept` is a group that is offered even if it is retired, since the row has it. With `fresh` the posted data is
    ignored.
    """
    offered = [SelectChoice(group.slug, group.name) for group in groups.listing(db.session(), language())]
    if kept is not None and kept.slug not in [one.value for one in offered]:
        offered.append(SelectChoice(kept.slug, kept.name))
    form.group.choices = [SelectChoice("", gettext("No group")), *offered]
    if (fresh or not form.is_submitted()) and chosen in [one.value for one in offered]:
        form.group.data = chosen
