"""Where an action stands, in the words and the look that embeds, pictures and the wall have in common."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from flask_babel import gettext, ngettext

from ua_tracker import deadlines
from ua_tracker.deadlines import State
from ua_tracker.models import Action
from ua_tracker.totals import Tally
from ua_tracker.web.counter import Counter
from ua_tracker.web.filters import decimal, number, percent

# From so many days before the deadline on, the days that are left are marked.
SOON = 7


class Look(StrEnum):
    """What an embed, a picture or a wall looks like; the values are the names of classes in the style sheets."""

    OPEN = "open"
    SOON = "soon"
    REACHED = "reached"
    REPORTING = "reporting"
    CLOSED = "closed"
    GOOD_NEWS = "good"
    STOPPED = "stopped"


@dataclass(frozen=True)
class Standing:
    """The counter with what follows from it and from the day: `days_left` is None unless the action is open.

    `whole` are the totals of all issues of the case, where they are shown: the goal of one issue says nothing of them.
    """

    counter: Counter
    days_left: int | None
    whole: Tally | None = None

    @property
    def shown(self) -> Tally:
        """The totals that are shown."""
        return self.whole or self.counter.tally

    @property
    def look(self) -> Look:
        """The look. What ended an action counts most, then a goal that is reached, then the days that are left."""
        action, state = self.counter.action, self.counter.state
        if action.is_stopped or action.has_good_news:
            return Look.STOPPED if action.is_stopped else Look.GOOD_NEWS
        if self.is_reached and state is not State.CLOSED:
            return Look.REACHED
        return Look.SOON if self.is_soon else Look(state.value)

    @property
    def is_reached(self) -> bool:
        """Whether as many letters were sent as the goal asks for."""
        return self.whole is None and self.counter.tally.letters_sent >= self.counter.action.goal

    @property
    def is_exceeded(self) -> bool:
        """Whether the goal was exceeded by at least a tenth, so that it is said how many times it was sent."""
        return self.counter.tally.letters_sent * 10 >= self.counter.action.goal * 11

    @property
    def is_empty(self) -> bool:
        """Whether letters are wanted and none was sent yet."""
        return self.whole is None and self.counter.state is State.OPEN and not self.counter.tally.letters_sent

    @property
    def is_soon(self) -> bool:
        """Whether the deadline is near."""
        return self.days_left is not None and self.days_left <= SOON

    @property
    def to_the_goal(self) -> str:
        """How the number stands to the goal: what is missing, or how many times the goal was sent."""
        sent, goal, state = self.counter.tally.letters_sent, self.counter.action.goal, self.counter.state
        if self.is_exceeded:
            return self.times
        if state is not State.OPEN:
            if self.look is Look.CLOSED:  # that its total is final is said by the heading
                return percent(sent, goal)
            return gettext("So far") if state is State.REPORTING else gettext("The final total")
        if self.is_reached:
            return gettext("Letters still count")
        return gettext("%(letters)s to go", letters=number(goal - sent)) if sent else gettext("Be the first")

    @property
    def times(self) -> str:
        """How many times the goal was sent, never rounded up."""
        sent, goal = self.counter.tally.letters_sent, self.counter.action.goal
        times = number(sent // goal) if sent >= goal * 10 else decimal(sent * 10 // goal / 10)
        return gettext("%(times)s times the goal", times=times)

    @property
    def days(self) -> str:
        """How many days are left; empty unless the action is open."""
        if self.days_left is None:
            return ""
        if not self.days_left:
            return gettext("Today is the last day")
        return ngettext("%(num)s day left", "%(num)s days left", self.days_left)

    @property
    def phase(self) -> str:
        """What changes with time alone, for the version of a kept response."""
        return f"{self.counter.state}{'' if self.days_left is None else self.days_left}"


def standing_of(view: Counter, at: datetime, whole: Tally | None = None) -> Standing:
    """How the action of this counter stands at this instant; `whole` are the totals of its case, if they are shown."""
    return Standing(view, days_left(view.action, at), whole)


def days_left(action: Action, at: datetime) -> int | None:
    """Whole days until the deadline; None unless the action is open."""
    return deadlines.days_left(action, at) if deadlines.state(action, at) is State.OPEN else None


def next_change(action: Action, at: datetime) -> datetime | None:
    """The next instant at which the state or the days that are left change by themselves; None if there is none."""
    state_changes = deadlines.next_change(action, at)
    if days_left(action, at) is None:
        return state_changes
    midnight = deadlines.first_instant_after(deadlines.today(action, at), action.timezone)
    return min(state_changes, midnight) if state_changes else midnight
