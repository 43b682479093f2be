"""Who did what, when, to what, from what to what? A history that only ever grows."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ua_tracker.models import AuditEntry

PAGE = 50
# Every event that the history tells of. The page has words for each, in each language.
EVENTS = (
    "created",
    "imported",
    "edited",
    "published",
    "extended",
    "closed",
    "reopened",
    "removed",
    "pledge voided",
    "pledges voided",
    "report voided",
    "reports voided",
    "evening entered",
    "note added",
    "downloaded",
    "group added",
    "group renamed",
    "group retired",
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
    "recounted",
    "purged",
)


@dataclass(frozen=True)
class Page:
    """At most 50 lines of the history, newest first; `older` asks for the next page, None at the beginning of time."""

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
    """Adds a line to the history, in the transaction of what it tells, and answers with it.

    Values must be ones that JSON can hold, and name no supporter: the history outlives what is known of people.
    Raises ValueError for an event that is none of EVENTS.
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
    """Adds a line with the values that differ; whether there were any. Both sides name the same values."""
    differ = [name for name in after if before[name] != after[name]]
    if differ:
        old, new = ({name: side[name] for name in differ} for side in (before, after))
        note(session, actor=actor, event=event, subject=subject, now=now, before=old, after=new)
    return bool(differ)


def plain(value: Any) -> Any:
    """The value as JSON can hold it: a day or an instant as ISO text, all else as it is."""
    return value.isoformat() if isinstance(value, date) else value


def listing(
    session: Session,
    *,
    subject: str | None = None,
    actor: str | None = None,
    event: str | None = None,
    older: int | None = None,
) -> Page:
    """A page of the history, newest first: of one subject (a slug), one actor, one event, or all.

    The whole history is the office's to read. `older` is what the page before answered.
    """
    wanted = {AuditEntry.subject: subject, AuditEntry.actor: actor, AuditEntry.event: event}
    query = select(AuditEntry).where(*(column == value for column, value in wanted.items() if value is not None))
    if older is not None:
        query = query.where(AuditEntry.id < older)
    found = list(session.scalars(query.order_by(AuditEntry.id.desc()).limit(PAGE + 1)))
    return Page(found[:PAGE], found[PAGE - 1].id if len(found) > PAGE else None)
