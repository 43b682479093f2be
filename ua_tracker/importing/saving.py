"""A Draft becomes an action: a new one, or, under an AI index that is known, the old one brought up to date."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from ua_tracker import audit, deadlines, refusals, tally
from ua_tracker.importing import matching
from ua_tracker.importing.draft import SEQUENCES, Draft
from ua_tracker.importing.draft import Recipient as Written
from ua_tracker.models import Action, Case, Recipient, ReportLine

USUAL_GOAL = 500


@dataclass(frozen=True)
class Saved:
    """What saving did: the action, whether it is new, and the values that changed, old and new by field."""

    action: Action
    is_new: bool
    changed: dict[str, tuple[Any, Any]]


def save(
    session: Session, draft: Draft, *, goal: int | None, timezone: str | None, default_timezone: str, now: datetime,
    actor: str, revision: int | None = None,
) -> Saved:  # fmt: skip
    """Stores the draft. `goal` in letters and `timezone` (IANA) stay as they are when None is given.

    Importing again updates, never duplicates: the AI index, else the UA number with its place in the case,
    tells the action. Whoever had letters keeps their row, retired if the document no longer names them.
    `revision` is the one the coordinator was shown, 0 for an action that was not there yet. Raises NoUrgentAction
    for a draft without number and index, ReadingOutdated for another revision, DeadlineTooFar and DeadlineTooEarly
    for a deadline that can only be misread, DeadlineOnlyLater for one that would shorten the time of an action that
    is published.
    """
    if not draft.ua_number and not draft.ai_index:
        raise refusals.NoUrgentAction()
    case = begun_case(session, draft.ua_number)
    action = matching.find(session, draft, case)
    is_new = action is None
    if revision is not None and revision != (action.revision if action else 0):
        raise refusals.ReadingOutdated()
    require_possible(action, draft, now)
    if action is None:
        action = new(session, draft, case, goal or USUAL_GOAL, timezone or default_timezone, now)
    before = matching.picture(action)
    for name, value in matching.wanted(action, draft).items():
        setattr(action, name, value)
    action.goal = goal or action.goal
    action.timezone = timezone or action.timezone
    session.flush()
    _set_recipients(session, action, draft, now)
    session.refresh(action, ["recipients"])
    changed = matching.differing(before, matching.picture(action))
    if changed:
        _tell(session, Saved(action, is_new, changed), actor, now)
    return Saved(action, is_new, changed)


def _tell(session: Session, saved: Saved, actor: str, now: datetime) -> None:
    """Lets the revision grow, also when only recipients changed, wakes the readers, and writes the history."""
    flag_modified(saved.action, "title")
    session.flush()
    tally.touch(session, saved.action.id)
    before = {} if saved.is_new else {name: old for name, (old, _) in saved.changed.items()}
    after = {name: new for name, (_, new) in saved.changed.items()}
    subject = saved.action.slug
    audit.note(session, actor=actor, event="imported", subject=subject, now=now, before=before, after=after)


def require_possible(action: Action | None, draft: Draft, now: datetime) -> None:
    """Raises DeadlineTooFar, DeadlineTooEarly or DeadlineOnlyLater when the draft's deadline cannot be the action's."""
    if draft.deadline:
        deadlines.require_near(draft.deadline, now)
    if action and action.published_at and action.deadline and draft.deadline and draft.deadline < action.deadline:
        raise refusals.DeadlineOnlyLater(day=action.deadline)


def begun_case(session: Session, ua_number: str | None) -> Case | None:
    """The case of this number, new if need be."""
    case = matching.case_of(session, ua_number)
    if case is None and ua_number:
        try:
            with session.begin_nested():
                case = Case(ua_number=ua_number)
                session.add(case)
        except IntegrityError:  # another was quicker
            case = matching.case_of(session, ua_number)
    return case


def new(session: Session, draft: Draft, case: Case | None, goal: int, timezone: str, now: datetime) -> Action:
    """An empty action under the next free slug of its case, with its empty tally.

    Raises ReadingOutdated when another was quicker to make one under this slug or index.
    """
    action = Action(
        case_id=case.id if case else None,
        slug=_slug(session, draft, case),
        country=draft.country or "",
        title=draft.title or "",
        timezone=timezone,
        goal=goal,
        created_at=now,
    )
    try:
        with session.begin_nested():
            session.add(action)
    except IntegrityError as quicker:
        raise refusals.ReadingOutdated() from quicker
    tally.begin(session, action.id)
    return action


def _slug(session: Session, draft: Draft, case: Case | None) -> str:
    """`ua-109-23` for the first issue of a case, `ua-109-23-2` for the second; the next free place if unsaid."""
    if case is None:
        return "-".join(["ai", *str(draft.ai_index).lower().replace("/", " ").split()])
    stem = f"ua-{int(case.ua_number.split('/')[0])}-{case.ua_number.split('/')[1]}"
    taken = set(session.scalars(select(Action.slug).where(Action.slug.startswith(stem))))
    if draft.sequence in SEQUENCES:
        place = SEQUENCES.index(draft.sequence) + 1
    else:
        place = 1 + (session.scalar(select(func.count()).where(Action.case_id == case.id)) or 0)
    while (slug := stem if place == 1 else f"{stem}-{place}") in taken:
        place += 1
    return slug


def _set_recipients(session: Session, action: Action, draft: Draft, now: datetime) -> None:
    old = list(action.recipients)
    wanted = matching.people(action, draft)
    kept = _matched(old, wanted)
    for position, (kind, written) in enumerate(wanted, start=1):
        recipient = kept.get(position - 1)
        if recipient is None:
            recipient = Recipient(action_id=action.id, kind=kind)
            session.add(recipient)
        recipient.position = position
        for name in matching.PARTS:
            setattr(recipient, name, getattr(written, name))
    for recipient in old:
        if recipient not in kept.values():
            let_go(session, action, recipient, now)
    session.flush()


def _matched(old: list[Recipient], wanted: list[tuple[str, Recipient | Written]]) -> dict[int, Recipient]:
    """Which of the old rows each wanted place goes on using: one with the same name, else with the same office."""
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


def let_go(session: Session, action: Action, recipient: Recipient, now: datetime) -> None:
    """Takes a recipient from the action: retired once it was published, removed from a draft.

    A row that is removed gives its number to the next one on SQLite, and a form that is open would mean somebody else.
    """
    written_to = session.scalar(select(ReportLine.letters).where(ReportLine.recipient_id == recipient.id).limit(1))
    if written_to or action.published_at is not None:
        recipient.retired_at = now
    else:
        session.delete(recipient)
