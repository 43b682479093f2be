"""A Draft becomes an action: a new one, or, under an AI index that is known, the old one brought up to date."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ua_tracker import audit, deadlines, refusals, tally
from ua_tracker.importing.draft import SEQUENCES, Draft
from ua_tracker.importing.draft import Recipient as Written
from ua_tracker.models import Action, Case, Recipient, ReportLine

USUAL_GOAL = 500
_TEXTS = ("sequence", "ai_index", "country", "issued", "title", "summary", "demands", "background", "deadline",
          "deadline_wording")  # fmt: skip
PARTS = ("role", "name", "address_lines", "phones", "fax", "email", "x", "salutation")


@dataclass(frozen=True)
class Saved:
    """What saving did: the action, whether it is new, and the values that changed, old and new by field."""

    action: Action
    is_new: bool
    changed: dict[str, tuple[Any, Any]]


def save(
    session: Session, draft: Draft, *, goal: int | None, timezone: str | None, default_timezone: str, now: datetime,
    actor: str,
) -> Saved:  # fmt: skip
    """Stores the draft. `goal` in letters and `timezone` (IANA) stay as they are when None is given.

    Importing again updates, never duplicates: the AI index, else the UA number with its place in the case,
    tells the action. Whoever had letters keeps their row, retired if the document no longer names them.
    Raises NoUrgentAction for a draft without number and index, DeadlineTooFar and DeadlineTooEarly for a deadline
    that can only be misread, DeadlineOnlyLater for one that would shorten the time of an action that is published.
    """
    if not draft.ua_number and not draft.ai_index:
        raise refusals.NoUrgentAction()
    if draft.deadline:
        deadlines.require_near(draft.deadline, now)
    case = case_of(session, draft.ua_number)
    action = known(session, draft, case)
    is_new = action is None
    if action is None:
        action = new(session, draft, case, goal or USUAL_GOAL, timezone or default_timezone, now)
    if action.published_at and action.deadline and draft.deadline and draft.deadline < action.deadline:
        raise refusals.DeadlineOnlyLater(day=action.deadline)
    before = _picture(action, [] if is_new else action.recipients)
    _fill(action, draft)
    action.goal = goal or action.goal
    action.timezone = timezone or action.timezone
    session.flush()
    _set_recipients(session, action, draft, now)
    session.refresh(action, ["recipients"])
    after = _picture(action, action.recipients)
    changed = {name: (before[name], after[name]) for name in after if before[name] != after[name]}
    if changed:
        tally.touch(session, action.id)
        audit.note(
            session, actor=actor, deed="imported", subject=action.slug, now=now,
            before={} if is_new else {name: old for name, (old, _) in changed.items()},
            after={name: new for name, (_, new) in changed.items()},
        )  # fmt: skip
    return Saved(action, is_new, changed)


def case_of(session: Session, ua_number: str | None) -> Case | None:
    """The case of this number, new if need be."""
    if ua_number is None:
        return None
    case = session.scalar(select(Case).where(Case.ua_number == ua_number))
    if case is None:
        case = Case(ua_number=ua_number)
        session.add(case)
        session.flush()
    return case


def known(session: Session, draft: Draft, case: Case | None) -> Action | None:
    """The action of this document, held against others until the transaction ends.

    The AI index tells it; one that was imported before its index could be read is known by its place in the case.
    """
    query = select(Action).with_for_update(of=Action)
    if draft.ai_index:
        action = session.scalar(query.where(Action.ai_index == draft.ai_index))
        if action is not None:
            return action
    if case is None:
        return None
    query = query.where(Action.case_id == case.id, Action.sequence == draft.sequence)
    if draft.ai_index or draft.sequence is None:
        query = query.where(Action.issued == draft.issued)
    if draft.ai_index:
        query = query.where(Action.ai_index.is_(None))
    return session.scalars(query.order_by(Action.id)).first()


def new(session: Session, draft: Draft, case: Case | None, goal: int, timezone: str, now: datetime) -> Action:
    """An empty action under the next free slug of its case, with its empty tally."""
    action = Action(
        case_id=case.id if case else None,
        slug=_slug(session, draft, case),
        country=draft.country or "",
        title=draft.title or "",
        timezone=timezone,
        goal=goal,
        created_at=now,
    )
    session.add(action)
    session.flush()
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


def _fill(action: Action, draft: Draft) -> None:
    """Takes the draft's values. What a published action already has is not emptied by a draft that lacks it."""
    for name in _TEXTS:
        value = getattr(draft, name)
        if value or not action.published_at:
            setattr(action, name, value if value is not None or name not in {"country", "title"} else "")
    if draft.office:
        action.office_name = draft.office.name
        action.office_address = draft.office.address_lines
        action.office_phones = draft.office.phones
        action.office_fax = draft.office.fax
        action.office_email = draft.office.email


def _set_recipients(session: Session, action: Action, draft: Draft, now: datetime) -> None:
    old = list(action.recipients)
    wanted = [("target", written) for written in draft.targets] + [("copy", written) for written in draft.copies]
    if not wanted and action.published_at:
        return
    kept = _matched(old, wanted)
    for position, (kind, written) in enumerate(wanted, start=1):
        recipient = kept.get(position - 1)
        if recipient is None:
            recipient = Recipient(action_id=action.id, kind=kind)
            session.add(recipient)
        recipient.position = position
        for name in PARTS:
            setattr(recipient, name, getattr(written, name))
    for recipient in old:
        if recipient not in kept.values():
            let_go(session, recipient, now)
    session.flush()


def _matched(old: list[Recipient], wanted: list[tuple[str, Written]]) -> dict[int, Recipient]:
    """Which of the old rows each wanted place goes on using: one with the same name, else with the same office."""
    free, kept = list(old), {}
    for same in ("name", "role"):
        for place, (kind, written) in enumerate(wanted):
            value = getattr(written, same)
            row = next((row for row in free if value and row.kind == kind and getattr(row, same) == value), None)
            if row is not None and place not in kept:
                kept[place] = row
                free.remove(row)
    return kept


def let_go(session: Session, recipient: Recipient, now: datetime) -> None:
    """Takes a recipient from the action: retired when there are letters to them, removed else."""
    written_to = session.scalar(select(ReportLine.letters).where(ReportLine.recipient_id == recipient.id).limit(1))
    if written_to:
        recipient.retired_at = now
    else:
        session.delete(recipient)


def _picture(action: Action, recipients: list[Recipient]) -> dict[str, Any]:
    """What the audit compares, in values that JSON can hold."""
    values: dict[str, Any] = {name: getattr(action, name) for name in (*_TEXTS, "goal", "timezone")}
    for name in ("issued", "deadline"):
        values[name] = values[name].isoformat() if values[name] else None
    values["recipients"] = [
        {"kind": recipient.kind, **{name: getattr(recipient, name) for name in PARTS}} for recipient in recipients
    ]
    return values
