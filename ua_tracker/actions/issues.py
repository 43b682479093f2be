"""Finds the action of an issue: by its AI index, or else by its place in the case."""

from sqlalchemy import ColumnElement, false, select
from sqlalchemy import case as case_when
from sqlalchemy.orm import Session

from ua_tracker.models import Action, Case
from ua_tracker.written import SEQUENCES, Issue

__all__ = ["SEQUENCES", "Issue", "case_of", "find"]


def case_of(session: Session, ua_number: str | None, *, to_write: bool = False) -> Case | None:
    """The case of this number, if it is stored. With `to_write` it is not removed until the transaction ends."""
    query = select(Case).where(Case.ua_number == ua_number)
    if to_write:
        query = query.with_for_update(read=True, key_share=True)
    return session.scalar(query) if ua_number else None


def find(
    session: Session, issue: Issue, case: Case | None, *, to_write: bool = True, other_than: Action | None = None
) -> Action | None:
    """The action of this issue. Its row is locked until the transaction ends, unless `to_write` is False.

    It is found by AI index. An action that has no index yet is found by its place in the case: the first issue, the
    second. A case can have several further informations and stop actions: these differ in the day of issue, or else
    in the title. One without number and index is found by its short name. `other_than` is left out.
    """
    query = select(Action).with_for_update(of=Action) if to_write else select(Action)
    if other_than is not None:
        query = query.where(Action.id != other_than.id)
    if issue.ai_index:
        action = session.scalar(query.where(Action.ai_index == issue.ai_index))
        if action is not None:
            return action
    if not issue.is_numbered:
        unnumbered = Action.case_id.is_(None) & Action.ai_index.is_(None) & Action.practice.is_(False)
        return session.scalar(query.where(Action.slug == issue.short_name, unnumbered)) if issue.short_name else None
    if case is None:
        return None
    query = query.where(Action.case_id == case.id, _of_its_place(issue))
    if issue.ai_index:
        query = query.where(Action.ai_index.is_(None))
    day = case_when((Action.issued == issue.issued, 0), (Action.issued.is_(None), 1), else_=2)
    place = case_when((Action.sequence == issue.sequence, 0), else_=1)
    nearest = (place, day) if issue.sequence else (day, place)  # a stated sequence counts more than the day
    return session.scalars(query.order_by(*nearest, Action.id)).first()


def _of_its_place(issue: Issue) -> ColumnElement[bool]:
    """The condition for the actions of a case that this issue can be."""
    undated = Action.issued.is_(None)
    same_day = Action.issued == issue.issued if issue.issued else undated
    if issue.sequence is None:  # a first issue often states no sequence
        first = Action.sequence.is_(None) | (Action.sequence == "first")
        return first & (same_day | undated | _same_title(issue))
    if issue.sequence not in SEQUENCES:  # a case can have several of this kind
        return (Action.sequence == issue.sequence) & (same_day if issue.issued else undated & _same_title(issue))
    its_place = Action.sequence == issue.sequence
    if issue.ai_index and issue.issued:
        its_place &= same_day | undated
    if issue.sequence == "first":
        its_place |= Action.sequence.is_(None) & (same_day | undated)
    return its_place


def _same_title(issue: Issue) -> ColumnElement[bool]:
    return Action.title.in_((issue.title or "", issue.other_title or "")) if not issue.issued else false()
