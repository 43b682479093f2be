"""The practice copy: an open copy of an action for trying things out. It is labelled, and belongs to no case."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from ua_tracker import deadlines, tally
from ua_tracker.actions import recipients
from ua_tracker.actions.editing import OFFICE, TERMS, TEXTS
from ua_tracker.actions.recipients import Place
from ua_tracker.models import Action

SLUG = "practice"
DAYS_OPEN = 30
_COPIED = tuple(name for name in (*TEXTS, *TERMS, *OFFICE) if name not in {"issued", "deadline", "outcome"})


def ensure(session: Session, original: Action, now: datetime) -> Action:
    """The practice copy, created if it is missing; a deadline that has passed is set to 30 days from today."""
    copy = session.scalar(select(Action).where(Action.slug == SLUG))
    if copy is None:
        copy = _made(session, original, now)
    if copy.deadline is None or deadlines.days_left(copy, now) < 0:
        copy.deadline = deadlines.today(copy, now) + timedelta(days=DAYS_OPEN)
        copy.published_at = copy.published_at or now
    session.flush()
    return copy


def _made(session: Session, original: Action, now: datetime) -> Action:
    copy = Action(slug=SLUG, practice=True, created_at=now, **{name: getattr(original, name) for name in _COPIED})
    session.add(copy)
    session.flush()
    tally.begin(session, copy.id)
    recipients.put(session, copy, [Place(one.kind, one) for one in original.recipients], now)
    return copy
