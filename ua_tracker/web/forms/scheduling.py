"""The form for the day and hour at which a draft is published by itself."""

from datetime import time
from zoneinfo import ZoneInfo

from wtforms import HiddenField
from wtforms.validators import InputRequired

from ua_tracker.models import Action
from ua_tracker.web.forms.accounts import CoordinatorForm
from ua_tracker.web.forms.fields import DayField, HourField
from ua_tracker.web.translation import lazy_gettext


class ScheduleForm(CoordinatorForm):
    """The day and hour at which a draft is published by itself, in the action's time zone."""

    publish_on = DayField(lazy_gettext("Day"), validators=[InputRequired(lazy_gettext("Choose the day."))])
    publish_at = HourField(
        lazy_gettext("Hour"), default=time(9), validators=[InputRequired(lazy_gettext("Choose the hour."))]
    )
    revision = HiddenField()

    @classmethod
    def of(cls, action: Action) -> "ScheduleForm":
        """The empty form, or the form with the day and hour that are set."""
        at = action.published_at and action.published_at.astimezone(ZoneInfo(action.timezone))
        set_before = {"publish_on": at.date(), "publish_at": at.time()} if at else {}
        return cls(formdata=None, data={"publish_at": time(9), **set_before, "revision": str(action.revision)})
