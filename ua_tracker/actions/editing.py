"""Creates and edits actions by hand. The history keeps the values before each change."""

from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from ua_tracker import audit, case_numbers, deadlines, refusals, tally, zones
from ua_tracker.actions import issues, making, recipients, renumbering
from ua_tracker.actions.closing import has_pledges_or_reports
from ua_tracker.actions.finding import lock
from ua_tracker.actions.issues import Issue
from ua_tracker.actions.recipients import Place
from ua_tracker.limits import MOST_GOAL, MOST_GRACE_DAYS, USUAL_GOAL
from ua_tracker.models import Action
from ua_tracker.webhooks import events

TEXTS = ("title", "lead", "country", "language", "summary", "demands", "background", "outcome", "issued")
TERMS = ("goal", "deadline", "timezone", "grace_days")
OFFICE = ("office_name", "office_address", "office_phones", "office_fax", "office_email")
RECIPIENTS = ("targets", "copies")
EDITABLE = (*renumbering.NUMBERS, *TEXTS, *TERMS, *OFFICE, *RECIPIENTS)


def create(
    session: Session,
    changes: dict[str, Any],
    *,
    ua_number: str | None = None,
    sequence: str | None = None,
    ai_index: str | None = None,
    default_timezone: str,
    actor: str,
    now: datetime,
) -> Action:
    """Creates a draft. `changes` as for `edit`; `ua_number` like 109/23, `sequence` like `first`, `second`.

    Raises NumberMissing when both number and index are missing, BadUaNumber and BadAiIndex for another format,
    ActionKnown when the action exists already, and what `edit` raises.
    """
    if not ua_number and not ai_index:
        raise refusals.NumberMissing()
    ua_number = case_numbers.ua_number(ua_number) if ua_number else None
    ai_index = case_numbers.ai_index(ai_index) if ai_index else None
    issue = Issue(ua_number, sequence, ai_index, changes.get("issued"), changes.get("title"))
    case = making.find_or_create_case(session, ua_number)
    known = issues.find(session, issue, case)
    if known is not None:
        raise renumbering.known_as(known, ai_index)
    action = making.begun(session, issue, case, goal=USUAL_GOAL, timezone=default_timezone, now=now)
    action.sequence, action.ai_index = sequence, ai_index
    session.flush()
    _require_possible(session, action, changes, now)
    values = {
        "ua_number": ua_number,
        "sequence": sequence,
        "ai_index": ai_index,
        **_apply(session, action, changes, now),
    }
    after = {name: value for name, value in values.items() if value}
    audit.note(session, actor=actor, event="created", subject=action.slug, now=now, after=after)
    session.flush()
    return action


def edit(
    session: Session, action: Action, changes: dict[str, Any], *, revision: int, actor: str, now: datetime
) -> bool:
    """Changes the values named in `changes`; returns whether any value differed.

    The keys are names in EDITABLE: `goal` in letters, `grace_days` in days, `deadline` and `issued` as dates,
    `timezone` as an IANA name, `lead`, `ua_number` and `ai_index` as a text or None, `targets` and `copies` as
    Addressees in order. A recipient that is left out is deleted from a draft, and retired from a published action, so
    that its letters keep their recipient.

    `revision` is the revision that the coordinator saw. Raises EditedMeanwhile, and overwrites nothing, when the
    action has another revision now. Raises UnknownZone, GoalOutOfRange, GraceOutOfRange (0 to 366 days),
    DeadlineTooFar and DeadlineTooEarly; for an action that is published, or will be at a set time, PublishedNeedsBoth
    without deadline or target; DeadlineBeforePublication for a deadline that would be over by then; DeadlineOnlyLater
    for an earlier deadline once there is a pledge or a report.
    """
    lock(session, action, revision)
    _require_possible(session, action, changes, now)
    before, deadline, case_id = _snapshot(action), action.deadline, action.case_id
    renumbering.apply(session, action, changes)
    after = _apply(session, action, changes, now)
    deadlines.keep_earlier(action, deadline, action.deadline, now)
    differs = audit.changed(
        session, actor=actor, event="edited", subject=action.slug, now=now, before=before, after=after
    )
    if differs:
        flag_modified(action, "title")  # increases the revision, also when only recipients changed
        session.flush()
        is_moved = action.case_id != case_id or before["issued"] != after["issued"]
        tally.touch_case(session, action.id, *((case_id, action.case_id) if is_moved else ()))
    events.tell_deadline(session, action, deadline, now)
    events.tell_outcome(session, action, before["outcome"], now)
    if before["timezone"] != after["timezone"]:
        tally.recount_days(session, action.id)
    return differs


def already_has(action: Action, changes: dict[str, Any]) -> bool:
    """Whether the action has all these values already. `changes` as for `edit`."""
    present = _snapshot(action)
    try:
        changes = {**changes, **renumbering.normalised(changes)}
    except refusals.Refusal:
        return False
    wanted = {
        name: [recipients.parts(one) for one in value] if name in RECIPIENTS else audit.plain(value)
        for name, value in changes.items()
    }
    return all(present[name] == value for name, value in wanted.items())


def _apply(session: Session, action: Action, changes: dict[str, Any], now: datetime) -> dict[str, Any]:
    """Sets the values and returns the new snapshot of the action."""
    for name in (*TEXTS, *TERMS, *OFFICE):
        if name in changes:
            setattr(action, name, changes[name])
    _set_recipients(session, action, changes, now)
    return _snapshot(action)


def _require_possible(session: Session, action: Action, changes: dict[str, Any], now: datetime) -> None:
    unknown = set(changes) - set(EDITABLE)
    if unknown:
        raise ValueError(f"not to be edited: {sorted(unknown)}")
    if changes.get("timezone", action.timezone) not in zones.known():
        raise refusals.UnknownZone(zone=changes["timezone"])
    if not 1 <= changes.get("goal", action.goal) <= MOST_GOAL:
        raise refusals.GoalOutOfRange(min=1, max=MOST_GOAL)
    if not 0 <= changes.get("grace_days", action.grace_days) <= MOST_GRACE_DAYS:
        raise refusals.GraceOutOfRange(min=0, max=MOST_GRACE_DAYS)
    if changes.get("deadline"):
        deadlines.require_near(changes["deadline"], now)
    if action.published_at is None:  # what is published by itself needs both as well
        return
    deadline: date | None = changes.get("deadline", action.deadline)
    if deadline is None or not changes.get("targets", action.targets):
        raise refusals.PublishedNeedsBoth()
    over = deadlines.first_instant_after(deadline, changes.get("timezone", action.timezone))
    if deadlines.is_scheduled(action, now) and over <= action.published_at:
        raise refusals.DeadlineBeforePublication()
    if action.deadline and deadline < action.deadline and has_pledges_or_reports(session, action):
        raise refusals.DeadlineOnlyLater(day=action.deadline)


def _set_recipients(session: Session, action: Action, changes: dict[str, Any], now: datetime) -> None:
    """Sets targets and copies in order. A row never changes its kind, because its letters are counted by kind."""
    if not any(name in changes for name in RECIPIENTS):
        return
    free = {recipient.id: recipient for recipient in action.recipients}
    places = []
    for kind, name in (("target", "targets"), ("copy", "copies")):
        for written in changes.get(name, getattr(action, name)):
            row = free.get(written.id) if written.id is not None else None
            if row is not None and row.kind == kind:
                del free[row.id]
            else:
                row = None
            places.append(Place(kind, written, row))
    recipients.put(session, action, places, now)


def _snapshot(action: Action) -> dict[str, Any]:
    """The values that the history compares, in a form that JSON can store."""
    values = {name: audit.plain(getattr(action, name)) for name in (*TEXTS, *TERMS, *OFFICE)}
    values |= renumbering.of(action)
    for name in RECIPIENTS:
        values[name] = [recipients.parts(one) for one in getattr(action, name)]
    return values
