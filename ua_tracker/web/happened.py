"""What happened last to an action, in the reader's language: a short label and a sentence."""

from datetime import datetime

from flask_babel import gettext, ngettext

from ua_tracker import deadlines, languages
from ua_tracker.deadlines import State
from ua_tracker.happenings import Happening, What
from ua_tracker.models import Action
from ua_tracker.web.request import language


def label(happening: Happening) -> str:
    """Two words at most: `Good news`, `Deadline extended`."""
    words = {
        What.STOPPED: gettext("Stopped"),
        What.GOOD_NEWS: gettext("Good news"),
        What.ENDED: gettext("Closed early"),
        What.EXTENDED: gettext("Deadline extended"),
        What.EARLIER: gettext("Earlier deadline"),
        What.CORRECTED: gettext("Count corrected"),
    }
    return words[happening.what]


def leading(happening: Happening | None, state: State) -> str:
    """The label of what leads beside the number of an action in this state; empty if nothing does."""
    return label(happening) if happening and happening.leads(state) else ""


def in_a_row(happening: Happening | None, state: State) -> str:
    """The same inside a row of words, as on a badge."""
    if happening is None or not happening.leads(state):
        return ""
    words = {What.EXTENDED: gettext("deadline extended"), What.EARLIER: gettext("earlier deadline")}
    return words.get(happening.what) or gettext("count corrected")


def closing(action: Action, at: datetime) -> str:
    """When a coordinator closed the action, for the list: `stopped today`, `good news on March 10, 2026`, or nothing.

    Today is the day of this instant in the action's time zone.
    """
    if action.closed_at is None:
        return ""
    if deadlines.is_today(action, action.closed_at, at):
        if action.is_stopped:
            return gettext("stopped today")
        return gettext("good news today") if action.has_good_news else gettext("closed today")
    day = languages.unbroken(languages.day(deadlines.today(action, action.closed_at), language()))
    if action.is_stopped:
        return gettext("stopped on %(day)s", day=day)
    return gettext("good news on %(day)s", day=day) if action.has_good_news else gettext("closed on %(day)s", day=day)


def sentence(happening: Happening) -> str:
    """What a new deadline or the site's own correction did, as a sentence; empty for what is said in another way."""
    if happening.days:
        old, new = (languages.day(one, language()) for one in happening.days)
        if happening.what is What.EARLIER:
            return gettext("The deadline was corrected: it is %(new)s, not %(old)s.", old=old, new=new)
        return gettext("The deadline was extended from %(old)s to %(new)s.", old=old, new=new)
    if happening.note and happening.note.letters:
        return ngettext(
            "One letter was taken out of the count after a check.",
            "%(num)s letters were taken out of the count after a check.",
            happening.note.letters,
        )
    return ""
