"""Stores a Draft: as a new action, or as an update of the action with the same AI index."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from ua_tracker import audit, deadlines, refusals, slugs, tally
from ua_tracker.actions import issues, making, recipients
from ua_tracker.actions.issues import Issue
from ua_tracker.actions.recipients import AnyRecipient, Place
from ua_tracker.importing import matching
from ua_tracker.importing.draft import Draft
from ua_tracker.importing.matching import DOCUMENTS_WORDS, Words
from ua_tracker.limits import USUAL_GOAL
from ua_tracker.models import STOP_ACTION, Action, Case, Recipient
from ua_tracker.webhooks import events


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
    seen: str | None = None,
) -> Saved:
    """Stores the draft. `goal` is a number of letters, `timezone` an IANA name; None keeps the present value.

    A second import of a document updates its action: it is found by AI index, or else by UA number and sequence.
    Recipients that received letters keep their row, and are retired if the document no longer names them.
    `revision` is the revision that the coordinator saw, 0 for a new action, None for no check; `seen` the slug of the
    action, empty for a new one. Without number and index `words.short_name` is needed: raises ShortNameMissing,
    BadShortName or ShortNameTaken. Raises ReadingOutdated for another action, and what `require_possible` raises.
    """
    issue = matching.issue_of(draft, words)
    case = making.find_or_create_case(session, draft.ua_number)
    action = issues.find(session, issue, case)
    is_new = action is None
    _require_seen(action, revision, seen)
    require_possible(action, draft, now, words)
    if action is None:
        action = _begun(session, draft, issue, case, goal or USUAL_GOAL, timezone or default_timezone, now)
    before, deadline = matching.snapshot(action), action.deadline
    for name, value in matching.wanted(action, draft, words).items():
        setattr(action, name, value)
    _set_terms(session, action, goal, timezone)
    _keep_and_tell(session, action, deadline, now)
    session.flush()
    recipients.put(session, action, _places(action, draft, words), now)
    saved = Saved(action, is_new, matching.differing(before, matching.snapshot(action)))
    if saved.changed:
        _record(session, saved, words, actor, now)
    return saved


def _require_seen(action: Action | None, revision: int | None, seen: str | None) -> None:
    if revision is not None and revision != (action.revision if action else 0):
        raise refusals.ReadingOutdated()
    if seen is not None and seen != (action.slug if action else ""):
        raise refusals.ReadingOutdated()


def _set_terms(session: Session, action: Action, goal: int | None, timezone: str | None) -> None:
    action.goal = goal or action.goal
    if timezone is not None and action.timezone != timezone:
        action.timezone = timezone
        session.flush()
        tally.recount_days(session, action.id)


def _keep_and_tell(session: Session, action: Action, before: date | None, now: datetime) -> None:
    deadlines.keep_earlier(action, before, action.deadline, now)
    events.tell_deadline(session, action, before, now)


def _require_name(session: Session, issue: Issue) -> None:
    """Raises ShortNameMissing, BadShortName or ShortNameTaken for a new issue that no slug can be made for."""
    if issue.is_numbered:
        return
    if not issue.short_name:
        raise refusals.ShortNameMissing()
    if slugs.of_short_name(issue.short_name) != issue.short_name:  # that of a number or a page would be taken
        raise refusals.BadShortName(max=slugs.LONGEST)
    if session.scalar(select(Action.id).where(Action.slug == issue.short_name)) is not None:
        raise refusals.ShortNameTaken(slug=issue.short_name)


def _record(session: Session, saved: Saved, words: Words, actor: str, now: datetime) -> None:
    """Increases the revisions of action and tally, so that cached copies are renewed, and writes the history.

    The history also says which of the values the office typed, and did not take from the document.
    """
    flag_modified(saved.action, "title")
    session.flush()
    tally.touch_case(session, saved.action.id, saved.action.case_id if "issued" in saved.changed else None)
    before = {} if saved.is_new else {name: old for name, (old, _) in saved.changed.items()}
    after = {name: new for name, (_, new) in saved.changed.items()}
    typed = [name for name in words.typed if name in saved.changed]
    if typed:
        after["typed"] = typed
    subject = saved.action.slug
    audit.note(session, actor=actor, event="imported", subject=subject, now=now, before=before, after=after)


def require_possible(action: Action | None, draft: Draft, now: datetime, words: Words = DOCUMENTS_WORDS) -> None:
    """Raises DeadlineTooFar, DeadlineTooEarly, DeadlineOnlyLater or DeadlineBeforePublication for a deadline that the
    action cannot have, PublishedNeedsBoth for a published one that would lose its deadline or its targets, and
    EndsTheCase for a stop action that would be published by itself.
    """
    if draft.deadline:
        deadlines.require_near(draft.deadline, now)
    if action is None or action.published_at is None:
        return
    if words.is_whole and not (draft.deadline and draft.targets):
        raise refusals.PublishedNeedsBoth()
    if deadlines.is_scheduled(action, now):
        if draft.sequence == STOP_ACTION:
            raise refusals.EndsTheCase(slug=action.slug)
        if draft.deadline and deadlines.first_instant_after(draft.deadline, action.timezone) <= action.published_at:
            raise refusals.DeadlineBeforePublication()
    elif action.deadline and draft.deadline and draft.deadline < action.deadline:
        raise refusals.DeadlineOnlyLater(day=action.deadline)


def _begun(
    session: Session, draft: Draft, issue: Issue, case: Case | None, goal: int, timezone: str, now: datetime
) -> Action:
    _require_name(session, issue)
    country = draft.country or ""
    try:
        return making.begun(session, issue, case, country=country, goal=goal, timezone=timezone, now=now)
    except refusals.ActionKnown as quicker:  # it did not exist when this document was compared with what is stored
        raise refusals.ReadingOutdated() from quicker


def _places(action: Action, draft: Draft, words: Words) -> list[Place]:
    wanted = matching.people(action, draft, words)
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
