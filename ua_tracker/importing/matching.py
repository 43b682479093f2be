"""Which action does a document mean, and what does it say that the action does not? Looks, and changes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, false, select
from sqlalchemy import case as case_when
from sqlalchemy.orm import Session

from ua_tracker import audit
from ua_tracker.importing.draft import SEQUENCES, Draft
from ua_tracker.importing.draft import Recipient as Written
from ua_tracker.models import Action, Case, Recipient

_TEXTS = ("sequence", "ai_index", "country", "issued", "title", "summary", "demands", "background", "deadline",
          "deadline_wording")  # fmt: skip
_OFFICE = {
    "office_name": "name", "office_address": "address_lines", "office_phones": "phones", "office_fax": "fax",
    "office_email": "email",
}  # fmt: skip
PARTS = ("role", "name", "address_lines", "phones", "fax", "email", "x", "salutation")


@dataclass(frozen=True)
class Compared:
    """An action that is here already, and the values that a document would change, old and new by field."""

    action: Action
    changed: dict[str, tuple[Any, Any]]


def compare(session: Session, draft: Draft, *, goal: int | None) -> Compared | None:
    """What `save` would change of the action that is known already; None for a new one. Stores nothing."""
    case = case_of(session, draft.ua_number)
    action = find(session, draft, case, to_write=False)
    if action is None:
        return None
    before = picture(action)
    said = {name: audit.plain(value) for name, value in wanted(action, draft).items()}
    after = {**before, **said, "goal": goal or action.goal}
    after["recipients"] = [_told(kind, one) for kind, one in people(action, draft)]
    return Compared(action, differing(before, after))


def case_of(session: Session, ua_number: str | None) -> Case | None:
    """The case of this number, if it is here."""
    return session.scalar(select(Case).where(Case.ua_number == ua_number)) if ua_number else None


def find(session: Session, draft: Draft, case: Case | None, *, to_write: bool = True) -> Action | None:
    """The action of this document, held against others until the transaction ends unless it is only looked at.

    The AI index tells it; one that has none yet is known by its place in the case: the first issue, the second. Of
    further information and stop actions a case can have several, which the day of issue tells apart, else the title.
    """
    query = select(Action).with_for_update(of=Action) if to_write else select(Action)
    if draft.ai_index:
        action = session.scalar(query.where(Action.ai_index == draft.ai_index))
        if action is not None:
            return action
    if case is None:
        return None
    query = query.where(Action.case_id == case.id, _of_its_place(draft))
    if draft.ai_index:
        query = query.where(Action.ai_index.is_(None))
    day = case_when((Action.issued == draft.issued, 0), (Action.issued.is_(None), 1), else_=2)
    place = case_when((Action.sequence == draft.sequence, 0), else_=1)
    nearest = (place, day) if draft.sequence else (day, place)  # an issue that says which it is, is known by that
    return session.scalars(query.order_by(*nearest, Action.id)).first()


def _of_its_place(draft: Draft) -> ColumnElement[bool]:
    """What tells the actions of a case that this document can be an issue of."""
    undated = Action.issued.is_(None)
    same_day = Action.issued == draft.issued if draft.issued else undated
    if draft.sequence is None:  # a first issue need not say so
        first = Action.sequence.is_(None) | (Action.sequence == "first")
        return first & (same_day | undated | _same_title(draft))
    if draft.sequence not in SEQUENCES:  # a case can have several of the kind
        return (Action.sequence == draft.sequence) & (same_day if draft.issued else undated & _same_title(draft))
    its_place = Action.sequence == draft.sequence
    if draft.ai_index and draft.issued:
        its_place &= same_day | undated
    if draft.sequence == "first":
        its_place |= Action.sequence.is_(None) & (same_day | undated)
    return its_place


def _same_title(draft: Draft) -> ColumnElement[bool]:
    return Action.title == (draft.title or "") if not draft.issued else false()


def wanted(action: Action, draft: Draft) -> dict[str, Any]:
    """The draft's values, by the action's columns. What a published action already has is not emptied by a draft."""
    values = {name: getattr(draft, name) for name in _TEXTS}
    values |= {name: values[name] or "" for name in ("country", "title")}
    found = {name: value for name, value in values.items() if value or not action.published_at}
    if draft.office:
        found |= {column: getattr(draft.office, part) for column, part in _OFFICE.items()}
    return found


def people(action: Action, draft: Draft) -> list[tuple[str, Recipient | Written]]:
    """Whom the action names with this document, targets first, each with its kind.

    A published action is not left without targets, or without copies, by a document in which none was found.
    """
    targets = draft.targets or (action.targets if action.published_at else [])
    copies = draft.copies or (action.copies if action.published_at else [])
    if draft.targets and not draft.copies:
        copies = _without(copies, targets)
    elif draft.copies and not draft.targets:
        rest = _without(targets, copies)
        targets, copies = (rest, copies) if rest else (targets, _without(copies, targets))
    return [("target", one) for one in targets] + [("copy", one) for one in copies]


def _without(these: Sequence[Recipient | Written], those: Sequence[Recipient | Written]) -> list[Recipient | Written]:
    return [one for one in these if not any(_is_same(one, other) for other in those)]


def _is_same(one: Recipient | Written, other: Recipient | Written) -> bool:
    """Whether both are one person: the same name; where neither is named, the same role."""
    if one.name or other.name:
        return one.name == other.name
    return one.role is not None and one.role == other.role


def picture(action: Action) -> dict[str, Any]:
    """What the audit compares, in values that JSON can hold."""
    values = {name: audit.plain(getattr(action, name)) for name in (*_TEXTS, "goal", "timezone", *_OFFICE)}
    values["recipients"] = [_told(recipient.kind, recipient) for recipient in action.recipients]
    return values


def differing(before: dict[str, Any], after: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    """The values that are not the same on both sides, old and new."""
    return {name: (before[name], after[name]) for name in after if before[name] != after[name]}


def parts(recipient: Recipient | Written) -> dict[str, Any]:
    """What is written of a recipient, in values that JSON can hold."""
    return {name: getattr(recipient, name) for name in PARTS}


def _told(kind: str, recipient: Recipient | Written) -> dict[str, Any]:
    return {"kind": kind, **parts(recipient)}
