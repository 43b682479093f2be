"""The field by which a supporter chooses a local group."""

from typing import Protocol

from flask_babel import gettext
from wtforms import SelectField
from wtforms.fields.choices import SelectChoice

from ua_tracker import groups
from ua_tracker.database import db
from ua_tracker.models import Group
from ua_tracker.web import chosen_group
from ua_tracker.web.request import language
from ua_tracker.web.translation import lazy_gettext


def group_field() -> SelectField:
    """The field, with no groups to choose from yet."""
    return SelectField(lazy_gettext("Local group (optional)"), choices=[], default="")


class OfGroup(Protocol):
    """A form with such a field."""

    group: SelectField


def offer_groups(form: OfGroup, chosen: str | None = None, *, kept: Group | None = None) -> None:
    """Fills the form's field `group` with all groups; `chosen` is the slug of the preselected one.

    Without `chosen` it is the one that the request chose. A posted group may have been merged since the page was made.
    `kept` is a group that is offered even if it is retired, since the row has it.
    """
    offered = [SelectChoice(group.slug, group.name) for group in groups.listing(db.session(), language())]
    if kept is not None and kept.slug not in [one.value for one in offered]:
        offered.append(SelectChoice(kept.slug, kept.name))
    form.group.choices = [SelectChoice("", gettext("No group")), *offered]
    slugs = [one.value for one in offered]
    asked = str(form.group.data or "") if form.group.raw_data else chosen
    if asked is None:
        found = chosen_group.of_request()
    else:
        found = None if asked in ("", *slugs) else chosen_group.found(chosen_group.cleaned(asked))
        form.group.data = asked if asked in slugs else form.group.data
    if found and found.slug in slugs:
        form.group.data = found.slug
