"""Stores a Draft: as a new action, or as an update of the action with the same AI index."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from ua_tracker import audit, deadlines, refusals, tally
from ua_tracker.actions import issues, making, recipients
from ua_tracker.actions.recipients import AnyRecipient, Place
from ua_tracker.importing import matching
from ua_tracker.importing.draft import Draft
from ua_tracker.importing.matching import DOCUMENTS_WORDS, Words
from ua_tracker.limits import USUAL_GOAL
from ua_tracker.models import STOP_ACTION, Action, Case, Recipient


@dataclass(frozen=True)
class Saved:
    """The result of `save`: the action, whether it is new, and the values that changed: old and new by field."""

    action: Action
    is_new: bool
    changed: dict[str, tuple[Any, Any]]


def save(
    session: Session,
    draft: Draft,
    *,
    goal: int | None,
    timezone: str | None,
    default_timezone: str,
    now: datetime,
    actor: str,
    words: Words = DOCUMENTS_WORDS,
    revision: int | None = None,
) -> Saved:
    """Stores the draft. `goal` is a number of letters, `timezone` an IANA name; None keeps the present value.

    A second import of a document updates its action: it is found by AI index, or else by UA number and sequence.
    Recipients that received letters keep their row, and are retired if the document no longer names them.
    `revision` is the revision that the coordinator saw, 0 for a new action, None for no check. Raises NoUrgentAction
    for a draft without number and index, ReadingOutdated for another revision, DeadlineTooFar and DeadlineTooEarly
    for a deadline outside the possible range, DeadlineOnlyLater for an earlier deadline of a published action.
    """
    _require_number(draft)
    case = making.find_or_create_case(session, draft.ua_number)
    action = issues.find(session, draft.issue, case)
    is_new = action is None
    if revision is not None and revision != (action.revision if action else 0):
        raise refusals.ReadingOutdated()
    require_possible(action, draft, now)
    if action is None:
        action = _begun(session, draft, case, goal or USUAL_GOAL, timezone or default_timezone, now)
    before, deadline = matching.snapshot(action), action.deadline
    for name, value in matching.wanted(action, draft, words).items():
        setattr(action, name, value)
    action.goal, action.timezone = goal or action.goal, timezone or action.timezone
    deadlines.keep_earlier(action, deadline, action.deadline, now)
    session.flush()
    recipients.put(session, action, _places(action, draft), now)
    saved = Saved(action, is_new, matching.differing(before, matching.snapshot(action)))
    if saved.changed:
        _record(session, saved, actor, now)
    return saved


def _require_number(draft: Draft) -> None:
    if not draft.ua_number and not draft.ai_index:
        raise refusals.NoUrgentAction()


def _record(session: Session, saved: Saved, actor: str, now: datetime) -> None:
    """Increases the revisions of action and tally, so that cached copies are renewed, and writes the history."""
    flag_modified(saved.action, "title")
    session.flush()
    tally.touch(session, saved.action.id)
    before = {} if saved.is_new else {name: old for name, (old, _) in saved.changed.items()}
    after = {name: new for name, (_, new) in saved.changed.items()}
    subject = saved.action.slug
    audit.note(session, actor=actor, event="imported", subject=subject, now=now, before=before, after=after)


def require_possible(action: Action | None, draft: Draft, now: datetime) -> None:
    """Raises DeadlineTooFar, DeadlineTooEarly, DeadlineOnlyLater or DeadlineBeforePublication for a deadline that the
    action cannot have, and EndsTheCase for a stop action that would be published by itself.
    """
    if draft.deadline:
        deadlines.require_near(draft.deadline, now)
    if action is None or action.published_at is None:
        return
    if deadlines.is_scheduled(action, now):
        if draft.sequence == STOP_ACTION:
            raise refusals.EndsTheCase(slug=action.slug)
        if draft.deadline and deadlines.first_instant_after(draft.deadline, action.timezone) <= action.published_at:
            raise refusals.DeadlineBeforePublication()
    elif action.deadline and draft.deadline and draft.deadline < action.deadline:
        raise refusals.DeadlineOnlyLater(day=action.deadline)


def _begun(session: Session, draft: Draft, case: Case | None, goal: int, timezone: str, now: datetime) -> Action:
    country = draft.country or ""
    try:
        return making.begun(session, draft.issue, case, country=country, goal=goal, timezone=timezone, now=now)
    except refusals.ActionKnown as quicker:  # it did not exist when this document was compared with what is stored
        raise refusals.ReadingOutdated() from quicker


def _places(action: Action, draft: Draft) -> list[Place]:
    wanted = matching.people(action, draft)
    kept = _matched(list(action.recipients), wanted)
    return [Place(kind, written, kept.get(place)) for place, (kind, written) in enumerate(wanted)]


def _matched(old: list[Recipient], wanted: list[tuple[str, AnyRecipient]]) -> dict[int, Recipient]:
    """The old row to keep for each position of `wanted`: one with the same name, or else with the same role."""
    kept = {place: written for place, (_, written) in enumerate(wanted) if isinstance(written, Recipient)}
    free = [row for row in old if row not in kept.values()]
    for same in ("name", "role"):
        for place, (kind, written) in enumerate(wanted):
            value = getattr(written, same)
            row = next((row for row in free if value and row.kind == kind and getattr(row, same) == value), None)
            if row is not None and place not in kept:
                kept[place] = row
                free.remove(row)
    return kept
