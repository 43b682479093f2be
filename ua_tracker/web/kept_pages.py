"""How long a page of an action can be kept as it was rendered."""

from datetime import datetime

from ua_tracker import deadlines
from ua_tracker.models import Action
from ua_tracker.web import chosen_group
from ua_tracker.web.live import versions
from ua_tracker.web.live.versions import FormKeys


def keep_today(action: Action, at: datetime, form: FormKeys | None = None, also: datetime | None = None) -> None:
    """Lets this page of the action be kept until its state changes, at most until the day ends in its time zone.

    `also` is another instant at which the page changes. `form` are the keys of the form on it. It is not kept where the
    request names a group that is none, or retired: anybody can invent such names.
    """
    if chosen_group.typed() and not chosen_group.of_request():
        return
    ends = until_today_ends(action, at)
    versions.keep_page(min(ends, also or ends), form)


def until_today_ends(action: Action, at: datetime) -> datetime:
    """The instant of the next change of the action's state, at most the end of the day in its time zone."""
    day_ends = deadlines.first_instant_after(deadlines.today(action, at), action.timezone)
    return min(day_ends, deadlines.next_change(action, at) or day_ends)
