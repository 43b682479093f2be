"""The plot of an action in the reader's language: its lines with their names, and the same in a sentence."""

from dataclasses import dataclass
from datetime import datetime

from flask import current_app, render_template, url_for
from flask_babel import gettext, ngettext

from ua_tracker import coordinators, deadlines, languages, plots, progress, tally
from ua_tracker.database import db
from ua_tracker.models import Action, Coordinator, Group
from ua_tracker.plots import Drawing, Names, Picture, Size
from ua_tracker.progress import Day, Pace
from ua_tracker.totals import Tally
from ua_tracker.web.counter import Counter
from ua_tracker.web.filters import decimal, number, short_day
from ua_tracker.web.request import absolute, language, now

WIDE = Size(width=640, height=260, text=14)
NARROW = Size(width=360, height=280, text=15)


@dataclass(frozen=True)
class Numbers:
    """What a coordinator may see of an action's progress: of all, or of the own group (`group`, `totals`)."""

    action: Action
    days: list[Day]
    totals: Tally
    pace: Pace
    group: Group | None


def read(coordinator: Coordinator, view: Counter, at: datetime) -> Numbers:
    """The numbers for this coordinator at this instant."""
    session, action, scope = db.session(), view.action, coordinators.seen_group(coordinator)
    days = progress.by_day(session, action, at, scope)
    totals = view.tally if scope is None else tally.read_group(session, action.id, scope)
    group = None if scope is None else coordinator.group
    return Numbers(action, days, totals, progress.pace(action, view.tally.letters_sent, at), group)


def drawing(numbers: Numbers, size: Size) -> Drawing:
    """The plot with the names of its lines. A group has no goal; after the end of an action no deadline is ahead."""
    action = numbers.action
    goal, until = None if numbers.group else action.goal, None if action.closed_at else action.deadline
    return plots.plot(numbers.days, goal, until, _names(numbers), size)


def picture(numbers: Numbers) -> Picture:
    """The plot as a file: with the action's title, the sentence, the moment and where the numbers come from."""
    action, code = numbers.action, language()
    practice = gettext("Practice: letters here are not real") if action.practice else ""
    place = languages.place_of(action.timezone, code)
    moment = gettext("As of %(at)s (%(place)s)", at=languages.moment(now(), action.timezone, code), place=place)
    words = " ".join(part for part in (practice and f"{practice}.", summary(numbers)) if part)
    accent = current_app.config["SITE_ACCENT"]
    return plots.compose(action.title, words, (moment, _source(action)), drawing(numbers, plots.SIZE), accent)


def svg(picture: Picture) -> str:
    """The picture as an SVG file, with its colours and the names of usual fonts inside."""
    return render_template("dashboard/plot.svg", picture=picture, style=plots.picture, bold=plots.layout.BOLD)


def summary(numbers: Numbers) -> str:
    """What the plot shows, as a sentence: above it, and for screen readers."""
    sent, pledged = number(numbers.totals.letters_sent), number(numbers.totals.letters_pledged)
    if numbers.group:
        of_group = gettext("%(sent)s letters sent, %(pledged)s pledged.", sent=sent, pledged=pledged)
        return gettext("%(group)s: %(words)s", group=numbers.group.name, words=of_group)
    goal, pace = number(numbers.action.goal), numbers.pace
    so_far = gettext("%(sent)s of %(goal)s letters sent, %(pledged)s pledged.", sent=sent, goal=goal, pledged=pledged)
    if not deadlines.is_published(numbers.action, now()):
        return so_far
    rate = gettext("That is %(rate)s a day since the action was published.", rate=decimal(pace.so_far))
    if pace.needed is None:
        return f"{so_far} {rate}"
    needed = gettext("%(rate)s a day are needed to reach the goal by the deadline.", rate=decimal(pace.needed))
    return f"{so_far} {rate} {needed}"


def _names(numbers: Numbers) -> Names:
    action, days, needed = numbers.action, numbers.days, numbers.pace.needed
    sent, pledged = days[-1].letters_so_far, days[-1].pledged_so_far
    is_until = action.deadline and not action.closed_at and action.deadline >= days[-1].day
    last = short_day(action.deadline if is_until and action.deadline else days[-1].day)
    return Names(
        letters=ngettext("%(sent)s sent", "%(sent)s sent", sent, sent=number(sent)),
        pledged=ngettext("%(pledged)s pledged", "%(pledged)s pledged", pledged, pledged=number(pledged)),
        goal=gettext("Goal: %(goal)s", goal=number(action.goal)),
        needed=gettext("%(rate)s a day needed", rate=decimal(needed)) if needed is not None else "",
        first=short_day(days[0].day),
        today=gettext("today"),
        last=gettext("deadline %(day)s", day=last) if is_until else last,
        number=number,
    )


def _source(action: Action) -> str:
    """The site, and the public page if there is one."""
    site = current_app.config["SITE_NAME"]
    if not deadlines.is_published(action, now()):
        return gettext("Source: %(site)s", site=site)
    page = absolute(url_for("actions.show", slug=action.slug))
    return gettext("Source: %(site)s, %(page)s", site=site, page=page)
