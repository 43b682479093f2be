"""The history: events with actor, subject, time, and values before and after. Events are added, never changed."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ua_tracker.models import AuditEntry

PAGE = 50
# Every event of the history. The history page has a label for each of them in each language.
EVENTS = (
    "created",
    "imported",
    "edited",
    "published",
    "publication scheduled",
    "publication cancelled",
    "preview made",
    "preview revoked",
    "extended",
    "closed",
    "reopened",
    "removed",
    "pledge voided",
    "pledges voided",
    "report voided",
    "reports voided",
    "pledges released",
    "reports released",
    "correction undone",
    "evening entered",
    "evening opened",
    "evening closed",
    "evening counted",
    "note added",
    "note withdrawn",
    "downloaded",
    "mail asked for",
    "person downloaded",
    "person erased",
    "key made",
    "key revoked",
    "key read",
    "group added",
    "group renamed",
    "group retired",
    "group brought back",
    "group merged",
    "invited",
    "signed in",
    "signed out everywhere",
    "locked out",
    "reset asked",
    "password changed",
    "one-time password",
    "two-factor on",
    "two-factor off",
    "recovery code",
    "webhook added",
    "webhook changed",
    "webhook secret",
    "webhook on",
    "webhook off",
    "webhook removed",
    "recounted",
    "restored",
    "purged",
)


@dataclass(frozen=True)
class Page:
    """At most 50 events, newest first. Pass `older` to `listing` to get the next page; None on the last page."""

    entries: list[AuditEntry]
    older: int | None


def note(
    session: Session,
    *,
    actor: str,
    event: str,
    subject: str,
    now: datetime,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> AuditEntry:
    """Adds an event in the transaction of the change it records, and returns it.

    The values must be JSON and must not name supporters, because the history is kept when personal data is deleted.
    Raises ValueError for an event that is not in EVENTS.
    """
    if event not in EVENTS:
        raise ValueError(f"not one of {EVENTS}: {event!r}")
    entry = AuditEntry(at=now, actor=actor, event=event, subject=subject, before=before or {}, after=after or {})
    session.add(entry)
    return entry


def changed(
    session: Session,
    *,
    actor: str,
    event: str,
    subject: str,
    now: datetime,
    before: dict[str, Any],
    after: dict[str, Any],
) -> bool:
    """Adds an event with the values that differ, if any; returns whether there were any. Both have the same keys."""
    differ = [name for name in after if before[name] != after[name]]
    if differ:
        old, new = ({name: side[name] for name in differ} for side in (before, after))
        note(session, actor=actor, event=event, subject=subject, now=now, before=old, after=new)
    return bool(differ)


def plain(value: Any) -> Any:
    """The value as JSON can store it: a date or an instant as ISO text, other values unchanged."""
    return value.isoformat() if isinstance(value, date) else value


def listing(
    session: Session,
    *,
    subject: str | None = None,
    actor: str | None = None,
    event: str | None = None,
    older: int | None = None,
) -> Page:
    """A page of the history, newest first, filtered by subject (a slug), actor and event where given.

    Not limited to a scope: callers show the whole history to the office only. `older` comes from the page before.
    """
    wanted = {AuditEntry.subject: subject, AuditEntry.actor: actor, AuditEntry.event: event}
    query = select(AuditEntry).where(*(column == value for column, value in wanted.items() if value is not None))
    if older is not None:
        query = query.where(AuditEntry.id < older)
    found = list(session.scalars(query.order_by(AuditEntry.id.desc()).limit(PAGE + 1)))
    return Page(found[:PAGE], found[PAGE - 1].id if len(found) > PAGE else None)
