"""Corrects the UA number and the AI index of an action. Its slug, and with it all its URLs, stay."""

from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ua_tracker import case_numbers, refusals
from ua_tracker.actions import issues, making
from ua_tracker.actions.issues import Issue
from ua_tracker.models import Action, Case

NUMBERS = ("ua_number", "ai_index")


def of(action: Action) -> dict[str, str | None]:
    """The UA number and the AI index that the action has now."""
    return {"ua_number": action.case.ua_number if action.case else None, "ai_index": action.ai_index}


def normalised(changes: dict[str, Any]) -> dict[str, str | None]:
    """The numbers named in `changes`, in the form in which they are stored. Raises BadUaNumber, BadAiIndex."""
    rules = {"ua_number": case_numbers.ua_number, "ai_index": case_numbers.ai_index}
    return {name: rules[name](changes[name]) if changes[name] else None for name in NUMBERS if name in changes}


def known_as(other: Action, ai_index: str | None) -> refusals.ActionKnown:
    """The refusal for an issue that is this other action: at the index if that is the same, else at the number."""
    same_index = ai_index is not None and other.ai_index == ai_index
    return (refusals.IndexKnown if same_index else refusals.ActionKnown)(slug=other.slug)


def apply(session: Session, action: Action, changes: dict[str, Any]) -> None:
    """Gives the action the numbers named in `changes`; the action of another case comes to that case.

    A case that has no action any more is removed.

    Raises BadUaNumber, BadAiIndex, NumberMissing without any number, ActionKnown or IndexKnown when another action is
    this issue of the case or has this index. A practice copy has no numbers, and keeps none.
    """
    wanted = {**of(action), **normalised(changes)}
    if action.practice or wanted == of(action):
        return
    if not any(wanted.values()):
        raise refusals.NumberMissing()
    case, before = making.find_or_create_case(session, wanted["ua_number"]), action.case
    issue = Issue(wanted["ua_number"], action.sequence, wanted["ai_index"], action.issued, action.title)
    known = issues.find(session, issue, case, other_than=action)
    if known is not None:
        raise known_as(known, wanted["ai_index"])
    try:
        with session.begin_nested():
            action.case, action.ai_index = case, wanted["ai_index"]
    except IntegrityError as quicker:  # another transaction gave the index to an action first
        raise refusals.IndexKnown(slug=wanted["ai_index"]) from quicker
    if before is not None and before is not case:
        _remove_unused(session, before)


def _remove_unused(session: Session, case: Case) -> None:
    """Removes a case that has no action any more, unless another transaction is about to give it one."""
    has_action = exists().where(Action.case_id == case.id)
    alone = select(Case.id).where(Case.id == case.id, ~has_action).with_for_update(of=Case, skip_locked=True)
    if session.scalar(alone) is not None:
        session.delete(case)
        session.flush()
