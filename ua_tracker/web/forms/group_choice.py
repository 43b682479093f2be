"""The field by which a supporter chooses a local group."""

from collections.abc import Collection
from functools import partial
from typing import Protocol

from flask_babel import gettext
from wtforms import Form, SelectField
from wtforms.fields.choices import SelectChoice

from ua_tracker import groups
from ua_tracker.database import db
from ua_tracker.models import Group
from ua_tracker.web import chosen_group
from ua_tracker.web.request import language
from ua_tracker.web.translation import lazy_gettext


class GroupField(SelectField):
    """A choice of a group. The list is read when the field is shown: to check a choice, one group is enough.

    `known` are slugs that are known to be in the list.
    """

    known: Collection[str] = ()

    def pre_validate(self, form: Form) -> None:
        """Raises ValidationError unless the choice is in the list."""
        if self.data not in self.known:
            super().pre_validate(form)


def group_field() -> GroupField:
    """The field, with no groups to choose from yet."""
    return GroupField(lazy_gettext("Local group (optional)"), choices=[], default="")


class OfGroup(Protocol):
    """A form with such a field."""

    group: GroupField


def offer_groups(form: OfGroup, chosen: str | None = None, *, kept: Group | None = None) -> None:
    """Offers all groups in the form's field `group`; `chosen` is the slug of the preselected one.

    Without `chosen` it is the one that the request chose. A posted group may have been merged since the page was made.
    `kept` is a group that is offered even if it is retired, since the row has it.
    """
    field = form.group
    field.choices = partial(_offered, kept)  # type: ignore[assignment]  # WTForms calls it when it needs the list
    field.known = ("", kept.slug) if kept else ("",)
    asked = str(field.data or "") if field.raw_data else chosen
    if asked in field.known:
        field.data = asked
        return
    found = chosen_group.of_request() if asked is None else chosen_group.found(chosen_group.cleaned(asked))
    if found:
        field.data = found.slug
        field.known = (*field.known, found.slug)


def _offered(kept: Group | None) -> list[SelectChoice]:
    offered = [SelectChoice(group.slug, group.name) for group in groups.listing(db.session(), language())]
    if kept is not None and kept.slug not in [one.value for one in offered]:
        offered.append(SelectChoice(kept.slug, kept.name))
    return [SelectChoice("", gettext("No group")), *offered]
