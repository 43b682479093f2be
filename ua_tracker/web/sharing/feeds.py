"""What readers of feeds and calendars subscribe to: all actions, the news of one action, all deadlines.

Each exists in every language, and for each group, whose links then name it.
"""

from dataclasses import replace
from datetime import date, datetime

from flask import Blueprint, Response, current_app, request, url_for
from flask_babel import gettext
from icalendar import Event

from ua_tracker import actions, calendar_files, feeds, happenings, languages, public_notes, revisions
from ua_tracker.database import db
from ua_tracker.feeds import Entry, Feed
from ua_tracker.happenings import Happening, What
from ua_tracker.models import Action, PublicNote
from ua_tracker.web import chosen_group, counter, happened, mails
from ua_tracker.web.chosen_group import Chosen
from ua_tracker.web.live import versions
from ua_tracker.web.live.kept_views import kept
from ua_tracker.web.request import absolute, language, now

bp = Blueprint("feeds", __name__, url_prefix="/<lang:lang>")


@bp.get("/actions.atom")
@kept(revisions.OF_LISTING, varies_by_query=True)
def all_actions() -> Response:
    """An entry for each action, with what happened to it last."""
    stamp, group, listing = revisions.of_listing(db.session()), _group(), actions.listing(db.session(), now())
    found = _shown(listing)
    notes = public_notes.by_action(db.session(), found)
    title = gettext("Urgent Actions for %(group)s", group=group.name) if group else gettext("Urgent Actions")
    entries = [_entry_of(one, notes.get(one.id, []), group) for one in found]
    feed = _feed(_address("feeds.all_actions", group), absolute(url_for("actions.index")), title, entries)
    return _kept(_atom(feed), group, stamp, f"{len(found)}", listing.next_publication)


@bp.get("/actions/<slug:slug>/news.atom")
@kept(revisions.OF_ACTION, varies_by_query=True)
def news(slug: str) -> Response:
    """What happened to one action: published, extended, corrected, ended."""
    at = now()
    action, group = actions.find_published(db.session(), slug, at), _group()
    view = counter.counter_of(db.session(), action, at)
    notes = public_notes.standing(db.session(), action.id)
    entries = [_published(action, group), *_news_of(action, notes, group)]
    feed = _feed(_address("feeds.news", group, slug), _page(action, group), action.title, entries)
    return _kept(_atom(feed), group, view.stamp, "", None)


@bp.get("/deadlines.ics")
@kept(revisions.OF_LISTING, varies_by_query=True)
def deadlines() -> Response:
    """The deadlines of all actions, as a calendar. An action that was closed before is cancelled there."""
    stamp, group, listing = revisions.of_listing(db.session()), _group(), actions.listing(db.session(), now())
    found = _shown(listing)
    events = [_event_of(one, one.deadline, group) for one in found if one.deadline]
    name = gettext("Deadlines of %(site)s", site=current_app.config["SITE_NAME"])
    response = Response(calendar_files.subscription(name, events), mimetype="text/calendar")
    return _kept(response, group, stamp, f"{len(found)}", listing.next_publication)


def _shown(listing: actions.Listing) -> list[Action]:
    found = (*listing.open, *listing.reporting, *listing.closed)
    return [action for action, _ in found if not action.practice]


def _kept(
    response: Response, group: Chosen | None, stamp: revisions.RevisionStamp, phase: str, until: datetime | None
) -> Response:
    """Lets the layer keep the response, unless the query is one of the many that anybody can invent."""
    response.headers["Cache-Control"] = versions.SHARED_FOR_A_SECOND
    if request.query_string.decode("latin-1") not in ("", f"group={group.slug}" if group else ""):
        return response
    return versions.versioned(response, stamp, phase, until)


def _feed(address: str, page: str, title: str, entries: list[Entry]) -> Feed:
    site, owner = current_app.config["SITE_NAME"], current_app.config["SITE_OWNER"]
    return Feed(address, page, f"{title} – {site}", owner or site, language(), entries)


def _atom(feed: Feed) -> Response:
    return Response(feeds.as_xml(feed), content_type="application/atom+xml; charset=utf-8")


def _group() -> Chosen | None:
    return chosen_group.found(chosen_group.typed())


def _address(endpoint: str, group: Chosen | None, slug: str | None = None) -> str:
    return absolute(url_for(endpoint, slug=slug, group=group.slug if group else None))


def _page(action: Action, group: Chosen | None) -> str:
    return _address("actions.show", group, action.slug)


def _entry_of(action: Action, notes: list[PublicNote], group: Chosen | None) -> Entry:
    """The action itself. It is new again when something happened to it, and not with each letter."""
    entry = _published(action, group)
    entry = replace(entry, id=entry.id.partition("#")[0])
    happenings_of_it = happenings.every(action, notes)
    if not happenings_of_it:
        return entry
    last = happenings_of_it[-1]
    words = f"{happened.label(last)}. {_words(action, last)}".strip()
    return replace(entry, updated=max(last.at, entry.updated), summary=words)


def _published(action: Action, group: Chosen | None) -> Entry:
    at, address = _published_at(action), absolute(url_for("actions.show", slug=action.slug))
    about, page = _about(action), _page(action, group)
    return Entry(f"{address}#published", action.title, page, at, at, about, action.language)


def _news_of(action: Action, notes: list[PublicNote], group: Chosen | None) -> list[Entry]:
    """An entry for each thing that happened to the action."""
    first = _published(action, group)
    address = first.id.partition("#")[0]
    return [
        replace(
            first,
            id=f"{address}#{one.what.name.lower()}-{one.at:%Y%m%d%H%M%S}",
            title=f"{happened.label(one)} – {action.title}",
            published=one.at,
            updated=one.at,
            summary=_words(action, one),
        )
        for one in happenings.every(action, notes)
    ]


def _words(action: Action, one: Happening) -> str:
    """What happened, as a sentence. Of an end it says whether letters would do harm, and what became of the case."""
    if one.note is not None and one.note.text:
        return one.note.text
    ends = {
        What.STOPPED: gettext("This action was stopped. Please write no more letters."),
        What.GOOD_NEWS: gettext("No more letters are needed."),
    }
    return happened.sentence(one) or " ".join(filter(None, [ends.get(one.what), action.outcome]))


def _about(action: Action) -> str:
    """What the action is about; while letters are wanted, the sentence under the title and until when."""
    facts = next(iter(action.summary), "")
    if action.deadline is None or action.closed_at is not None:
        return facts
    until = gettext("Letters are asked for until %(day)s.", day=languages.day(action.deadline, language()))
    return f"{action.lead or facts} {until}".strip()


def _event_of(action: Action, deadline: date, group: Chosen | None) -> Event:
    """The deadline. Its `dtstamp` is the instant at which it was last changed."""
    changes = [_published_at(action), *(one.until for one in action.earlier_deadlines)]
    return calendar_files.event_of(
        uid=mails.deadline_uid(action),
        sequence=mails.deadline_sequence(action),
        day=deadline,
        summary=gettext("Last day for letters: %(title)s", title=action.title),
        description=_about(action),
        url=_page(action, group),
        now=max([*changes, *([action.closed_at] if action.closed_at else [])]),
        is_cancelled=action.closed_at is not None,
    )


def _published_at(action: Action) -> datetime:
    if action.published_at is None:
        raise ValueError("a feed has published actions only")
    return action.published_at
